import type { Store } from "@/lib/adapters/store/types";
import { followEvents } from "@/lib/operations/list-events";
import type { OperationEventView } from "@/lib/projects/views";
import type { SseMessage } from "./sse";

/** An operation's events after `afterSeq`, then `end` once it has ended and all were sent. */
export async function* followOperation(store: Store, operationId: string, afterSeq: number, signal: AbortSignal): AsyncGenerator<SseMessage> {
  for await (const batch of followEvents(store, operationId, afterSeq, signal)) {
    for (const event of batch) {
      const { seq, level, stepKey, message, current, total } = event;
      const view: OperationEventView = { seq, at: event.at.toISOString(), level, stepKey, message, current, total };
      yield { id: String(seq), data: view };
    }
  }
  if (signal.aborted) return;
  const operation = await store.db.operation.findUnique({ where: { id: operationId }, select: { status: true } });
  yield { event: "end", data: { status: operation?.status ?? null } };
}
