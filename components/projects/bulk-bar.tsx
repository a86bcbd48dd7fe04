"use client";
import { CirclePause, CirclePlay, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { showToast } from "@/components/ui/toast";
import type { ProjectListItem } from "@/lib/projects/views";
import type { ProjectAct, ProjectActs } from "./project-acts";

type BulkBarProps = { projects: readonly ProjectListItem[]; acts: Pick<ProjectActs, "pause" | "resume">; onClear(): void };

/** Acts on everything selected. Says how many started and why the others did not. */
export function BulkBar({ projects, acts, onClear }: BulkBarProps) {
  const router = useRouter();
  const [busy, setBusy] = useState<"pause" | "resume" | null>(null);
  const pausable = projects.filter((project) => project.state === "ready" || project.state === "degraded" || project.state === "unknown");
  const resumable = projects.filter((project) => project.state === "paused");

  const runAll = async (name: "pause" | "resume", act: ProjectAct, targets: readonly ProjectListItem[]) => {
    setBusy(name);
    const refusals: string[] = [];
    for (const target of targets) {
      const result = await act({ ref: target.ref }).catch(() => null);
      if (result === null) refusals.push(`${target.ref}: the panel did not answer.`);
      else if (!result.ok) refusals.push(`${target.ref}: ${result.error.message}`);
    }
    setBusy(null);
    const started = targets.length - refusals.length;
    if (started > 0) showToast(`${name === "pause" ? "Pausing" : "Resuming"} ${started} ${started === 1 ? "project" : "projects"}.`);
    for (const refusal of refusals.slice(0, 3)) showToast(refusal, { tone: "bad", lastsMs: 9000 });
    onClear();
    router.refresh();
  };

  return (
    <div role="region" aria-label="Selected projects" className="fixed bottom-6 left-1/2 z-30 flex -translate-x-1/2 animate-appear items-center gap-2 rounded border border-line bg-raised py-2 pl-4 pr-2 max-sm:bottom-16 max-sm:w-[calc(100vw-1rem)] max-sm:gap-1 max-sm:pl-3 max-sm:pr-1">
      <span className="flex-1 whitespace-nowrap pr-2">{projects.length} selected</span>
      <Button icon={<CirclePause aria-hidden className="size-4 max-sm:hidden" />} disabled={pausable.length === 0 || busy !== null} isBusy={busy === "pause"} onClick={() => void runAll("pause", acts.pause, pausable)}>
        Pause {pausable.length}
      </Button>
      <Button icon={<CirclePlay aria-hidden className="size-4 max-sm:hidden" />} disabled={resumable.length === 0 || busy !== null} isBusy={busy === "resume"} onClick={() => void runAll("resume", acts.resume, resumable)}>
        Resume {resumable.length}
      </Button>
      <IconButton label="Clear the selection" icon={<X aria-hidden className="size-4" />} onClick={onClear} />
    </div>
  );
}
