import type { Actor } from "@/lib/access/actor";
import { audit } from "@/lib/access/audit";
import type { Db } from "@/lib/adapters/store/types";
import { enqueueOperation } from "@/lib/operations/queue";
import { slotKey, type BuiltInSchedule, type Slot } from "@/lib/operations/schedules";
import { gatewayNames } from "@/lib/stack/gateways";
import { newProjectId } from "../create-project";
import { isFreeFor } from "../is-free-for";
import { forgetBeside } from "../workflows/switch-workflows";
import { gatewaysOf } from "./gateway-choice";

const actor = { kind: "system", name: "Gateways" } as const satisfies Actor;

/** Every five minutes: ends the gateways that were kept after a switch and whose time is over. */
export const besideSchedule: BuiltInSchedule = { id: "kept-gateways", kind: "gateway.end-kept", cron: "*/5 * * * *", timeZone: "UTC", input: null, handle: endDue };

async function endDue(tx: Db, slot: Slot): Promise<void> {
  const projects = await tx.project.findMany({
    where: { gatewayBesideJson: { contains: '"kept"' }, state: { in: ["ready", "paused", "deleted"] } },
    select: { id: true, ref: true, state: true, release: true, gatewayKind: true, gatewayBesideJson: true },
  });
  for (const project of projects) {
    const { beside } = gatewaysOf(project);
    if (beside?.until === undefined || beside.until === null || Date.parse(beside.until) > slot.now.getTime() || !(await isFreeFor(tx, { projectId: project.id, kind: "gateway.end-beside", now: slot.now }))) continue;
    const write = (operationId?: string) => audit(tx, { actor, now: () => slot.now, newId: newProjectId }, { action: "gateway.end-beside", project, operationId, summary: `End the gateway ${gatewayNames[beside.kind]} of ${project.ref}: it was kept long enough` });
    if (project.state === "ready") await write(await enqueueOperation(tx, { kind: "gateway.end-beside", projectId: project.id, input: { projectId: project.id }, actor, now: slot.now, dedupeKey: `${slotKey(slot)}:${project.id}` }));
    else {
      // Nothing of it runs: it comes back without it.
      await forgetBeside(tx, project.id);
      await write();
    }
  }
}
