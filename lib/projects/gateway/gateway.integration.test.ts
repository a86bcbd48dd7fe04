import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "@/lib/access/actor";
import { ConflictError, ForbiddenError, InvalidError } from "@/lib/access/errors";
import { externalUpstream, pathOf, sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { defaultGatewaySettings, type GatewaySettings, type OwnRoute } from "@/lib/gateway/route-model";
import { createProject } from "../create-project";
import { openScene, type Scene, type WorkerOptions } from "../scene.fixture";
import { applyGatewayDraft, restoreGatewayRevision } from "./apply-draft";
import { getGateway } from "./get-gateway";
import { discardGatewayDraft, saveGatewayDraft } from "./save-draft";

const ref = "shop";
let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  await finish(await createProject(scene.ctx(), { displayName: "Shop", services: ["db", "api-gw", "auth", "rest", "functions"] }));
});
afterEach(() => scene.close());

async function finish({ operationId }: { operationId: string | null }, options: WorkerOptions = {}) {
  const worker = scene.startWorker(options);
  const operation = await scene.ended(operationId ?? "");
  await worker.stop();
  return operation;
}

const withRoutes = (...ownRoutes: OwnRoute[]): GatewaySettings => ({ ...defaultGatewaySettings, ownRoutes });
const hooks = withRoutes(sampleOwnRoute());
const look = (actor?: Actor) => getGateway(scene.ctx(actor), { ref });
const save = (settings: unknown, version: string | null = null, actor?: Actor) => saveGatewayDraft(scene.ctx(actor), { ref, settings, version });
const person = (role: "operator" | "viewer" | "owner"): Actor => ({ kind: "user", userId: role, sessionId: "s", name: role, email: `${role}@example.com`, installationRole: role, projectRoles: {}, passwordProvedAt: scene.clock.now(), ip: null });

async function apply(settings: unknown, options: WorkerOptions = {}, acknowledged: string[] = []) {
  const { version } = await save(settings, (await look()).draft?.version ?? null);
  return finish(await applyGatewayDraft(scene.ctx(), { ref, version: version ?? "", acknowledged }), options);
}

const routesFileOf = () => {
  const front = scene.world.containers.find((container) => container.labels["io.basehold.service"] === "api-gw");
  return Buffer.from(front?.files["/etc/envoy/rds.json"] ?? "", "base64").toString("utf8");
};

describe("a draft", () => {
  it("changes nothing on the gateway, and is shown in words against what is in force", async () => {
    const before = routesFileOf();
    await save(hooks);
    expect(routesFileOf()).toBe(before);
    expect((await look()).draft?.changes.map(({ sentence }) => sentence)).toEqual([expect.stringContaining("/hooks/")]);
    expect((await look()).revision).toBeNull();
  });

  it("that was not seen is never overwritten, applied or discarded", async () => {
    const { version } = await save(hooks);
    await expect(save(withRoutes(sampleOwnRoute({ name: "Mine" })))).rejects.toMatchObject({ code: "draft-changed", detail: { version } });
    await expect(applyGatewayDraft(scene.ctx(), { ref, version: "older" })).rejects.toMatchObject({ code: "draft-changed" });
    await expect(discardGatewayDraft(scene.ctx(), { ref, version: "older" })).rejects.toMatchObject({ code: "draft-changed" });
    expect((await look()).draft?.settings).toEqual(hooks);
  });

  it("that is not there cannot be discarded, and nobody is blamed for it", async () => {
    await expect(discardGatewayDraft(scene.ctx(), { ref, version: "older" })).rejects.toMatchObject({ code: "no-draft", message: "There is no draft to discard." });
  });

  it("of a version that was used before is not mistaken for a later one", async () => {
    const { version } = await save(hooks);
    await discardGatewayDraft(scene.ctx(), { ref, version: version ?? "" });
    await save(withRoutes(sampleOwnRoute({ name: "Another" })));
    await expect(save(hooks, version)).rejects.toBeInstanceOf(ConflictError);
  });

  it("that takes everything back is gone", async () => {
    const { version } = await save(hooks);
    expect(await save(defaultGatewaySettings, version)).toEqual({ version: null });
    expect((await look()).draft).toBeNull();
  });

  it("with a broken rule names the field and keeps what was saved before", async () => {
    const { version } = await save(hooks);
    const wrong = withRoutes(sampleOwnRoute({ rewrite: "no-slash" }));
    const error = await save(wrong, version).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(InvalidError);
    expect(Object.keys((error as InvalidError).fields ?? {})).toEqual(["settings.ownRoutes.0.rewrite"]);
    expect((await look()).draft?.version).toBe(version);
    const unknown = { ...withRoutes({ ...sampleOwnRoute(), retrys: 3 } as OwnRoute) };
    await expect(save(unknown, version)).rejects.toMatchObject({ fields: { "settings.ownRoutes.0.retrys": "There is no such field." } });
  });

  it("with headers that contradict each other names the field, except where they are in force from before", async () => {
    const twice = { set: [{ name: "x-a", value: "1" }, { name: "x-a", value: "2" }], remove: [] };
    const wrong = sampleOwnRoute({ responseHeaders: twice });
    await expect(save(withRoutes(wrong))).rejects.toMatchObject({ fields: { "settings.ownRoutes.0.responseHeaders.set.1.name": "Header name: x-a is set twice. Keep one of the two." } });
    await apply(hooks);
    await scene.store.db.gatewayRevision.updateMany({ data: { settingsJson: JSON.stringify(withRoutes(wrong)) } });
    await save(withRoutes({ ...wrong, timeoutMs: 1000 }));
    expect((await look()).draft?.changes.map(({ sentence }) => sentence)).toEqual(["ends answers of /hooks/ after 1 s"]);
  });

  it("that lists a network twice is the same as one that lists it once", async () => {
    const listing = (...ipAllow: string[]) => withRoutes(sampleOwnRoute({ ipAllow }));
    await apply(listing("10.0.0.0/8", "10.0.0.0/8"));
    expect((await look()).settings).toEqual(listing("10.0.0.0/8"));
    expect(await save(listing("10.0.0.0/8"))).toEqual({ version: null });
  });

  it("is an operator's to write, and a viewer's to read", async () => {
    await save(hooks, null, person("operator"));
    expect(await look(person("viewer"))).toMatchObject({ mayEdit: false, draft: { editorName: "operator" } });
    await expect(save(hooks, null, person("viewer"))).rejects.toBeInstanceOf(ForbiddenError);
  });

  it("that opens a private network to external routes is an owner's", async () => {
    const open: GatewaySettings = { ...defaultGatewaySettings, allowedUpstreamNetworks: ["10.9.0.0/16"] };
    await expect(save(open, null, person("operator"))).rejects.toBeInstanceOf(ForbiddenError);
    const { version } = await save(open, null, person("owner"));
    await expect(applyGatewayDraft(scene.ctx(person("operator")), { ref, version: version ?? "" })).rejects.toBeInstanceOf(ForbiddenError);
  });
});

describe("applying a draft", () => {
  it("puts it in force on the running gateway, without another container, and keeps it as a revision", async () => {
    const ids = scene.world.containers.map(({ id }) => id);
    expect((await apply(hooks)).status).toBe("done");
    expect(routesFileOf()).toContain("own-hooks");
    expect(scene.world.containers.map(({ id }) => id)).toEqual(ids);
    expect(await look()).toMatchObject({ revision: 1, settings: hooks, draft: null, openOperationId: null, revisions: [{ number: 1, state: "in-force", failure: null }] });
  });

  it("stops a person once for what is dangerous, and not for what is in force already", async () => {
    const open = withRoutes(sampleOwnRoute({ id: "own-todos", name: "Todos", match: pathOf("prefix", "/todos/"), upstream: { kind: "service", service: "rest" }, access: "open" }));
    const { version } = await save(open);
    const [warning] = (await look()).draft?.warnings ?? [];
    await expect(applyGatewayDraft(scene.ctx(), { ref, version: version ?? "" })).rejects.toMatchObject({ code: "warnings", detail: { [warning?.id ?? ""]: warning?.sentence }, fields: { [`acknowledged.${warning?.id ?? ""}`]: warning?.sentence } });
    expect((await finish(await applyGatewayDraft(scene.ctx(), { ref, version: version ?? "", acknowledged: [warning?.id ?? ""] }))).status).toBe("done");
    expect((await apply(withRoutes(...open.ownRoutes, sampleOwnRoute()))).status).toBe("done");
  });

  it.each([
    ["the gateway's own checker refuses it", { refused: true }, "Envoy refuses these routes"],
    ["its proof fails", { broken: true }, "were not answered as they must be"],
  ] as const)("that fails because %s leaves the last good revision in force, and the draft to be mended", async (_why, { refused = false, broken = false }: { refused?: boolean; broken?: boolean }, sentence) => {
    await apply(hooks);
    const good = routesFileOf();
    const wished = withRoutes(sampleOwnRoute({ name: "Other", match: pathOf("prefix", "/other/") }));
    scene.world.refusesConfiguration = refused;
    if (broken) scene.world.deadRoutes.push("own-hooks");
    expect((await apply(wished)).status).toBe("undone");
    expect(routesFileOf()).toBe(good);
    expect(await look()).toMatchObject({ revision: 1, settings: hooks, draft: { settings: wished }, revisions: [{ number: 2, state: "failed", failure: { sentence: expect.stringContaining(sentence) as string } }, { number: 1, state: "in-force" }] });
    expect((await scene.project(ref))?.state).toBe("ready");
  });

  it("whose gateway dies in the middle comes back to the last good revision, and where that cannot start either the project says so", async () => {
    expect((await apply(hooks)).status).toBe("done");
    const die = (isForGood: boolean) => (point: string) => {
      if (point !== "prove:before") return;
      for (const container of scene.world.containers) if (container.labels["io.basehold.service"] === "api-gw") Object.assign(container, { state: "exited", exitCode: 139 });
      if (isForGood) scene.world.programs["api-gw"] = { exitsWith: 139 };
    };
    const changed = withRoutes(sampleOwnRoute({ name: "Other", timeoutMs: 5_000 }));
    expect((await apply(changed, { onPoint: die(false) })).status).toBe("undone");
    expect(await look()).toMatchObject({ revision: 1, revisions: [{ state: "failed" }, { state: "in-force", number: 1 }] });

    const operation = await apply(changed, { onPoint: die(true) });
    expect(operation.status).toBe("failed");
    expect(await look()).toMatchObject({ revision: 1 });
    const project = await scene.project(ref);
    expect([project?.state, project?.stateReason]).toEqual(["failed", expect.stringContaining("api-gw")]);
  });

  it("to an upstream whose name is unknown is undone before the gateway is touched", async () => {
    const before = routesFileOf();
    const operation = await apply(withRoutes(sampleOwnRoute({ upstream: externalUpstream("https://nobody.invalid") })));
    expect(operation.status).toBe("undone");
    expect(routesFileOf()).toBe(before);
    expect((await look()).revisions[0]?.failure?.sentence).toContain("nobody.invalid has no address");
  });

  it("pins the addresses of an external upstream that were looked up", async () => {
    await apply(withRoutes(sampleOwnRoute({ upstream: externalUpstream("https://api.example.com") })));
    const front = scene.world.containers.find((container) => container.labels["io.basehold.service"] === "api-gw");
    expect(Buffer.from(front?.files["/etc/envoy/cds.json"] ?? "", "base64").toString("utf8")).toContain("93.184.216.34");
  });

  it("waits for nothing else: a project that is paused keeps its draft", async () => {
    const { version } = await save(hooks);
    await scene.store.db.project.updateMany({ data: { state: "paused" } });
    await expect(applyGatewayDraft(scene.ctx(), { ref, version: version ?? "" })).rejects.toMatchObject({ code: "wrong-state" });
    expect((await look()).draft?.version).toBe(version);
  });
});

describe("an earlier revision", () => {
  it("comes back as a draft, the release's own routes too, and is in force once applied", async () => {
    await apply(hooks);
    await apply(withRoutes(sampleOwnRoute({ name: "Second", match: pathOf("prefix", "/second/") })));
    const { version } = await restoreGatewayRevision(scene.ctx(), { ref, number: 1 });
    expect((await look()).draft).toMatchObject({ settings: hooks, cause: "Restores revision 1" });
    await finish(await applyGatewayDraft(scene.ctx(), { ref, version }));
    expect(await look()).toMatchObject({ revision: 3, settings: hooks });
    await restoreGatewayRevision(scene.ctx(), { ref, number: 0 });
    expect((await look()).draft?.settings).toEqual(defaultGatewaySettings);
  });

  it("never takes the place of a draft that somebody is writing", async () => {
    await apply(hooks);
    await save(defaultGatewaySettings);
    await expect(restoreGatewayRevision(scene.ctx(), { ref, number: 0 })).rejects.toMatchObject({ code: "draft-there" });
  });
});
