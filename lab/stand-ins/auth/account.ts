import type { Queryable } from "../serving/database";
import type { Call, Reply } from "../serving/http";
import { mailCode, purposes, redirectOf } from "./codes";
import type { AuthConfig } from "./config";
import { checkPassword, readFields, requireUser, type AuthContext, type Fields } from "./context";
import { AuthError } from "./errors";
import { challengeOf, saveFlow } from "./flow-state";
import { closeSessions } from "./sessions";
import { hashPassword, passwordFits } from "./signing";
import { confirmEmail, findUserByEmail, findUserByPhone, listIdentities, mergeMetadata, updateUser, userJson, type UserRow } from "./users";

/** `GET /user`. */
export async function readOwnUser(context: AuthContext, call: Call): Promise<Reply> {
  const { user } = await requireUser(context, context.database, call);
  return { status: 200, json: userJson(user, await listIdentities(context.database, user.id)) };
}

/** `PUT /user`: password, metadata, address or number of the signed-in user. */
export async function updateOwnUser(context: AuthContext, call: Call): Promise<Reply> {
  const { config, database } = context;
  const fields = await readFields(call);
  return database.transaction(async (tx) => {
    const signedIn = await requireUser(context, tx, call);
    let user = signedIn.user;
    if (fields.has("password")) user = await changePassword(tx, config, user, fields.text("password"), signedIn.sessionId);
    if (fields.has("data")) user = await updateUser(tx, user.id, { raw_user_meta_data: mergeMetadata(user.raw_user_meta_data, fields.record("data")) });
    const email = fields.email();
    if (email !== "" && email !== user.email) user = await changeEmail(tx, config, call, { user, email, fields });
    const phone = fields.phone();
    if (phone !== "" && phone !== user.phone) user = await changePhone(tx, config, user, phone);
    return { status: 200, json: userJson(user, await listIdentities(tx, user.id)) };
  });
}

async function changePassword(tx: Queryable, config: AuthConfig, user: UserRow, password: string, sessionId: string | undefined): Promise<UserRow> {
  checkPassword(config, password);
  if (user.encrypted_password !== null && user.encrypted_password !== "" && (await passwordFits(password, user.encrypted_password))) {
    throw new AuthError(422, "same_password", "New password should be different from the old password.");
  }
  const updated = await updateUser(tx, user.id, { encrypted_password: await hashPassword(password) });
  if (sessionId !== undefined) await closeSessions(tx, user.id, "others", sessionId);
  return updated;
}

async function changeEmail(tx: Queryable, config: AuthConfig, call: Call, request: { user: UserRow; email: string; fields: Fields }): Promise<UserRow> {
  const { user, email, fields } = request;
  const taken = await findUserByEmail(tx, email, user.aud ?? config.jwt.audience);
  if (taken !== undefined && taken.id !== user.id) {
    throw new AuthError(422, "email_exists", "A user with this email address has already been registered");
  }
  if (config.mailer.autoconfirm) return setEmail(tx, user, email);
  const challenge = challengeOf(fields);
  if (challenge !== undefined) await saveFlow(tx, challenge, { userId: user.id, authenticationMethod: "email_change" });
  const pending = await updateUser(tx, user.id, { email_change: email, email_change_confirm_status: 0 });
  const common = { redirectTo: redirectOf(config, call), isPkce: challenge !== undefined };
  const current = user.email ?? "";
  if (config.mailer.secureEmailChange && current !== "") {
    await mailCode(tx, config, { ...common, user: pending, address: current, purpose: purposes.emailChangeCurrent });
  }
  return mailCode(tx, config, { ...common, user: pending, address: email, purpose: purposes.emailChangeNew });
}

/** Gives a user a proven address, and its identity with it. */
export async function setEmail(tx: Queryable, user: UserRow, email: string): Promise<UserRow> {
  const changed = await updateUser(tx, user.id, {
    email, email_change: "", email_change_token_new: "", email_change_token_current: "", email_change_confirm_status: 0, is_anonymous: false,
    raw_app_meta_data: withProvider(user, "email"),
  });
  const data = { sub: user.id, email, email_verified: true, phone_verified: false };
  await tx.query(
    `insert into auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
     values ($1::text, $1::uuid, $2, 'email', now(), now(), now())
     on conflict (provider_id, provider) do update set identity_data = auth.identities.identity_data || excluded.identity_data, updated_at = now()`,
    [user.id, data],
  );
  return confirmEmail(tx, changed);
}

function withProvider(user: UserRow, provider: string): Record<string, unknown> {
  const current = user.raw_app_meta_data ?? {};
  const providers = Array.isArray(current.providers) ? (current.providers as unknown[]) : [];
  return { ...current, provider: current.provider ?? provider, providers: providers.includes(provider) ? providers : [...providers, provider] };
}

async function changePhone(tx: Queryable, config: AuthConfig, user: UserRow, phone: string): Promise<UserRow> {
  if (!config.phoneEnabled) throw new AuthError(422, "phone_provider_disabled", "Phone logins are disabled");
  if (!config.smsAutoconfirm) throw new AuthError(500, "unexpected_failure", `Unable to get SMS provider: sms Provider ${config.smsProvider} could not be found`);
  if ((await findUserByPhone(tx, phone, user.aud ?? config.jwt.audience)) !== undefined) {
    throw new AuthError(422, "phone_exists", "A user with this phone number has already been registered");
  }
  return updateUser(tx, user.id, { phone, phone_confirmed_at: new Date(), is_anonymous: false, raw_app_meta_data: withProvider(user, "phone") });
}
