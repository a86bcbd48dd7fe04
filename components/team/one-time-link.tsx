"use client";
import { CodeBlock } from "@/components/ui/code-block";
import { Notice } from "@/components/ui/notice";

/** A link or token that is shown once and cannot be shown again. */
export function OneTimeText({ text, label, note }: { text: string; label: string; note: string }) {
  return (
    <div className="flex flex-col gap-3">
      <Notice tone="warn">{note}</Notice>
      <CodeBlock text={text} label={label} isWrapped />
    </div>
  );
}
