import type { ReactNode } from "react";

/** Facts as pairs. */
export function KeyValue({ pairs }: { pairs: readonly { key: string; value: ReactNode }[] }) {
  return (
    <dl className="grid grid-cols-[minmax(7rem,max-content)_minmax(0,1fr)] gap-x-6 gap-y-2 max-sm:grid-cols-1 max-sm:gap-y-0.5">
      {pairs.map((pair) => (
        <div key={pair.key} className="contents">
          <dt className="text-ink-3 max-sm:mt-2">{pair.key}</dt>
          <dd className="min-w-0 [overflow-wrap:anywhere]">{pair.value}</dd>
        </div>
      ))}
    </dl>
  );
}
