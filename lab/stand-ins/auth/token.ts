import type { Call, Reply } from "../serving/http";
import { readFields, requireUser, type AuthContext, type Fields } from "./context";
import { AuthError } from "./errors";
import { redeemFlow } from "./flow-state";
import { closeSessions, openSession, refreshSession } from "./sessions";
import { passwordFits } from "./signing";
import { findUser, findUserByEmail, findUserByPhone, isBanned } from "./users";

/** `POST /token?grant_type=…`. */
export async function grantToken(context: AuthContext, call: Call): Promise<Reply> {
  const fields = await readFields(call);
  switch (call.query.get("grant_type")) {
    case "password":
      return grantByPassword(context, call, fields);
    case "refresh_token":
      return grantByRefreshToken(context, fields);
    case "pkce":
      return grantByCode(context, call, fields);
    default:
      throw new AuthError(400, "invalid_credentials", "unsupported_grant_type");
  }
}

const wrongCredentials = () => new AuthError(400, "invalid_credentials", "Invalid login credentials");

async function grantByPassword({ config, database }: AuthContext, call: Call, fields: Fields): Promise<Reply> {
  const email = fields.text("email").toLowerCase();
  const phone = fields.phone();
  if (email !== "" && phone !== "") throw new AuthError(400, "validation_failed", "Only an email address or phone number should be provided on login.");
  if (email === "" && phone === "") throw new AuthError(400, "validation_failed", "missing email or phone");
  if (email !== "" && !config.emailEnabled) throw new AuthError(422, "email_provider_disabled", "Email logins are disabled");
  if (phone !== "" && !config.phoneEnabled) throw new AuthError(422, "phone_provider_disabled", "Phone logins are disabled");
  return database.transaction(async (tx) => {
    const aud = config.jwt.audience;
    const user = email === "" ? await findUserByPhone(tx, phone, aud) : await findUserByEmail(tx, email, aud);
    if (user === undefined || !(await passwordFits(fields.text("password"), user.encrypted_password ?? ""))) throw wrongCredentials();
    if (isBanned(user)) throw new AuthError(400, "user_banned", "User is banned");
    if (email !== "" && user.email_confirmed_at === null) throw new AuthError(400, "email_not_confirmed", "Email not confirmed");
    if (phone !== "" && user.phone_confirmed_at === null) throw new AuthError(400, "phone_not_confirmed", "Phone not confirmed");
    return { status: 200, json: await openSession(tx, config, user, "password", call.headers) };
  });
}

async function grantByRefreshToken({ config, database }: AuthContext, fields: Fields): Promise<Reply> {
  const outcome = await database.transaction((tx) => refreshSession(tx, config, fields.text("refresh_token")));
  if ("failure" in outcome) throw outcome.failure;
  return { status: 200, json: outcome.tokens };
}

async function grantByCode({ config, database }: AuthContext, call: Call, fields: Fields): Promise<Reply> {
  const code = fields.text("auth_code");
  const verifier = fields.text("code_verifier");
  if (code === "" || verifier === "") throw new AuthError(400, "validation_failed", "invalid request: both auth code and code verifier should be non-empty");
  return database.transaction(async (tx) => {
    const flow = await redeemFlow(tx, code, verifier);
    const user = await findUser(tx, flow.user_id);
    if (user === undefined) throw wrongCredentials();
    return { status: 200, json: await openSession(tx, config, user, flow.authentication_method, call.headers) };
  });
}

/** `POST /logout?scope=global|local|others`. */
export async function logOut(context: AuthContext, call: Call): Promise<Reply> {
  const scope = call.query.get("scope") ?? "global";
  if (scope !== "global" && scope !== "local" && scope !== "others") {
    throw new AuthError(400, "validation_failed", `Unsupported logout scope "${scope}"`);
  }
  await context.database.transaction(async (tx) => {
    const { user, sessionId } = await requireUser(context, tx, call);
    await closeSessions(tx, user.id, scope, sessionId);
  });
  return { status: 204 };
}
