import type { ReactNode } from "react";
import { cn } from "./class-names";

/** A grey shape of what is on its way; as large as the thing itself, so nothing moves when that arrives. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("animate-breathe rounded bg-idle-soft", className)} />;
}

/** Shapes in place of a page or a part of one, announced once. */
export function SkeletonRegion({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <div role="status" aria-label={label} className={cn("flex min-w-0 flex-col gap-6", className)}>
      {children}
    </div>
  );
}

/** The title line of a page, with or without an act on the right. */
export function TitleSkeleton({ hasAct = true }: { hasAct?: boolean }) {
  return (
    <div className="flex h-8 items-center justify-between max-sm:h-11">
      <Skeleton className="h-6 w-40" />
      {hasAct && <Skeleton className="h-8 w-28" />}
    </div>
  );
}

/** A table or list of so many rows. */
export function RowsSkeleton({ rows, isTall = false }: { rows: number; isTall?: boolean }) {
  return (
    <div aria-hidden className="divide-y divide-line overflow-hidden rounded border border-line bg-surface">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={cn("flex items-center gap-4 px-4", isTall ? "h-[53px]" : "h-11")}>
          <Skeleton className="h-4 w-40 max-w-[40%]" />
          <Skeleton className="h-4 w-20" />
          <Skeleton className="ml-auto h-4 w-16" />
        </div>
      ))}
    </div>
  );
}

/** A bar of filters above a list. */
export function FiltersSkeleton() {
  return (
    <div aria-hidden className="flex flex-wrap gap-2">
      <Skeleton className="h-8 w-64 max-sm:h-11 max-sm:w-full" />
      <Skeleton className="h-8 w-28 max-sm:h-11 max-sm:w-full" />
    </div>
  );
}

/** Sections of settings: words on the left, fields on the right. */
export function SectionsSkeleton({ count }: { count: number }) {
  return (
    <div aria-hidden>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="grid gap-x-8 gap-y-3 border-b border-line py-6 last:border-b-0 lg:grid-cols-[16rem_minmax(0,1fr)]">
          <div className="flex flex-col gap-2">
            <Skeleton className="h-5 w-28" />
            <Skeleton className="h-4 w-44" />
          </div>
          <div className="flex max-w-2xl flex-col gap-4">
            <Skeleton className="h-14" />
            <Skeleton className="h-8 w-16" />
          </div>
        </div>
      ))}
    </div>
  );
}
