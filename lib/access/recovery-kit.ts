import { z } from "zod";
import { audit } from "./audit";
import { authorizeInstallation } from "./authorize";
import type { VerbContext } from "./verb-context";

const settingKey = "recoveryKitSavedAt";

export const recoveryKitSavedInput = z.object({});

/** Notes that the recovery kit lies somewhere safe, which ends the reminder. */
export async function markRecoveryKitSaved(ctx: VerbContext): Promise<{ savedAt: string }> {
  await authorizeInstallation(ctx, "installation.recovery-kit");
  const now = ctx.now();
  const valueJson = JSON.stringify(now.toISOString());
  await ctx.store.transaction(async (tx) => {
    await tx.installationSetting.upsert({ where: { key: settingKey }, create: { key: settingKey, valueJson, updatedAt: now }, update: { valueJson, updatedAt: now } });
    await audit(tx, ctx, { action: "recovery-kit.saved", summary: "Recovery kit marked as saved" });
  });
  return { savedAt: now.toISOString() };
}
