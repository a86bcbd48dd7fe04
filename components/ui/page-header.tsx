import type { ReactNode } from "react";
import { cn } from "./class-names";

/** Title of a page with its acts on the right. */
export function PageHeader({ title, meta, acts, children }: { title: ReactNode; meta?: ReactNode; acts?: ReactNode; children?: ReactNode }) {
  return (
    <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="flex min-w-0 flex-1 basis-64 flex-col gap-1">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 text-xl font-semibold [overflow-wrap:anywhere]">{title}</h1>
          {meta}
        </div>
        {children}
      </div>
      {acts && <div className="flex flex-wrap items-center gap-2">{acts}</div>}
    </header>
  );
}

/** A named part of a page. */
export function Section({ title, id, hint, acts, isCard = false, className, children }: { title: ReactNode; id?: string; hint?: ReactNode; acts?: ReactNode; isCard?: boolean; className?: string; children: ReactNode }) {
  return (
    <section id={id} className={cn("flex min-w-0 scroll-mt-16 flex-col gap-3", className)}>
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="text-lg font-semibold">{title}</h2>
        {hint && <span className="text-sm text-ink-3">{hint}</span>}
        {acts && <div className="ml-auto flex flex-wrap items-center gap-2">{acts}</div>}
      </div>
      {isCard ? <div className="min-w-0 rounded border border-line bg-surface">{children}</div> : children}
    </section>
  );
}
