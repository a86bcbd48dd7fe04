import { authorizeInstallation } from "@/lib/access/authorize";
import type { AccessContext } from "@/lib/access/verb-context";
import { parseFailure } from "@/lib/operations/rows";
import { openStatuses } from "@/lib/operations/machine";
import { readEdgeSetting } from "./edge-setting";

export type EdgeView = {
  isOn: boolean;
  /** The operation that turns it on or off at this moment. */
  openOperationId: string | null;
  /** How many projects it stands in front of. */
  projectsBehind: number;
  /** Projects that have not followed the setting; `reason`: why the move failed, null while it is to come. */
  waiting: { ref: string; displayName: string; reason: string | null }[];
  domains: number;
};

/** The edge of the installation, as it is stored. */
export async function getEdge(ctx: AccessContext): Promise<EdgeView> {
  await authorizeInstallation(ctx, "installation.settings");
  const { db } = ctx.store;
  const { isOn, changedAt } = await readEdgeSetting(db);
  const inner = { purpose: "gateway-inner" };
  const kept = { wish: { not: "delete" } };
  const [open, projectsBehind, rows, domains] = await Promise.all([
    db.operation.findFirst({ where: { kind: { in: ["edge.turn-on", "edge.turn-off"] }, status: { in: [...openStatuses] } }, select: { id: true } }),
    db.project.count({ where: { ...kept, ports: { some: inner } } }),
    db.project.findMany({ where: { ...kept, ports: isOn ? { none: inner } : { some: inner } }, select: { id: true, ref: true, displayName: true }, orderBy: { ref: "asc" } }),
    db.domain.count(),
  ]);
  const moves = await db.operation.findMany({
    where: { projectId: { in: rows.map(({ id }) => id) }, kind: isOn ? "edge.join" : "edge.leave", createdAt: { gte: new Date(changedAt ?? 0) }, finishedAt: { not: null } },
    select: { projectId: true, errorJson: true }, orderBy: { createdAt: "desc" },
  });
  const reasonOf = (id: string) => parseFailure(moves.find(({ projectId }) => projectId === id)?.errorJson ?? null)?.sentence ?? null;
  return { isOn, openOperationId: open?.id ?? null, projectsBehind, waiting: rows.map(({ id, ref, displayName }) => ({ ref, displayName, reason: reasonOf(id) })), domains };
}
