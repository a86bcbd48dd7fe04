import { endpoints } from "@/lib/server/api-endpoints";
import { followChanges } from "@/lib/server/follow-changes";
import { rawHandler } from "@/lib/server/handler";
import { sse } from "@/lib/server/sse";
import { currentActorOf, streamOf } from "@/lib/server/stream-of";

export const GET = rawHandler(endpoints.followChanges, async ({ ctx, request }) =>
  sse({ ...streamOf(request, ctx.actor), follow: (signal) => followChanges(ctx.store, () => currentActorOf(request), request.headers.get("last-event-id"), signal) }),
);
