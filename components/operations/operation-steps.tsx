"use client";
import { cn } from "@/components/ui/class-names";
import { StateMark } from "@/components/ui/state-badge";
import { wordOfState } from "@/components/ui/state-vocabulary";
import { Elapsed } from "@/components/ui/time-ago";
import type { OperationEventView, OperationView } from "@/lib/projects/views";
import { readProgress, type Progress } from "./read-progress";

type StepsProps = { steps: OperationView["steps"]; events: readonly OperationEventView[]; isCompact?: boolean };

/** The steps of an operation as a line from top to bottom; the running one is open with its log tail. */
export function OperationSteps({ steps, events, isCompact = false }: StepsProps) {
  return (
    <ol className="flex flex-col">
      {steps.map((step, index) => {
        const isOpen = step.status === "running" || step.status === "failed" || step.status === "undo_failed";
        const progress = isOpen ? readProgress(events, step.key) : null;
        return (
          <li key={step.key} aria-current={step.status === "running" ? "step" : undefined} className="relative flex gap-3 pb-4 last:pb-0">
            {index < steps.length - 1 && <span aria-hidden className="absolute bottom-0 left-[7.5px] top-5 w-px bg-line" />}
            <StateMark kind="step" state={step.status} className="mt-0.5" />
            <div className="min-w-0 flex-1">
              <div className="flex items-baseline gap-3">
                <span className={cn("min-w-0 flex-1 [overflow-wrap:anywhere]", step.status === "pending" || step.status === "skipped" ? "text-ink-3" : "text-ink", isOpen && "font-medium")}>
                  {step.title}
                  <span className="sr-only">, {wordOfState("step", step.status).word}</span>
                </span>
                <span className="w-24 shrink-0 text-right text-sm text-ink-3">{step.startedAt && step.status !== "skipped" ? <Elapsed from={step.startedAt} to={step.finishedAt} /> : step.status === "skipped" ? "Skipped" : ""}</span>
              </div>
              {step.note && <p className={cn("text-sm [overflow-wrap:anywhere]", step.status === "cancelled" ? "text-ink-2" : "text-bad")}>{step.note}</p>}
              {progress && <ProgressLine progress={progress} label={step.title} />}
              {isOpen && !isCompact && <StepTail events={events} stepKey={step.key} isRunning={step.status === "running"} />}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** A bar with its numbers. */
export function ProgressLine({ progress, label }: { progress: Progress; label: string }) {
  const percent = Math.round(progress.fraction * 100);
  return (
    <div className="mt-1.5 flex items-center gap-3">
      <progress aria-label={label} value={percent} max={100} className="h-1.5 min-w-0 flex-1 appearance-none overflow-hidden rounded-full bg-idle-soft [&::-moz-progress-bar]:bg-accent-ink [&::-webkit-progress-bar]:bg-idle-soft [&::-webkit-progress-value]:bg-accent-ink" />
      <span className="w-40 shrink-0 text-right text-xs text-ink-3">{progress.text}</span>
    </div>
  );
}

const tailLines = 8;

/** While the step runs its height is fixed, so that nothing below moves as lines arrive. */
function StepTail({ events, stepKey, isRunning }: { events: readonly OperationEventView[]; stepKey: string; isRunning: boolean }) {
  const lines = events.filter((event) => event.stepKey === stepKey).slice(-tailLines);
  if (lines.length === 0 && !isRunning) return null;
  return (
    <div tabIndex={0} role="region" aria-label="Latest messages of this step" className={cn("mt-2 overflow-auto rounded border border-line bg-sunken p-2.5 font-mono text-xs", isRunning ? "h-44" : "max-h-44")}>
      {lines.length === 0 ? (
        <span className="text-ink-3">Waiting for the first message.</span>
      ) : (
        lines.map((event) => (
          <div key={event.seq} className={cn("[overflow-wrap:anywhere]", event.level === "warn" && "text-warn", event.level === "error" && "text-bad")}>
            {event.message}
          </div>
        ))
      )}
    </div>
  );
}
