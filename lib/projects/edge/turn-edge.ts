import { authorizeInstallation } from "@/lib/access/authorize";
import { toActorRef } from "@/lib/access/actor-ref";
import { audit } from "@/lib/access/audit";
import { ConflictError } from "@/lib/access/errors";
import type { VerbContext } from "@/lib/access/verb-context";
import { openStatuses } from "@/lib/operations/machine";
import { enqueueOperation } from "@/lib/operations/queue";
import type { OperationKind } from "@/lib/operations/types";
import type { Db } from "@/lib/adapters/store/types";
import { readEdgeSetting } from "./edge-setting";
import { requireNothingServed } from "./served-domains";

/** Work on the edge itself, of which one is done at a time. */
export const edgeKinds: OperationKind[] = ["edge.turn-on", "edge.turn-off", "edge.edit"];

/** Puts one edge in front of all projects; each keeps its address. */
export async function turnEdgeOn(ctx: VerbContext): Promise<{ operationId: string }> {
  await authorizeInstallation(ctx, "installation.settings");
  return ctx.store.transaction(async (tx) => {
    if ((await readEdgeSetting(tx)).isOn) throw new ConflictError("wrong-state", "The edge is on already.");
    return ask(tx, ctx, "edge.turn-on", "Turn the edge on");
  });
}

/** Takes the edge away again: each project's gateway gets the project's address back. */
export async function turnEdgeOff(ctx: VerbContext): Promise<{ operationId: string }> {
  await authorizeInstallation(ctx, "installation.settings");
  return ctx.store.transaction(async (tx) => {
    const { isOn, panelHost } = await readEdgeSetting(tx);
    if (!isOn) throw new ConflictError("wrong-state", "The edge is off already.");
    if (panelHost !== null) throw new ConflictError("panel-host-left", `The edge serves the panel itself under ${panelHost.hostname}. Take that name away first.`);
    await requireNothingServed(tx, (hostname, ref) => `${hostname} of ${ref} is served by the edge. Remove the domains of all projects first.`);
    return ask(tx, ctx, "edge.turn-off", "Turn the edge off");
  });
}

/** @throws ConflictError `operation-running` while the edge is turned on or off, or changed */
export async function requireIdleEdge(tx: Db): Promise<void> {
  const open = await tx.operation.findFirst({ where: { kind: { in: edgeKinds }, status: { in: [...openStatuses] } }, select: { id: true } });
  if (open !== null) throw new ConflictError("operation-running", "The edge is being changed already. Wait for that or cancel it first.", { operationId: open.id });
}

async function ask(tx: Db, ctx: VerbContext, kind: "edge.turn-on" | "edge.turn-off", summary: string): Promise<{ operationId: string }> {
  await requireIdleEdge(tx);
  const operationId = await enqueueOperation(tx, { kind, projectId: null, input: {}, actor: toActorRef(ctx.actor), now: ctx.now(), dedupeKey: "edge" });
  await audit(tx, ctx, { action: kind, operationId, summary });
  return { operationId };
}
