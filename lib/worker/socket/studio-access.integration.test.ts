import { expect, test } from "vitest";
import { hashSecretText } from "@/lib/access/secret-text";
import { studioClaim } from "@/lib/access/worker-protocol";
import { sampleSecrets } from "@/lib/stack/sample-input.fixture";
import { Secret } from "@/lib/stack/secret-value";
import { openSocketScene } from "./socket-scene.fixture";

const token = "s".repeat(43);

async function openStudioScene(role: "viewer" | "operator" = "operator") {
  const scene = await openSocketScene();
  await scene.session("none", role);
  const { userId, id: sessionId } = await scene.store.db.session.findFirstOrThrow();
  const now = scene.clock.now;
  await scene.store.db.studioTicket.create({ data: { id: "t1", projectId: scene.projectId, userId, sessionId, tokenHash: "used", sessionHash: await hashSecretText(token), createdAt: now, redeemBy: now, redeemedAt: now, lastSeenAt: now } });
  const ask = (claim: string | undefined, projectId = scene.projectId) => scene.ask("GET", "/studio-access", { claim, query: { projectId } });
  return { ...scene, askAccess: ask };
}

test("a session of Studio gets what its gateway asks for", async () => {
  const scene = await openStudioScene();
  const pair = `${sampleSecrets.dashboardUsername.reveal()}:${sampleSecrets.dashboardPassword.reveal()}`;
  expect((await scene.askAccess(studioClaim(token))).json).toEqual({ authorization: `Basic ${Buffer.from(pair).toString("base64")}` });
});

test("nothing else does: a session of the panel, another project, a hash, a viewer, a session that ended", async () => {
  const scene = await openStudioScene();
  const panel = await scene.session("owner");
  const claims = [undefined, studioClaim("x".repeat(43)), studioClaim(await hashSecretText(token)), panel.kind === "session" ? `Session ${panel.sid}` : "", "Studio ", `Bearer ${token}`];
  for (const claim of claims) expect((await scene.askAccess(claim)).status, claim).toBe(401);
  expect((await scene.askAccess(studioClaim(token), await scene.addProject("other"))).status).toBe(401);
  await scene.store.db.studioTicket.updateMany({ data: { endedAt: scene.clock.now } });
  expect((await scene.askAccess(studioClaim(token))).status).toBe(401);
  const viewer = await openStudioScene("viewer");
  expect((await viewer.askAccess(studioClaim(token))).status).toBe(401);
});

test("a session of Studio opens none of the worker's other routes", async () => {
  const scene = await openStudioScene();
  for (const path of ["/gateway-health", "/metrics", "/doors"]) expect((await scene.ask("GET", path, { claim: studioClaim(token), query: { ref: "shop" } })).status, path).toBe(401);
  expect((await scene.ask("POST", "/reveal", { claim: studioClaim(token), body: { ref: "shop", names: ["dashboardPassword"] } })).status).toBe(401);
});

test("the password of a user of Studio is shown to who may reveal, and each reveal is audited without it", async () => {
  const scene = await openSocketScene();
  await scene.store.transaction((tx) => scene.tools.secrets.writeDashboardUser(tx, { id: "u1", projectId: scene.projectId, username: "ann", now: scene.clock.now }, new Secret("ann's long password")));
  const ask = async (claim: Awaited<ReturnType<typeof scene.session>>, username = "ann") => scene.ask("POST", "/reveal-studio-user", { claim, body: { ref: "shop", username } });
  expect((await ask(await scene.session("none", "admin"))).json).toEqual({ password: "ann's long password" });
  expect((await ask(await scene.session("none", "operator"))).status).toBe(403);
  expect((await ask(await scene.session("admin"), "bob")).status).toBe(404);
  expect((await ask(await scene.token([]))).status).toBe(403);
  const rows = await scene.audited("secret.reveal");
  expect(rows).toMatchObject([{ summary: "Reveal the password of ann at Studio of shop" }]);
  expect(JSON.stringify(rows)).not.toContain("long password");
});
