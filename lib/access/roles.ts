import { z } from "zod";
import type { InstallationRole, ProjectRole, TokenScope } from "./actor";
import { isRoleAtLeast } from "./permissions";

export const installationRoleSchema: z.ZodType<InstallationRole> = z.enum(["owner", "admin", "operator", "viewer", "none"], { error: "Choose owner, admin, operator, viewer or none." });
export const projectRoleSchema: z.ZodType<ProjectRole> = z.enum(["admin", "operator", "viewer"], { error: "Choose admin, operator or viewer." });
export const tokenScopeSchema: z.ZodType<TokenScope> = z.enum(["reveal", "export", "delete", "roles"]);

/** Role of a stored row; a value that is none of ours counts as no role at all. */
export function toInstallationRole(text: string): InstallationRole {
  const parsed = installationRoleSchema.safeParse(text);
  return parsed.success ? parsed.data : "none";
}

/** Role of a stored membership; null when it is none of ours. */
export function toProjectRole(text: string): ProjectRole | null {
  const parsed = projectRoleSchema.safeParse(text);
  return parsed.success ? parsed.data : null;
}

/** The lower of two roles. */
export function lowerRole<Role extends InstallationRole>(role: Role, ceiling: InstallationRole): Role | Exclude<InstallationRole, "owner"> {
  if (isRoleAtLeast(ceiling, role)) return role;
  return ceiling === "owner" ? role : ceiling;
}

/** The lower of a project role and a token's role. */
export function lowerProjectRole(role: ProjectRole, ceiling: ProjectRole): ProjectRole {
  return isRoleAtLeast(ceiling, role) ? role : ceiling;
}
