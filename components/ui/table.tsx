import type { ComponentProps, ReactNode } from "react";
import { cn } from "./class-names";

/** A table that scrolls sideways inside its own frame when it must, never the page. */
export function Table({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <div tabIndex={0} role="region" aria-label={label} className={cn("relative min-w-0 overflow-x-auto rounded border border-line bg-surface -outline-offset-2", className)}>
      <table className="w-full border-collapse text-left text-base">
        <caption className="sr-only">{label}</caption>
        {children}
      </table>
    </div>
  );
}

export function TableHead({ children }: { children: ReactNode }) {
  return (
    <thead>
      <tr className="border-b border-line">{children}</tr>
    </thead>
  );
}

export function HeadCell({ className, isNumber = false, ...rest }: ComponentProps<"th"> & { isNumber?: boolean }) {
  return <th scope="col" {...rest} className={cn("h-9 whitespace-nowrap px-3 text-sm font-medium text-ink-3 first:pl-4 last:pr-4", isNumber && "text-right", className)} />;
}

export function Row({ className, ...rest }: ComponentProps<"tr">) {
  return <tr {...rest} className={cn("border-b border-line last:border-b-0", className)} />;
}

export function Cell({ className, isNumber = false, ...rest }: ComponentProps<"td"> & { isNumber?: boolean }) {
  return <td {...rest} className={cn("h-9 px-3 py-1 first:pl-4 last:pr-4 max-sm:h-11", isNumber && "whitespace-nowrap text-right", className)} />;
}
