import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import type { Queryable } from "../serving/database";
import type { AuthConfig } from "./config";
import { AuthError, OAuthError } from "./errors";
import { generateRefreshToken, signAccessToken } from "./signing";
import { findUser, isBanned, listIdentities, updateUser, userJson, type UserRow } from "./users";

export interface TokenResponse {
  access_token: string;
  token_type: "bearer";
  expires_in: number;
  expires_at: number;
  refresh_token: string;
  user: Record<string, unknown>;
}

interface SessionRow {
  id: string;
  user_id: string;
  aal: string | null;
  not_after: Date | null;
}

interface RefreshRow {
  id: string;
  token: string;
  user_id: string;
  revoked: boolean;
  updated_at: Date;
  parent: string | null;
  session_id: string | null;
}

/** Opens a session for a user who just proved who they are by `method`. */
export async function openSession(tx: Queryable, config: AuthConfig, user: UserRow, method: string, headers: IncomingHttpHeaders): Promise<TokenResponse> {
  const sessionId = randomUUID();
  const address = String(headers["x-forwarded-for"] ?? "").split(",")[0]?.trim() ?? "";
  await tx.query(
    "insert into auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, ip) values ($1, $2, now(), now(), 'aal1', $3, $4)",
    [sessionId, user.id, headers["user-agent"] ?? null, isIP(address) === 0 ? null : address],
  );
  await tx.query(
    "insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method) values ($1, $2, now(), now(), $3)",
    [randomUUID(), sessionId, method],
  );
  const refreshToken = await insertRefreshToken(tx, user.id, sessionId, null);
  const signedIn = await updateUser(tx, user.id, { last_sign_in_at: new Date() });
  return tokenResponse(tx, config, signedIn, sessionId, refreshToken);
}

async function insertRefreshToken(tx: Queryable, userId: string, sessionId: string, parent: string | null): Promise<string> {
  const token = generateRefreshToken();
  await tx.query(
    `insert into auth.refresh_tokens (instance_id, token, user_id, revoked, created_at, updated_at, parent, session_id)
     values ('00000000-0000-0000-0000-000000000000', $1, $2, false, now(), now(), $3, $4)`,
    [token, userId, parent, sessionId],
  );
  return token;
}

async function tokenResponse(tx: Queryable, config: AuthConfig, user: UserRow, sessionId: string, refreshToken: string): Promise<TokenResponse> {
  const issuedAt = Math.floor(Date.now() / 1000);
  const expiresAt = issuedAt + config.jwt.expiresInS;
  const amr = await tx.query<{ method: string; timestamp: number }>(
    `select authentication_method as method, floor(extract(epoch from updated_at))::int as timestamp
     from auth.mfa_amr_claims where session_id = $1 order by updated_at desc`,
    [sessionId],
  );
  const accessToken = await signAccessToken(config, {
    ...(config.jwt.issuer === "" ? {} : { iss: config.jwt.issuer }),
    sub: user.id,
    aud: user.aud ?? "",
    exp: expiresAt,
    iat: issuedAt,
    email: user.email ?? "",
    phone: user.phone ?? "",
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    role: user.role ?? "",
    aal: "aal1",
    amr,
    session_id: sessionId,
    is_anonymous: user.is_anonymous,
  });
  return {
    access_token: accessToken,
    token_type: "bearer",
    expires_in: config.jwt.expiresInS,
    expires_at: expiresAt,
    refresh_token: refreshToken,
    user: userJson(user, await listIdentities(tx, user.id)),
  };
}

export type Refreshed = { tokens: TokenResponse } | { failure: AuthError };

/**
 * Swaps a refresh token for a new one. A used token is answered with the active one only while its direct successor is
 * still active; any older one ends every token of its session. That outcome is returned, not thrown: it must be committed.
 */
export async function refreshSession(tx: Queryable, config: AuthConfig, token: string): Promise<Refreshed> {
  if (token === "") throw new OAuthError("invalid_request", "refresh_token required");
  const row = (await tx.query<RefreshRow>("select * from auth.refresh_tokens where token = $1 for update", [token]))[0];
  if (row === undefined) throw new AuthError(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found");
  const user = await findUser(tx, row.user_id);
  if (user === undefined) throw new AuthError(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found");
  if (isBanned(user)) throw new AuthError(400, "user_banned", "Invalid Refresh Token: User Banned");
  const sessionId = row.session_id;
  const session = sessionId === null ? undefined : await findSession(tx, sessionId);
  if (sessionId === null || session === undefined) throw new AuthError(400, "session_not_found", "Invalid Refresh Token: No Valid Session Found");
  if (session.not_after !== null && session.not_after.getTime() < Date.now()) {
    throw new AuthError(400, "session_expired", "Invalid Refresh Token: Session Expired");
  }
  let next: string | undefined;
  if (row.revoked) {
    const active = (await tx.query<RefreshRow>("select * from auth.refresh_tokens where session_id = $1 and revoked = false order by id desc limit 1", [sessionId]))[0];
    if (active?.parent === row.token) next = active.token;
    else if (Date.now() > row.updated_at.getTime() + config.refreshReuseIntervalS * 1000) {
      if (config.refreshRotation) await tx.query("update auth.refresh_tokens set revoked = true, updated_at = now() where session_id = $1 and revoked = false", [sessionId]);
      return { failure: new AuthError(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used") };
    }
  }
  if (next === undefined) {
    await tx.query("update auth.refresh_tokens set revoked = true, updated_at = now() where id = $1", [row.id]);
    next = await insertRefreshToken(tx, user.id, sessionId, row.token);
  }
  await tx.query("update auth.sessions set refreshed_at = now() at time zone 'utc', updated_at = now() where id = $1", [sessionId]);
  return { tokens: await tokenResponse(tx, config, user, sessionId, next) };
}

export async function findSession(tx: Queryable, id: string): Promise<SessionRow | undefined> {
  return (await tx.query<SessionRow>("select * from auth.sessions where id = $1", [id]))[0];
}

/** Ends sessions of a user: all, only one, or all but one. */
export async function closeSessions(tx: Queryable, userId: string, scope: "global" | "local" | "others", sessionId: string | undefined): Promise<void> {
  if (scope === "local" && sessionId !== undefined) await tx.query("delete from auth.sessions where id = $1", [sessionId]);
  else if (scope === "others" && sessionId !== undefined) await tx.query("delete from auth.sessions where user_id = $1 and id <> $2", [userId, sessionId]);
  else await tx.query("delete from auth.sessions where user_id = $1", [userId]);
}
