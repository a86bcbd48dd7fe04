import { authorizeInstallation } from "@/lib/access/authorize";
import type { VerbContext } from "@/lib/access/verb-context";
import { operationTitle } from "../operation-titles";
import { parseFailure } from "@/lib/operations/rows";
import { panelOrigin } from "@/lib/gateway/edge-panel";
import { edgeChangeSchema, readEdgeSetting, type EdgeChange } from "./edge-setting";
import { isServed } from "./served-domains";
import { edgeKinds } from "./turn-edge";

export type EdgeView = {
  isOn: boolean;
  /** The operation that turns it on or off, or changes it, at this moment. */
  openOperationId: string | null;
  /** How many projects it stands in front of. */
  projectsBehind: number;
  /** Projects that have not followed the setting; `reason`: why the move failed, null while it is to come. */
  waiting: { ref: string; displayName: string; reason: string | null }[];
  /** How many it serves. */
  domains: number;
  /** Why the newest change of the edge was taken back or failed; null when it did not, or a newer one is on its way. */
  failure: { operationId: string; title: string; sentence: string; evidence: string[] } | null;
  settings: EdgeChange;
  /** Where the panel is reached through it; null: by its own address alone. */
  panelUrl: string | null;
};

/** The edge of the installation, as it is stored. */
export async function getEdge(ctx: VerbContext): Promise<EdgeView> {
  await authorizeInstallation(ctx, "installation.settings");
  const { db } = ctx.store;
  const setting = await readEdgeSetting(db);
  const { isOn, changedAt, panelHost } = setting;
  const inner = { purpose: "gateway-inner" };
  const kept = { wish: { not: "delete" } };
  const [newest, projectsBehind, rows, domains] = await Promise.all([
    db.operation.findFirst({ where: { kind: { in: edgeKinds } }, orderBy: [{ createdAt: "desc" }, { id: "desc" }], select: { id: true, kind: true, finishedAt: true, errorJson: true } }),
    db.project.count({ where: { ...kept, ports: { some: inner } } }),
    db.project.findMany({ where: { ...kept, ports: isOn ? { none: inner } : { some: inner } }, select: { id: true, ref: true, displayName: true }, orderBy: { ref: "asc" } }),
    db.domain.count({ where: isServed }),
  ]);
  const moves = await db.operation.findMany({
    where: { projectId: { in: rows.map(({ id }) => id) }, kind: isOn ? "edge.join" : "edge.leave", createdAt: { gte: new Date(changedAt ?? 0) }, finishedAt: { not: null } },
    select: { projectId: true, errorJson: true }, orderBy: { createdAt: "desc" },
  });
  const reasonOf = (id: string) => parseFailure(moves.find(({ projectId }) => projectId === id)?.errorJson ?? null)?.sentence ?? null;
  const failure = newest === null || newest.finishedAt === null ? null : parseFailure(newest.errorJson);
  return {
    isOn, openOperationId: newest !== null && newest.finishedAt === null ? newest.id : null,
    failure: newest === null || failure === null ? null : { operationId: newest.id, title: operationTitle(newest.kind), sentence: failure.sentence, evidence: failure.evidence },
    projectsBehind, waiting: rows.map(({ id, ref, displayName }) => ({ ref, displayName, reason: reasonOf(id) })), domains,
    settings: edgeChangeSchema.parse(setting), panelUrl: isOn && panelHost !== null ? panelOrigin(panelHost, setting.httpsPort) : null,
  };
}
