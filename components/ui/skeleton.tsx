import { cn } from "./class-names";

/** A grey shape of what is on its way; as large as the thing itself, so nothing moves when that arrives. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("animate-breathe rounded bg-idle-soft", className)} />;
}

/** A page on its way: title, then rows. */
export function PageSkeleton({ rows = 6, label = "Loading" }: { rows?: number; label?: string }) {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-6">
      <div className="flex h-9 items-center justify-between">
        <Skeleton className="h-7 w-48" />
        <Skeleton className="h-8 w-28" />
      </div>
      <div className="flex flex-col gap-px overflow-hidden rounded border border-line">
        {Array.from({ length: rows }, (_, index) => (
          <div key={index} className="flex h-11 items-center gap-4 bg-surface px-4">
            <Skeleton className="h-4 w-40 max-w-[40%]" />
            <Skeleton className="h-4 w-20" />
            <Skeleton className="ml-auto h-4 w-16" />
          </div>
        ))}
      </div>
    </div>
  );
}
