import type { Actor } from "./actor";
import { ForbiddenError, NotFoundError, PasswordRequiredError } from "./errors";
import { effectiveRole, isRoleAtLeast, permissions, type Permission, type PermissionRule } from "./permissions";
import type { VerbContext } from "./verb-context";

/** How long a confirmed password counts. */
export const passwordProofMs = 10 * 60_000;

export type Verdict = "yes" | "password" | "no";

/** What the set-up script on the host may do besides creating the owner. */
const setupPermissions: readonly Permission[] = ["project.create", "project.see", "secret.reveal"];

/**
 * The table's answer, without looking at a clock: `password` means yes for who confirmed the password lately.
 * A permission over projects asked without a project is judged by the installation role alone.
 */
export function may(actor: Actor, permission: Permission, projectId?: string): Verdict {
  if (actor.kind === "system" || actor.kind === "cli") return "yes";
  if (actor.kind === "setup") return setupPermissions.includes(permission) ? "yes" : "no";
  const rule: PermissionRule = permissions[permission];
  const role = roleFor(actor, rule, projectId);
  if (!isRoleAtLeast(role, rule.lowest)) return "no";
  if (actor.kind === "token") return mayToken(actor, rule);
  return rule.needsPassword ? "password" : "yes";
}

/** The role that counts for the rule: `none` for a project outside a token's list. */
function roleFor(actor: Extract<Actor, { kind: "user" | "token" }>, rule: PermissionRule, projectId: string | undefined) {
  const isLimited = actor.kind === "token" && actor.onlyProjectIds !== null;
  if (rule.over === "installation" || projectId === undefined) return isLimited ? "none" : actor.installationRole;
  if (actor.kind === "token" && actor.onlyProjectIds !== null && !actor.onlyProjectIds.includes(projectId)) return "none";
  return effectiveRole(actor.installationRole, actor.projectRoles[projectId]);
}

function mayToken(actor: Extract<Actor, { kind: "token" }>, rule: PermissionRule): Verdict {
  if (rule.tokenScope === null) return "yes";
  if (rule.tokenScope === "never") return "no";
  return actor.scopes.includes(rule.tokenScope) ? "yes" : "no";
}

/**
 * The one door to a project: returns its row when the actor holds `permission` on it.
 * @throws NotFoundError when the actor has no role on it at all, ForbiddenError when the role is too low,
 *   PasswordRequiredError when the password was not confirmed within the last ten minutes.
 */
export async function authorize(ctx: Pick<VerbContext, "store" | "actor" | "now">, permission: Permission, projectRef: string) {
  const project = await ctx.store.db.project.findUnique({ where: { ref: projectRef } });
  if (project === null || may(ctx.actor, "project.see", project.id) === "no") throw new NotFoundError(`There is no project ${projectRef}.`);
  const isOverProject = permissions[permission].over === "project";
  requireVerdict(ctx, permission, may(ctx.actor, permission, isOverProject ? project.id : undefined));
  return project;
}

/** Throws unless the actor holds `permission` on the installation. */
export async function authorizeInstallation(ctx: Pick<VerbContext, "actor" | "now">, permission: Permission): Promise<void> {
  requireVerdict(ctx, permission, may(ctx.actor, permission));
}

function requireVerdict(ctx: Pick<VerbContext, "actor" | "now">, permission: Permission, verdict: Verdict): void {
  if (verdict === "no") throw new ForbiddenError(whyTokenMayNot(ctx.actor, permission), { permission, actorKind: ctx.actor.kind });
  if (verdict === "password") requirePassword(ctx);
}

/** What stands in a token's way beside its role; undefined when the role does, and for everybody else. */
function whyTokenMayNot(actor: Actor, permission: Permission): string | undefined {
  if (actor.kind !== "token") return undefined;
  const { tokenScope }: PermissionRule = permissions[permission];
  if (tokenScope === "never") return "A token cannot do this, whatever its scopes: it takes a signed-in person.";
  return tokenScope === null || actor.scopes.includes(tokenScope) ? undefined : `This token was not given the scope ${tokenScope}, which this takes beside the role.`;
}

/** Throws PasswordRequiredError unless the person confirmed the password within the last ten minutes. Tokens and processes pass. */
export function requirePassword(ctx: Pick<VerbContext, "actor" | "now">): void {
  if (ctx.actor.kind !== "user") return;
  const ageMs = ctx.now().getTime() - ctx.actor.passwordProvedAt.getTime();
  if (ageMs > passwordProofMs) throw new PasswordRequiredError();
}

/** The signed-in person. Tokens and processes have no account of their own to manage. */
export function requirePerson(actor: Actor): Extract<Actor, { kind: "user" }> {
  if (actor.kind !== "user") throw new ForbiddenError("Only a signed-in person can do this.");
  return actor;
}
