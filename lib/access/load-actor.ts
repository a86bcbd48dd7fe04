import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";
import type { ActorRef } from "@/lib/operations/types";
import type { Actor, ProjectRole } from "./actor";
import { lowerProjectRole, lowerRole, projectRoleSchema, toInstallationRole, toProjectRole, tokenScopeSchema } from "./roles";
import { apiTokenPrefix, hashSecretText } from "./secret-text";

/** A session ends after this long without a request, … */
export const idleLimitMs = 12 * 3_600_000;
/** … and after this long in any case. */
export const sessionLimitMs = 14 * 24 * 3_600_000;
/** `lastSeenAt` is written at most this often: reading a page must not cost a write each time. */
const seenResolutionMs = 60_000;

/** What a caller shows to prove who it is. The store knows only its hash. */
export type Claim = { kind: "session"; sid: string } | { kind: "token"; token: string };

type Seen = { now: Date; ip: string | null };

const withMemberships = { user: { include: { memberships: { select: { projectId: true, role: true } } } } } as const;

/** The person or token behind a claim; null when it opens nothing (any more). Loaded anew for each request. */
export async function loadClaimActor(db: Db, claim: Claim, seen: Seen): Promise<Actor | null> {
  return claim.kind === "session" ? loadSessionActor(db, claim.sid, seen) : loadTokenActor(db, claim.token, seen);
}

async function loadSessionActor(db: Db, sid: string, seen: Seen): Promise<Actor | null> {
  const session = await db.session.findUnique({ where: { tokenHash: await hashSecretText(sid) }, include: withMemberships });
  if (session === null || !isSessionOpen(session, seen.now) || session.user.removedAt !== null) return null;
  if (seen.now.getTime() - session.lastSeenAt.getTime() >= seenResolutionMs) {
    await db.session.updateMany({ where: { id: session.id, revokedAt: null }, data: { lastSeenAt: seen.now } });
  }
  return toUserActor(session, seen.ip);
}

/** Whether a session still opens the panel: not revoked, not idle for too long, not too old. */
export function isSessionOpen(session: { revokedAt: Date | null; expiresAt: Date; lastSeenAt: Date }, now: Date): boolean {
  if (session.revokedAt !== null || session.expiresAt <= now) return false;
  return now.getTime() - session.lastSeenAt.getTime() < idleLimitMs;
}

type UserRow = { id: string; name: string; email: string; installationRole: string; memberships: { projectId: string; role: string }[] };

function toUserActor(session: { id: string; passwordProvedAt: Date; user: UserRow }, ip: string | null): Actor {
  const { user } = session;
  return {
    kind: "user",
    userId: user.id,
    sessionId: session.id,
    name: user.name,
    email: user.email,
    installationRole: toInstallationRole(user.installationRole),
    projectRoles: toProjectRoles(user.memberships),
    passwordProvedAt: session.passwordProvedAt,
    ip,
  };
}

function toProjectRoles(memberships: UserRow["memberships"]): Record<string, ProjectRole> {
  return Object.fromEntries(memberships.flatMap(({ projectId, role }) => {
    const known = toProjectRole(role);
    return known === null ? [] : [[projectId, known] as const];
  }));
}

async function loadTokenActor(db: Db, token: string, seen: Seen): Promise<Actor | null> {
  if (!token.startsWith(apiTokenPrefix)) return null;
  const row = await db.apiToken.findUnique({ where: { tokenHash: await hashSecretText(token) }, include: withMemberships });
  if (row === null || row.revokedAt !== null || row.expiresAt <= seen.now || row.user.removedAt !== null) return null;
  if (row.lastUsedAt === null || seen.now.getTime() - row.lastUsedAt.getTime() >= seenResolutionMs) {
    await db.apiToken.updateMany({ where: { id: row.id, revokedAt: null }, data: { lastUsedAt: seen.now } });
  }
  return toTokenActor(row, seen.ip);
}

const projectIds = z.array(z.string());
const scopes = z.array(tokenScopeSchema);

type TokenRow = { id: string; name: string; role: string; projectIdsJson: string | null; scopesJson: string; user: UserRow };

/** A token never does more than its person may at the moment, whatever its own role says. */
function toTokenActor(row: TokenRow, ip: string | null): Actor {
  const ceiling = projectRoleSchema.parse(row.role);
  const roles = Object.entries(toProjectRoles(row.user.memberships)).map(([id, role]) => [id, lowerProjectRole(role, ceiling)] as const);
  return {
    kind: "token",
    userId: row.user.id,
    tokenId: row.id,
    name: `${row.user.name} (${row.name})`,
    installationRole: lowerRole(toInstallationRole(row.user.installationRole), ceiling),
    projectRoles: Object.fromEntries(roles),
    onlyProjectIds: row.projectIdsJson === null ? null : projectIds.parse(JSON.parse(row.projectIdsJson)),
    scopes: scopes.parse(JSON.parse(row.scopesJson)),
    ip,
  };
}

/**
 * Who asked for an operation, with the roles of today, for the worker to authorise again. A session that ended after the
 * wish still counts for it; a removed person, or a token revoked before it, does not. Null: nobody who may do anything.
 */
export async function loadRefActor(db: Db, ref: ActorRef, wishedAt: Date): Promise<Actor | null> {
  if (ref.kind === "setup" || ref.kind === "cli" || ref.kind === "system") return { kind: ref.kind, name: ref.name };
  if (ref.kind === "user") {
    const session = await db.session.findUnique({ where: { id: ref.sessionId }, include: withMemberships });
    if (session === null || session.userId !== ref.userId || session.user.removedAt !== null) return null;
    if (session.expiresAt <= wishedAt || (session.revokedAt !== null && session.revokedAt < wishedAt)) return null;
    return toUserActor(session, ref.ip);
  }
  const token = await db.apiToken.findUnique({ where: { id: ref.tokenId }, include: withMemberships });
  if (token === null || token.userId !== ref.userId || token.user.removedAt !== null) return null;
  if (token.expiresAt <= wishedAt || (token.revokedAt !== null && token.revokedAt < wishedAt)) return null;
  return toTokenActor(token, ref.ip);
}
