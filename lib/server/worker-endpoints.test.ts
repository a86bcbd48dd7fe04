import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openScene, type Scene } from "@/lib/access/people.fixture";
import { createToken } from "@/lib/access/tokens";
import { POST as callFunction } from "@/app/api/v1/projects/[ref]/functions/[name]/call/route";
import { POST as previewProject } from "@/app/api/v1/projects/preview/route";
import type { RouteHandler } from "./handler";
import { useStore as putStore } from "./store";
import { panelUrl, prepareWebEnvironment } from "./web.fixture";

/** What the worker answers at once, asked for by a program. The worker here only notes what reaches it. */

const preview = { ref: "shop", preflight: [{ id: "engine", title: "Docker engine", state: "ok", sentence: "It answers." }], planText: "1 call", memoryBytes: 1, diskBytes: 2, ports: { gateway: 8000, poolerSession: 5432, poolerTransaction: 6543, database: null } };
const called = { status: 418, headers: { "content-type": "text/plain" }, body: "short and stout", durationMs: 3 };
const answers: Record<string, unknown> = { "/preflight": preview, "/call-function": called };

const folder = mkdtempSync(join(tmpdir(), "basehold-worker-"));
const received: { path: string; claim: string; body: unknown }[] = [];
let worker: Server;
let scene: Scene;
let bearer: string;
let removeEnvironment: () => void;

beforeAll(async () => {
  const socketPath = join(folder, "worker.sock");
  worker = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => (text += part)).on("end", () => {
      received.push({ path: request.url ?? "", claim: request.headers.authorization ?? "", body: JSON.parse(text) });
      response.end(JSON.stringify(answers[request.url ?? ""]));
    });
  });
  await new Promise<void>((resolve) => worker.listen(socketPath, resolve));
  process.env["BASEHOLD_WORKER_SOCKET"] = socketPath;
  removeEnvironment = prepareWebEnvironment();
  scene = await openScene();
  scene.clock.now = new Date();
  putStore(scene.store);
  await scene.addProject("shop");
  const ownerId = await scene.addPerson("Olga", "owner");
  bearer = (await createToken(await scene.signedIn(ownerId), { name: "t", role: "admin", projectRefs: null, scopes: [], expiresInDays: 7 })).token;
});
afterAll(async () => {
  worker.close();
  await scene.close();
  removeEnvironment();
  rmSync(folder, { recursive: true, force: true });
});

async function post(run: RouteHandler, body: unknown, params: Record<string, string> = {}) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${bearer}` };
  const response = await run(new Request(`${panelUrl}/api/v1/x`, { method: "POST", headers, body: JSON.stringify(body) }), { params: Promise.resolve(params) });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

it("a preview takes what creating takes, asks the worker as the one who asks, and writes nothing", async () => {
  const before = await scene.store.db.project.count();
  expect(await post(previewProject, { displayName: "Shop", services: ["db", "api-gw", "auth", "rest"] })).toEqual({ status: 200, json: preview });
  expect(received.at(-1)).toMatchObject({ path: "/preflight", claim: expect.stringMatching(/\S/) as string, body: { displayName: "Shop", services: ["db", "api-gw", "auth", "rest"] } });
  expect(await scene.store.db.project.count()).toBe(before);
  expect(await post(previewProject, { displayName: "" })).toMatchObject({ status: 422, json: { fields: { displayName: expect.any(String) as string } } });
});

it("a function is called by its path alone, and what it answers is told whatever its status", async () => {
  const params = { ref: "shop", name: "teapot" };
  expect(await post(callFunction, {}, params)).toEqual({ status: 200, json: called });
  expect(received.at(-1)).toMatchObject({ path: "/call-function", body: { ref: "shop", name: "teapot", method: "POST", path: "", body: "" } });
  expect(await post(callFunction, { method: "GET", path: "?x=1", ref: "another" }, params)).toMatchObject({ status: 422, json: { fields: { ref: expect.stringContaining("no such field") as string } } });
  await post(callFunction, { method: "GET", path: "?x=1" }, params);
  expect(received.at(-1)?.body).toMatchObject({ ref: "shop", name: "teapot", method: "GET", path: "?x=1" });
  const count = received.length;
  expect(await post(callFunction, { path: "//evil example" }, params)).toMatchObject({ status: 422, json: { fields: { path: expect.any(String) as string } } });
  expect(received).toHaveLength(count);
});
