import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changeProjectMember, removeProjectMember } from "@/lib/access/project-members";
import { revokeSession } from "@/lib/access/sessions";
import { removePerson } from "@/lib/access/remove-person";
import { openScene, type Scene } from "@/lib/access/people.fixture";
import { parseSettings } from "../settings-schema";
import { addStudioUser, changeStudioSettings, changeStudioUser, removeStudioUser } from "./change-studio";
import { getStudio } from "./get-studio";
import { openStudio } from "./open-studio";
import { redeemStudioTicket } from "./redeem-ticket";
import { findStudioSession, redeemWithinMs, studioIdleMs } from "./studio-session";
import { endStudioSessions } from "./studio-sessions";

let scene: Scene;
let projectId = "";
const ref = "shop";
const minute = 60_000;

beforeEach(async () => {
  scene = await openScene();
  projectId = await scene.addProject(ref);
  await change({ services: ["db", "api-gw", "auth", "rest", "meta", "studio"] });
  await scene.store.db.portAllocation.create({ data: { id: "inner", hostId: "local", port: 27_100, purpose: "gateway-inner", projectId } });
});
afterEach(() => scene.close());

async function change(parts: object): Promise<void> {
  const { settingsJson } = await scene.store.db.project.findUniqueOrThrow({ where: { id: projectId } });
  await scene.store.db.project.update({ where: { id: projectId }, data: { settingsJson: JSON.stringify({ ...parseSettings(settingsJson), ...parts }) } });
}

const operator = async (name = "Olga") => scene.signedIn(await scene.addPerson(name, "none", { [projectId]: "operator" }));
const ticketOf = (url: string) => new URL(url).searchParams.get("basehold-ticket") ?? "";
const redeem = (token: string, at = projectId) => redeemStudioTicket(scene.store, { projectId: at, token, now: scene.clock.now });
const find = (token: string, at = projectId) => findStudioSession(scene.store.db, { projectId: at, token, now: scene.clock.now });

async function opened(ctx: Awaited<ReturnType<typeof operator>>): Promise<string> {
  const session = await redeem(ticketOf((await openStudio(ctx, { ref })).url));
  if (session === null) throw new Error("The ticket was refused.");
  return session;
}

describe("a ticket", () => {
  it("opens Studio once, at the project's address, and the store holds neither it nor the session", async () => {
    const { url, redeemBy } = await openStudio(await operator(), { ref, path: "/project/default?a=1" });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/project\/default\?a=1&basehold-ticket=[A-Za-z0-9]{43}$/);
    expect(new Date(redeemBy).getTime() - scene.clock.now.getTime()).toBe(redeemWithinMs);
    const session = await redeem(ticketOf(url));
    expect(session).toMatch(/^[A-Za-z0-9]{43}$/);
    expect(await redeem(ticketOf(url))).toBeNull();
    expect(await find(session ?? "")).toMatchObject({ projectId });
    const stored = JSON.stringify(await scene.store.db.studioTicket.findMany());
    for (const secret of [ticketOf(url), session ?? ""]) expect(stored).not.toContain(secret);
  });

  it("of two who bring it at once lets one in", async () => {
    const token = ticketOf((await openStudio(await operator(), { ref })).url);
    const got = await Promise.all([redeem(token), redeem(token), redeem(token)]);
    expect(got.filter((session) => session !== null)).toHaveLength(1);
  });

  it("is for one project, for a minute, and for somebody who still may", async () => {
    const olga = await operator();
    const other = await scene.addProject("other");
    const token = ticketOf((await openStudio(olga, { ref })).url);
    expect(await redeem(token, other)).toBeNull();
    scene.advance(redeemWithinMs);
    expect(await redeem(token)).toBeNull();
    const late = ticketOf((await openStudio(olga, { ref })).url);
    await scene.store.db.membership.deleteMany({});
    expect(await redeem(late)).toBeNull();
    expect(await redeem("a".repeat(43))).toBeNull();
  });

  it("is audited with who and from where", async () => {
    await openStudio(await operator(), { ref });
    expect(await scene.store.db.auditEntry.findMany({ where: { action: "studio.open" } })).toMatchObject([{ actorName: "Olga", ip: "203.0.113.7", projectRef: ref, summary: "Open Studio of shop" }]);
  });

  it("is not for viewers, and strangers do not learn of the project", async () => {
    await expect(openStudio(await scene.signedIn(await scene.addPerson("Vera", "none", { [projectId]: "viewer" })), { ref })).rejects.toMatchObject({ code: "forbidden" });
    await expect(openStudio(await scene.signedIn(await scene.addPerson("Stan", "none")), { ref })).rejects.toMatchObject({ code: "not-found" });
    expect(await scene.store.db.studioTicket.count()).toBe(0);
  });

  it("leads to a name of Studio's own first, then to one of the API, and nowhere where Studio does not answer", async () => {
    const olga = await operator();
    const domain = (hostname: string, kind: string, state = "open") => scene.store.db.domain.create({ data: { id: hostname, projectId, hostname, kind, tls: "acme", state, isMain: false, redirectsHttp: true, createdAt: scene.clock.now, updatedAt: scene.clock.now } });
    await domain("waiting.example.com", "studio", "waiting");
    await domain("api.example.com", "api");
    const hostOf = async () => new URL((await openStudio(olga, { ref })).url).host;
    expect(await hostOf()).toBe("api.example.com");
    await domain("studio.example.com", "studio");
    expect(await hostOf()).toBe("studio.example.com");
    await scene.store.db.domain.deleteMany({ where: { kind: "studio" } });
    await change({ studio: { allowedNetworks: null, isOnApiNames: false, isOnLocalAddress: true } });
    expect(await hostOf()).toMatch(/^127\.0\.0\.1:/);
    await change({ studio: { allowedNetworks: null, isOnApiNames: false, isOnLocalAddress: false } });
    await expect(openStudio(olga, { ref })).rejects.toMatchObject({ code: "no-address" });
  });

  it("is refused with its reason without the edge, without Studio, and while the project does not run", async () => {
    const olga = await operator();
    await scene.store.db.project.update({ where: { id: projectId }, data: { state: "paused" } });
    await expect(openStudio(olga, { ref })).rejects.toMatchObject({ code: "wrong-state" });
    await scene.store.db.portAllocation.delete({ where: { id: "inner" } });
    await expect(openStudio(olga, { ref })).rejects.toMatchObject({ code: "no-edge" });
    await change({ services: ["db", "api-gw"] });
    await expect(openStudio(olga, { ref })).rejects.toMatchObject({ code: "no-studio" });
  });

  it("leads to no other host, whatever path is asked for", async () => {
    const olga = await operator();
    for (const path of ["//evil.example", "/\\evil.example", "https://evil.example", "x"]) await expect(openStudio(olga, { ref, path }), path).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("a session of Studio", () => {
  it("ends after ten minutes without a request, and not before", async () => {
    const session = await opened(await operator());
    for (let round = 0; round < 5; round++) {
      scene.advance(studioIdleMs - 1);
      expect(await find(session)).not.toBeNull();
    }
    scene.advance(studioIdleMs);
    expect(await find(session)).toBeNull();
  });

  it("writes nothing for most of its requests", async () => {
    const session = await opened(await operator());
    const lastSeen = async () => (await scene.store.db.studioTicket.findFirstOrThrow()).lastSeenAt;
    const before = await lastSeen();
    scene.advance(29_000);
    await find(session);
    expect(await lastSeen()).toEqual(before);
    scene.advance(1_000);
    await find(session);
    expect(await lastSeen()).toEqual(scene.clock.now);
  });

  it("opens its own project and no other, and nothing forged opens any", async () => {
    const session = await opened(await operator());
    expect(await find(session, await scene.addProject("other"))).toBeNull();
    expect(await find("a".repeat(43))).toBeNull();
    expect(await find(session)).not.toBeNull();
  });

  const ends: [string, (olga: Awaited<ReturnType<typeof operator>>, userId: string) => Promise<unknown>][] = [
    ["the role is lowered to viewer", (_olga, userId) => changeProjectMember(scene.cli, { ref, userId, role: "viewer" })],
    ["the role is taken away", (_olga, userId) => removeProjectMember(scene.cli, { ref, userId })],
    ["the person is removed", (_olga, userId) => scene.store.transaction((tx) => removePerson(tx, userId, scene.clock.now))],
    ["the session of the panel that opened it is ended", async (olga) => revokeSession(olga, { sessionId: olga.actor.kind === "user" ? olga.actor.sessionId : "" })],
    ["somebody ends it at the page", async () => endStudioSessions(await operator("Oscar"), { ref })],
    ["the project goes", async () => scene.store.db.project.delete({ where: { id: projectId } })],
  ];
  it.each(ends)("is over at the next request when %s, and stays over", async (_name, end) => {
    const olga = await operator();
    const session = await opened(olga);
    expect(await find(session)).not.toBeNull();
    const userId = olga.actor.kind === "user" ? olga.actor.userId : "";
    await end(olga, userId);
    expect(await find(session)).toBeNull();
    await scene.store.db.membership.updateMany({ data: { role: "operator" } });
    expect(await find(session)).toBeNull();
  });

  it("is listed with who and when, until it ends", async () => {
    const olga = await operator();
    const oscar = await operator("Oscar");
    await opened(olga);
    scene.advance(minute);
    await opened(oscar);
    await openStudio(oscar, { ref });
    const { sessions } = await getStudio(olga, { ref });
    expect(sessions.map(({ name, isOwn, ip }) => ({ name, isOwn, ip }))).toEqual([{ name: "Oscar", isOwn: false, ip: "203.0.113.7" }, { name: "Olga", isOwn: true, ip: "203.0.113.7" }]);
    expect(await endStudioSessions(olga, { ref, sessionId: sessions[0]?.id ?? "" })).toEqual({ count: 1 });
    expect((await getStudio(olga, { ref })).sessions.map(({ name }) => name)).toEqual(["Olga"]);
    expect(await scene.store.db.auditEntry.findMany({ where: { action: "studio.end-sessions" } })).toMatchObject([{ actorName: "Olga", targetId: sessions[0]?.id }]);
    scene.advance(studioIdleMs);
    expect((await getStudio(olga, { ref })).sessions).toEqual([]);
  });

  it("is not ended from another project", async () => {
    const session = await opened(await operator());
    await scene.addProject("other");
    const { id } = await scene.store.db.studioTicket.findFirstOrThrow();
    expect(await endStudioSessions(scene.cli, { ref: "other", sessionId: id })).toEqual({ count: 0 });
    expect(await find(session)).not.toBeNull();
  });
});

describe("users of Studio", () => {
  const admin = async () => scene.signedIn(await scene.addPerson("Ada", "none", { [projectId]: "admin" }));

  it("are wished for with the password sealed, by an admin who typed the own password", async () => {
    const ada = await admin();
    const { operationId } = await addStudioUser(ada, { ref, username: "ann", password: "a long password" });
    const { inputJson, kind } = await scene.store.db.operation.findUniqueOrThrow({ where: { id: operationId } });
    expect([kind, JSON.parse(inputJson)]).toMatchObject(["studio.users", { projectId, before: [], change: { act: "set", username: "ann", sealed: "sealed:15" } }]);
    await expect(addStudioUser(await operator(), { ref, username: "bob" })).rejects.toMatchObject({ code: "forbidden" });
    scene.advance(11 * minute);
    await expect(addStudioUser(ada, { ref, username: "bob" })).rejects.toMatchObject({ code: "password-required" });
  });

  it.each([["a colon", "a:b"], ["nothing", ""], ["a space", "a b"], ["a line", "a\nb"], ["a sign first", "-a"], ["other letters", "ä"], ["too much", "a".repeat(65)]])("have no name with %s", async (_name, username) => {
    await expect(addStudioUser(await admin(), { ref, username })).rejects.toMatchObject({ code: "invalid" });
  });

  it("have passwords of 12 characters at least, that every browser sends alike", async () => {
    const ada = await admin();
    for (const password of ["eleven char", "grüße an alle leute", "a".repeat(201)]) await expect(addStudioUser(ada, { ref, username: "ann", password }), password).rejects.toMatchObject({ code: "invalid" });
  });

  it("are changed and removed only where they are", async () => {
    const ada = await admin();
    await expect(changeStudioUser(ada, { ref, username: "ann" })).rejects.toMatchObject({ code: "not-found" });
    await expect(removeStudioUser(ada, { ref, username: "ann" })).rejects.toMatchObject({ code: "not-found" });
    await scene.store.db.dashboardUser.create({ data: { id: "u1", projectId, username: "ann", passwordCiphertext: "v1", createdAt: scene.clock.now, updatedAt: scene.clock.now } });
    await expect(addStudioUser(ada, { ref, username: "ann" })).rejects.toMatchObject({ code: "invalid" });
    await expect(addStudioUser(ada, { ref, username: "Ann" })).rejects.toMatchObject({ fields: { username: "Studio of shop has a user ann already, which differs only in capitals. Choose another name." } });
    await removeStudioUser(ada, { ref, username: "ann" });
    expect((await getStudio(ada, { ref })).users).toMatchObject([{ username: "ann" }]);
    expect((await getStudio(ada, { ref })).openOperationId).not.toBeNull();
  });
});

describe("the first user of Studio", () => {
  const admin = async () => scene.signedIn(await scene.addPerson("Ada", "none", { [projectId]: "admin" }));

  it.each(["supabase", "Supabase"])("is not added a second time as %s, which is said at once", async (username) => {
    await expect(addStudioUser(await admin(), { ref, username })).rejects.toMatchObject({ status: 422, fields: { username: "supabase is the first user of this Studio, who is there already. Choose another name." } });
    await expect(addStudioUser(await operator(), { ref, username })).rejects.toMatchObject({ code: "forbidden" });
    expect(await scene.store.db.operation.count()).toBe(0);
  });

  it("is said to be there when somebody removes it, or types a password for it", async () => {
    const ada = await admin();
    await expect(removeStudioUser(ada, { ref, username: "supabase" })).rejects.toMatchObject({ status: 409, code: "first-user", message: "supabase is the first user of Studio of shop and cannot be removed: the panel signs in as this user for you." });
    await expect(changeStudioUser(ada, { ref, username: "supabase" })).rejects.toMatchObject({ status: 409, code: "first-user" });
  });
});

describe("where Studio answers", () => {
  it("is changed by an admin, kept with what was before, and refused where Studio would answer nowhere", async () => {
    const ada = await scene.signedIn(await scene.addPerson("Ada", "none", { [projectId]: "admin" }));
    await expect(changeStudioSettings(await operator(), { ref, isOnApiNames: false })).rejects.toMatchObject({ code: "forbidden" });
    await expect(changeStudioSettings(ada, { ref, isOnApiNames: true })).rejects.toMatchObject({ code: "same-state" });
    await expect(changeStudioSettings(ada, { ref, isOnLocalAddress: false })).rejects.toMatchObject({ code: "unreachable" });
    await expect(changeStudioSettings(ada, { ref, allowedNetworks: ["10.0.0.1/8"] })).rejects.toMatchObject({ code: "invalid" });
    await expect(changeStudioSettings(ada, { ref, allowedNetworks: [] })).rejects.toMatchObject({ code: "invalid" });
    const { operationId } = await changeStudioSettings(ada, { ref, allowedNetworks: ["10.0.0.0/8"] });
    const { inputJson } = await scene.store.db.operation.findUniqueOrThrow({ where: { id: operationId } });
    expect(JSON.parse(inputJson)).toEqual({ projectId, before: null, after: { allowedNetworks: ["10.0.0.0/8"], isOnApiNames: true, isOnLocalAddress: true } });
  });
});
