import { randomUUID } from "node:crypto";
import type { Queryable } from "../serving/database";
import type { Call } from "../serving/http";
import type { AuthConfig, MailKind } from "./config";
import { AuthError } from "./errors";
import { actionLink, sendMail } from "./mail";
import { chooseRedirect } from "./redirects";
import { generateOtp, hashOtp } from "./signing";
import { findUser, updateUser, type UserRow } from "./users";

export type CodeColumn = "confirmation_token" | "recovery_token" | "email_change_token_new" | "email_change_token_current";

/** What a mail proves: its link's `type`, the column that holds its code, and the template. */
interface Purpose {
  type: "signup" | "invite" | "magiclink" | "recovery" | "email_change";
  column: CodeColumn;
  sentAt: "confirmation_sent_at" | "recovery_sent_at" | "email_change_sent_at" | "invited_at";
  mail: MailKind;
}

export const purposes = {
  signup: { type: "signup", column: "confirmation_token", sentAt: "confirmation_sent_at", mail: "confirmation" },
  invite: { type: "invite", column: "confirmation_token", sentAt: "invited_at", mail: "invite" },
  magiclink: { type: "magiclink", column: "recovery_token", sentAt: "recovery_sent_at", mail: "magic_link" },
  recovery: { type: "recovery", column: "recovery_token", sentAt: "recovery_sent_at", mail: "recovery" },
  emailChangeNew: { type: "email_change", column: "email_change_token_new", sentAt: "email_change_sent_at", mail: "email_change" },
  emailChangeCurrent: { type: "email_change", column: "email_change_token_current", sentAt: "email_change_sent_at", mail: "email_change" },
} as const satisfies Record<string, Purpose>;

export interface IssuedCode {
  user: UserRow;
  otp: string;
  tokenHash: string;
  link: string;
}

export interface CodeRequest {
  user: UserRow;
  /** The address that the code proves. */
  address: string;
  purpose: Purpose;
  redirectTo: string;
  /** The flow has a PKCE challenge: the link then ends in a code, not in tokens. */
  isPkce: boolean;
}

/** Makes a one-time code, stores its hash and answers with the link that carries it. */
export async function issueCode(tx: Queryable, config: AuthConfig, request: CodeRequest): Promise<IssuedCode> {
  const { purpose, address } = request;
  const otp = generateOtp(config.mailer.otpLength);
  const tokenHash = `${request.isPkce ? "pkce_" : ""}${hashOtp(address, otp)}`;
  const user = await updateUser(tx, request.user.id, { [purpose.column]: tokenHash, [purpose.sentAt]: new Date() });
  await tx.query("delete from auth.one_time_tokens where user_id = $1 and token_type = $2", [user.id, purpose.column]);
  await tx.query("insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to) values ($1, $2, $3, $4, $5)", [
    randomUUID(), user.id, purpose.column, tokenHash, address,
  ]);
  const link = actionLink(config, config.externalUrl, purpose.mail, { type: purpose.type, tokenHash, redirectTo: request.redirectTo });
  return { user, otp, tokenHash, link };
}

/** Issues a code and sends it to the address that it proves, no more often than the configuration allows. */
export async function mailCode(tx: Queryable, config: AuthConfig, request: CodeRequest): Promise<UserRow> {
  refuseTooOften(config, request.user[request.purpose.sentAt]);
  const issued = await issueCode(tx, config, request);
  const values = {
    ConfirmationURL: issued.link,
    Token: issued.otp,
    TokenHash: issued.tokenHash,
    Email: request.user.email ?? request.address,
    NewEmail: request.user.email_change ?? "",
    RedirectTo: request.redirectTo,
  };
  await sendMail(config, request.purpose.mail, request.address, values).catch(() => {
    throw new AuthError(500, "unexpected_failure", `Error sending ${request.purpose.mail.replace("_", " ")} email`);
  });
  return issued.user;
}

function refuseTooOften(config: AuthConfig, sentAt: Date | null): void {
  if (sentAt === null) return;
  const waitMs = sentAt.getTime() + config.smtp.maxFrequencyMs - Date.now();
  if (waitMs <= 0) return;
  const message = `For security purposes, you can only request this after ${String(Math.ceil(waitMs / 1000))} seconds.`;
  throw new AuthError(429, "over_email_send_rate_limit", message);
}

/** The user that a stored code belongs to, and the column it was found in. */
export async function findCode(tx: Queryable, tokenHash: string, columns: readonly CodeColumn[]): Promise<{ user: UserRow; column: CodeColumn } | undefined> {
  if (tokenHash === "") return undefined;
  const rows = await tx.query<{ user_id: string; token_type: CodeColumn }>(
    "select user_id, token_type from auth.one_time_tokens where token_hash in ($1, $2) and token_type::text = any($3) limit 1",
    [tokenHash, `pkce_${tokenHash}`, [...columns]],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const user = await findUser(tx, row.user_id);
  return user === undefined ? undefined : { user, column: row.token_type };
}

/** Forgets a used code. */
export async function consumeCode(tx: Queryable, user: UserRow, column: CodeColumn): Promise<UserRow> {
  await tx.query("delete from auth.one_time_tokens where user_id = $1 and token_type = $2", [user.id, column]);
  return updateUser(tx, user.id, { [column]: "" });
}

/** Whether a code that was sent at that time may no longer be used. */
export function isCodeExpired(config: AuthConfig, sentAt: Date | null): boolean {
  return sentAt === null || sentAt.getTime() + config.mailer.otpExpiresInS * 1000 < Date.now();
}

/** Where a flow that this call starts returns to. */
export function redirectOf(config: AuthConfig, call: Call, fromBody = ""): string {
  const header = call.headers.redirect_to;
  const requested = fromBody || call.query.get("redirect_to") || (typeof header === "string" ? header : undefined);
  return chooseRedirect({ siteUrl: config.siteUrl, patterns: config.redirectPatterns }, requested, call.headers.referer);
}
