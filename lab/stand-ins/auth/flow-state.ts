import { randomUUID } from "node:crypto";
import type { Queryable } from "../serving/database";
import type { Fields } from "./context";
import { AuthError } from "./errors";
import { verifierFits } from "./signing";

export interface FlowRow {
  id: string;
  user_id: string | null;
  auth_code: string;
  code_challenge: string;
  code_challenge_method: string;
  authentication_method: string;
  created_at: Date;
  auth_code_issued_at: Date | null;
}

export interface Challenge {
  value: string;
  method: "s256" | "plain";
}

const lifetimeMs = 5 * 60_000;

/** The PKCE challenge of a call: both fields, or neither. */
export function readChallenge(value: string, method: string): Challenge | undefined {
  if (value === "" && method === "") return undefined;
  if (value === "" || method === "") {
    throw new AuthError(400, "validation_failed", "PKCE flow requires code_challenge_method and code_challenge");
  }
  const lower = method.toLowerCase();
  if (lower !== "s256" && lower !== "plain") throw new AuthError(400, "validation_failed", `unsupported code_challenge method "${method}"`);
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(value)) {
    throw new AuthError(400, "validation_failed", "code challenge has to be between 43 and 128 characters of A-Z, a-z, 0-9, -, ., _ and ~");
  }
  return { value, method: lower };
}

export function challengeOf(fields: Fields): Challenge | undefined {
  return readChallenge(fields.text("code_challenge"), fields.text("code_challenge_method"));
}

/** Remembers a challenge until its code is swapped for tokens. */
export async function saveFlow(tx: Queryable, challenge: Challenge, flow: { userId: string; authenticationMethod: string }): Promise<void> {
  await tx.query(
    `insert into auth.flow_state (id, user_id, auth_code, code_challenge_method, code_challenge, provider_type, authentication_method, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 'email', $6, now(), now())`,
    [randomUUID(), flow.userId, randomUUID(), challenge.method, challenge.value, flow.authenticationMethod],
  );
}

/** Marks a user's latest flow as proven and answers with its code. */
export async function issueAuthCode(tx: Queryable, userId: string, authenticationMethod: string): Promise<string> {
  const rows = await tx.query<FlowRow>(
    "select * from auth.flow_state where user_id = $1 and authentication_method = $2 order by created_at desc limit 1",
    [userId, authenticationMethod],
  );
  const flow = rows[0];
  if (flow === undefined) throw new AuthError(422, "flow_state_not_found", "No valid flow state found for user.");
  await tx.query("update auth.flow_state set auth_code_issued_at = now(), updated_at = now() where id = $1", [flow.id]);
  return flow.auth_code;
}

/** The flow that a code and its verifier prove; it is over after this. */
export async function redeemFlow(tx: Queryable, code: string, verifier: string): Promise<FlowRow & { user_id: string }> {
  const rows = await tx.query<FlowRow>("select * from auth.flow_state where auth_code = $1", [code]);
  const flow = rows[0];
  if (flow === undefined || flow.user_id === null || flow.auth_code_issued_at === null) {
    throw new AuthError(404, "flow_state_not_found", "invalid flow state, no valid flow state found");
  }
  if (flow.auth_code_issued_at.getTime() + lifetimeMs < Date.now()) {
    throw new AuthError(422, "flow_state_expired", "invalid flow state, flow state has expired");
  }
  if (!verifierFits(verifier, flow.code_challenge, flow.code_challenge_method)) {
    throw new AuthError(400, "bad_code_verifier", "code challenge does not match previously saved code verifier");
  }
  await tx.query("delete from auth.flow_state where id = $1", [flow.id]);
  return { ...flow, user_id: flow.user_id };
}
