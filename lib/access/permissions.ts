import type { InstallationRole, ProjectRole } from "./actor";

/**
 * The table of roles (issue A, "Roles"), as data. A permission is named `<entity>.<act>`; `lowest` is the lowest effective
 * role that holds it. `needsPassword`: the password must have been confirmed within the last 10 minutes; `tokenScope`: what
 * a token must have been given to hold it at all (null: its role is enough, `"never"`: no token ever).
 */
export type PermissionRule = {
  /** `project`: judged by the higher of installation and project role. `installation`: by the installation role alone. */
  over: "project" | "installation";
  lowest: Exclude<InstallationRole, "none">;
  needsPassword: boolean;
  tokenScope: "reveal" | "export" | "delete" | "roles" | "never" | null;
};

const rule = (
  over: PermissionRule["over"],
  lowest: PermissionRule["lowest"],
  options: Partial<Pick<PermissionRule, "needsPassword" | "tokenScope">> = {},
): PermissionRule => ({ over, lowest, needsPassword: options.needsPassword ?? false, tokenScope: options.tokenScope ?? null });

export const permissions = {
  "project.see": rule("project", "viewer"),
  "project.logs": rule("project", "operator"),
  /** Opens Studio without its password: a browser's own, so no token can. */
  "project.studio": rule("project", "operator", { tokenScope: "never" }),
  /** Who is in Studio, and ending that. */
  "studio.see": rule("project", "operator"),
  /** Where Studio answers, and from which networks. */
  "studio.change": rule("project", "admin"),
  /** Who signs in at Studio itself. Whoever adds a user has its password, so it takes what a reveal takes. */
  "studio.users": rule("project", "admin", { needsPassword: true, tokenScope: "reveal" }),
  "project.pause": rule("project", "operator"),
  "project.resume": rule("project", "operator"),
  "project.restart": rule("project", "operator"),
  "project.reconcile": rule("project", "operator"),
  "project.prove": rule("project", "operator"),
  "operation.cancel": rule("project", "operator"),
  "operation.retry": rule("project", "operator"),
  "function.write": rule("project", "operator"),
  "gateway.edit": rule("project", "operator"),
  /** Which private networks external routes may reach. */
  "gateway.networks": rule("project", "owner"),
  "project.create": rule("installation", "operator"),
  /** Makes a project, so the role on the installation counts; `authorize` asks for seeing the source as well. */
  "project.duplicate": rule("installation", "operator"),
  "project.edit": rule("project", "admin"),
  "secret.reveal": rule("project", "admin", { needsPassword: true, tokenScope: "reveal" }),
  /** A token that rotates has to read the new key as well, so it is the same scope. */
  "secret.rotate": rule("project", "admin", { needsPassword: true, tokenScope: "reveal" }),
  "project.export": rule("project", "admin", { needsPassword: true, tokenScope: "export" }),
  "project.delete": rule("project", "admin", { needsPassword: true, tokenScope: "delete" }),
  "project.undo-delete": rule("project", "admin", { needsPassword: true, tokenScope: "delete" }),
  "project.members.see": rule("project", "viewer"),
  "project.members.change": rule("project", "admin", { needsPassword: true, tokenScope: "roles" }),
  "project.purge": rule("project", "owner", { needsPassword: true, tokenScope: "never" }),
  "team.see": rule("installation", "viewer"),
  "team.change": rule("installation", "admin", { needsPassword: true, tokenScope: "roles" }),
  "team.owners": rule("installation", "owner", { needsPassword: true, tokenScope: "never" }),
  "installation.settings": rule("installation", "owner", { tokenScope: "never" }),
  "installation.audit": rule("installation", "owner"),
  "installation.tokens": rule("installation", "owner", { tokenScope: "never" }),
  "installation.recovery-kit": rule("installation", "owner", { needsPassword: true, tokenScope: "never" }),
  "installation.backup": rule("installation", "owner", { needsPassword: true, tokenScope: "never" }),
} as const satisfies Record<string, PermissionRule>;

export type Permission = keyof typeof permissions;

const rank: Record<InstallationRole, number> = { none: 0, viewer: 1, operator: 2, admin: 3, owner: 4 };

/** The higher of installation role and project role. */
export function effectiveRole(installationRole: InstallationRole, projectRole: ProjectRole | undefined): InstallationRole {
  if (projectRole === undefined) return installationRole;
  return rank[projectRole] > rank[installationRole] ? projectRole : installationRole;
}

/** Whether `role` is at least `lowest`. */
export function isRoleAtLeast(role: InstallationRole, lowest: InstallationRole): boolean {
  return rank[role] >= rank[lowest];
}
