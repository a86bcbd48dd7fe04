import { fork, type ChildProcess } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { bundleProgram } from "@/lib/adapters/store/bundle-program.fixture";
import { makeStoreFile } from "@/lib/adapters/store/store-file.fixture";
import { isAnswered } from "./socket/listen";

let program = "";
beforeAll(async () => {
  program = await bundleProgram(join(import.meta.dirname, "main.ts"));
});

type Started = { child: ChildProcess; log(): string; said(text: string): Promise<void>; ended: Promise<number | null> };

/** The worker as a process of its own, with no engine in reach. */
async function installation() {
  const file = await makeStoreFile();
  const socketPath = join(file.folder, "run/worker.sock");
  const keyFilePath = join(file.folder, "worker/key-file");
  const environment = { BASEHOLD_DATA: file.folder, BASEHOLD_STORE_URL: file.url, BASEHOLD_KEY_FILE: keyFilePath, BASEHOLD_WORKER_SOCKET: socketPath, DOCKER_HOST: `unix://${join(file.folder, "no-docker.sock")}` };
  return { file, socketPath, keyFilePath, start: (extra: Record<string, string> = {}) => start({ ...environment, ...extra }) };
}

function start(environment: Record<string, string>): Started {
  const child = fork(program, [], { execArgv: [], env: { NODE_ENV: "test", ...environment }, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  const listeners = new Set<() => void>();
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const said = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => void (text.includes(wanted) && resolve());
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`The worker ended without saying “${wanted}”:\n${text}`)));
    });
  return { child, log: () => text, said, ended };
}

test("the worker starts without an engine, serves its socket, writes its heartbeat and stops in order", async () => {
  const { file, socketPath, start: run } = await installation();
  const worker = run();
  await worker.said("the worker is ready");
  expect(await isAnswered(socketPath)).toBe(true);
  const store = await file.open();
  worker.child.kill("SIGTERM");
  expect(await worker.ended).toBe(0);
  expect(await isAnswered(socketPath)).toBe(false);
  expect(await store.db.workerHeartbeat.count()).toBe(0);
  expect(await store.db.host.count()).toBe(1);
}, 60_000);

test("two starts keep the id of the installation, and a second worker beside the first one is refused", async () => {
  const { file, start: run } = await installation();
  const first = run();
  await first.said("the worker is ready");
  const second = run();
  expect(await second.ended).toBe(1);
  expect(second.log()).toContain("Another worker is running");
  const idOf = async () => (await (await file.open()).db.installationSetting.findUniqueOrThrow({ where: { key: "instanceId" } })).valueJson;
  const before = await idOf();
  first.child.kill("SIGTERM");
  await first.ended;
  const third = run();
  await third.said("the worker is ready");
  expect(await idOf()).toBe(before);
}, 60_000);

test("what a killed worker ran goes on within seconds when the next one is up, and what a worker elsewhere runs stays with that one", async () => {
  const { file, start: run } = await installation();
  const first = run();
  await first.said("the worker is ready");
  const store = await file.open();
  const { id: workerId } = await expect.poll(() => store.db.workerHeartbeat.findFirst(), { timeout: 10_000 }).not.toBeNull().then(() => store.db.workerHeartbeat.findFirstOrThrow());
  const [now, inAnHour] = [new Date(), new Date(Date.now() + 3_600_000)];
  const held = (id: string, holder: string) => store.db.operation.create({ data: {
    id, kind: "project.export", inputJson: "{}", status: "running", priority: 100, runAfter: now, attempt: 1, maxAttempts: 5, actorJson: JSON.stringify({ kind: "system", name: "Test" }),
    createdAt: now, startedAt: now, leaseToken: `${holder}.token`, leaseUntil: inAnHour, workerId: holder,
  } });
  await held("of-the-killed", workerId);
  await held("of-another", "elsewhere-1234");
  first.child.kill("SIGKILL");
  await first.ended;
  const second = run();
  await second.said("what it ran goes on within seconds");
  const find = (id: string) => store.db.operation.findUniqueOrThrow({ where: { id } });
  await expect.poll(async () => (await find("of-the-killed")).finishedAt, { timeout: 30_000 }).not.toBeNull();
  expect(await find("of-another")).toMatchObject({ status: "running", leaseToken: "elsewhere-1234.token", leaseUntil: inAnHour });
}, 60_000);

test("a key file that others can read stops the start, with the way out", async () => {
  const { keyFilePath, start: run } = await installation();
  const first = run();
  await first.said("the worker is ready");
  first.child.kill("SIGTERM");
  await first.ended;
  chmodSync(keyFilePath, 0o644);
  const second = run();
  expect(await second.ended).toBe(1);
  expect(second.log()).toContain("chmod 0400");
}, 60_000);

test("a store that is not migrated stops the start, and so does a missing setting", async () => {
  const { file, start: run } = await installation();
  const worker = run({ BASEHOLD_STORE_URL: `file:${join(file.folder, "other.sqlite")}` });
  const incomplete = run({ BASEHOLD_KEY_FILE: "" });
  expect([await worker.ended, await incomplete.ended]).toEqual([1, 1]);
  expect(worker.log()).toContain("npx basehold migrate");
  expect(incomplete.log()).toContain("BASEHOLD_KEY_FILE");
}, 60_000);
