import { audit } from "@/lib/access/audit";
import type { Actor } from "@/lib/access/actor";
import type { Db } from "@/lib/adapters/store/types";
import { enqueueOperation } from "@/lib/operations/queue";
import { slotKey, type BuiltInSchedule, type Slot } from "@/lib/operations/schedules";
import { newProjectId } from "../create-project";
import { isFreeFor } from "../is-free-for";
import { readSettings } from "../settings-schema";
import { keySettingsOf, namesOf, rotatableKeys, writeKeySettings, type RotatableKey } from "./key-settings";

const actor = { kind: "system", name: "Keys" } as const satisfies Actor;

/** Every five minutes: ends the keys whose overlap is over. Their times stand in the settings, so nothing else has to be kept true. */
export const overlapSchedule: BuiltInSchedule = { id: "key-overlaps", kind: "keys.end-overlaps", cron: "*/5 * * * *", timeZone: "UTC", input: null, handle: endDue };

type ProjectRow = { id: string; ref: string; state: string; settingsJson: string };

async function endDue(tx: Db, slot: Slot): Promise<void> {
  const projects = await tx.project.findMany({ where: { settingsJson: { contains: 'OverlapEndsAt":"' }, state: { in: ["ready", "paused", "deleted"] } }, select: { id: true, ref: true, state: true, settingsJson: true } });
  for (const project of projects) {
    const settings = readSettings(project.settingsJson);
    if (settings === null) continue;
    const keys = keySettingsOf(settings);
    const due = rotatableKeys.find((kind) => isDue(keys[namesOf[kind].overlap], slot.now));
    if (due !== undefined && (await isFreeFor(tx, { projectId: project.id, kind: "keys.end-overlap", now: slot.now }))) await endOne(tx, slot, project, due);
  }
}

const isDue = (endsAt: string | null, now: Date) => endsAt !== null && Date.parse(endsAt) <= now.getTime();

/** One key a time, because a project takes one operation at a time; the other follows with the next slot. */
async function endOne(tx: Db, slot: Slot, project: ProjectRow, kind: RotatableKey): Promise<void> {
  const write = (operationId?: string) => audit(tx, { actor, now: () => slot.now, newId: newProjectId }, { action: "keys.end-overlap", project, operationId, summary: `End the old ${kind} key of ${project.ref}: its overlap is over`, detail: { kind } });
  if (project.state === "ready") {
    const before = keySettingsOf(readSettings(project.settingsJson) ?? {});
    return write(await enqueueOperation(tx, { kind: "keys.end-overlap", projectId: project.id, input: { projectId: project.id, before, kind }, actor, now: slot.now, dedupeKey: `${slotKey(slot)}:${project.id}` }));
  }
  // Nothing of it runs: it comes back without the old key.
  await tx.secretValue.deleteMany({ where: { projectId: project.id, name: namesOf[kind].previous } });
  await writeKeySettings(tx, project.id, (settings) => ({ ...settings, [namesOf[kind].overlap]: null }));
  await write();
}
