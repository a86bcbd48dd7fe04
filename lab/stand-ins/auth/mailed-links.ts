import type { Queryable } from "../serving/database";
import type { Call, Reply } from "../serving/http";
import { mailCode, purposes, redirectOf } from "./codes";
import type { AuthConfig } from "./config";
import { readFields, type AuthContext, type Fields } from "./context";
import { AuthError } from "./errors";
import { challengeOf, saveFlow } from "./flow-state";
import { createEmailUser, startConfirmation, unknownPassword } from "./sign-up";
import { confirmEmail, findUserByEmail, type UserRow } from "./users";

const nothingTold: Reply = { status: 200, json: {} };

/** `POST /recover`: the answer is the same for addresses that nobody has. */
export async function recover({ config, database }: AuthContext, call: Call): Promise<Reply> {
  const fields = await readFields(call);
  const email = requireEmail(fields);
  return database.transaction(async (tx) => {
    const user = await findUserByEmail(tx, email, config.jwt.audience);
    if (user !== undefined) await mailLink(tx, config, call, { user, fields, kind: "recovery" });
    return nothingTold;
  });
}

/** `POST /otp` and `POST /magiclink`: signs in by mail, and up where that is allowed. */
export async function sendOtp({ config, database }: AuthContext, call: Call): Promise<Reply> {
  const fields = await readFields(call);
  if (fields.phone() !== "") throw new AuthError(400, "phone_provider_disabled", `Unable to get SMS provider: sms Provider ${config.smsProvider} could not be found`);
  const email = requireEmail(fields);
  if (!config.emailEnabled || !config.magicLinkEnabled) throw new AuthError(422, "email_provider_disabled", "Email logins are disabled");
  return database.transaction(async (tx) => {
    const known = await findUserByEmail(tx, email, config.jwt.audience);
    if (known === undefined && !fields.flag("create_user", true)) throw new AuthError(422, "otp_disabled", "Signups not allowed for otp");
    if (known === undefined && config.disableSignup) throw new AuthError(422, "signup_disabled", "Signups not allowed for this instance");
    const user = known ?? (await createEmailUser(tx, config, { email, encryptedPassword: await unknownPassword(), data: fields.record("data") }));
    if (user.email_confirmed_at === null && !config.mailer.autoconfirm) await startConfirmation(tx, config, call, user, fields);
    else await mailLink(tx, config, call, { user: user.email_confirmed_at === null ? await confirmEmail(tx, user) : user, fields, kind: "magiclink" });
    return nothingTold;
  });
}

/** `POST /resend`: sends the confirmation of a sign-up or of a changed address again. */
export async function resend({ config, database }: AuthContext, call: Call): Promise<Reply> {
  const fields = await readFields(call);
  const type = fields.text("type");
  if (type !== "signup" && type !== "email_change") throw new AuthError(400, "validation_failed", "Type provided in body is not supported");
  const email = requireEmail(fields);
  return database.transaction(async (tx) => {
    const user = await findUserByEmail(tx, email, config.jwt.audience);
    if (user === undefined) return nothingTold;
    if (type === "signup" && user.email_confirmed_at === null) await startConfirmation(tx, config, call, user, fields);
    if (type === "email_change" && user.email_change !== null && user.email_change !== "") {
      await mailCode(tx, config, { user, address: user.email_change, purpose: purposes.emailChangeNew, redirectTo: redirectOf(config, call), isPkce: false });
    }
    return nothingTold;
  });
}

async function mailLink(tx: Queryable, config: AuthConfig, call: Call, request: { user: UserRow; fields: Fields; kind: "recovery" | "magiclink" }): Promise<void> {
  const { user, fields, kind } = request;
  const challenge = challengeOf(fields);
  if (challenge !== undefined) await saveFlow(tx, challenge, { userId: user.id, authenticationMethod: kind });
  await mailCode(tx, config, { user, address: user.email ?? "", purpose: purposes[kind], redirectTo: redirectOf(config, call), isPkce: challenge !== undefined });
}

function requireEmail(fields: Fields): string {
  const email = fields.email();
  if (email === "") throw new AuthError(400, "validation_failed", "An email address is required");
  return email;
}
