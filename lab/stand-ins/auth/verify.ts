import type { Queryable } from "../serving/database";
import { describeError, logLine, type Call, type Reply } from "../serving/http";
import { setEmail } from "./account";
import { consumeCode, findCode, isCodeExpired, redirectOf, type CodeColumn } from "./codes";
import { readFields, type AuthContext } from "./context";
import { AuthError } from "./errors";
import { issueAuthCode } from "./flow-state";
import { withFragment, withQuery } from "./redirects";
import { openSession } from "./sessions";
import { hashOtp } from "./signing";
import { confirmEmail, findUserByEmail, isBanned, updateUser, type UserRow } from "./users";

const columnsOf: Readonly<Record<string, readonly CodeColumn[]>> = {
  signup: ["confirmation_token"],
  invite: ["confirmation_token"],
  magiclink: ["recovery_token", "confirmation_token"],
  recovery: ["recovery_token"],
  email: ["confirmation_token", "recovery_token"],
  email_change: ["email_change_token_new", "email_change_token_current"],
};

const expired = () => new AuthError(403, "otp_expired", "Email link is invalid or has expired");
const firstOfTwo = "Confirmation link accepted. Please proceed to confirm link sent to the other email";

/** `GET /verify`: the link in a mail. Always ends in a redirect, with tokens, a code or an error. */
export async function verifyLink(context: AuthContext, call: Call): Promise<Reply> {
  const { config, database } = context;
  const redirectTo = redirectOf(config, call);
  const token = call.query.get("token") ?? call.query.get("token_hash") ?? "";
  const type = call.query.get("type") ?? "";
  const isPkce = token.startsWith("pkce_");
  try {
    const location = await database.transaction(async (tx) => {
      const proven = await proveByHash(tx, context, type, token);
      if (proven === "half") return withFragment(redirectTo, { message: firstOfTwo });
      if (isPkce) return withQuery(redirectTo, { code: await issueAuthCode(tx, proven.id, flowMethodOf(type)) });
      const tokens = await openSession(tx, config, proven, "otp", call.headers);
      const { access_token, token_type, expires_in, expires_at, refresh_token } = tokens;
      return withFragment(redirectTo, { access_token, token_type, expires_in: String(expires_in), expires_at: String(expires_at), refresh_token, type });
    });
    return { status: 303, headers: { location } };
  } catch (error) {
    return { status: 303, headers: { location: errorLocation(redirectTo, error, isPkce) } };
  }
}

function flowMethodOf(type: string): string {
  return type === "signup" || type === "invite" ? "email/signup" : type;
}

function errorLocation(redirectTo: string, error: unknown, isPkce: boolean): string {
  const known = error instanceof AuthError ? error : undefined;
  if (known === undefined) logLine("error", `verification failed: ${describeError(error)}`);
  const values = {
    error: known !== undefined && known.status < 500 ? "access_denied" : "server_error",
    error_code: known?.errorCode ?? "unexpected_failure",
    error_description: known?.message ?? "Unexpected failure, please check server logs for more information",
  };
  const address = withFragment(redirectTo, values);
  if (!isPkce) return address;
  const [base = "", fragment = ""] = address.split("#");
  return `${withQuery(base, values)}#${fragment}`;
}

/** `POST /verify`: by the code itself and its address, or by the code's hash. */
export async function verifyCode(context: AuthContext, call: Call): Promise<Reply> {
  const { config, database } = context;
  const fields = await readFields(call);
  const type = fields.text("type");
  if (type === "") throw new AuthError(400, "validation_failed", "Verify requires a verification type");
  const tokenHash = fields.text("token_hash");
  const token = fields.text("token");
  if (token === "" && tokenHash === "") throw new AuthError(400, "validation_failed", "Verify requires either a token or a token hash");
  const email = fields.email();
  if (tokenHash === "" && email === "") throw new AuthError(400, "validation_failed", "Only the token_hash and type should be provided, or the email with its token");
  return database.transaction(async (tx) => {
    const proven = await proveByHash(tx, context, type, tokenHash === "" ? hashOtp(email, token) : tokenHash, email);
    if (proven === "half") return { status: 200, json: { msg: firstOfTwo, code: "200" } };
    return { status: 200, json: await openSession(tx, config, proven, "otp", call.headers) };
  });
}

async function proveByHash(tx: Queryable, { config }: AuthContext, type: string, hash: string, email = ""): Promise<UserRow | "half"> {
  const columns = columnsOf[type];
  if (columns === undefined) throw new AuthError(400, "validation_failed", "Unsupported verification type");
  const found = await findCode(tx, hash, columns);
  // A code belongs to one address: the same digits sent to another one prove nothing.
  if (found === undefined || (email !== "" && type !== "email_change" && (await findUserByEmail(tx, email, config.jwt.audience))?.id !== found.user.id)) throw expired();
  const { user, column } = found;
  const sentAt = column === "recovery_token" ? user.recovery_sent_at : column === "confirmation_token" ? latest(user.confirmation_sent_at, user.invited_at) : user.email_change_sent_at;
  if (isCodeExpired(config, sentAt)) throw expired();
  if (isBanned(user)) throw new AuthError(403, "user_banned", "User is banned");
  if (column === "email_change_token_new" || column === "email_change_token_current") return proveEmailChange(tx, user, column, config.mailer.secureEmailChange);
  const consumed = await consumeCode(tx, user, column);
  return consumed.email_confirmed_at === null ? confirmEmail(tx, consumed) : consumed;
}

/** With secure change both addresses must agree; the first of the two only leaves its mark. */
async function proveEmailChange(tx: Queryable, user: UserRow, column: CodeColumn, isSecure: boolean): Promise<UserRow | "half"> {
  const needsBoth = isSecure && user.email !== null && user.email !== "";
  const other = column === "email_change_token_new" ? user.email_change_token_current : user.email_change_token_new;
  if (needsBoth && other !== null && other !== "") {
    await consumeCode(tx, user, column);
    await updateUser(tx, user.id, { email_change_confirm_status: 1 });
    return "half";
  }
  return setEmail(tx, await consumeCode(tx, user, column), user.email_change ?? "");
}

function latest(...dates: (Date | null)[]): Date | null {
  return dates.reduce((newest, date) => (date !== null && (newest === null || date > newest) ? date : newest), null);
}
