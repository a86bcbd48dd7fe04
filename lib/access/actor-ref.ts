import type { ActorRef } from "@/lib/operations/types";
import type { Actor } from "./actor";

/** Who asked, as an operation keeps it: enough to load the person again, none of the rights. */
export function toActorRef(actor: Actor): ActorRef {
  switch (actor.kind) {
    case "user":
      return { kind: "user", userId: actor.userId, sessionId: actor.sessionId, name: actor.name, ip: actor.ip };
    case "token":
      return { kind: "token", userId: actor.userId, tokenId: actor.tokenId, name: actor.name, ip: actor.ip };
    case "setup":
    case "cli":
    case "system":
      return { kind: actor.kind, name: actor.name };
  }
}
