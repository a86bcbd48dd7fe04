import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Actor, InstallationRole, ProjectRole } from "./actor";
import { authorize, may, passwordProofMs } from "./authorize";
import { ForbiddenError, NotFoundError, PasswordRequiredError } from "./errors";
import { openScene, type Scene } from "./people.fixture";
import { permissions, type Permission } from "./permissions";

/** The table of roles as the product promises it (docs and README say the same), written out by hand. `*`: the password again. */
const promised: Record<string, readonly Permission[]> = {
  "viewer": ["project.see", "project.members.see", "team.see"],
  "operator": ["project.logs", "project.studio", "studio.see", "project.pause", "project.resume", "project.restart", "project.reconcile", "project.prove", "operation.cancel", "operation.retry", "function.write", "gateway.edit", "project.create", "project.duplicate"],
  "admin": ["project.edit", "studio.change"],
  "admin *": ["secret.reveal", "secret.rotate", "studio.users", "project.export", "project.delete", "project.undo-delete", "project.members.change", "team.change"],
  "owner": ["gateway.networks", "installation.settings", "installation.tokens", "installation.audit"],
  "owner *": ["team.owners", "project.purge", "installation.recovery-kit", "installation.backup"],
};

const user = (installationRole: InstallationRole, projectRoles: Record<string, ProjectRole> = {}): Actor => ({ kind: "user", userId: "u", sessionId: "s", name: "U", email: "u@example.com", installationRole, projectRoles, passwordProvedAt: new Date(0), ip: null });

describe("the permissions", () => {
  it("are the promised table of roles, each permission in one row", () => {
    const rows = Object.entries(permissions).map(([name, rule]) => [`${rule.lowest}${rule.needsPassword ? " *" : ""}`, name] as const);
    const grouped = Object.fromEntries(Object.keys(promised).map((row) => [row, rows.filter(([own]) => own === row).map(([, name]) => name).toSorted()]));
    expect(grouped).toEqual(Object.fromEntries(Object.entries(promised).map(([row, names]) => [row, names.toSorted()])));
    expect(rows).toHaveLength(Object.values(promised).flat().length);
  });

  it("count the higher of the two roles on a project, and the installation role alone where no project is", () => {
    expect(may(user("viewer", { p: "admin" }), "project.edit", "p")).toBe("yes");
    expect(may(user("admin", { p: "viewer" }), "project.edit", "p")).toBe("yes");
    expect(may(user("none", { p: "admin" }), "project.edit", "q")).toBe("no");
    expect(may(user("none", { p: "admin" }), "project.create")).toBe("no");
    expect(may(user("none", { p: "admin" }), "project.purge", "p")).toBe("no");
  });

  it("let the set-up script create and show its project, and nothing else", () => {
    const allowed = (Object.keys(permissions) as Permission[]).filter((permission) => may({ kind: "setup", name: "Set-up" }, permission) !== "no");
    expect(allowed.toSorted()).toEqual(["project.create", "project.see", "secret.reveal"]);
  });
});

describe("the one door", () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene();
  });
  afterEach(() => scene.close());

  it("says of a project that one may not see exactly what it says of one that is not there", async () => {
    await scene.addProject("shop");
    const stranger = await scene.signedIn(await scene.addPerson("Sam", "none"));
    const hidden = await authorize(stranger, "project.pause", "shop").catch((error: unknown) => error);
    const absent = await authorize(stranger, "project.pause", "shup").catch((error: unknown) => error);
    expect(hidden).toBeInstanceOf(NotFoundError);
    expect((hidden as Error).message.replace("shop", "shup")).toBe((absent as Error).message);
  });

  it("tells who sees the project that the role is too low, and asks for the password only who has the role", async () => {
    await scene.addProject("shop");
    const viewer = await scene.signedIn(await scene.addPerson("Vera", "viewer"));
    const admin = await scene.signedIn(await scene.addPerson("Adam", "admin"));
    await expect(authorize(viewer, "project.delete", "shop")).rejects.toBeInstanceOf(ForbiddenError);
    expect((await authorize(admin, "project.delete", "shop")).ref).toBe("shop");
    scene.advance(passwordProofMs);
    await authorize(admin, "project.delete", "shop");
    scene.advance(1);
    await expect(authorize(admin, "project.delete", "shop")).rejects.toBeInstanceOf(PasswordRequiredError);
    await expect(authorize(viewer, "project.delete", "shop")).rejects.toBeInstanceOf(ForbiddenError);
  });
});
