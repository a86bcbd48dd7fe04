import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./class-names";
import { CopyButton } from "./copy-button";
import { MarkedText } from "./marked-text";

const looks = {
  info: { box: "bg-busy-soft", ink: "text-busy", Icon: Info },
  good: { box: "bg-good-soft", ink: "text-good", Icon: CircleCheck },
  warn: { box: "bg-warn-soft", ink: "text-warn", Icon: TriangleAlert },
  bad: { box: "bg-bad-soft", ink: "text-bad", Icon: CircleAlert },
} as const;

/** A sentence that must be seen, with at most one act. */
export function Notice({ tone, children, act, className }: { tone: keyof typeof looks; children: ReactNode; act?: ReactNode; className?: string }) {
  const { box, ink, Icon } = looks[tone];
  return (
    <div className={cn("flex flex-wrap items-center gap-x-4 gap-y-2 rounded px-3 py-2", box, className)}>
      <div className="flex min-w-0 flex-1 basis-64 items-start gap-2">
        <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", ink)} />
        <div className="min-w-0 text-ink [overflow-wrap:anywhere]">{typeof children === "string" ? <MarkedText text={children} /> : children}</div>
      </div>
      {act && <div className="shrink-0">{act}</div>}
    </div>
  );
}

type FailureNoteProps = { what: ReactNode; stillWorks?: ReactNode; todo?: ReactNode; technical?: string | null; acts?: ReactNode; isOpen?: boolean };

/** A failure: what happened, what still works, what to do. The technical text folds out and can be copied. */
export function FailureNote({ what, stillWorks, todo, technical, acts, isOpen = false }: FailureNoteProps) {
  return (
    <div role="alert" className="flex flex-col gap-3 rounded border border-bad/40 bg-bad-soft px-4 py-3">
      <div className="flex items-start gap-2">
        <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
        <div className="flex min-w-0 flex-col gap-1 [overflow-wrap:anywhere]">
          <p className="font-medium text-ink">{typeof what === "string" ? <MarkedText text={what} /> : what}</p>
          {stillWorks && <p className="text-ink-2">{stillWorks}</p>}
          {todo && <p className="text-ink-2">{todo}</p>}
        </div>
      </div>
      {technical && (
        <details open={isOpen} className="group">
          <summary className="inline-flex h-7 items-center rounded px-1.5 text-sm text-ink-2 hover:text-ink max-sm:h-11">
            <span className="group-open:hidden">Show technical text</span>
            <span className="hidden group-open:inline">Hide technical text</span>
          </summary>
          <div className="relative mt-1 rounded border border-line bg-surface">
            <pre tabIndex={0} role="region" aria-label="Technical text" className="max-h-64 overflow-auto whitespace-pre-wrap p-3 pr-12 font-mono text-xs [overflow-wrap:anywhere]">
              {technical}
            </pre>
            <CopyButton text={technical} label="Copy technical text" className="absolute right-1 top-1 bg-surface" />
          </div>
        </details>
      )}
      {acts && <div className="flex flex-wrap gap-2">{acts}</div>}
    </div>
  );
}
