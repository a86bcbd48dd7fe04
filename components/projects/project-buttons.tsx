"use client";
import { CirclePause, CirclePlay, ExternalLink, ShieldCheck, Undo2 } from "lucide-react";
import { useAct } from "@/components/act/use-act";
import { buttonLooks, Button } from "@/components/ui/button";
import { OpenStudioButton } from "@/components/studio/open-studio-button";
import { showToast } from "@/components/ui/toast";
import type { ProjectDetail } from "@/lib/projects/views";
import type { ProjectActs } from "./project-acts";

type ButtonsProps = { project: Pick<ProjectDetail, "ref" | "state" | "may" | "runningOperationId" | "apiUrl" | "wasEverReady"> & { hasStudio: boolean; isBehindEdge: boolean }; acts: ProjectActs };

/** The acts of a project that fit its state and the person's role. Pause and resume happen at once, with Undo. */
export function ProjectButtons({ project, acts }: ButtonsProps) {
  const may = (permission: string) => project.may.includes(permission);
  const isFree = project.runningOperationId === null;
  const isUp = project.state === "ready" || project.state === "degraded" || project.state === "unknown";
  const cancel = useAct(acts.cancel, { done: "Taken back." });
  const offerUndo = (said: string) => (data: { operationId: string }) =>
    showToast(said, { act: { label: "Undo", run: () => void cancel.run({ operationId: data.operationId }) } });
  const pause = useAct(acts.pause, { onDone: offerUndo(`Pausing ${project.ref}. Its data stays.`) });
  const resume = useAct(acts.resume, { onDone: offerUndo(`Resuming ${project.ref}.`) });
  const undoDelete = useAct(acts.undoDelete, { done: `Bringing ${project.ref} back.` });

  return (
    <>
      {isUp && project.hasStudio && may("project.studio") && project.isBehindEdge && <OpenStudioButton projectRef={project.ref} act={acts.openStudio} />}
      {isUp && project.hasStudio && may("project.studio") && !project.isBehindEdge && (
        <a href={`${project.apiUrl}/`} target="_blank" rel="noreferrer" className={buttonLooks({ variant: "secondary" })}>
          <ExternalLink aria-hidden className="size-4" />
          Studio
        </a>
      )}
      {isUp && may("project.pause") && (
        <Button icon={<CirclePause aria-hidden className="size-4" />} disabled={!isFree} isBusy={pause.isBusy} onClick={() => void pause.run({ ref: project.ref })}>
          Pause
        </Button>
      )}
      {(project.state === "paused" || (project.state === "failed" && project.wasEverReady)) && may("project.resume") && (
        <Button variant="primary" icon={<CirclePlay aria-hidden className="size-4" />} disabled={!isFree} isBusy={resume.isBusy} onClick={() => void resume.run({ ref: project.ref })}>
          Resume
        </Button>
      )}
      {project.state === "deleted" && may("project.undo-delete") && (
        <Button variant="primary" icon={<Undo2 aria-hidden className="size-4" />} disabled={!isFree} isBusy={undoDelete.isBusy} onClick={() => void undoDelete.run({ ref: project.ref })}>
          Undo delete
        </Button>
      )}
    </>
  );
}

/** Runs the contract again, from outside. */
export function ProveButton({ projectRef, act, isEnabled }: { projectRef: string; act: ProjectActs["prove"]; isEnabled: boolean }) {
  const { run, isBusy } = useAct(act, { done: "Running the contract." });
  return (
    <Button size="sm" icon={<ShieldCheck aria-hidden className="size-4" />} disabled={!isEnabled} isBusy={isBusy} onClick={() => void run({ ref: projectRef })}>
      Prove again
    </Button>
  );
}
