import { audit } from "@/lib/access/audit";
import type { Actor } from "@/lib/access/actor";
import type { Db } from "@/lib/adapters/store/types";
import { openStatuses } from "@/lib/operations/machine";
import { enqueueOperation } from "@/lib/operations/queue";
import { slotKey, type BuiltInSchedule, type Slot } from "@/lib/operations/schedules";
import { newProjectId } from "./create-project";

const actor = { kind: "system", name: "Trash" } as const satisfies Actor;

/** Every ten minutes: purges the projects whose time in the trash is over. */
export const trashSchedule: BuiltInSchedule = { id: "trash", kind: "trash.purge", cron: "*/10 * * * *", timeZone: "UTC", input: null, handle: purgeDue };

async function purgeDue(tx: Db, slot: Slot): Promise<void> {
  const due = await tx.project.findMany({ where: { state: "deleted", purgeAfter: { lte: slot.now } }, select: { id: true, ref: true } });
  for (const project of due) {
    // Somebody brings it back, or purges it, at this moment.
    const open = await tx.operation.findFirst({ where: { projectId: project.id, status: { in: [...openStatuses] } }, select: { id: true } });
    if (open !== null) continue;
    const operationId = await enqueueOperation(tx, { kind: "project.purge", projectId: project.id, input: { projectId: project.id, ref: project.ref }, actor, now: slot.now, dedupeKey: `${slotKey(slot)}:${project.id}` });
    await audit(tx, { actor, now: () => slot.now, newId: newProjectId }, { action: "project.purge", project, operationId, summary: `Purge ${project.ref}: its time in the trash is over` });
  }
}
