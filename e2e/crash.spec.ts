import { readdirSync, readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import Docker from "dockerode";
import { leftNetworks } from "@/lib/adapters/docker/left-networks.fixture";
import { owner, signIn } from "./panel/acts";
import { must, readOperation, waitForEnd } from "./panel/api";
import { withStore } from "./panel/panel";
import { dataFolder } from "./panel/where";

/**
 * Real Docker, real processes: the worker is killed in the middle of creating and of deleting a project, at points that a seed
 * chooses (BASEHOLD_SEED repeats a run). The supervisor starts it again, and the end is as if nothing had happened.
 */
const seed = Number(process.env["BASEHOLD_SEED"]);
const services = ["db", "api-gw", "auth", "rest"];
const docker = new Docker();

/** Mulberry32: the same numbers for the same seed. */
function makeRandom(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const random = makeRandom(seed);

function workerPid(): number | null {
  const isWorker = (pid: string) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("dist/worker.mjs") && environment.includes(`BASEHOLD_DATA=${dataFolder}`);
    } catch {
      return false;
    }
  };
  const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).find(isWorker);
  return found === undefined ? null : Number(found);
}

/** Kills the worker once the operation has come past `fraction` of its steps, `delayMs` into the next one. Returns where that was. */
async function killDuring(page: Page, operationId: string, fraction: number, delayMs: number): Promise<string> {
  for (;;) {
    const { status, steps } = await readOperation(page, operationId);
    const finished = steps.filter((step) => step.status === "done").length;
    const isThere = steps.length > 0 && finished >= Math.floor(fraction * steps.length) && status === "running";
    if (isThere || status === "done") {
      await page.waitForTimeout(delayMs);
      const pid = workerPid();
      if (pid !== null) process.kill(pid, "SIGKILL");
      return `${delayMs} ms after ${finished} of ${steps.length} steps${status === "done" ? " (already over)" : ""}`;
    }
    await page.waitForTimeout(20);
  }
}

async function objectsOf(ref: string) {
  const project = await withStore((store) => store.db.project.findUniqueOrThrow({ where: { ref } }));
  const filters = { label: [`io.basehold.project=${project.id}`] };
  const [containers, networks, volumes] = await Promise.all([docker.listContainers({ all: true, filters }), docker.listNetworks({ filters }), docker.listVolumes({ filters })]);
  return {
    running: containers.filter((container) => container.State === "running").map((container) => container.Labels["io.basehold.service"] ?? "").sort(),
    containers: containers.length,
    networks: networks.length,
    volumes: (volumes.Volumes ?? []).length,
  };
}

test.describe(`killed at points of seed ${seed}`, () => {
  test.describe.configure({ mode: "serial" });
  test.setTimeout(600_000);
  let volumesOfOne = 0;

  test.beforeEach(async ({ page }) => {
    await signIn(page, owner);
  });

  for (const round of [1, 2, 3]) {
    const ref = `crash-${round}`;
    const [createAt, createDelayMs, deleteAt, deleteDelayMs] = [random(), Math.floor(random() * 1_500), random(), Math.floor(random() * 500)];

    test(`creating, point ${round}: one container per service, nothing twice, and it ends ready`, async ({ page }, info) => {
      const { operationId } = await must<{ operationId: string }>(page, "POST", "/api/v1/projects", { displayName: ref, ref, services });
      info.annotations.push({ type: "killed", description: await killDuring(page, operationId, createAt, createDelayMs) });
      const operation = await waitForEnd(page, operationId);
      expect(operation.failure).toBeNull();
      expect(operation.status).toBe("done");
      const objects = await objectsOf(ref);
      expect(objects).toMatchObject({ running: [...services].sort(), containers: services.length, networks: 1 });
      volumesOfOne ||= objects.volumes;
      expect(objects.volumes).toBe(volumesOfOne);
    });

    test(`deleting, point ${round}: nothing runs, the data is kept, and purging leaves nothing`, async ({ page }, info) => {
      const { operationId } = await must<{ operationId: string }>(page, "DELETE", `/api/v1/projects/${ref}`, { confirmName: ref });
      info.annotations.push({ type: "killed", description: await killDuring(page, operationId, deleteAt, deleteDelayMs) });
      expect((await waitForEnd(page, operationId)).status).toBe("done");
      const before = await withStore((store) => store.db.project.findUniqueOrThrow({ where: { ref } }));
      expect(await objectsOf(ref)).toMatchObject({ running: [], containers: 0, volumes: volumesOfOne });
      expect(await leftNetworks(docker, `io.basehold.project=${before.id}`)).toEqual([]);
      const purge = await must<{ operationId: string }>(page, "POST", `/api/v1/projects/${ref}/purge`, { confirmName: ref });
      await expect.poll(() => withStore((store) => store.db.operation.findUnique({ where: { id: purge.operationId } })).then((operation) => operation?.status ?? "gone"), { timeout: 120_000 }).toMatch(/done|gone/);
      const { Volumes } = await docker.listVolumes({ filters: { label: [`io.basehold.project=${before.id}`] } });
      expect(Volumes ?? []).toEqual([]);
    });
  }
});
