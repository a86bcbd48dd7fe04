import type { ActorRef } from "@/lib/operations/types";
import type { Db, Store } from "@/lib/adapters/store/types";
import { openStatuses } from "@/lib/operations/machine";
import { enqueueOperation } from "@/lib/operations/queue";
import { readEdgeSetting, type EdgeSetting } from "./edge-setting";

const systemActor: ActorRef = { kind: "system", name: "Edge" };
const movable = ["ready", "paused"];

/**
 * Asks for the projects that have not followed the edge's setting yet to be moved, each with an operation of its own. A project with other
 * work waits for the next call; one whose move failed is left as it is until the setting is changed anew.
 */
export async function enlistProjects(store: Store, now: () => Date): Promise<number> {
  const setting = await readEdgeSetting(store.db);
  if (setting.changedAt === null) return 0;
  const has = { some: { purpose: "gateway-inner" } };
  const rows = await store.db.project.findMany({ where: { state: { in: movable }, ports: setting.isOn ? { none: { purpose: "gateway-inner" } } : has }, select: { id: true } });
  let enlisted = 0;
  for (const { id } of rows) if (await store.transaction((tx) => enlist(tx, id, setting, now()))) enlisted++;
  return enlisted;
}

async function enlist(tx: Db, projectId: string, { isOn, changedAt }: EdgeSetting, now: Date): Promise<boolean> {
  const kind = isOn ? "edge.join" : "edge.leave";
  const busy = await tx.operation.count({ where: { projectId, OR: [{ status: { in: [...openStatuses] } }, { kind, createdAt: { gte: new Date(changedAt ?? 0) } }] } });
  if (busy > 0) return false;
  const inner = await tx.portAllocation.findUnique({ where: { projectId_purpose: { projectId, purpose: "gateway-inner" } } });
  if ((inner === null) !== isOn) return false;
  await enqueueOperation(tx, { kind, projectId, input: isOn ? { projectId } : { projectId, innerPort: inner?.port }, actor: systemActor, now });
  return true;
}
