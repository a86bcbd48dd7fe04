import type { Actor } from "@/lib/access/actor";
import { UnauthenticatedError } from "@/lib/access/errors";
import type { Permission } from "@/lib/access/permissions";
import { identify } from "./identity";
import { requireAccess } from "./require-access";
import { contextFor } from "./web-context";

type Needs = { permission: Permission; ref?: string; operationId?: string };

/** Whose stream this is, and how to ask again, from the very claim that opened it, whether they may still listen. */
export function streamOf(request: Request, actor: Actor, needs?: Needs): { request: Request; owner: string; recheck: () => Promise<void> } {
  const owner = actor.kind === "token" ? `token:${actor.tokenId}` : actor.kind === "user" ? `user:${actor.userId}` : actor.kind;
  const recheck = async () => {
    const identity = await identifyAgain(request);
    if (needs !== undefined) await requireAccess(await contextFor(identity), needs.permission, { ...needs, isReading: true });
  };
  return { request, owner, recheck };
}

/** The actor behind the request as they are now. @throws UnauthenticatedError when the claim opens nothing any more. */
export async function currentActorOf(request: Request): Promise<Actor> {
  return (await identifyAgain(request)).actor;
}

async function identifyAgain(request: Request) {
  const identity = await identify(request.headers);
  if (identity === null) throw new UnauthenticatedError();
  return identity;
}
