import { expect, test, vi } from "vitest";
import { passwordProofMs } from "@/lib/access/authorize";
import { workerErrorBody, workerRoutes } from "@/lib/access/worker-protocol";
import { LABEL } from "@/lib/engine/observed";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import { sampleInput, sampleSecrets } from "@/lib/stack/sample-input.fixture";
import { openSocketScene, standInGateway, type Answer } from "./socket-scene.fixture";

const reveal = { ref: "shop", names: ["secretKey"] };
const codeOf = (answer: Answer) => workerErrorBody.parse(answer.json).error.code;

const guarded = Object.entries(workerRoutes).filter(([name]) => name !== "health");

test.each(guarded)("%s answers nobody: no claim, a claim in another form, a made-up session, a made-up token", async (_name, { method, path }) => {
  const scene = await openSocketScene();
  for (const claim of [undefined, "Basic c29tZWJvZHk6c2VjcmV0", `Session ${"x".repeat(43)}`, `Bearer bh_${"x".repeat(43)}`]) {
    const answer = await scene.ask(method, path, { claim, query: { ref: "shop", service: "auth", operationId: "o1" }, body: method === "POST" ? reveal : undefined });
    expect(answer.status).toBe(401);
    expect(codeOf(answer)).toBe("unauthenticated");
  }
  expect(await scene.audited("secret.reveal")).toEqual([]);
});

test("a session that was revoked, or whose person was removed, opens nothing at its next request", async () => {
  const scene = await openSocketScene();
  const [revoked, removed] = [await scene.session("owner"), await scene.session("owner")];
  await scene.store.db.session.updateMany({ where: { userId: (await scene.store.db.user.findFirstOrThrow({ orderBy: { id: "asc" } })).id }, data: { revokedAt: scene.clock.now } });
  await scene.store.db.user.updateMany({ where: { sessions: { some: { revokedAt: null } } }, data: { removedAt: scene.clock.now } });
  expect((await scene.ask("POST", "/reveal", { claim: revoked, body: reveal })).status).toBe(401);
  expect((await scene.ask("POST", "/reveal", { claim: removed, body: reveal })).status).toBe(401);
});

test("a stranger is told that the project does not exist, by every route about it", async () => {
  const scene = await openSocketScene();
  const claim = await scene.session("none");
  await scene.store.db.operation.create({ data: { id: "o1", kind: "project.export", projectId: scene.projectId, inputJson: "{}", status: "done", priority: 1, runAfter: scene.clock.now, attempt: 1, maxAttempts: 5, actorJson: "{}", createdAt: scene.clock.now } });
  const answers = [
    await scene.ask("POST", "/reveal", { claim, body: reveal }),
    await scene.ask("GET", "/metrics", { claim, query: { ref: "shop" } }),
    await scene.ask("GET", "/doors", { claim, query: { ref: "shop" } }),
    await scene.ask("GET", "/logs", { claim, query: { ref: "shop", service: "auth" } }),
    await scene.ask("GET", "/export", { claim, query: { operationId: "o1" } }),
    await scene.ask("POST", "/call-function", { claim, body: { ref: "shop", name: "hello", method: "GET", path: "", body: "" } }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
});

test("a reveal shows what was asked for, and is audited with the person and the address but not with the value", async () => {
  const scene = await openSocketScene();
  const answer = await scene.ask("POST", "/reveal", { claim: await scene.session("none", "admin"), body: reveal });
  expect(answer.json).toEqual({ values: { secretKey: sampleSecrets.secretKey.reveal() } });
  expect(answer.headers["cache-control"]).toBe("no-store");
  const [entry, ...more] = await scene.audited("secret.reveal");
  expect(more).toEqual([]);
  expect(entry).toMatchObject({ actorKind: "user", ip: "198.51.100.9", projectRef: "shop" });
  expect(JSON.stringify(entry)).not.toContain(sampleSecrets.secretKey.reveal());
});

test.each([["viewer", "forbidden"], ["operator", "forbidden"]] as const)("a %s cannot reveal, and nothing is audited as revealed", async (role, code) => {
  const scene = await openSocketScene();
  const answer = await scene.ask("POST", "/reveal", { claim: await scene.session("none", role), body: reveal });
  expect([answer.status, codeOf(answer)]).toEqual([403, code]);
  expect(await scene.audited("secret.reveal")).toEqual([]);
});

test("an admin whose password was confirmed too long ago is asked for it again", async () => {
  const scene = await openSocketScene();
  const claim = await scene.session("admin");
  scene.advance(passwordProofMs + 1);
  expect(codeOf(await scene.ask("POST", "/reveal", { claim, body: reveal }))).toBe("password-required");
  expect(await scene.audited("secret.reveal")).toEqual([]);
});

test("a token reveals only with the scope for it", async () => {
  const scene = await openSocketScene();
  expect((await scene.ask("POST", "/reveal", { claim: await scene.token([]), body: reveal })).status).toBe(403);
  expect((await scene.ask("POST", "/reveal", { claim: await scene.token(["reveal"]), body: reveal })).status).toBe(200);
});

test("secrets that never leave the worker cannot be asked for", async () => {
  const scene = await openSocketScene();
  const answer = await scene.ask("POST", "/reveal", { claim: await scene.session("owner"), body: { ref: "shop", names: ["vaultEncKey"] } });
  expect(answer.status).toBe(422);
});

test("the recovery kit is shown to owners alone, with a fresh password, and audited", async () => {
  const scene = await openSocketScene();
  expect((await scene.ask("POST", "/recovery-kit", { claim: await scene.session("admin"), body: {} })).status).toBe(403);
  const owner = await scene.session("owner");
  const answer = await scene.ask("POST", "/recovery-kit", { claim: owner, body: {} });
  expect(answer.text).toContain("kek k1");
  expect(await scene.audited("recovery-kit.show")).toHaveLength(1);
  scene.advance(passwordProofMs + 1);
  expect(codeOf(await scene.ask("POST", "/recovery-kit", { claim: owner, body: {} }))).toBe("password-required");
});

test("a preview is for those who may create, names the fields that are wrong, and changes nothing", async () => {
  const scene = await openSocketScene();
  const operator = await scene.session("operator");
  expect((await scene.ask("POST", "/preflight", { claim: await scene.session("viewer"), body: { displayName: "New" } })).status).toBe(403);
  const wrong = await scene.ask("POST", "/preflight", { claim: operator, body: { displayName: "New", gatewayPort: 80 } });
  expect(workerErrorBody.parse(wrong.json).error.fields).toMatchObject({ gatewayPort: expect.stringContaining("1024") as string });
  const answer = await scene.ask("POST", "/preflight", { claim: operator, body: { displayName: "New" } });
  expect(answer.json).toMatchObject({ ref: "new-2", planText: expect.stringContaining("db") as string });
  expect(await scene.store.db.project.count()).toBe(1);
});

test("usage is shown to those who see the project", async () => {
  const scene = await openSocketScene();
  scene.samples.push({ service: "db", samples: [{ atMs: 1, memoryBytes: 2, cpuCores: null }] });
  const answer = await scene.ask("GET", "/metrics", { claim: await scene.session("none", "viewer"), query: { ref: "shop" } });
  expect(answer.json).toEqual({ series: scene.samples });
});

test("an export is sent as it lies there, once it is done, and each download is audited", async () => {
  const scene = await openSocketScene();
  const claim = await scene.session("admin");
  const operation = { kind: "project.export", projectId: scene.projectId, inputJson: "{}", status: "running", priority: 1, runAfter: scene.clock.now, attempt: 1, maxAttempts: 5, actorJson: "{}", createdAt: scene.clock.now };
  await scene.store.db.operation.create({ data: { id: "o1", ...operation } });
  await scene.exports.save("o1", "shop-export.tar.gz", Buffer.from("archive"));
  expect((await scene.ask("GET", "/export", { claim, query: { operationId: "o1" } })).status).toBe(409);
  await scene.store.db.operation.update({ where: { id: "o1" }, data: { status: "done" } });
  const answer = await scene.ask("GET", "/export", { claim, query: { operationId: "o1" } });
  expect(answer).toMatchObject({ status: 200, text: "archive", headers: { "content-length": "7", "content-disposition": 'attachment; filename="shop-export.tar.gz"' } });
  expect(await scene.audited("project.export-download")).toHaveLength(1);
  expect((await scene.ask("GET", "/export", { claim: await scene.session("operator"), query: { operationId: "o1" } })).status).toBe(403);
  expect((await scene.ask("GET", "/export", { claim, query: { operationId: "../../key-file" } })).status).toBe(404);
});

test("a function is called through the gateway with the publishable key, and its path stays below it", async () => {
  const scene = await openSocketScene();
  const gateway = await standInGateway(scene, () => ({ status: 201, body: "made" }));
  const claim = await scene.session("operator");
  const call = (path: string) => scene.ask("POST", "/call-function", { claim, body: { ref: "shop", name: "hello", method: "POST", path, body: "{}" } });
  expect((await call("/sub?x=1")).json).toMatchObject({ status: 201, body: "made" });
  expect(gateway.asked).toEqual([{ method: "POST", url: "/functions/v1/hello/sub?x=1", apikey: sampleSecrets.publishableKey.reveal() }]);
  expect((await call("/../../../auth/v1/settings")).status).toBe(422);
  expect((await call("/%2e%2e/%2e%2e/x")).status).toBe(422);
  expect(gateway.asked).toHaveLength(1);
  expect(await scene.audited("function.call")).toHaveLength(1);
});

async function runAuth(scene: Awaited<ReturnType<typeof openSocketScene>>): Promise<void> {
  scene.world.programs["auth"] = { prints: ["first", "second"] };
  const service = (await buildDesiredStack(sampleInput)).services.find(({ name }) => name === "auth");
  if (service === undefined) throw new Error("The sample stack has no auth service.");
  const labels = { [LABEL.instance]: scene.instanceId, [LABEL.project]: scene.projectId, [LABEL.service]: "auth" };
  await scene.engine.pullImage(service.image, () => undefined);
  await scene.engine.createNetwork({ name: "net", subnet: "10.200.0.0/26", labels });
  const id = await scene.engine.createContainer({ name: "auth", imageRef: service.image, labels, networkName: "net", service, volumeNames: {} });
  await scene.engine.startContainer(id);
}

test("a log is sent line by line, and the stream ends when the reader's role does", async () => {
  const scene = await openSocketScene();
  await runAuth(scene);
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  try {
    const claim = await scene.session("none", "operator");
    let heard = 0;
    let told: () => void = () => undefined;
    const bothLines = new Promise<void>((resolve) => (told = resolve));
    const stream = scene.ask("GET", "/logs", { claim, query: { ref: "shop", service: "auth", tail: "10" }, onChunk: (chunk) => (heard += chunk.split("\n").length - 1) >= 2 && told() });
    await bothLines;
    await scene.store.db.membership.deleteMany({});
    await vi.advanceTimersByTimeAsync(20_000);
    const { text, headers } = await stream;
    expect(headers["content-type"]).toBe("application/x-ndjson");
    expect(text.trim().split("\n").map((line) => (JSON.parse(line) as { service: string; text: string }).text)).toEqual(["first", "second"]);
  } finally {
    vi.useRealTimers();
  }
});

test("logs are for operators, and a service that the project lacks is named", async () => {
  const scene = await openSocketScene();
  const query = { ref: "shop", service: "auth" };
  expect((await scene.ask("GET", "/logs", { claim: await scene.session("none", "viewer"), query })).status).toBe(403);
  expect((await scene.ask("GET", "/logs", { claim: await scene.session("none", "operator"), query: { ...query, service: "studio" } })).status).toBe(422);
});

test("what is not JSON, too large or nowhere is refused", async () => {
  const scene = await openSocketScene();
  const claim = await scene.session("owner");
  expect((await scene.ask("POST", "/reveal", { claim, body: "{" })).status).toBe(422);
  expect((await scene.ask("POST", "/preflight", { claim, body: { displayName: "x".repeat(1_100_000) } })).status).toBe(422);
  expect((await scene.ask("GET", "/reveal", { claim })).status).toBe(404);
  expect((await scene.ask("GET", "/anything", { claim })).status).toBe(404);
});

test("a defect says nothing of its cause", async () => {
  const scene = await openSocketScene();
  await scene.store.db.secretValue.updateMany({ data: { ciphertext: "v1.damaged" } });
  const answer = await scene.ask("POST", "/reveal", { claim: await scene.session("owner"), body: reveal });
  expect([answer.status, answer.json]).toEqual([500, { error: { code: "internal", message: "Something went wrong inside the panel.", status: 500 } }]);
});

test("anybody who can open the socket may ask whether the worker lives", async () => {
  const scene = await openSocketScene();
  expect((await scene.ask("GET", "/health")).json).toEqual({ ok: true });
});
