import type { Database, Queryable } from "../serving/database";
import { describeError, type Call } from "../serving/http";
import { bearerOf, type JWTPayload } from "../serving/tokens";
import type { StorageConfig } from "./config";
import { StorageError } from "./errors";

/** On whose behalf a statement runs: the database's own policies decide what it may see. */
export interface Caller {
  role: string;
  claims: JWTPayload;
}

/** For what the caller's key or the bucket's openness has already decided. */
export const ownRights: Caller = { role: "service_role", claims: { role: "service_role" } };

/** The caller of a request, from its bearer token. */
export async function requireCaller(config: StorageConfig, call: Call): Promise<Caller> {
  if (call.headers.authorization === undefined) {
    const message = "headers must have required property 'authorization'";
    throw new StorageError("400", "Error", message, "InvalidRequest");
  }
  const token = bearerOf(call.headers.authorization);
  if (token === undefined) throw new StorageError("403", "Unauthorized", "Invalid Compact JWS", "AccessDenied");
  try {
    const claims = await config.keyring.verify(token);
    return { role: typeof claims.role === "string" ? claims.role : "anon", claims };
  } catch (error) {
    throw new StorageError("403", "Unauthorized", describeError(error), "InvalidJWT");
  }
}

/** Runs statements under the caller's role and claims, for one transaction. */
export function asCaller<T>(database: Database, caller: Caller, call: Call, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return database.transaction(async (tx) => {
    await tx.query(
      `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true), set_config('request.jwt.claim.sub', $3, true),
         set_config('request.jwt.claim.role', $1, true), set_config('request.method', $4, true), set_config('request.path', $5, true),
         set_config('storage.allow_delete_query', 'true', true)`,
      [caller.role, JSON.stringify(caller.claims), caller.claims.sub ?? "", call.method, call.path],
    );
    return work(tx);
  });
}
