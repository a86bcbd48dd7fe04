import type { OperationEventView } from "@/lib/projects/views";
import { formatBytes } from "@/components/ui/format-units";

export type Progress = { fraction: number; text: string };

/** How far a step is, from its newest event that counts; null when it does not count. Image pulls count bytes, the rest counts calls. */
export function readProgress(events: readonly OperationEventView[], stepKey: string): Progress | null {
  const last = events.findLast((event) => event.stepKey === stepKey && event.current !== null && event.total !== null && event.total > 0);
  if (last === undefined || last.current === null || last.total === null) return null;
  const fraction = Math.min(1, last.current / last.total);
  if (stepKey === "images") return { fraction, text: `${formatBytes(last.current)} of ${formatBytes(last.total)}` };
  return { fraction, text: `${last.current} of ${last.total}` };
}
