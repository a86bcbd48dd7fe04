import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LABEL } from "@/lib/engine/observed";
import { planToText } from "@/lib/engine/plan-text";
import { exportCompose, exportName } from "@/lib/stack/export-compose";
import { Secret } from "@/lib/stack/secret-value";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { isLabUp, labPrefix, newProject, type TestProject } from "./full-stack.fixture";
import { leftNetworks } from "./left-networks.fixture";
import { removeAll, testDocker } from "./testing.fixture";

const run = promisify(execFile);
const instanceId = "basehold-test-full-stack";
const docker = testDocker();
const slow = 240_000;

describe("a project of all eleven services on a real engine", () => {
  let project: TestProject;
  beforeAll(async () => {
    if (!(await isLabUp())) throw new Error("These tests need the lab's registry: npm run lab.");
    await removeAll(docker, instanceId);
    project = await newProject(instanceId, "10.248.0.0/26");
    await project.apply(project.desired());
  }, slow);
  afterAll(() => removeAll(docker, instanceId), slow);

  const untilNothingToDo = (desired = project.desired()) => expect.poll(async () => planToText(await project.plan(desired)), { timeout: 120_000, interval: 1_000 }).toBe("Nothing to change.\n");
  const untilProven = (baseUrl?: string) => expect.poll(() => project.complaints(baseUrl), { timeout: 60_000, interval: 500 }).toEqual([]);

  it("answers every request of the gateway contract as it must, and leaves nothing to do", async () => {
    await untilProven();
    await untilNothingToDo();
  }, slow);

  it("takes another dashboard password into its gateway without replacing it", async () => {
    const before = await containerIds();
    const secrets = { ...project.input.secrets, dashboardPassword: new Secret("anotherDashboardPassword1") };
    const plan = await project.apply(project.desired({ secrets }));
    expect(plan.ops.map((op) => op.type)).toEqual(["uploadFiles"]);
    const open = (password: string) => fetch(project.input.settings.publicUrl, { redirect: "manual", headers: { authorization: `Basic ${btoa(`supabase:${password}`)}` } }).then((answer) => answer.status);
    await expect.poll(() => open("anotherDashboardPassword1"), { timeout: 10_000 }).not.toBe(401);
    // Envoy's workers take it one after the other.
    await expect.poll(() => open(project.input.secrets.dashboardPassword.reveal()), { timeout: 10_000 }).toBe(401);
    await project.apply(project.desired());
    await untilProven();
    expect(await containerIds()).toEqual(before);
  }, slow);

  it("with a changed setting has the one service replaced that it concerns, and passes again", async () => {
    const before = await containerIds();
    const settings = { ...project.input.settings, siteUrl: "https://shop.example.org" };
    await project.apply(project.desired({ settings, revision: 2 }));
    await untilProven();
    const after = await containerIds();
    expect(Object.keys(after).filter((service) => after[service] !== before[service])).toEqual(["auth"]);
    await untilNothingToDo(project.desired({ settings, revision: 2 }));
    await project.apply(project.desired());
  }, slow);

  it("starts beside itself as an exported Compose folder, with volumes of its own, and passes the same contract", async () => {
    await writeRow("kept");
    const exported = await startExport(project);
    try {
      await untilProven(exported.baseUrl);
      const volumes = (await docker.listVolumes()).Volumes.map((volume) => volume.Name);
      expect(volumes).toEqual(expect.arrayContaining([`${exportName(project.input.projectRef)}_db-data`]));
      expect(await readRow()).toBe("kept");
      await untilProven();
    } finally {
      await exported.remove();
    }
    expect(planToText(await project.plan(project.desired()))).not.toContain("create");
  }, 2 * slow);

  it("paused, has no process left; resumed, has its data and passes again", async () => {
    await writeRow("slept");
    await project.apply(project.desired(), "pause");
    expect(new Set((await project.observe(null)).containers.map((container) => container.state))).toEqual(new Set(["exited"]));
    await project.apply(project.desired());
    await untilProven();
    expect(await readRow()).toBe("slept");
  }, slow);

  it("deleted, keeps its volumes; brought back, has its data; removed for good, leaves nothing", async () => {
    await writeRow("survives");
    await project.apply(null, "remove-containers");
    expect(await project.observe(null)).toMatchObject({ containers: [] });
    expect(await networks()).toEqual([]);
    await project.apply(project.desired());
    await untilProven();
    expect(await readRow()).toBe("survives");
    await project.apply(null, "remove-all");
    expect(await project.observe(null)).toMatchObject({ containers: [], volumes: [] });
    expect(await networks()).toEqual([]);
  }, slow);

  const networks = () => leftNetworks(docker, `${LABEL.project}=${project.input.projectId}`);

  async function containerIds(): Promise<Record<string, string>> {
    const { containers } = await project.observe(null);
    return Object.fromEntries(containers.map((container) => [container.labels[LABEL.service] ?? "", container.id]));
  }

  async function psql(sql: string): Promise<string> {
    const id = (await containerIds())["db"] ?? "";
    const { exitCode, stdout, stderr } = await project.engine.exec(id, ["psql", "-U", "postgres", "-h", "localhost", "-Atc", sql], { timeoutMs: 30_000 });
    if (exitCode !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  const writeRow = (note: string) => psql(`CREATE TABLE IF NOT EXISTS public.kept (note text); TRUNCATE public.kept; INSERT INTO public.kept VALUES ('${note}')`);
  const readRow = () => psql("SELECT note FROM public.kept");
});

/** Writes the export as a person would unpack it, on ports of its own, and starts it with the real Docker Compose. */
async function startExport(project: TestProject): Promise<{ baseUrl: string; remove: () => Promise<void> }> {
  const { stdout } = await run(process.execPath, ["bench/build-compose.mjs"]);
  const compose = stdout.trim();
  const folder = mkdtempSync(join(tmpdir(), "basehold-export-"));
  for (const file of exportCompose(project.desired(), { imagePrefix: labPrefix }).files) {
    mkdirSync(dirname(join(folder, file.path)), { recursive: true });
    writeFileSync(join(folder, file.path), file.content, { mode: file.mode });
  }
  const ports = { API_GW_HTTP_PORT: String(await freePort()), POSTGRES_PORT: String(await freePort()), POOLER_PROXY_PORT_TRANSACTION: String(await freePort()) };
  const options = { cwd: folder, env: { NODE_ENV: process.env.NODE_ENV, PATH: process.env["PATH"], HOME: process.env["HOME"], ...ports } };
  const remove = async () => {
    await run(compose, ["down", "-v", "--timeout", "1"], options);
    rmSync(folder, { recursive: true });
  };
  try {
    await run(compose, ["up", "-d", "--wait"], options);
  } catch (error) {
    await remove();
    throw error;
  }
  return { baseUrl: `http://127.0.0.1:${ports.API_GW_HTTP_PORT}`, remove };
}
