import { parseLastEventId } from "@/lib/operations/list-events";
import { endpoints } from "@/lib/server/api-endpoints";
import { followOperation } from "@/lib/server/follow-operation";
import { rawHandler } from "@/lib/server/handler";
import { sse } from "@/lib/server/sse";
import { streamOf } from "@/lib/server/stream-of";

export const GET = rawHandler(endpoints.followOperation, async ({ ctx, params, query, request }) => {
  const afterSeq = parseLastEventId(request.headers.get("last-event-id") ?? query.after);
  return sse({ ...streamOf(request, ctx.actor, { permission: "project.see", operationId: params.id }), follow: (signal) => followOperation(ctx.store, params.id, afterSeq, signal) });
});
