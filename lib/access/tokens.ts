import { z } from "zod";
import type { Actor, ProjectRole } from "./actor";
import { audit } from "./audit";
import { authorizeInstallation, may, requirePassword, requirePerson } from "./authorize";
import { InvalidError, NotFoundError } from "./errors";
import { parseInput } from "./parse-input";
import { effectiveRole, isRoleAtLeast } from "./permissions";
import { hasControlCharacter, hasVisibleCharacter, rowIdSchema } from "./person-inputs";
import { projectRoleSchema, tokenScopeSchema } from "./roles";
import { apiTokenPrefix, hashSecretText, randomText } from "./secret-text";
import type { VerbContext } from "./verb-context";

export type TokenView = {
  id: string; name: string; prefix: string; role: string; projectRefs: string[] | null; scopes: string[]; createdAt: string; expiresAt: string; lastUsedAt: string | null; ownerName: string | null;
};

const shownCharacters = 9;
const maxTokens = 50;

export const createTokenInput = z.object({
  name: z.string().transform((text) => text.normalize("NFC").trim()).pipe(
    z.string().refine(hasVisibleCharacter, "Say what the token is for.").refine((text) => [...text].length <= 60, "Use at most 60 characters.").refine((text) => !hasControlCharacter(text), "Leave out line breaks and control characters."),
  ),
  role: projectRoleSchema,
  projectRefs: z.array(z.string().min(1).max(40)).min(1, "Choose at least one project.").max(200).nullable().default(null),
  scopes: z.array(tokenScopeSchema).max(4).default([]),
  expiresInDays: z.number().int("Use whole days.").min(1, "Use at least one day.").max(365, "Use at most 365 days."),
});
export const revokeTokenInput = z.object({ tokenId: rowIdSchema });

/** Roles that a new token of this actor may have: none above the highest that the person holds anywhere. */
export function tokenRolesOf(actor: Actor): ProjectRole[] {
  if (actor.kind !== "user") return [];
  const highest = Object.values(actor.projectRoles).reduce((role, next) => effectiveRole(role, next), actor.installationRole);
  return (["admin", "operator", "viewer"] as const).filter((role) => isRoleAtLeast(highest, role));
}

/**
 * Makes an API token, which is shown this once. It never does more than its person may at the time of use; scopes beyond its role
 * are given only by somebody who has just confirmed the password.
 */
export async function createToken(ctx: VerbContext, input: z.input<typeof createTokenInput>): Promise<{ id: string; token: string; expiresAt: string }> {
  const person = requirePerson(ctx.actor);
  const parsed = parseInput(createTokenInput, input);
  if (!tokenRolesOf(person).includes(parsed.role)) throw new InvalidError({ role: "A token cannot have a role above your own." });
  if (parsed.scopes.length > 0) requirePassword(ctx);
  const projectIds = parsed.projectRefs === null ? null : await toProjectIds(ctx, parsed.projectRefs);
  const token = `${apiTokenPrefix}${randomText()}`;
  const tokenHash = await hashSecretText(token);
  const now = ctx.now();
  const expiresAt = new Date(now.getTime() + parsed.expiresInDays * 24 * 3_600_000);
  const id = ctx.newId();
  const scopes = [...new Set(parsed.scopes)];
  await ctx.store.transaction(async (tx) => {
    const count = await tx.apiToken.count({ where: { userId: person.userId, revokedAt: null, expiresAt: { gt: now } } });
    if (count >= maxTokens) throw new InvalidError({ name: `You have ${maxTokens} tokens. Revoke one first.` });
    await tx.apiToken.create({
      data: { id, userId: person.userId, name: parsed.name, prefix: token.slice(0, shownCharacters), tokenHash, role: parsed.role, projectIdsJson: projectIds === null ? null : JSON.stringify(projectIds), scopesJson: JSON.stringify(scopes), createdAt: now, expiresAt },
    });
    await audit(tx, ctx, { action: "token.create", target: { kind: "token", id }, summary: `Token ${parsed.name} made`, detail: { role: parsed.role, projectRefs: parsed.projectRefs, scopes, expiresAt } });
  });
  return { id, token, expiresAt: expiresAt.toISOString() };
}

async function toProjectIds(ctx: VerbContext, refs: readonly string[]): Promise<string[]> {
  const rows = await ctx.store.db.project.findMany({ where: { ref: { in: [...refs] } }, select: { id: true, ref: true } });
  const visible = new Map(rows.filter((row) => may(ctx.actor, "project.see", row.id) !== "no").map((row) => [row.ref, row.id]));
  return refs.map((ref) => {
    const id = visible.get(ref);
    if (id === undefined) throw new InvalidError({ projectRefs: `There is no project ${ref}.` });
    return id;
  });
}

/** One's own tokens that still open something. */
export async function listTokens(ctx: VerbContext): Promise<TokenView[]> {
  return listWhere(ctx, { userId: requirePerson(ctx.actor).userId });
}

/** Everyone's tokens, for owners. */
export async function listAllTokens(ctx: VerbContext): Promise<TokenView[]> {
  await authorizeInstallation(ctx, "installation.tokens");
  return listWhere(ctx, {});
}

const ids = z.array(z.string());

async function listWhere(ctx: VerbContext, where: { userId?: string }): Promise<TokenView[]> {
  const rows = await ctx.store.db.apiToken.findMany({ where: { ...where, revokedAt: null, expiresAt: { gt: ctx.now() } }, orderBy: { createdAt: "desc" }, include: { user: { select: { name: true } } }, take: 1000 });
  const limits = new Map(rows.map((row) => [row.id, row.projectIdsJson === null ? null : ids.parse(JSON.parse(row.projectIdsJson))]));
  const projects = await ctx.store.db.project.findMany({ where: { id: { in: [...limits.values()].flatMap((list) => list ?? []) } }, select: { id: true, ref: true } });
  const refs = new Map(projects.map((project) => [project.id, project.ref]));
  return rows.map((row) => ({
    id: row.id, name: row.name, prefix: row.prefix, role: row.role, projectRefs: limits.get(row.id)?.flatMap((id) => refs.get(id) ?? []) ?? null, scopes: ids.parse(JSON.parse(row.scopesJson)),
    createdAt: row.createdAt.toISOString(), expiresAt: row.expiresAt.toISOString(), lastUsedAt: row.lastUsedAt?.toISOString() ?? null, ownerName: row.user.name,
  }));
}

/** Ends a token: one's own, or for owners anyone's. It is refused from its next request on. */
export async function revokeToken(ctx: VerbContext, input: z.input<typeof revokeTokenInput>): Promise<Record<string, never>> {
  const person = requirePerson(ctx.actor);
  const { tokenId } = parseInput(revokeTokenInput, input);
  await ctx.store.transaction(async (tx) => {
    const row = await tx.apiToken.findUnique({ where: { id: tokenId } });
    const isOwn = row?.userId === person.userId;
    if (row === null || row.revokedAt !== null || (!isOwn && may(person, "installation.tokens") === "no")) throw new NotFoundError("You have no such token.");
    await tx.apiToken.update({ where: { id: tokenId }, data: { revokedAt: ctx.now() } });
    await audit(tx, ctx, { action: "token.revoke", target: { kind: "token", id: tokenId }, summary: `Token ${row.name} revoked` });
  });
  return {};
}
