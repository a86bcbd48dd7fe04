import { randomUUID } from "node:crypto";
import type { Queryable } from "../serving/database";

export interface UserRow {
  id: string;
  aud: string | null;
  role: string | null;
  email: string | null;
  encrypted_password: string | null;
  email_confirmed_at: Date | null;
  invited_at: Date | null;
  confirmation_token: string | null;
  confirmation_sent_at: Date | null;
  recovery_token: string | null;
  recovery_sent_at: Date | null;
  email_change_token_current: string | null;
  email_change_token_new: string | null;
  email_change: string | null;
  email_change_sent_at: Date | null;
  email_change_confirm_status: number | null;
  phone: string | null;
  phone_confirmed_at: Date | null;
  confirmed_at: Date | null;
  last_sign_in_at: Date | null;
  raw_app_meta_data: Record<string, unknown> | null;
  raw_user_meta_data: Record<string, unknown> | null;
  created_at: Date | null;
  updated_at: Date | null;
  banned_until: Date | null;
  deleted_at: Date | null;
  is_anonymous: boolean;
}

export interface IdentityRow {
  id: string;
  provider_id: string;
  user_id: string;
  identity_data: Record<string, unknown>;
  provider: string;
  last_sign_in_at: Date | null;
  created_at: Date | null;
  updated_at: Date | null;
  email: string | null;
}

export interface NewUser {
  id?: string;
  aud: string;
  role: string;
  email?: string;
  phone?: string;
  encryptedPassword: string;
  appMetadata: Record<string, unknown>;
  userMetadata: Record<string, unknown>;
  anonymous?: boolean;
}

type UserColumn = Exclude<keyof UserRow, "id" | "confirmed_at">;

/** Inserts a user and returns the row as the database's triggers left it. */
export async function insertUser(tx: Queryable, user: NewUser): Promise<UserRow> {
  const id = user.id ?? randomUUID();
  await tx.query(
    `insert into auth.users (instance_id, id, aud, role, email, phone, encrypted_password, raw_app_meta_data, raw_user_meta_data,
       is_anonymous, confirmation_token, recovery_token, email_change, email_change_token_new, email_change_token_current, created_at, updated_at)
     values ('00000000-0000-0000-0000-000000000000', $1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', '', '', '', now(), now())`,
    [id, user.aud, user.role, user.email ?? null, user.phone ?? null, user.encryptedPassword, user.appMetadata, user.userMetadata, user.anonymous ?? false],
  );
  return requireUser(tx, id);
}

/** Sets columns of one user; JSON columns take objects. */
export async function updateUser(tx: Queryable, id: string, changes: Partial<Pick<UserRow, UserColumn>>): Promise<UserRow> {
  const entries = Object.entries(changes);
  const sets = entries.map(([column], index) => `${column} = $${String(index + 2)}`).join(", ");
  await tx.query(`update auth.users set ${sets}${sets === "" ? "" : ", "}updated_at = now() where id = $1`, [id, ...entries.map(([, value]) => value)]);
  return requireUser(tx, id);
}

/** Merges into a metadata column; a null value removes its key, as GoTrue does. */
export function mergeMetadata(current: Record<string, unknown> | null, updates: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...current, ...updates };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

export async function findUser(tx: Queryable, id: string): Promise<UserRow | undefined> {
  return (await tx.query<UserRow>("select * from auth.users where id = $1", [id]))[0];
}

async function requireUser(tx: Queryable, id: string): Promise<UserRow> {
  const user = await findUser(tx, id);
  if (user === undefined) throw new Error(`user ${id} is gone`);
  return user;
}

export async function findUserByEmail(tx: Queryable, email: string, aud: string): Promise<UserRow | undefined> {
  const rows = await tx.query<UserRow>("select * from auth.users where lower(email) = $1 and aud = $2 and is_sso_user = false", [email.toLowerCase(), aud]);
  return rows[0];
}

export async function findUserByPhone(tx: Queryable, phone: string, aud: string): Promise<UserRow | undefined> {
  return (await tx.query<UserRow>("select * from auth.users where phone = $1 and aud = $2", [phone, aud]))[0];
}

export interface UserPage {
  users: UserRow[];
  total: number;
}

/** Users of an audience, newest first or as `sort` says (`created_at asc`). */
export async function listUsers(tx: Queryable, aud: string, page: { page: number; perPage: number; filter: string; ascending: boolean }): Promise<UserPage> {
  const where = "aud = $1 and ($2 = '' or email like $3 or raw_user_meta_data ->> 'full_name' ilike $3)";
  const values = [aud, page.filter, `%${page.filter}%`];
  const count = await tx.query<{ total: string }>(`select count(*) as total from auth.users where ${where}`, values);
  const users = await tx.query<UserRow>(
    `select * from auth.users where ${where} order by created_at ${page.ascending ? "asc" : "desc"}, id limit $4 offset $5`,
    [...values, page.perPage, (page.page - 1) * page.perPage],
  );
  return { users, total: Number(count[0]?.total ?? 0) };
}

export async function insertIdentity(tx: Queryable, userId: string, provider: string, data: Record<string, unknown>): Promise<void> {
  const providerId = typeof data.sub === "string" ? data.sub : userId;
  await tx.query(
    `insert into auth.identities (id, provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
     values ($1, $2, $3, $4, $5, now(), now(), now())`,
    [randomUUID(), providerId, userId, data, provider],
  );
}

export async function listIdentities(tx: Queryable, userId: string): Promise<IdentityRow[]> {
  return tx.query<IdentityRow>("select * from auth.identities where user_id = $1 order by created_at, id", [userId]);
}

/** Marks the address as confirmed and forgets the codes that were sent to it. */
export async function confirmEmail(tx: Queryable, user: UserRow): Promise<UserRow> {
  await tx.query("delete from auth.one_time_tokens where user_id = $1", [user.id]);
  await tx.query(
    `update auth.identities set identity_data = identity_data || '{"email_verified": true}', updated_at = now()
     where user_id = $1 and email is not null and email = lower($2)`,
    [user.id, user.email],
  );
  return updateUser(tx, user.id, {
    confirmation_token: "",
    email_confirmed_at: user.email_confirmed_at ?? new Date(),
    raw_user_meta_data: mergeMetadata(user.raw_user_meta_data, { email_verified: true }),
  });
}

/** The user as the API shows it: fields without a value are left out, as Go's `omitempty` does. */
export function userJson(user: UserRow, identities: readonly IdentityRow[]): Record<string, unknown> {
  return {
    id: user.id,
    aud: user.aud ?? "",
    role: user.role ?? "",
    email: user.email ?? "",
    ...present("email_confirmed_at", user.email_confirmed_at),
    ...present("invited_at", user.invited_at),
    phone: user.phone ?? "",
    ...present("phone_confirmed_at", user.phone_confirmed_at),
    ...present("confirmation_sent_at", user.confirmation_sent_at),
    ...present("confirmed_at", user.confirmed_at),
    ...present("recovery_sent_at", user.recovery_sent_at),
    ...present("new_email", user.email_change),
    ...present("email_change_sent_at", user.email_change_sent_at),
    ...present("last_sign_in_at", user.last_sign_in_at),
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    identities: identities.map(identityJson),
    created_at: user.created_at,
    updated_at: user.updated_at,
    ...present("banned_until", user.banned_until),
    ...present("deleted_at", user.deleted_at),
    is_anonymous: user.is_anonymous,
  };
}

function identityJson(identity: IdentityRow): Record<string, unknown> {
  return {
    identity_id: identity.id,
    id: identity.provider_id,
    user_id: identity.user_id,
    identity_data: identity.identity_data,
    provider: identity.provider,
    ...present("last_sign_in_at", identity.last_sign_in_at),
    created_at: identity.created_at,
    updated_at: identity.updated_at,
    ...present("email", identity.email),
  };
}

function present(name: string, value: Date | string | null): Record<string, unknown> {
  return value === null || value === "" ? {} : { [name]: value };
}

/** Whether a ban is in force now. */
export function isBanned(user: UserRow): boolean {
  return user.banned_until !== null && user.banned_until.getTime() > Date.now();
}
