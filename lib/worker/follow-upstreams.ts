import { z } from "zod";
import { enqueueOperation } from "@/lib/operations/queue";
import { openStatuses } from "@/lib/operations/machine";
import type { WorkflowTools } from "@/lib/projects/workflows/tools";
import type { Log } from "./log";
import { pause } from "./pause";

const intervalMs = 60_000;
const addresses = z.record(z.string(), z.array(z.string()));

type Options = { tools: Pick<WorkflowTools, "store" | "resolveHost" | "now">; log: Pick<Log, "debug"> };

/**
 * Looks up once a minute where external upstreams are now. A gateway connects to pinned addresses (decision 10), so somebody has to
 * follow a host that moves. Ends when `signal` aborts.
 */
export async function followUpstreams(options: Options, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(intervalMs, signal);
    await lookOnce(options, signal).catch((error: unknown) => {
      if (!signal.aborted) options.log.debug({ err: error }, "external upstreams could not be looked up; it is tried again in a minute");
    });
  }
}

/** One look at every ready project. A host whose name has no address at this moment keeps the ones that it had. */
export async function lookOnce({ tools, log }: Options, signal: AbortSignal): Promise<void> {
  const revisions = await tools.store.db.gatewayRevision.findMany({ where: { state: "in-force", addressesJson: { not: "{}" }, project: { state: "ready" } }, select: { projectId: true, number: true, addressesJson: true } });
  for (const { projectId, number, addressesJson } of revisions) {
    const moved = await findMoved(tools, addresses.parse(JSON.parse(addressesJson)), signal);
    if (moved.length === 0) continue;
    log.debug({ projectId, moved }, "external upstreams have moved");
    await tools.store.transaction(async (tx) => {
      if ((await tx.operation.count({ where: { projectId, status: { in: [...openStatuses] } } })) > 0) return;
      await enqueueOperation(tx, { kind: "gateway.refresh-upstreams", projectId, input: { projectId, number }, actor: { kind: "system", name: "External upstreams" }, now: tools.now() });
    });
  }
}

async function findMoved(tools: Options["tools"], known: Record<string, string[]>, signal: AbortSignal): Promise<string[]> {
  const moved: string[] = [];
  for (const [host, before] of Object.entries(known)) {
    const found = [...(await tools.resolveHost(host, signal))].sort();
    // Many hosts rotate through a large set; as long as an address that is known is still among them, nothing has to change.
    if (found.length > 0 && !found.some((address) => before.includes(address))) moved.push(host);
  }
  return moved;
}
