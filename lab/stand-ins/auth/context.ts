import type { Database, Queryable } from "../serving/database";
import { asRecord, BodyTooLarge, describeError, readBody, type Call } from "../serving/http";
import { bearerOf, type JWTPayload, type Keyring } from "../serving/tokens";
import type { AuthConfig } from "./config";
import { AuthError } from "./errors";
import { findSession } from "./sessions";
import { keyringOf } from "./signing";
import { findUser, type UserRow } from "./users";

const bodyLimitBytes = 1024 * 1024;

/** What every handler works with. The configuration is swapped as a whole when the configuration folder changes. */
export class AuthContext {
  private current: { config: AuthConfig; keyring: Keyring };

  constructor(config: AuthConfig, readonly database: Database) {
    this.current = { config, keyring: keyringOf(config) };
  }

  get config(): AuthConfig {
    return this.current.config;
  }

  get keyring(): Keyring {
    return this.current.keyring;
  }

  replaceConfig(config: AuthConfig): void {
    this.current = { config, keyring: keyringOf(config) };
  }
}

/** The fields of a JSON body; an absent body has none. */
export async function readFields(call: Call): Promise<Fields> {
  const body = await readBody(call.message, bodyLimitBytes).catch((error: unknown) => {
    if (error instanceof BodyTooLarge) throw new AuthError(413, "bad_json", "Request body is too large");
    throw error;
  });
  if (body.length === 0) return new Fields({});
  try {
    return new Fields(asRecord(JSON.parse(body.toString("utf8"))));
  } catch (error) {
    throw new AuthError(400, "bad_json", `Could not parse request body as JSON: ${describeError(error)}`);
  }
}

/** Typed reading of a body's fields: a field of another type is refused by name. */
export class Fields {
  constructor(private readonly values: Record<string, unknown>) {}

  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null;
  }

  text(name: string): string {
    const value = this.values[name];
    if (value === undefined || value === null) return "";
    if (typeof value !== "string") throw wrongType(name, "a string");
    return value;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.values[name];
    if (value === undefined || value === null) return fallback;
    if (typeof value !== "boolean") throw wrongType(name, "a boolean");
    return value;
  }

  record(name: string): Record<string, unknown> {
    const value = this.values[name];
    if (value === undefined || value === null) return {};
    if (typeof value !== "object" || Array.isArray(value)) throw wrongType(name, "an object");
    return value as Record<string, unknown>;
  }

  /** The address in lower case, checked for its form; empty when absent. */
  email(name = "email"): string {
    const email = this.text(name).trim().toLowerCase();
    if (email === "") return "";
    if (email.length > 255 || !/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/.test(email)) {
      throw new AuthError(400, "validation_failed", "Unable to validate email address: invalid format");
    }
    return email;
  }

  /** The number without its plus sign; empty when absent. */
  phone(name = "phone"): string {
    const phone = this.text(name).replace(/^\+/, "").replace(/\s/g, "");
    if (phone !== "" && !/^[1-9]\d{1,14}$/.test(phone)) throw new AuthError(400, "validation_failed", "Invalid phone number format (E.164 required)");
    return phone;
  }
}

function wrongType(name: string, expected: string): AuthError {
  return new AuthError(400, "bad_json", `Could not parse request body as JSON: field ${name} must be ${expected}`);
}

export interface SignedIn {
  user: UserRow;
  sessionId: string | undefined;
  claims: JWTPayload;
}

/** The claims of the call's bearer token. */
export async function requireClaims(context: AuthContext, call: Call): Promise<JWTPayload> {
  const token = bearerOf(call.headers.authorization);
  if (token === undefined) throw new AuthError(401, "no_authorization", "This endpoint requires a valid Bearer token");
  try {
    return await context.keyring.verify(token);
  } catch (error) {
    throw new AuthError(403, "bad_jwt", `invalid JWT: unable to parse or verify signature, ${describeError(error)}`);
  }
}

/** The user of the call's bearer token, and the session it belongs to. */
export async function requireUser(context: AuthContext, tx: Queryable, call: Call): Promise<SignedIn> {
  const claims = await requireClaims(context, call);
  if (claims.sub === undefined || claims.sub === "") throw new AuthError(403, "bad_jwt", "invalid claim: missing sub claim");
  if (!isUuid(claims.sub)) throw new AuthError(400, "bad_jwt", "invalid claim: sub claim must be a UUID");
  const user = await findUser(tx, claims.sub);
  if (user === undefined) throw new AuthError(403, "user_not_found", "User from sub claim in JWT does not exist");
  const sessionId = typeof claims.session_id === "string" && isUuid(claims.session_id) ? claims.session_id : undefined;
  if (sessionId !== undefined && (await findSession(tx, sessionId)) === undefined) {
    throw new AuthError(403, "session_not_found", "Session from session_id claim in JWT does not exist");
  }
  return { user, sessionId, claims };
}

/** Refuses everybody whose token does not carry one of the administrators' roles. */
export async function requireAdmin(context: AuthContext, call: Call): Promise<void> {
  const claims = await requireClaims(context, call);
  if (typeof claims.role === "string" && context.config.jwt.adminRoles.includes(claims.role)) return;
  throw new AuthError(403, "not_admin", "User not allowed");
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

/** Refuses a password that is too short or lacks a required kind of character. */
export function checkPassword(config: AuthConfig, password: string): void {
  const { minLength, requiredCharacters } = config.password;
  if (Buffer.byteLength(password) > 72) throw new AuthError(422, "validation_failed", "Password cannot be longer than 72 characters");
  if (password.length < minLength) {
    throw new AuthError(422, "weak_password", `Password should be at least ${String(minLength)} characters.`, ["length"]);
  }
  const missing = requiredCharacters.filter((set) => set !== "" && ![...set].some((character) => password.includes(character)));
  if (missing.length === 0) return;
  throw new AuthError(422, "weak_password", `Password should contain at least one character of each: ${requiredCharacters.join(", ")}.`, ["characters"]);
}
