import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";
import { audit } from "./audit";
import { authorizeInstallation, may, requirePassword } from "./authorize";
import { installationRoleOf, mayChangeHolder, requireMayGive } from "./ceilings";
import { ForbiddenError, NotFoundError } from "./errors";
import { parseInput } from "./parse-input";
import { rowIdSchema } from "./person-inputs";
import { removePerson, requireOtherOwner } from "./remove-person";
import { installationRoleSchema, toInstallationRole } from "./roles";
import type { VerbContext } from "./verb-context";

/** A person with a role, of the installation or of one project. */
export type PersonView = { userId: string; name: string; email: string; role: string; since: string; lastSeenAt: string | null; mayChange: boolean };

export const changeTeamRoleInput = z.object({ userId: rowIdSchema, role: installationRoleSchema });
export const removeFromTeamInput = z.object({ userId: rowIdSchema });

/** Everyone with an account, owners first. */
export async function listTeam(ctx: VerbContext): Promise<PersonView[]> {
  await authorizeInstallation(ctx, "team.see");
  const rows = await ctx.store.db.user.findMany({ where: { removedAt: null }, orderBy: { name: "asc" } });
  const seen = await lastSeen(ctx.store.db);
  const mayChangeAny = may(ctx.actor, "team.change") !== "no";
  return rows.map((row) => ({
    userId: row.id, name: row.name, email: row.email, role: row.installationRole, since: row.createdAt.toISOString(), lastSeenAt: seen.get(row.id)?.toISOString() ?? null,
    mayChange: mayChangeAny && mayChangeHolder(installationRoleOf(ctx.actor), toInstallationRole(row.installationRole)),
  })).toSorted((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
}

const order = ["owner", "admin", "operator", "viewer", "none"];

/** When each person, or each member of one project, was last seen. Asked without a list of ids: SQLite takes only so many values in one query. */
export async function lastSeen(db: Db, projectId?: string): Promise<Map<string, Date>> {
  const user = { removedAt: null, ...(projectId === undefined ? {} : { memberships: { some: { projectId } } }) };
  const rows = await db.session.groupBy({ by: ["userId"], where: { user }, _max: { lastSeenAt: true } });
  return new Map(rows.flatMap((row) => (row._max.lastSeenAt === null ? [] : [[row.userId, row._max.lastSeenAt] as const])));
}

/** Changes somebody's role on the installation; it counts from their next request on. */
export async function changeTeamRole(ctx: VerbContext, input: z.input<typeof changeTeamRoleInput>): Promise<Record<string, never>> {
  const { userId, role } = parseInput(changeTeamRoleInput, input);
  await authorizeInstallation(ctx, "team.change");
  await ctx.store.transaction(async (tx) => {
    const person = await requireChangeable(tx, ctx, userId);
    requireMayGive(installationRoleOf(ctx.actor), role);
    if (role === "owner") await authorizeInstallation(ctx, "team.owners");
    if (person.role === "owner" && role !== "owner") await requireOtherOwner(tx, userId, "give up the role");
    await tx.user.update({ where: { id: userId }, data: { installationRole: role } });
    await audit(tx, ctx, { action: "team.change-role", target: { kind: "user", id: userId }, summary: `Role of ${person.name} changed from ${person.role} to ${role}`, detail: { from: person.role, to: role } });
  });
  return {};
}

/** Takes somebody out of the installation: sessions, tokens and roles end with it. */
export async function removeFromTeam(ctx: VerbContext, input: z.input<typeof removeFromTeamInput>): Promise<Record<string, never>> {
  const { userId } = parseInput(removeFromTeamInput, input);
  await authorizeInstallation(ctx, "team.change");
  await ctx.store.transaction(async (tx) => {
    const person = await requireChangeable(tx, ctx, userId);
    await removePerson(tx, userId, ctx.now());
    await audit(tx, ctx, { action: "team.remove", target: { kind: "user", id: userId }, summary: `${person.name} removed`, detail: { role: person.role } });
  });
  return {};
}

/** The person, when the actor stands above them, or they are owners both. One's own role may be lowered, too. */
async function requireChangeable(tx: Db, ctx: VerbContext, userId: string) {
  const user = await tx.user.findUnique({ where: { id: userId } });
  if (user === null || user.removedAt !== null) throw new NotFoundError("There is no such person.");
  const role = toInstallationRole(user.installationRole);
  const isSelf = ctx.actor.kind === "user" && ctx.actor.userId === userId;
  if (!isSelf && !mayChangeHolder(installationRoleOf(ctx.actor), role)) throw new ForbiddenError(`You can change only people whose role is below your own. ${user.name} is ${role}.`);
  if (role === "owner") await authorizeInstallation(ctx, "team.owners");
  else requirePassword(ctx);
  return { name: user.name, role };
}
