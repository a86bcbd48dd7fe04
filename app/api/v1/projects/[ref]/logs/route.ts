import { endpoints } from "@/lib/server/api-endpoints";
import { followLogs, parseLineTime } from "@/lib/server/follow-logs";
import { rawHandler } from "@/lib/server/handler";
import { sse } from "@/lib/server/sse";
import { streamOf } from "@/lib/server/stream-of";

export const GET = rawHandler(endpoints.followLogs, async ({ ctx, params, query, request }) => {
  const sinceMs = parseLineTime(request.headers.get("last-event-id")) ?? query.sinceMs;
  return sse({ ...streamOf(request, ctx.actor, { permission: "project.logs", ref: params.ref }), follow: (signal) => followLogs(ctx.worker, { ref: params.ref, service: query.service, sinceMs, tail: query.tail }, signal) });
});
