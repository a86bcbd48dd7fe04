import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConflictError, InvalidError } from "@/lib/access/errors";
import { createProject } from "./create-project";
import { cleanUpProject, deleteProject, purgeProject, undoDeleteProject } from "./delete-project";
import { deleteFunction, deployFunction } from "./deploy-function";
import { duplicateProject } from "./duplicate-project";
import { editProject } from "./edit-project";
import { exportProject } from "./export-project";
import { getProject } from "./get-project";
import { listActivity } from "./list-activity";
import { listFunctions } from "./list-functions";
import { listOperations } from "./get-operation";
import { listProjects } from "./list-projects";
import { pauseProject } from "./pause-project";
import { proveProject, reconcileProject } from "./reconcile-project";
import { restartService } from "./restart-service";
import { resumeProject } from "./resume-project";
import { openScene, type Scene } from "./scene.fixture";
import { cancelOperation, retryOperation } from "./steer-operation";
import { actsOf } from "./verbs.fixture";

const ref = "shop";
const index = { path: "index.ts", contentBase64: Buffer.from("export {}").toString("base64") };

let scene: Scene;
beforeEach(async () => void (scene = await openScene()));
afterEach(() => scene.close());

const { create, put, expectRefused } = actsOf(() => scene);

/** Every verb on an existing project, and the states in which it is refused. */
const states = ["creating", "ready", "paused", "failed", "deleting", "deleted"];
const verbs: { name: string; act: () => Promise<unknown>; allowed: string[] }[] = [
  { name: "pause", act: () => pauseProject(scene.ctx(), { ref }), allowed: ["ready", "failed"] },
  { name: "resume", act: () => resumeProject(scene.ctx(), { ref }), allowed: ["paused", "failed"] },
  { name: "restart", act: () => restartService(scene.ctx(), { ref, service: "auth" }), allowed: ["ready", "failed"] },
  { name: "reconcile", act: () => reconcileProject(scene.ctx(), { ref }), allowed: ["ready", "failed"] },
  { name: "prove", act: () => proveProject(scene.ctx(), { ref }), allowed: ["ready"] },
  { name: "edit", act: () => editProject(scene.ctx(), { ref, siteUrl: `https://${crypto.randomUUID()}.example.com` }), allowed: ["ready", "paused", "failed"] },
  { name: "export", act: () => exportProject(scene.ctx(), { ref }), allowed: ["ready", "paused", "failed"] },
  { name: "deploy", act: () => deployFunction(scene.ctx(), { ref, name: "hello", files: [index] }), allowed: ["ready"] },
  { name: "delete", act: () => deleteProject(scene.ctx(), { ref, confirmName: ref }), allowed: ["ready", "paused", "failed"] },
  { name: "undo-delete", act: () => undoDeleteProject(scene.ctx(), { ref }), allowed: ["deleted"] },
  { name: "purge", act: () => purgeProject(scene.ctx(), { ref, confirmName: ref }), allowed: ["failed", "deleted"] },
];

describe.each(verbs)("$name", ({ name, act, allowed }) => {
  it("is refused with a sentence in every state that does not allow it, and enqueues one operation in the others", async () => {
    await create();
    for (const state of states) {
      await put(state);
      if (!allowed.includes(state)) {
        expect((await expectRefused(act, { code: "wrong-state" })).publicMessage).toContain(state);
        continue;
      }
      await act();
      const open = await scene.store.db.operation.count({ where: { finishedAt: null } });
      // What changes while nothing runs is applied by the next resume.
      expect(open).toBe(name === "edit" && state === "paused" ? 0 : 1);
    }
  });

  it("is refused while another operation is open, and names it", async () => {
    await create();
    await scene.store.db.project.updateMany({ data: { state: allowed[0], readyAt: scene.clock.now() } });
    const refusal = await expectRefused(act, { code: "operation-running" });
    expect(refusal.publicMessage).toContain("“Create project” is still queued");
    await scene.store.db.operation.updateMany({ data: { status: "compensating" } });
    expect((await expectRefused(act, { code: "operation-running" })).publicMessage).toBe("“Create project” is being taken back on this project. Wait until that has ended.");
  });

  it("is not found on a project that does not exist", async () => {
    await expectRefused(act, { code: "not-found" });
  });
});

describe("one verb", () => {
  it("enqueues once however often it is asked for at the same time", async () => {
    await create();
    await put("ready");
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => pauseProject(scene.ctx(), { ref })));
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    for (const result of results) if (result.status === "rejected") expect(result.reason).toBeInstanceOf(ConflictError);
  });
});

describe("editing", () => {
  beforeEach(async () => {
    await create();
    await create({ displayName: "Other", ref: "other" });
    await put("ready");
  });

  it("changes a name at once, without an operation, and does not count a revision", async () => {
    expect(await editProject(scene.ctx(), { ref, displayName: "  Café “Ünïcode” 🏪 " })).toEqual({ operationId: null });
    expect(await scene.project(ref)).toMatchObject({ displayName: "Café “Ünïcode” 🏪", revision: 1 });
  });

  it("moves ports and the address that followed them, and keeps an address that was chosen", async () => {
    await editProject(scene.ctx(), { ref, gatewayPort: 8555 });
    expect((await getProject(scene.ctx(), ref)).apiUrl).toBe("http://127.0.0.1:8555");
    await put("ready");
    await editProject(scene.ctx(), { ref, publicUrl: "https://api.example.com/" });
    await put("ready");
    await editProject(scene.ctx(), { ref, gatewayPort: 8556 });
    expect((await getProject(scene.ctx(), ref)).apiUrl).toBe("https://api.example.com");
  });

  it.each([
    [{ gatewayPort: 8101 }, "gatewayPort"],
    [{ poolerSessionPort: 16544 }, "poolerSessionPort"],
    [{ poolerTransactionPort: 15432 }, "poolerTransactionPort"],
    [{ isDirectDatabasePortOpen: true, databasePort: 8100 }, "databasePort"],
    [{ siteUrl: "javascript:alert(1)" }, "siteUrl"],
    [{ siteUrl: "https://a.example\nX: y" }, "siteUrl"],
    [{ publicUrl: "http://exa mple" }, "publicUrl"],
    [{ redirectUrls: ["https://ok.example", "https://a,b"] }, "redirectUrls.1"],
    [{ smtp: { host: "mail.example.com; id", port: 25, user: "", senderEmail: "a@example.com", senderName: "A" } }, "smtp.host"],
    [{ smtp: { host: "mail.example.com", port: 0, user: "", senderEmail: "a@example.com", senderName: "A" } }, "smtp.port"],
    [{ smtp: { host: "mail.example.com", port: 25, user: "", senderEmail: "nobody", senderName: "A" } }, "smtp.senderEmail"],
    [{ smtp: { host: "mail.example.com", port: 25, user: "", senderEmail: "a@example.com", senderName: "A\nB" } }, "smtp.senderName"],
    [{ smtpPassword: "a\nb" }, "smtpPassword"],
    [{ services: ["db", "auth"] }, "services"],
  ])("refuses %j by the name of the field", async (change, field) => {
    await expectRefused(() => editProject(scene.ctx(), { ref, ...change } as never), { code: "invalid", fields: [field] });
  });

  it("keeps a typed mail password sealed for the worker", async () => {
    await editProject(scene.ctx(), { ref, smtp: { host: "mail.example.com", port: 587, user: "u", senderEmail: "a@example.com", senderName: "A" }, smtpPassword: "p'a\"ss$(id)" });
    expect((await scene.store.db.secretValue.findMany()).map((row) => [row.name, row.ciphertext.startsWith("sealed.")])).toEqual([["smtpPassword", true]]);
    const all = JSON.stringify([await scene.store.db.operation.findMany(), await scene.store.db.auditEntry.findMany(), await scene.store.db.project.findMany()]);
    expect(all).not.toContain("$(id)");
  });
});

describe("deleting", () => {
  it("needs the typed name or reference, in any Unicode form", async () => {
    await create({ displayName: "Café" });
    await put("ready");
    await expectRefused(() => deleteProject(scene.ctx(), { ref: "cafe", confirmName: "cafè" }), { code: "invalid", fields: ["confirmName"] });
    await deleteProject(scene.ctx(), { ref: "cafe", confirmName: "Cafe\u0301 " });
  });

  it("at once is only for what lies in the trash, and cleaning up only for what was never ready", async () => {
    await create();
    await put("ready");
    await expectRefused(() => purgeProject(scene.ctx(), { ref, confirmName: ref }), { code: "wrong-state" });
    await put("failed");
    await expectRefused(() => cleanUpProject(scene.ctx(), { ref }), { code: "wrong-state" });
    await put("failed", { readyAt: null });
    await cleanUpProject(scene.ctx(), { ref });
  });
});

describe("functions", () => {
  beforeEach(async () => {
    await create();
    await put("ready");
  });

  it.each([
    ["main", [index], "name"],
    ["../x", [index], "name"],
    ["$(id)", [index], "name"],
    ["hello", [{ ...index, path: "../index.ts" }], "files.0.path"],
    ["hello", [{ ...index, path: "/etc/passwd" }], "files.0.path"],
    ["hello", [{ ...index, path: "a/./b.ts" }], "files.0.path"],
    ["hello", [{ ...index, path: "a\u0000.ts" }], "files.0.path"],
    ["hello", [{ ...index, contentBase64: "!!" }], "files.0.contentBase64"],
    ["hello", [{ ...index, path: "other.ts" }], "files"],
    ["hello", [index, index], "files"],
    ["hello", [], "files"],
  ])("named %j with %j are refused at %s", async (name, files, field) => {
    const refusal = await expectRefused(() => deployFunction(scene.ctx(), { ref, name, files }), { code: "invalid" });
    expect(Object.keys(refusal.fields ?? {})).toContain(field);
  });

  it("count versions, keep the old ones, and a deleted one is gone until it is deployed again", async () => {
    expect((await deployFunction(scene.ctx(), { ref, name: "hello", files: [index] })).version).toBe(1);
    await put("ready");
    expect((await deployFunction(scene.ctx(), { ref, name: "hello", files: [index, { path: "lib/a b “ü”.ts", contentBase64: "" }] })).version).toBe(2);
    await put("ready");
    expect((await listFunctions(scene.ctx(), ref)).map((fn) => [fn.name, fn.version, fn.files.length])).toEqual([["hello", 2, 2]]);
    await deleteFunction(scene.ctx(), { ref, name: "hello" });
    await put("ready");
    expect(await listFunctions(scene.ctx(), ref)).toEqual([]);
    await expectRefused(() => deleteFunction(scene.ctx(), { ref, name: "hello" }), { code: "not-found" });
  });

  it("need the functions service", async () => {
    await create({ displayName: "Small", ref: "small", services: ["db", "api-gw", "auth", "rest"] });
    await put("ready");
    await expectRefused(() => deployFunction(scene.ctx(), { ref: "small", name: "hello", files: [index] }), { code: "no-functions-service" });
  });
});

describe("duplicating", () => {
  it("copies settings and functions in the transaction that creates, and no data, key, port or secret", async () => {
    await create();
    await put("ready");
    await editProject(scene.ctx(), { ref, siteUrl: "https://shop.example.com", redirectUrls: ["https://shop.example.com/**"] });
    await put("ready");
    await deployFunction(scene.ctx(), { ref, name: "hello", files: [index] });
    await put("ready");
    const copy = await duplicateProject(scene.ctx(), { ref, displayName: "Copy" });
    const [from, to] = [await getProject(scene.ctx(), ref), await getProject(scene.ctx(), copy.ref)];
    expect([to.settings.siteUrl, to.settings.redirectUrls, to.settings.services]).toEqual([from.settings.siteUrl, from.settings.redirectUrls, from.settings.services]);
    expect(Object.values(to.ports).filter((port) => port !== null && Object.values(from.ports).includes(port))).toEqual([]);
    expect((await scene.project(copy.ref))?.functions).toMatchObject([{ name: "hello", version: 1, deployedAt: null }]);
    expect(await scene.store.db.secretValue.count()).toBe(0);
    await expectRefused(() => duplicateProject(scene.ctx(), { ref, displayName: "Copy", newRef: copy.ref }), { code: "ref-taken", fields: ["ref"] });
  });
});

describe("steering", () => {
  it("cancels once, and retries only what has failed", async () => {
    const { operationId } = await create();
    await expectRefused(() => retryOperation(scene.ctx(), { operationId }), { code: "operation-running" });
    await cancelOperation(scene.ctx(), { operationId });
    expect(await cancelOperation(scene.ctx(), { operationId })).toEqual({ operationId });
    expect(await scene.store.db.auditEntry.count({ where: { action: "operation.cancel" } })).toBe(1);
    await scene.store.db.operation.update({ where: { id: operationId }, data: { status: "cancelled" } });
    await expectRefused(() => cancelOperation(scene.ctx(), { operationId }), { code: "not-cancellable" });
    await put("ready");
    await expectRefused(() => retryOperation(scene.ctx(), { operationId }), { code: "not-retryable" });
    await expectRefused(() => cancelOperation(scene.ctx(), { operationId: "nobody" }), { code: "not-found" });
  });
});

const nasty = ["$(id)", "`id`", "; rm -rf /", "' OR '1'='1", '"quoted"', "<script>alert(1)</script>", "../../etc/passwd", "🏪👩‍👩‍👧", "مرحبا بالعالم", "ﬁ＄｛｝", "%00", "${HOME}", "--help", "x".repeat(500)];

describe("a nasty string in a text field", () => {
  it.each(nasty)("%j is either kept word for word or refused by the name of its field, never an internal error", async (text) => {
    await create();
    await put("ready");
    const ctx = scene.ctx();
    const tries: Record<string, (() => Promise<unknown>)[]> = {
      displayName: [() => createProject(ctx, { displayName: text }), () => editProject(ctx, { ref, displayName: text })],
      ref: [() => createProject(ctx, { displayName: "A", ref: text }), () => pauseProject(ctx, { ref: text })],
      release: [() => createProject(ctx, { displayName: "A", release: text })],
      bindAddress: [() => createProject(ctx, { displayName: "A", bindAddress: text })],
      postgresPassword: [() => createProject(ctx, { displayName: "A", postgresPassword: text })],
      siteUrl: [() => editProject(ctx, { ref, siteUrl: text })],
      publicUrl: [() => editProject(ctx, { ref, publicUrl: text })],
      "redirectUrls.0": [() => editProject(ctx, { ref, redirectUrls: [text] })],
      "smtp.senderName": [() => editProject(ctx, { ref, smtp: { host: "mail.example.com", port: 25, user: text, senderEmail: "a@example.com", senderName: text } })],
      "smtp.host": [() => editProject(ctx, { ref, smtp: { host: text, port: 25, user: "", senderEmail: "a@example.com", senderName: "A" } })],
      smtpPassword: [() => editProject(ctx, { ref, smtpPassword: text })],
      name: [() => deployFunction(ctx, { ref, name: text, files: [index] })],
      "files.1.path": [() => deployFunction(ctx, { ref, name: "hello", files: [index, { path: text, contentBase64: "" }] })],
      confirmName: [() => deleteProject(ctx, { ref, confirmName: text })],
    };
    for (const [field, acts] of Object.entries(tries)) {
      for (const act of acts) {
        const error = await act().then(() => null, (cause: unknown) => cause);
        if (error === null) await put("ready");
        else {
          expect(error, field).toBeInstanceOf(InvalidError);
          expect(Object.keys((error as InvalidError).fields ?? {}).some((name) => name === field || name === "smtp.user")).toBe(true);
        }
      }
    }
    const kept = await scene.store.db.project.findMany({ where: { displayName: text } });
    for (const project of kept) expect(project.ref).toMatch(/^[a-z][a-z0-9-]{1,38}[a-z0-9]$/);
    await Promise.all([listProjects(ctx), listOperations(ctx), listActivity(ctx, { actor: text.slice(0, 100) }), getProject(ctx, ref)]);
  });
});
