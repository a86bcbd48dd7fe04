import { createHmac } from "node:crypto";
import { ConflictError, InvalidError } from "@/lib/access/errors";
import type { Store } from "@/lib/adapters/store/types";
import type { Endpoint } from "./api/endpoint";
import type { Identity } from "./identity";
import { webSecret } from "./web-secret";

/** How long a key is remembered. */
const keptMs = 24 * 3_600_000;
/** Status of a row whose request has not been answered yet. */
const unanswered = 0;

type Answer = { status: number; body: unknown };
type Asked = {
  endpoint: Pick<Endpoint, "name" | "repetition">;
  identity: Identity | null;
  store: Store;
  now: Date;
  newId: () => string;
  request: Request;
  bodyText: string;
};

/**
 * Runs the request, or, for a POST whose `Idempotency-Key` was seen before, gives the answer it got then. A request that failed is
 * forgotten, since it changed nothing; one that is still running, or never ended, is refused.
 */
export async function answerOnce(asked: Asked, run: () => Promise<Answer>): Promise<Response> {
  const key = asked.request.headers.get("idempotency-key");
  if (key === null || asked.request.method !== "POST" || asked.identity === null || asked.endpoint.repetition === "none") return toResponse(await run());
  if (!/^[!-~]{1,200}$/.test(key)) throw new InvalidError({ "Idempotency-Key": "Use 1 to 200 visible ASCII characters." });
  const { actor } = asked.identity;
  const actorId = actor.kind === "token" ? actor.tokenId : actor.kind === "user" ? actor.userId : actor.kind;
  const requestHash = hashRequest(asked);
  const earlier = await reserve(asked, { actorId, key, requestHash });
  if (earlier !== null) return toResponse(earlier, { "idempotent-replayed": "true" });
  const where = { actorId_key: { actorId, key } };
  try {
    const answer = await run();
    const body = asked.endpoint.repetition === "refuse" ? null : answer.body;
    await asked.store.db.idempotencyKey.update({ where, data: { status: answer.status, bodyJson: JSON.stringify(body) } });
    return toResponse(answer);
  } catch (error) {
    await asked.store.db.idempotencyKey.deleteMany({ where: { actorId, key, status: unanswered } });
    throw error;
  }
}

/** The body may hold a password: a keyed hash tells bodies apart without being a place to guess it from. */
function hashRequest({ endpoint, request, bodyText }: Asked): string {
  return createHmac("sha256", webSecret()).update(JSON.stringify([endpoint.name, new URL(request.url).pathname, bodyText])).digest("hex");
}

async function reserve({ store, now, newId, endpoint }: Asked, wish: { actorId: string; key: string; requestHash: string }): Promise<Answer | null> {
  return store.transaction(async (tx) => {
    await tx.idempotencyKey.deleteMany({ where: { createdAt: { lt: new Date(now.getTime() - keptMs) } } });
    const row = await tx.idempotencyKey.findUnique({ where: { actorId_key: { actorId: wish.actorId, key: wish.key } } });
    if (row === null) {
      await tx.idempotencyKey.create({ data: { id: newId(), ...wish, status: unanswered, bodyJson: "null", createdAt: now } });
      return null;
    }
    if (row.requestHash !== wish.requestHash) throw new InvalidError({ "Idempotency-Key": "This key was used for another request. Use a new one." });
    if (row.status === unanswered) throw new ConflictError("idempotency-running", "The first request with this key has not been answered. If it never is, look whether it took effect and use a new key.");
    if (endpoint.repetition === "refuse") throw new ConflictError("idempotency-secret", "This was done already. Its answer held a secret, which is kept nowhere: revoke what was made and make a new one.");
    return { status: row.status, body: JSON.parse(row.bodyJson) };
  });
}

function toResponse({ status, body }: Answer, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
}
