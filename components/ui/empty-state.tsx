import type { ReactNode } from "react";

/** Nothing here yet: one sentence on what will be, and one act. */
export function EmptyState({ icon, title, children, act }: { icon?: ReactNode; title: string; children?: ReactNode; act?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 rounded border border-dashed border-line px-6 py-14 text-center">
      {icon && <div className="mb-1 text-ink-3 [&>svg]:size-6">{icon}</div>}
      <p className="text-lg font-semibold">{title}</p>
      {children && <p className="max-w-md text-ink-2">{children}</p>}
      {act && <div className="mt-3">{act}</div>}
    </div>
  );
}
