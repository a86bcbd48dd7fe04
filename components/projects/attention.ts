import type { ProjectListItem } from "@/lib/projects/views";

export type AttentionItem = { ref: string; sentence: string; tone: "bad" | "warn"; act: "open" | "reconcile" | "operation"; operationId: string | null };

/** What needs a hand, worst first, each with the one act that helps. */
export function findAttention(projects: readonly ProjectListItem[]): AttentionItem[] {
  const items = projects.flatMap((project): AttentionItem[] => {
    const base = { ref: project.ref, operationId: project.runningOperationId };
    if (project.state === "failed") return [{ ...base, tone: "bad", act: "open", sentence: project.stateReason ?? "The last operation failed." }];
    if (project.state === "degraded") return [{ ...base, tone: "warn", act: "open", sentence: project.stateReason ?? "Something is not healthy." }];
    if (project.state === "unknown") return [{ ...base, tone: "warn", act: "open", sentence: project.stateReason ?? "The worker has not seen it for a while." }];
    if (project.hasDrift && project.runningOperationId === null && project.state === "ready") return [{ ...base, tone: "warn", act: "reconcile", sentence: "What runs differs from what was set up." }];
    return [];
  });
  return items.sort((a, b) => Number(b.tone === "bad") - Number(a.tone === "bad"));
}
