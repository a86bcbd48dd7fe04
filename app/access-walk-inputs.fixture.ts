import { defaultGatewaySettings } from "@/lib/gateway/route-model";
import type { ActionName, HandlerName } from "@/lib/server/route-table";
import type { WalkScene } from "./access-walk.fixture";

/** An input for each action and handler that gets past parsing, so that what answers is the rule of access and not the form. */

const files = [{ path: "index.ts", contentBase64: "ZXhwb3J0IHt9" }];
const password = "correct horse battery";

type Prepared = { ref: string; hostname: string; userId: string; operationId: string; invitationId: string; projectInvitationId: string; name: string };

/** Rows that the next call acts on. Those that an act uses up are made anew for it. */
export async function prepareTargets(scene: WalkScene, name: string): Promise<Prepared> {
  const hostname = await prepareDomain(scene, name);
  const shared = { ref: "shop", hostname, operationId: scene.operationId, name: scene.functionName };
  if (!/member|invitation|team\./.test(name)) return { ...shared, userId: "unknown", invitationId: "unknown", projectInvitationId: "unknown" };
  const number = ++count;
  const userId = await scene.addPerson(`target ${number}`, "none", { [scene.projectId]: "viewer" });
  const row = (id: string, projectId: string | null) => ({
    id, tokenHash: id, email: `${id}@example.com`, installationRole: projectId === null ? "viewer" : "none", projectId, projectRole: projectId === null ? null : "viewer", invitedById: userId,
    createdAt: scene.clock.now, expiresAt: new Date(scene.clock.now.getTime() + 3_600_000),
  });
  const [invitationId, projectInvitationId] = [`invitation${number}`, `project-invitation${number}`];
  await scene.store.db.invitation.createMany({ data: [row(invitationId, null), row(projectInvitationId, scene.projectId)] });
  return { ...shared, userId, invitationId, projectInvitationId };
}

let count = 0;

/** A domain that nothing serves, for acts on one; each has its own, because one of them takes it away. */
async function prepareDomain({ store, projectId, clock: { now } }: WalkScene, name: string): Promise<string> {
  const hostname = `name${++count}.example.com`;
  if (name.includes("domain")) await store.db.domain.create({ data: { id: hostname, projectId, hostname, kind: "api", tls: "uploaded", state: "added", isMain: false, redirectsHttp: true, createdAt: now, updatedAt: now } });
  return hostname;
}

/** Acts after which the account or session that did them is not what it was. */
export const spending: readonly string[] = ["account.leave", "account.change-password", "session.revoke-others"];

const email = (prepared: Prepared) => `${prepared.userId}@invited.example.com`;

/** Only what an act needs beyond `{ref, operationId}`. */
export const actionInputs: Partial<Record<ActionName, (prepared: Prepared) => Record<string, unknown>>> = {
  "set-up.look-up": () => ({ token: "unknown" }),
  "set-up.redeem": () => ({ token: "unknown", name: "A", email: "a@example.com", password }),
  "invitation.look-up": () => ({ token: "unknown" }),
  "invitation.redeem": () => ({ token: "unknown", name: "A", email: "a@example.com", password }),
  "password-reset.redeem": () => ({ token: "unknown", password }),
  "account.confirm-password": () => ({ password }),
  "account.change-password": () => ({ currentPassword: "wrong", newPassword: "another long password" }),
  "account.rename": () => ({ name: "Renamed" }),
  "session.revoke": () => ({ sessionId: "unknown" }),
  "token.create": () => ({ name: "t", role: "viewer", projectRefs: null, scopes: [], expiresInDays: 7 }),
  "token.revoke": () => ({ tokenId: "unknown" }),
  "team.invite": (prepared) => ({ email: email(prepared), role: "viewer" }),
  "team.revoke-invitation": ({ invitationId }) => ({ invitationId }),
  "team.change-role": ({ userId }) => ({ userId, role: "viewer" }),
  "team.remove": ({ userId }) => ({ userId }),
  "project-member.invite": (prepared) => ({ email: email(prepared), role: "viewer" }),
  "project-member.revoke-invitation": ({ projectInvitationId }) => ({ invitationId: projectInvitationId }),
  "project-member.change": ({ userId }) => ({ userId, role: "operator" }),
  "project-member.remove": ({ userId }) => ({ userId }),
  "edge.edit": () => ({ httpPort: 80 }),
  "project.preview": () => ({ ref: undefined, displayName: "New" }),
  "project.create": () => ({ ref: undefined, displayName: "New" }),
  "project.duplicate": () => ({ displayName: "Copy" }),
  "project.edit": () => ({ displayName: "Shop" }),
  "project.restart": () => ({ service: "rest" }),
  "project.delete": () => ({ confirmName: "something else" }),
  "project.purge": () => ({ confirmName: "something else" }),
  "secret.reveal": () => ({ names: ["jwtSecret"] }),
  "gateway.save-draft": () => ({ version: null, settings: defaultGatewaySettings }),
  "gateway.discard-draft": () => ({ version: "unknown" }),
  "gateway.apply": () => ({ version: "unknown" }),
  "gateway.restore": () => ({ number: 0 }),
  "gateway.import": () => ({ text: "_format_version: '3.0'" }),
  "gateway.switch": () => ({ to: "kong" }),
  "keys.rotate": () => ({ kind: "secret", overlapHours: 24 }),
  "keys.end-overlap": () => ({ kind: "secret" }),
  "keys.legacy": () => ({ isOff: true }),
  "keys.rotate-jwt": () => ({ confirmName: "something else" }),
  "studio.settings": () => ({ isOnApiNames: false }),
  "studio.add-user": () => ({ username: "ann" }),
  "studio.change-user": () => ({ username: "ann" }),
  "studio.remove-user": () => ({ username: "ann" }),
  "studio.reveal-user": () => ({ username: "ann" }),
  "domain.add": () => ({ hostname: "api.example.com" }),
  "domain.check": ({ hostname }) => ({ hostname }),
  "domain.preview": ({ hostname }) => ({ hostname }),
  "domain.attach": ({ hostname }) => ({ hostname }),
  "domain.change": ({ hostname }) => ({ hostname, redirectsHttp: false }),
  "domain.replace-certificate": ({ hostname }) => ({ hostname, certificatePem: "", keyPem: "" }),
  "domain.remove": ({ hostname }) => ({ hostname }),
  "function.deploy": ({ name }) => ({ name, files }),
  "function.delete": ({ name }) => ({ name }),
  "function.call": ({ name }) => ({ name, method: "GET", path: "", body: "" }),
};

/** Bodies of handlers that take one. */
export const bodies: Partial<Record<HandlerName, (prepared: Prepared) => Record<string, unknown>>> = {
  "PATCH /api/v1/edge": () => ({ httpPort: 80 }),
  "POST /api/v1/projects": () => ({ displayName: "New" }),
  "POST /api/v1/projects/preview": () => ({ displayName: "New" }),
  "PATCH /api/v1/projects/{ref}": () => ({ displayName: "Shop" }),
  "DELETE /api/v1/projects/{ref}": () => ({ confirmName: "something else" }),
  "POST /api/v1/projects/{ref}/restart": () => ({ service: "rest" }),
  "POST /api/v1/projects/{ref}/duplicate": () => ({ displayName: "Copy" }),
  "POST /api/v1/projects/{ref}/purge": () => ({ confirmName: "something else" }),
  "POST /api/v1/projects/{ref}/reveal": () => ({ names: ["jwtSecret"] }),
  "PUT /api/v1/projects/{ref}/gateway/draft": () => ({ version: null, settings: defaultGatewaySettings }),
  "DELETE /api/v1/projects/{ref}/gateway/draft": () => ({ version: "unknown" }),
  "POST /api/v1/projects/{ref}/gateway/draft/apply": () => ({ version: "unknown" }),
  "POST /api/v1/projects/{ref}/gateway/import": () => ({ text: "_format_version: '3.0'" }),
  "POST /api/v1/projects/{ref}/gateway/switch": () => ({ to: "kong" }),
  "POST /api/v1/projects/{ref}/keys/rotate": () => ({ kind: "secret", overlapHours: 24 }),
  "POST /api/v1/projects/{ref}/keys/end-overlap": () => ({ kind: "secret" }),
  "POST /api/v1/projects/{ref}/keys/legacy": () => ({ isOff: true }),
  "POST /api/v1/projects/{ref}/keys/rotate-jwt": () => ({ confirmName: "something else" }),
  "PATCH /api/v1/projects/{ref}/studio": () => ({ isOnApiNames: false }),
  "POST /api/v1/projects/{ref}/studio/open": () => ({}),
  "POST /api/v1/projects/{ref}/studio/users": () => ({ username: "ann" }),
  "PUT /api/v1/projects/{ref}/studio/users/{username}": () => ({}),
  "POST /api/v1/projects/{ref}/domains": () => ({ hostname: "api.example.com" }),
  "PATCH /api/v1/projects/{ref}/domains/{hostname}": () => ({ redirectsHttp: false }),
  "POST /api/v1/projects/{ref}/domains/{hostname}/attach": () => ({}),
  "PUT /api/v1/projects/{ref}/domains/{hostname}/certificate": () => ({ certificatePem: "", keyPem: "" }),
  "PUT /api/v1/projects/{ref}/functions/{name}": () => ({ files }),
  "PUT /api/v1/projects/{ref}/members/{userId}": () => ({ role: "operator" }),
  "POST /api/v1/projects/{ref}/invitations": (prepared) => ({ email: email(prepared), role: "viewer" }),
  "POST /api/v1/tokens": () => ({ name: "t", role: "viewer", expiresInDays: 7 }),
  "PATCH /api/v1/members/{userId}": () => ({ role: "viewer" }),
  "POST /api/v1/invitations": (prepared) => ({ email: email(prepared), role: "viewer" }),
};

/** Query strings of handlers that need one. */
export const queries: Partial<Record<HandlerName, string>> = { "GET /api/v1/projects/{ref}/logs": "?service=rest" };

/** Values for the parts of a path. */
export function paramsOf(path: string, prepared: Prepared): Record<string, string | string[]> {
  const id = path.includes("/operations/") ? prepared.operationId : path.includes("/projects/") ? prepared.projectInvitationId : path.includes("/invitations/") ? prepared.invitationId : "unknown";
  const values: Record<string, string | string[]> = { ref: prepared.ref, hostname: prepared.hostname, userId: prepared.userId, name: prepared.name, id, number: "0", nextauth: ["csrf"], path: ["none"] };
  return Object.fromEntries([...path.matchAll(/[{[](?:\.\.\.)?(\w+)[}\]]/g)].map(([, name = ""]) => [name, values[name] ?? "unknown"]));
}
