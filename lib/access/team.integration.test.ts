import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changePassword, confirmPassword, leaveInstallation } from "./account";
import type { Actor, InstallationRole, ProjectRole } from "./actor";
import { may, passwordProofMs } from "./authorize";
import { ConflictError, ForbiddenError, InvalidError, LimitExceededError, NotFoundError, PasswordRequiredError } from "./errors";
import { inviteToProject, inviteToTeam, invitationMs, listInvitations, revokeInvitation } from "./invitations";
import { openScene, passwordOfAll, type Scene } from "./people.fixture";
import { isRoleAtLeast, permissions, type Permission } from "./permissions";
import { changeProjectMember, listProjectMembers, removeProjectMember } from "./project-members";
import { lookUpInvitation, redeemInvitation } from "./redeem-invitation";
import { hashSecretText } from "./secret-text";
import { listSessions, revokeOtherSessions, revokeSession } from "./sessions";
import { signIn } from "./sign-in";
import { changeTeamRole, listTeam, removeFromTeam } from "./team";

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

const url = "http://panel.localhost:3000";
const tokenOf = (link: string) => new URL(link).hash.slice(1);
const roles: InstallationRole[] = ["none", "viewer", "operator", "admin", "owner"];
const projectRoles: ProjectRole[] = ["viewer", "operator", "admin"];
const verdicts = ["no", "password", "yes"];
const user = (installationRole: InstallationRole, projects: Record<string, ProjectRole> = {}): Actor => ({ kind: "user", userId: "u", sessionId: "s", name: "U", email: "u@example.com", installationRole, projectRoles: projects, passwordProvedAt: new Date(0), ip: null });
const as = async (name: string, role: InstallationRole, projects: Record<string, ProjectRole> = {}) => scene.signedIn(await scene.addPerson(name, role, projects));

describe("the table of roles", () => {
  it("gives a higher role everything that a lower one has", () => {
    for (const permission of Object.keys(permissions) as Permission[]) {
      for (const [index, role] of roles.entries()) {
        for (const higher of roles.slice(index)) expect(verdicts.indexOf(may(user(higher), permission, "p")) > 0 || may(user(role), permission, "p") === "no", `${higher} against ${role}: ${permission}`).toBe(true);
      }
    }
  });

  it("never lets a token do what its person may not, nor anything beyond its role, projects and scopes", () => {
    const actor = fc.record({ installationRole: fc.constantFrom(...roles), projectRole: fc.option(fc.constantFrom(...projectRoles)) });
    const token = fc.record({ role: fc.constantFrom(...projectRoles), only: fc.option(fc.constantFrom("p", "q")), scopes: fc.subarray(["reveal", "export", "delete", "roles"] as const) });
    fc.assert(
      fc.property(actor, token, fc.constantFrom(...(Object.keys(permissions) as Permission[])), (person, made, permission) => {
        const projects: Record<string, ProjectRole> = person.projectRole === null ? {} : { p: person.projectRole };
        const lower = <R extends InstallationRole>(role: R) => (isRoleAtLeast(made.role, role) ? role : made.role);
        const asToken: Actor = {
          kind: "token", userId: "u", tokenId: "t", name: "T", installationRole: lower(person.installationRole), projectRoles: Object.fromEntries(Object.entries(projects).map(([id, role]) => [id, lower(role)])),
          onlyProjectIds: made.only === null ? null : [made.only], scopes: made.scopes, ip: null,
        };
        if (may(asToken, permission, "p") === "no") return;
        expect(may(user(person.installationRole, projects), permission, "p")).not.toBe("no");
        expect(isRoleAtLeast(made.role, permissions[permission].lowest)).toBe(true);
        if (made.only !== null) expect(made.only).toBe("p");
        const { tokenScope } = permissions[permission];
        if (tokenScope !== null) expect(made.scopes as readonly string[]).toContain(tokenScope);
      }),
    );
  });
});

describe("invitations", () => {
  it("make an account with exactly the role given, once, and only their hash is stored", async () => {
    const owner = await as("Olga", "owner");
    const { link } = await inviteToTeam(owner, { email: "New@Example.com", role: "operator" }, url);
    expect(link.startsWith(`${url}/invitation#`)).toBe(true);
    const [row] = await scene.store.db.invitation.findMany();
    expect(row?.tokenHash).toBe(await hashSecretText(tokenOf(link)));
    expect(JSON.stringify([row, await scene.store.db.auditEntry.findMany()])).not.toContain(tokenOf(link));
    expect(await lookUpInvitation(scene.anonymous(), { token: tokenOf(link) })).toMatchObject({ email: "new@example.com", role: "operator", invitedBy: "Olga", hasAccount: false });
    const input = { token: tokenOf(link), name: "Nia", email: "new@example.com", password: passwordOfAll };
    await redeemInvitation(scene.anonymous(), input);
    expect(await scene.store.db.user.findUnique({ where: { email: "new@example.com" } })).toMatchObject({ name: "Nia", installationRole: "operator" });
    await expect(redeemInvitation(scene.anonymous(), input)).rejects.toBeInstanceOf(NotFoundError);
  });

  it("end after 48 hours, when revoked, and when a newer one was made for the same address", async () => {
    const owner = await as("Olga", "owner");
    const first = await inviteToTeam(owner, { email: "a@example.com", role: "viewer" }, url);
    const second = await inviteToTeam(owner, { email: "a@example.com", role: "viewer" }, url);
    await expect(lookUpInvitation(scene.anonymous(), { token: tokenOf(first.link) })).rejects.toBeInstanceOf(NotFoundError);
    const third = await inviteToTeam(owner, { email: "b@example.com", role: "viewer" }, url);
    await revokeInvitation(owner, { invitationId: third.id });
    await expect(lookUpInvitation(scene.anonymous(), { token: tokenOf(third.link) })).rejects.toBeInstanceOf(NotFoundError);
    expect(await listInvitations(owner)).toMatchObject([{ id: second.id }]);
    scene.advance(invitationMs);
    await expect(lookUpInvitation(scene.anonymous(), { token: tokenOf(second.link) })).rejects.toBeInstanceOf(NotFoundError);
  });

  it("never give a role above the inviter's own, for every pair of roles", async () => {
    for (const own of ["admin", "owner"] as const) {
      const inviter = await as(`inviter-${own}`, own);
      for (const given of roles) {
        const result = inviteToTeam(inviter, { email: `${own}-${given}@example.com`, role: given }, url).then(() => true, (error: unknown) => (error instanceof ForbiddenError ? false : Promise.reject(error)));
        expect(await result, `${own} gives ${given}`).toBe(isRoleAtLeast(own, given));
      }
    }
    for (const own of ["none", "viewer", "operator"] as const) await expect(inviteToTeam(await as(`inviter-${own}`, own), { email: "x@example.com", role: "none" }, url)).rejects.toBeInstanceOf(ForbiddenError);
  });

  it("lose their force when the inviter is demoted or removed before they are used", async () => {
    const owner = await as("Olga", "owner");
    const adminId = await scene.addPerson("Adam", "admin");
    const invited = await inviteToTeam(await scene.signedIn(adminId), { email: "a@example.com", role: "admin" }, url);
    await changeTeamRole(owner, { userId: adminId, role: "operator" });
    await expect(redeemInvitation(scene.anonymous(), { token: tokenOf(invited.link), name: "A", email: "a@example.com", password: passwordOfAll })).rejects.toBeInstanceOf(NotFoundError);
  });

  it("add a role to an account only for who types its password, and never lower what it has", async () => {
    const projectId = await scene.addProject("shop");
    const owner = await as("Olga", "owner");
    const adaId = await scene.addPerson("Ada", "viewer", { [projectId]: "admin" });
    const invited = await inviteToProject(owner, { ref: "shop", email: "ada@example.com", role: "viewer" }, url);
    const input = { token: tokenOf(invited.link), name: "ignored", email: "ada@example.com", password: "some other password" };
    await expect(redeemInvitation(scene.anonymous(), input)).rejects.toBeInstanceOf(InvalidError);
    await redeemInvitation(scene.anonymous(), { ...input, password: passwordOfAll });
    expect(await scene.store.db.membership.findMany()).toMatchObject([{ userId: adaId, role: "admin" }]);
    expect(await scene.store.db.user.findUnique({ where: { id: adaId } })).toMatchObject({ name: "Ada", installationRole: "viewer" });
  });

  it("refuse another address than the one they are for", async () => {
    const { link } = await inviteToTeam(await as("Olga", "owner"), { email: "a@example.com", role: "viewer" }, url);
    await expect(redeemInvitation(scene.anonymous(), { token: tokenOf(link), name: "B", email: "b@example.com", password: passwordOfAll })).rejects.toBeInstanceOf(InvalidError);
  });
});

describe("the team", () => {
  it("keeps its last owner: no leaving, no removal, no lower role", async () => {
    const ownerId = await scene.addPerson("Olga", "owner");
    const owner = await scene.signedIn(ownerId);
    await expect(leaveInstallation(owner)).rejects.toBeInstanceOf(ConflictError);
    await expect(removeFromTeam(owner, { userId: ownerId })).rejects.toBeInstanceOf(ConflictError);
    await expect(changeTeamRole(owner, { userId: ownerId, role: "admin" })).rejects.toBeInstanceOf(ConflictError);
    await scene.addPerson("Otto", "owner");
    await leaveInstallation(owner);
    expect(await scene.nextRequest(owner.claim)).toBeNull();
  });

  it("keeps one of two owners who demote each other at the same moment", async () => {
    const [first, second] = [await scene.addPerson("Olga", "owner"), await scene.addPerson("Otto", "owner")];
    const [olga, otto] = [await scene.signedIn(first), await scene.signedIn(second)];
    await Promise.allSettled([changeTeamRole(olga, { userId: second, role: "viewer" }), changeTeamRole(otto, { userId: first, role: "viewer" })]);
    expect(await scene.store.db.user.count({ where: { installationRole: "owner", removedAt: null } })).toBe(1);
  });

  it("lets people change only roles below their own, and owners each other's", async () => {
    for (const own of ["admin", "owner"] as const) {
      const actor = await as(`actor-${own}`, own);
      for (const theirs of roles) {
        for (const given of roles) {
          const userId = await scene.addPerson(`${own}-${theirs}-${given}`, theirs);
          const isAllowed = own === "owner" || (theirs !== "admin" && theirs !== "owner" && given !== "owner");
          const result = changeTeamRole(actor, { userId, role: given }).then(() => true, (error: unknown) => (error instanceof ForbiddenError ? false : Promise.reject(error)));
          expect(await result, `${own} makes ${theirs} ${given}`).toBe(isAllowed);
        }
      }
    }
  });

  it("counts a changed role and a removal from the next request on", async () => {
    const owner = await as("Olga", "owner");
    const id = await scene.addPerson("Vera", "viewer");
    const { claim } = await scene.signedIn(id);
    await changeTeamRole(owner, { userId: id, role: "operator" });
    expect(await scene.nextRequest(claim)).toMatchObject({ installationRole: "operator" });
    await removeFromTeam(owner, { userId: id });
    expect(await scene.nextRequest(claim)).toBeNull();
    expect((await listTeam(owner)).map((person) => person.name)).toEqual(["Olga"]);
  });

  it("asks for the password again once ten minutes have passed since it was typed", async () => {
    const owner = await as("Olga", "owner");
    const id = await scene.addPerson("Vera", "viewer");
    scene.advance(passwordProofMs + 1);
    await expect(changeTeamRole(owner, { userId: id, role: "admin" })).rejects.toBeInstanceOf(PasswordRequiredError);
    await confirmPassword(owner, { password: passwordOfAll });
    const again = scene.context((await scene.nextRequest(owner.claim)) ?? owner.actor);
    await changeTeamRole(again, { userId: id, role: "admin" });
  });
});

describe("members of a project", () => {
  it("are changed by the project's admins up to admin, but not one project admin by another", async () => {
    const projectId = await scene.addProject("shop");
    const [adamId, annaId, viaId] = [await scene.addPerson("Adam", "none", { [projectId]: "admin" }), await scene.addPerson("Anna", "none", { [projectId]: "admin" }), await scene.addPerson("Via", "none")];
    const adam = await scene.signedIn(adamId);
    await changeProjectMember(adam, { ref: "shop", userId: viaId, role: "operator" });
    expect((await listProjectMembers(adam, "shop")).map((person) => [person.name, person.role, person.mayChange])).toEqual([["Adam", "admin", false], ["Anna", "admin", false], ["Via", "operator", true]]);
    await expect(removeProjectMember(adam, { ref: "shop", userId: annaId })).rejects.toBeInstanceOf(ForbiddenError);
    await removeProjectMember(await as("Olga", "admin"), { ref: "shop", userId: annaId });
    await removeProjectMember(adam, { ref: "shop", userId: viaId });
    const via = await scene.signedIn(viaId);
    await expect(listProjectMembers(via, "shop")).rejects.toBeInstanceOf(NotFoundError);
  });
});

describe("sessions and passwords", () => {
  it("a new password ends every other session and keeps this one", async () => {
    const id = await scene.addPerson("Ada", "viewer");
    const [here, elsewhere] = [await scene.signedIn(id), await scene.signedIn(id)];
    await changePassword(here, { currentPassword: passwordOfAll, newPassword: "another long password" });
    expect(await scene.nextRequest(here.claim)).not.toBeNull();
    expect(await scene.nextRequest(elsewhere.claim)).toBeNull();
    await signIn(scene.anonymous(), { email: "ada@example.com", password: "another long password", userAgent: "" });
  });

  it("a wrong present password changes nothing, and guessing it inside a session has to wait", async () => {
    const here = await as("Ada", "viewer");
    const guess = () => confirmPassword(here, { password: "guess" }).catch((error: unknown) => error);
    for (let count = 0; count < 5; count++) expect(await guess()).toBeInstanceOf(InvalidError);
    expect(await guess()).toBeInstanceOf(LimitExceededError);
  });

  it("one person ends only their own sessions", async () => {
    const id = await scene.addPerson("Ada", "viewer");
    const [here, elsewhere, other] = [await scene.signedIn(id), await scene.signedIn(id), await as("Bob", "owner")];
    const [session] = (await listSessions(here)).filter((one) => !one.isCurrent);
    await expect(revokeSession(other, { sessionId: session?.id ?? "" })).rejects.toBeInstanceOf(NotFoundError);
    await revokeSession(here, { sessionId: session?.id ?? "" });
    expect(await scene.nextRequest(elsewhere.claim)).toBeNull();
    const third = await scene.signedIn(id);
    expect(await revokeOtherSessions(here)).toEqual({ count: 1 });
    expect(await scene.nextRequest(third.claim)).toBeNull();
  });
});
