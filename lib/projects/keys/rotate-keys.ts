import type { z } from "zod";
import { authorize } from "@/lib/access/authorize";
import { ConflictError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { Db } from "@/lib/adapters/store/types";
import type { OperationKind } from "@/lib/operations/types";
import { requireConfirmedName } from "../confirm-name";
import { parseSettings } from "../settings-schema";
import { requireState, startOperation } from "../start-operation";
import { endOverlapInput, legacyKeysInput, rotateJwtInput, rotateKeyInput } from "./inputs";
import { countUses } from "./key-uses";
import { keySettingsOf, namesOf } from "./key-settings";

type Started = { operationId: string };
type Wish = { kind: OperationKind; summary: string; detail: Record<string, unknown>; input: Record<string, unknown> };

/** Writes the wish, with the keys as they are now to go back to, once `check` has no objection. */
async function start(ctx: VerbContext, ref: string, wish: Wish, check: (tx: Db, project: { id: string; settingsJson: string }) => Promise<void> | void): Promise<Started> {
  const project = await authorize(ctx, "secret.rotate", ref);
  return ctx.store.transaction(async (tx) => {
    await requireState(tx, project, ["ready"], "given other keys");
    const row = await tx.project.findUniqueOrThrow({ where: { id: project.id }, select: { id: true, settingsJson: true } });
    await check(tx, row);
    const before = keySettingsOf(parseSettings(row.settingsJson));
    return startOperation(tx, ctx, { kind: wish.kind, project, input: { projectId: project.id, before, ...wish.input }, summary: wish.summary, detail: wish.detail });
  });
}

/**
 * Makes a new publishable or secret key. The old one stays valid for the overlap and is then ended by the panel.
 * @throws ConflictError `overlap-open` while the key before the present one is still valid.
 */
export async function rotateKey(ctx: VerbContext, input: z.input<typeof rotateKeyInput>): Promise<Started> {
  const { ref, kind, overlapHours } = parseInput(rotateKeyInput, input);
  const until = overlapHours === 0 ? "the old one ends at once" : `the old one stays valid for ${overlapHours} h`;
  const wish: Wish = { kind: "keys.rotate", summary: `Rotate the ${kind} key of ${ref}; ${until}`, detail: { kind, overlapHours }, input: { kind, overlapHours } };
  return start(ctx, ref, wish, async (tx, project) => {
    if (!(await hasPrevious(tx, project.id, kind))) return;
    throw new ConflictError("overlap-open", `The ${kind} key before this one is still valid. End it first: two keys are kept at most.`);
  });
}

/** Ends the key that was replaced, before its time. */
export async function endKeyOverlap(ctx: VerbContext, input: z.input<typeof endOverlapInput>): Promise<Started> {
  const { ref, kind } = parseInput(endOverlapInput, input);
  const wish: Wish = { kind: "keys.end-overlap", summary: `End the old ${kind} key of ${ref}`, detail: { kind }, input: { kind } };
  return start(ctx, ref, wish, async (tx, project) => {
    if (await hasPrevious(tx, project.id, kind)) return;
    throw new ConflictError("no-overlap", `There is no old ${kind} key that is still valid.`);
  });
}

async function hasPrevious(tx: Db, projectId: string, kind: keyof typeof namesOf): Promise<boolean> {
  return (await tx.secretValue.count({ where: { projectId, name: namesOf[kind].previous } })) > 0;
}

const week = 7 * 24;

/**
 * Switches both legacy keys off, or on again.
 * @throws ConflictError `in-use`, once, when a legacy key was used within the last week.
 */
export async function switchLegacyKeys(ctx: VerbContext, input: z.input<typeof legacyKeysInput>): Promise<Started> {
  const { ref, isOff, acknowledgesUse } = parseInput(legacyKeysInput, input);
  const wish: Wish = { kind: "keys.legacy", summary: `Switch the legacy keys of ${ref} ${isOff ? "off" : "on"}`, detail: { isOff, acknowledgesUse }, input: { isOff } };
  return start(ctx, ref, wish, async (tx, project) => {
    const { legacy } = keySettingsOf(parseSettings(project.settingsJson));
    if (legacy === (isOff ? "off" : "on")) throw new ConflictError("same-state", `The legacy keys of ${ref} are ${legacy} already.`);
    if (!isOff || acknowledgesUse) return;
    const used = await countUses(tx, project.id, ctx.now(), week);
    if (used > 0) throw new ConflictError("in-use", `Legacy keys were used ${used === 1 ? "once" : `${used} times`} within the last 7 days. Whoever still sends one is refused from then on. Confirm it, or move them first.`);
  });
}

/** Replaces the JWT secret and with it the legacy keys, and on request the signing pair. Once done it cannot be taken back. */
export async function rotateJwtSecret(ctx: VerbContext, input: z.input<typeof rotateJwtInput>): Promise<Started> {
  const { ref, confirmName, withSigningPair } = parseInput(rotateJwtInput, input);
  const project = await authorize(ctx, "secret.rotate", ref);
  requireConfirmedName(project, confirmName);
  const what = withSigningPair ? "the JWT secret and the signing pair" : "the JWT secret";
  return start(ctx, ref, { kind: "keys.rotate-jwt", summary: `Rotate ${what} of ${ref}`, detail: { withSigningPair }, input: { withSigningPair } }, () => undefined);
}
