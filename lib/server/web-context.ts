import { customAlphabet } from "nanoid";
import type { Actor } from "@/lib/access/actor";
import type { Claim } from "@/lib/access/load-actor";
import type { AccessContext } from "@/lib/access/verb-context";
import { openPasswordHash } from "@/lib/adapters/vault/password-hash";
import { sealForPublishedKey } from "@/lib/adapters/vault/sealing";
import type { Identity } from "./identity";
import { webConfig } from "./web-config";
import { webStore } from "./store";
import { workerClient, type WorkerClient } from "./worker-client";

/** What pages, actions and handlers hand to verbs. `worker` asks the worker in the name of the one who asks web. */
export type WebContext = AccessContext & { worker: WorkerClient };

const newId = customAlphabet("abcdefghijklmnopqrstuvwxyz0123456789", 20);
const passwords = openPasswordHash();

/** Context for somebody who proved who they are. */
export async function contextFor(identity: Identity): Promise<WebContext> {
  return makeContext(identity.actor, identity.claim);
}

/**
 * Context for the doors that open to nobody in particular: set-up, invitation, password reset, sign-in. The actor may do
 * nothing by itself; those verbs check the secret they are shown instead.
 */
export async function publicContext(ip: string | null): Promise<WebContext> {
  return makeContext({ kind: "user", userId: "", sessionId: "", name: "Nobody", email: "", installationRole: "none", projectRoles: {}, passwordProvedAt: new Date(0), ip }, null);
}

async function makeContext(actor: Actor, claim: Claim | null): Promise<WebContext> {
  const store = await webStore();
  return {
    store,
    actor,
    now: () => new Date(),
    newId,
    seal: (text) => sealForPublishedKey(store.db, text),
    passwords,
    worker: workerClient(claim, { socketPath: webConfig().workerSocketPath, ip: "ip" in actor ? actor.ip : null }),
  };
}
