import type { Actor } from "@/lib/access/actor";
import { UnauthenticatedError } from "@/lib/access/errors";
import { loadClaimActor, type Claim } from "@/lib/access/load-actor";
import { clientAddress } from "./client-address";
import { readSessionId } from "./session-cookie";
import { webStore } from "./store";

/** Who sent a request, and what was shown to prove it. The claim goes on to the worker, which judges it by itself. */
export type Identity = { actor: Actor; claim: Claim };

/**
 * Who sent the request; null for nobody. A request with a bearer token never rides on a cookie.
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
  const bearer = readBearer(headers);
  if (bearer !== null) {
    if (!/^[!-~]{20,200}$/.test(bearer)) throw new UnauthenticatedError("Use `Authorization: Bearer bh_…`.");
    return { kind: "token", token: bearer };
  }
  const sid = await readSessionId(headers);
  return sid === null ? null : { kind: "session", sid };
}

/** What stands behind `Bearer` in the Authorization header. Other schemes are none of ours: a proxy in front may use them. */
export function readBearer(headers: Pick<Headers, "get">): string | null {
  const found = /^bearer(?:\s+(.*))?$/i.exec(headers.get("authorization")?.trim() ?? "");
  return found === null ? null : (found[1] ?? "");
}
