import { randomBytes, randomUUID } from "node:crypto";
import type { Queryable } from "../serving/database";
import type { Call, Reply } from "../serving/http";
import { mailCode, purposes, redirectOf } from "./codes";
import { checkPassword, readFields, type AuthContext, type Fields } from "./context";
import type { AuthConfig } from "./config";
import { AuthError } from "./errors";
import { challengeOf, saveFlow } from "./flow-state";
import { openSession } from "./sessions";
import { hashPassword } from "./signing";
import { confirmEmail, findUserByEmail, findUserByPhone, insertIdentity, insertUser, listIdentities, mergeMetadata, updateUser, userJson, type UserRow } from "./users";

/** `POST /signup`: by address, by number, or without either where anonymous users are allowed. */
export async function signUp(context: AuthContext, call: Call): Promise<Reply> {
  const { config, database } = context;
  const fields = await readFields(call);
  if (config.disableSignup) throw new AuthError(422, "signup_disabled", "Signups not allowed for this instance");
  const email = fields.email();
  const phone = fields.phone();
  const password = fields.text("password");
  if (email === "" && phone === "") return signUpAnonymously(context, call, fields);
  if (password === "") throw new AuthError(400, "validation_failed", "Signup requires a valid password");
  checkPassword(config, password);
  if (email !== "" && phone !== "") throw new AuthError(400, "validation_failed", "Only an email address or phone number should be provided on signup.");
  const encryptedPassword = await hashPassword(password);
  return database.transaction((tx) =>
    email === "" ? signUpByPhone(tx, config, call, { phone, encryptedPassword, fields }) : signUpByEmail(tx, config, call, { email, encryptedPassword, fields }),
  );
}

async function signUpAnonymously({ config, database }: AuthContext, call: Call, fields: Fields): Promise<Reply> {
  if (!config.anonymousEnabled) throw new AuthError(422, "anonymous_provider_disabled", "Anonymous sign-ins are disabled");
  return database.transaction(async (tx) => {
    const user = await insertUser(tx, {
      aud: config.jwt.audience, role: config.jwt.defaultRole, encryptedPassword: "", appMetadata: {}, userMetadata: fields.record("data"), anonymous: true,
    });
    return { status: 200, json: await openSession(tx, config, user, "anonymous", call.headers) };
  });
}

async function signUpByEmail(tx: Queryable, config: AuthConfig, call: Call, request: { email: string; encryptedPassword: string; fields: Fields }): Promise<Reply> {
  const { email, encryptedPassword, fields } = request;
  if (!config.emailEnabled) throw new AuthError(400, "email_provider_disabled", "Email signups are disabled");
  const existing = await findUserByEmail(tx, email, config.jwt.audience);
  if (existing !== undefined && existing.email_confirmed_at !== null) {
    if (config.mailer.autoconfirm) throw new AuthError(422, "user_already_exists", "User already registered");
    // The answer must not tell whether the address is known.
    return { status: 200, json: disguisedUser(config, email, fields) };
  }
  const user = existing ?? (await createEmailUser(tx, config, { email, encryptedPassword, data: fields.record("data") }));
  if (config.mailer.autoconfirm) {
    const confirmed = await confirmEmail(tx, user);
    return { status: 200, json: await openSession(tx, config, confirmed, "password", call.headers) };
  }
  const sent = await startConfirmation(tx, config, call, user, fields);
  return { status: 200, json: userJson(sent, await listIdentities(tx, sent.id)) };
}

/** A user with an address that nobody has confirmed yet. */
export async function createEmailUser(tx: Queryable, config: AuthConfig, request: { email: string; encryptedPassword: string; data: Record<string, unknown> }): Promise<UserRow> {
  const id = randomUUID();
  const userMetadata = { ...request.data, sub: id, email: request.email, email_verified: false, phone_verified: false };
  const user = await insertUser(tx, {
    id, aud: config.jwt.audience, role: config.jwt.defaultRole, email: request.email, encryptedPassword: request.encryptedPassword,
    appMetadata: { provider: "email", providers: ["email"] }, userMetadata,
  });
  await insertIdentity(tx, id, "email", userMetadata);
  return user;
}

/** A password that nobody knows, for users who came without one. */
export async function unknownPassword(): Promise<string> {
  return hashPassword(randomBytes(24).toString("base64url"));
}

/** Mails the link that confirms a new address. */
export async function startConfirmation(tx: Queryable, config: AuthConfig, call: Call, user: UserRow, fields: Fields): Promise<UserRow> {
  const challenge = challengeOf(fields);
  if (challenge !== undefined) await saveFlow(tx, challenge, { userId: user.id, authenticationMethod: "email/signup" });
  return mailCode(tx, config, { user, address: user.email ?? "", purpose: purposes.signup, redirectTo: redirectOf(config, call), isPkce: challenge !== undefined });
}

function disguisedUser(config: AuthConfig, email: string, fields: Fields): Record<string, unknown> {
  const now = new Date().toISOString();
  return {
    id: randomUUID(), aud: config.jwt.audience, role: "", email, phone: "", confirmation_sent_at: now,
    app_metadata: { provider: "email", providers: ["email"] }, user_metadata: fields.record("data"), identities: [], created_at: now, updated_at: now, is_anonymous: false,
  };
}

async function signUpByPhone(tx: Queryable, config: AuthConfig, call: Call, request: { phone: string; encryptedPassword: string; fields: Fields }): Promise<Reply> {
  const { phone, encryptedPassword, fields } = request;
  if (!config.phoneEnabled) throw new AuthError(400, "phone_provider_disabled", "Phone signups are disabled");
  if (!config.smsAutoconfirm) throw new AuthError(500, "unexpected_failure", `Unable to get SMS provider: sms Provider ${config.smsProvider} could not be found`);
  if ((await findUserByPhone(tx, phone, config.jwt.audience)) !== undefined) throw new AuthError(422, "user_already_exists", "User already registered");
  const id = randomUUID();
  const userMetadata = { ...fields.record("data"), sub: id, phone, email_verified: false, phone_verified: false };
  await insertUser(tx, {
    id, aud: config.jwt.audience, role: config.jwt.defaultRole, phone, encryptedPassword, appMetadata: { provider: "phone", providers: ["phone"] }, userMetadata,
  });
  await insertIdentity(tx, id, "phone", userMetadata);
  const confirmed = await updateUser(tx, id, { phone_confirmed_at: new Date(), raw_user_meta_data: mergeMetadata(userMetadata, { phone_verified: true }) });
  return { status: 200, json: await openSession(tx, config, confirmed, "password", call.headers) };
}
