import type { ExpiryLevel } from "./domain-views";

const dayMs = 24 * 3_600_000;
/** A certificate of fewer days that renews itself is renewed so often that days say nothing: its life is what counts. */
const shortLivedDays = 60;
const soonDays = 21;
const urgentDays = 7;

type Life = { notBeforeMs: number; notAfterMs: number; /** By the edge. An uploaded one needs a person, who needs days, whatever its life. */ isRenewed: boolean };

/** How close a certificate is to its end. The edge renews one when a third of its life is left: `soon` means that it did not work. */
export function expiryOf({ notBeforeMs, notAfterMs, isRenewed }: Life, now: Date): { level: ExpiryLevel; daysLeft: number } {
  const leftMs = notAfterMs - now.getTime();
  const lifeMs = Math.max(1, notAfterMs - notBeforeMs);
  const isShort = isRenewed && lifeMs < shortLivedDays * dayMs;
  const [soonMs, urgentMs] = isShort ? [lifeMs / 4, lifeMs / 8] : [soonDays * dayMs, urgentDays * dayMs];
  const level: ExpiryLevel = leftMs < 0 ? "expired" : leftMs < urgentMs ? "urgent" : leftMs < soonMs ? "soon" : "ok";
  return { level, daysLeft: Math.floor(leftMs / dayMs) };
}
