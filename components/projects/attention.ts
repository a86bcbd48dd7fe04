import type { ProjectListItem } from "@/lib/projects/views";

export type AttentionItem = { ref: string; sentence: string; tone: "bad" | "warn"; act: "open" | "reconcile" | "none" };

/** More unseen projects than this have one cause: the worker. */
const unseenShown = 2;

/** What needs a hand, worst first, each with the one act that helps. */
export function findAttention(projects: readonly ProjectListItem[], mayReconcile: (projectId: string) => boolean): AttentionItem[] {
  const unseen = projects.filter((project) => project.state === "unknown");
  const items = projects.flatMap((project): AttentionItem[] => {
    const base = { ref: project.ref };
    if (project.state === "failed") return [{ ...base, tone: "bad", act: "open", sentence: project.stateReason ?? "The last operation failed." }];
    if (project.state === "degraded") return [{ ...base, tone: "warn", act: "open", sentence: project.stateReason ?? "Something is not healthy." }];
    if (project.state === "unknown" && unseen.length <= unseenShown) return [{ ...base, tone: "warn", act: "open", sentence: project.stateReason ?? "The worker has not seen it for a while." }];
    if (project.hasDrift && project.runningOperationId === null && project.state === "ready") return [{ ...base, tone: "warn", act: mayReconcile(project.id) ? "reconcile" : "open", sentence: "What runs differs from what was set up." }];
    return [];
  });
  if (unseen.length > unseenShown) items.push({ ref: `${unseen.length} projects`, tone: "warn", act: "none", sentence: "The worker has not seen them for a while. They go on as they were; check that it runs with `npm run up`." });
  return items.sort((a, b) => Number(b.tone === "bad") - Number(a.tone === "bad"));
}
