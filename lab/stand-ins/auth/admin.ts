import { randomUUID } from "node:crypto";
import { sqlState, type Queryable } from "../serving/database";
import type { Call, Reply } from "../serving/http";
import { setEmail } from "./account";
import { issueCode, mailCode, purposes, redirectOf } from "./codes";
import { parseDurationMs, type AuthConfig } from "./config";
import { checkPassword, isUuid, readFields, requireAdmin, type AuthContext, type Fields } from "./context";
import { AuthError } from "./errors";
import { closeSessions } from "./sessions";
import { createEmailUser, unknownPassword } from "./sign-up";
import { hashPassword } from "./signing";
import { confirmEmail, findUser, findUserByEmail, insertIdentity, insertUser, listIdentities, listUsers, mergeMetadata, updateUser, userJson, type UserRow } from "./users";

const notFound = () => new AuthError(404, "user_not_found", "User not found");

async function userReply(tx: Queryable, user: UserRow): Promise<Reply> {
  return { status: 200, json: userJson(user, await listIdentities(tx, user.id)) };
}

/** `GET /admin/users`, a page at a time. */
export async function adminListUsers(context: AuthContext, call: Call): Promise<Reply> {
  await requireAdmin(context, call);
  const { config, database } = context;
  const page = wholeOf(call, "page", 1);
  const perPage = wholeOf(call, "per_page", 50);
  const ascending = /created_at\s+asc/i.test(call.query.get("sort") ?? "");
  const { users, total } = await listUsers(database, config.jwt.audience, { page, perPage, filter: call.query.get("filter") ?? "", ascending });
  const lastPage = Math.max(1, Math.ceil(total / perPage));
  const link = (number: number, relation: string) => `</admin/users?page=${String(number)}&per_page=${String(perPage)}>; rel="${relation}"`;
  const links = [...(page < lastPage ? [link(page + 1, "next")] : []), link(lastPage, "last")];
  const json = { users: await Promise.all(users.map(async (user) => userJson(user, await listIdentities(database, user.id)))), aud: config.jwt.audience };
  return { status: 200, headers: { "x-total-count": String(total), link: links.join(", ") }, json };
}

function wholeOf(call: Call, name: string, fallback: number): number {
  const text = call.query.get(name);
  if (text === null || text === "") return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 100_000) throw new AuthError(400, "validation_failed", `Bad Pagination Parameters: ${name} must be a whole number from 1`);
  return value;
}

/** `POST /admin/users`. */
export async function adminCreateUser(context: AuthContext, call: Call): Promise<Reply> {
  await requireAdmin(context, call);
  const fields = await readFields(call);
  const email = fields.email();
  const phone = fields.phone();
  if (email === "" && phone === "") throw new AuthError(400, "validation_failed", "Cannot create a user without either an email or phone");
  const id = fields.text("id") || randomUUID();
  if (!isUuid(id)) throw new AuthError(400, "validation_failed", "ID must conform to the uuid v4 format");
  const encryptedPassword = fields.text("password") === "" ? await unknownPassword() : await hashPassword(fields.text("password"));
  return context.database.transaction(async (tx) => {
    await insertAdminUser(tx, context.config, { id, email, phone, encryptedPassword, fields });
    let user = await requireRow(tx, id);
    if (email !== "" && fields.flag("email_confirm", false)) user = await confirmEmail(tx, user);
    if (phone !== "" && fields.flag("phone_confirm", false)) user = await updateUser(tx, id, { phone_confirmed_at: new Date() });
    if (fields.has("ban_duration")) user = await updateUser(tx, id, { banned_until: banUntil(fields) });
    return userReply(tx, user);
  });
}

async function insertAdminUser(tx: Queryable, config: AuthConfig, request: { id: string; email: string; phone: string; encryptedPassword: string; fields: Fields }): Promise<void> {
  const { id, email, phone, encryptedPassword, fields } = request;
  const providers = [...(email === "" ? [] : ["email"]), ...(phone === "" ? [] : ["phone"])];
  try {
    await insertUser(tx, {
      id, aud: config.jwt.audience, role: fields.text("role") || config.jwt.defaultRole, encryptedPassword,
      ...(email === "" ? {} : { email }), ...(phone === "" ? {} : { phone }),
      appMetadata: { provider: providers[0], providers, ...fields.record("app_metadata") }, userMetadata: fields.record("user_metadata"),
    });
  } catch (error) {
    if (sqlState(error) !== "23505") throw error;
    if (email !== "") throw new AuthError(422, "email_exists", "A user with this email address has already been registered");
    throw new AuthError(422, "phone_exists", "A user with this phone number has already been registered");
  }
  for (const provider of providers) {
    await insertIdentity(tx, id, provider, { sub: id, ...(provider === "email" ? { email } : { phone }), email_verified: false, phone_verified: false });
  }
}

async function requireRow(tx: Queryable, id: string): Promise<UserRow> {
  if (!isUuid(id)) throw new AuthError(404, "validation_failed", "user_id must be an UUID");
  const user = await findUser(tx, id);
  if (user === undefined) throw notFound();
  return user;
}

/** `GET /admin/users/:id`. */
export async function adminReadUser(context: AuthContext, call: Call): Promise<Reply> {
  await requireAdmin(context, call);
  return userReply(context.database, await requireRow(context.database, call.values.id ?? ""));
}

/** `PUT /admin/users/:id`. */
export async function adminUpdateUser(context: AuthContext, call: Call): Promise<Reply> {
  await requireAdmin(context, call);
  const fields = await readFields(call);
  return context.database.transaction(async (tx) => {
    let user = await requireRow(tx, call.values.id ?? "");
    const changes: Parameters<typeof updateUser>[2] = {};
    if (fields.has("password")) {
      checkPassword(context.config, fields.text("password"));
      changes.encrypted_password = await hashPassword(fields.text("password"));
    }
    if (fields.has("role")) changes.role = fields.text("role");
    if (fields.has("user_metadata")) changes.raw_user_meta_data = mergeMetadata(user.raw_user_meta_data, fields.record("user_metadata"));
    if (fields.has("app_metadata")) changes.raw_app_meta_data = mergeMetadata(user.raw_app_meta_data, fields.record("app_metadata"));
    if (fields.has("ban_duration")) changes.banned_until = banUntil(fields);
    if (fields.phone() !== "") changes.phone = fields.phone();
    if (fields.flag("phone_confirm", false)) changes.phone_confirmed_at = new Date();
    user = await updateUser(tx, user.id, changes);
    const email = fields.email();
    if (email !== "" && email !== user.email) user = await replaceEmail(tx, context.config, user, email);
    if (fields.flag("email_confirm", false) && user.email_confirmed_at === null) user = await confirmEmail(tx, user);
    return userReply(tx, user);
  });
}

async function replaceEmail(tx: Queryable, config: AuthConfig, user: UserRow, email: string): Promise<UserRow> {
  const taken = await findUserByEmail(tx, email, user.aud ?? config.jwt.audience);
  if (taken !== undefined) throw new AuthError(422, "email_exists", "A user with this email address has already been registered");
  return setEmail(tx, user, email);
}

function banUntil(fields: Fields): Date | null {
  const duration = fields.text("ban_duration");
  if (duration === "none") return null;
  const durationMs = parseDurationMs(duration);
  if (durationMs === undefined) throw new AuthError(400, "validation_failed", `invalid format for ban duration: time: invalid duration "${duration}"`);
  return new Date(Date.now() + durationMs);
}

/** `DELETE /admin/users/:id`; a soft deletion keeps the row and makes its address unusable. */
export async function adminDeleteUser(context: AuthContext, call: Call): Promise<Reply> {
  await requireAdmin(context, call);
  const fields = await readFields(call);
  return context.database.transaction(async (tx) => {
    const user = await requireRow(tx, call.values.id ?? "");
    if (fields.flag("should_soft_delete", false)) {
      await closeSessions(tx, user.id, "global", undefined);
      await tx.query("delete from auth.identities where user_id = $1", [user.id]);
      await updateUser(tx, user.id, { deleted_at: new Date(), email: `deleted-${user.id}`, phone: null, encrypted_password: "", raw_user_meta_data: {} });
    } else await tx.query("delete from auth.users where id = $1", [user.id]);
    return { status: 200, json: {} };
  });
}

/** `POST /invite`. */
export async function inviteUser(context: AuthContext, call: Call): Promise<Reply> {
  await requireAdmin(context, call);
  const { config, database } = context;
  const fields = await readFields(call);
  const email = fields.email();
  if (email === "") throw new AuthError(400, "validation_failed", "An email address is required");
  return database.transaction(async (tx) => {
    const user = await unconfirmedUser(tx, config, email, fields);
    return userReply(tx, await mailCode(tx, config, { user, address: email, purpose: purposes.invite, redirectTo: redirectOf(config, call), isPkce: false }));
  });
}

async function unconfirmedUser(tx: Queryable, config: AuthConfig, email: string, fields: Fields): Promise<UserRow> {
  const known = await findUserByEmail(tx, email, config.jwt.audience);
  if (known !== undefined && known.email_confirmed_at !== null) throw new AuthError(422, "email_exists", "A user with this email address has already been registered");
  const encryptedPassword = fields.text("password") === "" ? await unknownPassword() : await hashPassword(fields.text("password"));
  return known ?? createEmailUser(tx, config, { email, encryptedPassword, data: fields.record("data") });
}

/** `POST /admin/generate_link`: the link that would have been mailed. */
export async function generateLink(context: AuthContext, call: Call): Promise<Reply> {
  await requireAdmin(context, call);
  const { config, database } = context;
  const fields = await readFields(call);
  const type = fields.text("type");
  const email = fields.email();
  if (email === "") throw new AuthError(400, "validation_failed", "An email address is required");
  if (type !== "signup" && type !== "invite" && type !== "magiclink" && type !== "recovery") {
    throw new AuthError(400, "validation_failed", `Invalid email action link type requested: ${type}`);
  }
  return database.transaction(async (tx) => {
    const user = type === "signup" || type === "invite" ? await unconfirmedUser(tx, config, email, fields) : await findUserByEmail(tx, email, config.jwt.audience);
    if (user === undefined) throw notFound();
    const redirectTo = redirectOf(config, call, fields.text("redirect_to"));
    const issued = await issueCode(tx, config, { user, address: email, purpose: purposes[type], redirectTo, isPkce: false });
    const shown = userJson(issued.user, await listIdentities(tx, user.id));
    const link = { action_link: issued.link, email_otp: issued.otp, hashed_token: issued.tokenHash, verification_type: type, redirect_to: redirectTo };
    return { status: 200, json: { ...shown, ...link } };
  });
}
