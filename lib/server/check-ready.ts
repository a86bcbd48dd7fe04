import { heartbeatLateMs } from "@/lib/projects/get-installation";
import type { WebContext } from "./web-context";

/** Whether web can do its work: the store answers and the worker is alive. It says nothing that a stranger could use. */
export async function checkReady(ctx: Pick<WebContext, "store" | "now">): Promise<Response> {
  const problem = await findProblem(ctx).catch(() => "The store does not answer.");
  const body = { status: problem === null ? "ok" : "unavailable", problem };
  return Response.json(body, { status: problem === null ? 200 : 503, headers: { "cache-control": "no-store" } });
}

async function findProblem(ctx: Pick<WebContext, "store" | "now">): Promise<string | null> {
  const worker = await ctx.store.db.workerHeartbeat.findFirst({ orderBy: { heartbeatAt: "desc" }, select: { heartbeatAt: true } });
  if (worker === null) return "The worker has not started yet.";
  return ctx.now().getTime() - worker.heartbeatAt.getTime() > heartbeatLateMs ? "The worker is late." : null;
}
