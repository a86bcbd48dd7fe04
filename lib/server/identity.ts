import type { Actor } from "@/lib/access/actor";
import { UnauthenticatedError } from "@/lib/access/errors";
import { loadClaimActor, type Claim } from "@/lib/access/load-actor";
import { clientAddress } from "./client-address";
import { readSessionId } from "./session-cookie";
import { webStore } from "./store";

/** Who sent a request, and what was shown to prove it. The claim goes on to the worker, which judges it by itself. */
export type Identity = { actor: Actor; claim: Claim };

/**
 * Who sent the request; null for nobody. A request with an Authorization header never rides on a cookie.
 * @throws UnauthenticatedError when a token is shown that opens nothing.
 */
export async function identify(headers: Pick<Headers, "get">): Promise<Identity | null> {
  const claim = await readClaim(headers);
  if (claim === null) return null;
  const store = await webStore();
  const actor = await loadClaimActor(store.db, claim, { now: new Date(), ip: clientAddress(headers) });
  if (actor !== null) return { actor, claim };
  if (claim.kind === "token") throw new UnauthenticatedError("This token is not valid, has expired or was revoked.");
  return null;
}

async function readClaim(headers: Pick<Headers, "get">): Promise<Claim | null> {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const [, token] = /^bearer +([!-~]+)$/i.exec(authorization.trim()) ?? [];
    if (token === undefined) throw new UnauthenticatedError("Use `Authorization: Bearer bh_…`.");
    return { kind: "token", token };
  }
  const sid = await readSessionId(headers);
  return sid === null ? null : { kind: "session", sid };
}
