import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "@/lib/access/actor";
import { ForbiddenError, InvalidError, PasswordRequiredError } from "@/lib/access/errors";
import { LABEL } from "@/lib/engine/observed";
import { insertSchedules, runDueSlots } from "@/lib/operations/schedules";
import { silentLog } from "@/lib/operations/store.fixture";
import { createProject } from "../create-project";
import { pauseProject } from "../pause-project";
import { openScene, type Scene } from "../scene.fixture";
import { cancelOperation } from "../steer-operation";
import { getKeys } from "./get-keys";
import { overlapSchedule } from "./overlap-schedule";
import { endKeyOverlap, rotateJwtSecret, rotateKey, switchLegacyKeys } from "./rotate-keys";

const ref = "shop";
let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  await finish(createProject(scene.ctx(), { displayName: "Shop", services: ["db", "api-gw", "auth", "rest", "meta", "functions", "studio"] }));
});
afterEach(() => scene.close());

async function finish(asked: Promise<{ operationId: string | null }>) {
  const { operationId } = await asked;
  const worker = scene.startWorker();
  const operation = await scene.ended(operationId ?? "");
  await worker.stop();
  return operation;
}

const projectId = async () => (await scene.project(ref))?.id ?? "";
async function secrets() {
  const all = await scene.tools().secrets.readAll(scene.store.db, await projectId());
  return Object.fromEntries(Object.entries(all).map(([name, secret]) => [name, secret?.reveal() ?? null])) as Record<string, string | null>;
}
const containerOf = (service: string) => scene.world.containers.find((container) => container.labels[LABEL.service] === service && container.state === "running");
const routesFile = () => Buffer.from(containerOf("api-gw")?.files["/etc/envoy/rds.json"] ?? "", "base64").toString("utf8");
const asideRows = () => scene.store.db.secretValue.count({ where: { name: { startsWith: "aside." } } });
const look = () => getKeys(scene.ctx(), { ref });
const person = (role: "operator" | "admin", provedAt = scene.clock.now()): Actor => ({ kind: "user", userId: role, sessionId: "s", name: role, email: `${role}@example.com`, installationRole: role, projectRoles: {}, passwordProvedAt: provedAt, ip: null });

describe("rotating a key", () => {
  it("with an overlap makes another key, lets both pass, and gives services the new one without touching the gateway's container", async () => {
    const before = await secrets();
    const gateway = containerOf("api-gw")?.id;
    const untouched = containerOf("rest")?.id;
    expect((await finish(rotateKey(scene.ctx(), { ref, kind: "secret", overlapHours: 24 }))).status).toBe("done");
    const after = await secrets();
    expect(after).toEqual({ ...before, secretKey: after["secretKey"], secretKeyPrevious: before["secretKey"] });
    expect(after["secretKey"]).not.toBe(before["secretKey"]);
    for (const key of [before["secretKey"], after["secretKey"]]) expect(routesFile()).toContain(key);
    expect(JSON.parse(containerOf("functions")?.environment["SUPABASE_SECRET_KEYS"] ?? "")).toEqual({ default: after["secretKey"], previous: before["secretKey"] });
    expect(containerOf("studio")?.environment["SUPABASE_SECRET_KEY"]).toBe(after["secretKey"]);
    expect([containerOf("api-gw")?.id, containerOf("rest")?.id]).toEqual([gateway, untouched]);
    expect(await asideRows()).toBe(0);
    expect((await look()).keys.find(({ kind }) => kind === "secret")?.previous).toEqual({ replacedAt: expect.any(String) as string, endsAt: new Date(scene.clock.now().getTime() + 24 * 3_600_000).toISOString() });
  });

  it("without an overlap leaves only the new key", async () => {
    const { publishableKey: old } = await secrets();
    await finish(rotateKey(scene.ctx(), { ref, kind: "publishable", overlapHours: 0 }));
    const { publishableKey, publishableKeyPrevious } = await secrets();
    expect(publishableKeyPrevious).toBeNull();
    expect(routesFile()).toContain(publishableKey);
    expect(routesFile()).not.toContain(old);
  });

  it("is refused while the key before is still valid, and allowed for the other key", async () => {
    await finish(rotateKey(scene.ctx(), { ref, kind: "secret", overlapHours: 24 }));
    await expect(rotateKey(scene.ctx(), { ref, kind: "secret", overlapHours: 24 })).rejects.toMatchObject({ code: "overlap-open" });
    await expect(endKeyOverlap(scene.ctx(), { ref, kind: "publishable" })).rejects.toMatchObject({ code: "no-overlap" });
    expect((await finish(rotateKey(scene.ctx(), { ref, kind: "publishable", overlapHours: 1 }))).status).toBe("done");
  });

  it("that fails, or is cancelled, brings the old key back as it was", async () => {
    const before = await secrets();
    const routes = routesFile();
    scene.world.programs["functions"] = { exitsWith: 1 };
    expect((await finish(rotateKey(scene.ctx(), { ref, kind: "secret", overlapHours: 24 }))).status).toBe("undone");
    expect([await secrets(), routesFile(), await asideRows()]).toEqual([before, routes, 0]);
    const cancelled = await rotateKey(scene.ctx(), { ref, kind: "secret", overlapHours: 24 });
    await cancelOperation(scene.ctx(), { operationId: cancelled.operationId });
    expect((await finish(Promise.resolve(cancelled))).status).toBe("cancelled");
    expect([await secrets(), (await scene.project(ref))?.state]).toEqual([before, "ready"]);
  });

  it("takes whole hours up to 30 days", async () => {
    for (const overlapHours of [-1, 1.5, 721]) await expect(rotateKey(scene.ctx(), { ref, kind: "secret", overlapHours })).rejects.toBeInstanceOf(InvalidError);
  });

  it("is an admin's, with the password confirmed, and audited", async () => {
    await expect(rotateKey(scene.ctx(person("operator")), { ref, kind: "secret", overlapHours: 1 })).rejects.toBeInstanceOf(ForbiddenError);
    await expect(rotateKey(scene.ctx(person("admin", new Date(0))), { ref, kind: "secret", overlapHours: 1 })).rejects.toBeInstanceOf(PasswordRequiredError);
    await rotateKey(scene.ctx(), { ref, kind: "secret", overlapHours: 1 });
    expect(await scene.store.db.auditEntry.findFirst({ where: { action: "keys.rotate" } })).toMatchObject({ projectRef: ref, summary: "Rotate the secret key of shop; the old one stays valid for 1 h" });
  });
});

describe("an overlap", () => {
  beforeEach(async () => {
    await insertSchedules(scene.store, [overlapSchedule], scene.clock.now());
    await finish(rotateKey(scene.ctx(), { ref, kind: "secret", overlapHours: 2 }));
  });
  const tick = () => runDueSlots({ store: scene.store, schedules: [overlapSchedule], now: scene.clock.now, log: silentLog });
  const ends = () => scene.store.db.operation.findMany({ where: { kind: "keys.end-overlap" } });

  it("that a person ends takes the old key away everywhere", async () => {
    const { secretKeyPrevious: old } = await secrets();
    expect((await finish(endKeyOverlap(scene.ctx(), { ref, kind: "secret" }))).status).toBe("done");
    expect((await secrets())["secretKeyPrevious"]).toBeNull();
    expect(routesFile()).not.toContain(old);
    expect(containerOf("functions")?.environment["SUPABASE_SECRET_KEYS"]).not.toContain(old);
    expect([await asideRows(), (await look()).keys.map(({ previous }) => previous)]).toEqual([0, [null, null, null, null]]);
  });

  it("is ended by the panel when its time has come, not before, and once", async () => {
    scene.clock.advance(3_600_000);
    await tick();
    expect(await ends()).toEqual([]);
    scene.clock.advance(3_600_000 + 300_000);
    await tick();
    await tick();
    const [only, ...more] = await ends();
    expect(more).toEqual([]);
    expect((await finish(Promise.resolve({ operationId: only?.id ?? "" }))).status).toBe("done");
    scene.clock.advance(600_000);
    await tick();
    expect(await ends()).toHaveLength(1);
    expect((await secrets())["secretKeyPrevious"]).toBeNull();
    expect(await scene.store.db.auditEntry.findFirst({ where: { action: "keys.end-overlap" } })).toMatchObject({ actorName: "Keys", summary: "End the old secret key of shop: its overlap is over" });
  });

  it("of a paused project ends in the store, so that the project comes back without the old key", async () => {
    await finish(pauseProject(scene.ctx(), { ref }));
    scene.clock.advance(3 * 3_600_000);
    await tick();
    expect([await ends(), (await secrets())["secretKeyPrevious"]]).toEqual([[], null]);
    expect((await look()).keys.map(({ previous }) => previous)).toEqual([null, null, null, null]);
  });
});

describe("legacy keys", () => {
  const use = async (key: string, hoursAgo: number, count: number) => {
    const at = new Date(scene.clock.now().getTime() - hoursAgo * 3_600_000);
    await scene.store.db.keyUse.create({ data: { id: `${key}${hoursAgo}`, projectId: await projectId(), hour: at, key, routeId: "rest-v1-protected", network: "192.0.2.0/24", userAgent: "app/1", count, lastAt: at } });
  };

  it("that were switched off are refused by the gateway, and services inside use the other keys", async () => {
    expect((await finish(switchLegacyKeys(scene.ctx(), { ref, isOff: true }))).status).toBe("done");
    const { anonKey, serviceRoleKey, publishableKey, secretKey } = await secrets();
    const host = (JSON.parse(routesFile()) as { resources: { virtual_hosts: { typed_per_filter_config: Record<string, { filter_context?: Record<string, unknown> }> }[] }[] }).resources[0]?.virtual_hosts[0];
    expect(host?.typed_per_filter_config["envoy.filters.http.lua"]?.filter_context).toMatchObject({ anon: [], serviceRole: [], revoked: { "legacy-anon": [anonKey], "legacy-service": [serviceRoleKey] } });
    expect(containerOf("functions")?.environment).toMatchObject({ SUPABASE_ANON_KEY: publishableKey, SUPABASE_SERVICE_ROLE_KEY: secretKey });
    expect(containerOf("studio")?.environment).toMatchObject({ SUPABASE_ANON_KEY: publishableKey, SUPABASE_SERVICE_KEY: secretKey });
    expect((await look()).keys.map(({ kind, isValid }) => [kind, isValid])).toEqual([["publishable", true], ["secret", true], ["legacy-anon", false], ["legacy-service", false]]);
  });

  it("come back as they were when they are switched on again", async () => {
    const [before, routes] = [await secrets(), routesFile()];
    await finish(switchLegacyKeys(scene.ctx(), { ref, isOff: true }));
    await expect(switchLegacyKeys(scene.ctx(), { ref, isOff: true })).rejects.toMatchObject({ code: "same-state" });
    expect((await finish(switchLegacyKeys(scene.ctx(), { ref, isOff: false }))).status).toBe("done");
    expect([await secrets(), routesFile()]).toEqual([before, routes]);
    expect(containerOf("functions")?.environment["SUPABASE_ANON_KEY"]).toBe(before["anonKey"]);
  });

  it("that were used within the last week stop a person once", async () => {
    await use("legacy-anon", 30, 4);
    await expect(switchLegacyKeys(scene.ctx(), { ref, isOff: true })).rejects.toMatchObject({ code: "in-use", message: expect.stringContaining("4 times") as string });
    expect((await finish(switchLegacyKeys(scene.ctx(), { ref, isOff: true, acknowledgesUse: true }))).status).toBe("done");
  });

  it("are counted for the last day and the last week, with who still sends them", async () => {
    await use("legacy-anon", 1, 3);
    await use("legacy-anon", 30, 4);
    await use("legacy-anon", 24 * 9, 50);
    await use("legacy-service", 2, 1);
    const uses = Object.fromEntries((await look()).keys.map((key) => [key.kind, key.uses]));
    expect(uses["legacy-anon"]).toEqual({ requestsLastDay: 3, requestsLastWeek: 7, callers: [{ routeId: "rest-v1-protected", path: expect.stringContaining("/rest/v1/") as string, network: "192.0.2.0/24", userAgent: "app/1", requests: 7, lastAt: new Date(scene.clock.now().getTime() - 3_600_000).toISOString() }] });
    expect(uses["legacy-service"]).toMatchObject({ requestsLastDay: 1, requestsLastWeek: 1 });
    expect([uses["publishable"], uses["secret"]]).toEqual([null, null]);
  });
});

describe("rotating the JWT secret", () => {
  const kids = (json: string | null) => (JSON.parse(json ?? "") as { keys: { kid?: string; kty: string }[] }).keys.map(({ kid, kty }) => kid ?? kty);

  it("makes new legacy keys and keeps the signing pair and the opaque keys", async () => {
    const before = await secrets();
    expect((await finish(rotateJwtSecret(scene.ctx(), { ref, confirmName: "Shop" }))).status).toBe("done");
    const after = await secrets();
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(changed.toSorted()).toEqual(["anonKey", "jwtJwks", "jwtKeys", "jwtSecret", "serviceRoleKey"]);
    expect(kids(after["jwtJwks"] ?? null)).toEqual(kids(before["jwtJwks"] ?? null));
    for (const service of ["functions", "db"]) expect(containerOf(service)?.environment["JWT_SECRET"]).toBe(after["jwtSecret"]);
    expect(await asideRows()).toBe(0);
  });

  it("with a new pair changes what that signed too", async () => {
    const before = await secrets();
    await finish(rotateJwtSecret(scene.ctx(), { ref, confirmName: ref, withSigningPair: true }));
    const after = await secrets();
    expect(kids(after["jwtJwks"] ?? null)).not.toEqual(kids(before["jwtJwks"] ?? null));
    expect(after["anonKeyAsymmetric"]).not.toBe(before["anonKeyAsymmetric"]);
    expect([after["publishableKey"], after["secretKey"]]).toEqual([before["publishableKey"], before["secretKey"]]);
  });

  it("that fails brings every secret and every container's back", async () => {
    const before = await secrets();
    scene.world.programs["functions"] = { exitsWith: 1 };
    expect((await finish(rotateJwtSecret(scene.ctx(), { ref, confirmName: ref, withSigningPair: true }))).status).toBe("undone");
    expect([await secrets(), await asideRows()]).toEqual([before, 0]);
    for (const service of ["functions", "db"]) expect(containerOf(service)?.environment["JWT_SECRET"]).toBe(before["jwtSecret"]);
  });

  it("asks for the project's name", async () => {
    await expect(rotateJwtSecret(scene.ctx(), { ref, confirmName: "shup" })).rejects.toBeInstanceOf(InvalidError);
  });
});
