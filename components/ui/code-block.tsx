import type { ReactNode } from "react";
import { cn } from "./class-names";
import { CopyButton } from "./copy-button";

type CodeBlockProps = { text: string; label: string; copyText?: string; isWrapped?: boolean; className?: string; children?: ReactNode };

/** Text of a machine, with a copy button. `children` may show it differently (a secret as dots) from what is copied. */
export function CodeBlock({ text, label, copyText, isWrapped = false, className, children }: CodeBlockProps) {
  return (
    <div className={cn("relative min-w-0 rounded border border-line bg-sunken", className)}>
      <pre tabIndex={0} role="region" aria-label={label} className={cn("max-h-96 overflow-auto p-3 pr-12 font-mono text-sm -outline-offset-2", isWrapped && "whitespace-pre-wrap [overflow-wrap:anywhere]")}>
        <code>{children ?? text}</code>
      </pre>
      <CopyButton text={copyText ?? text} label={`Copy ${label}`} className="absolute right-1.5 top-1.5 bg-sunken" />
    </div>
  );
}

/** A short id, route or key inside a sentence. */
export function Mono({ className, children }: { className?: string; children: ReactNode }) {
  return <code className={cn("font-mono text-sm [overflow-wrap:anywhere]", className)}>{children}</code>;
}
