"use client";
import { diffLines } from "diff";
import { useMemo } from "react";
import { cn } from "@/components/ui/class-names";
import type { GatewaySettings } from "@/lib/gateway/route-model";
import { renderForReading } from "./render-for-reading";
import { useRoutesEditing, type RoutesEditing } from "./routes-context";

/** Lines of what stays that are shown around a change. */
const around = 3;

/** The gateway's own files before and after. No key is in them: they are rendered here, with placeholders. */
export function RenderedDiff({ draft }: { draft: GatewaySettings }) {
  const editing = useRoutesEditing();
  return editing === null ? null : <Files view={editing.view} draft={draft} />;
}

function Files({ view, draft }: { view: RoutesEditing["view"]; draft: GatewaySettings }) {
  const files = useMemo(() => {
    const [before, after] = [renderForReading(view.settings, view.options), renderForReading(draft, view.options)];
    return before.map(({ name, text }, index) => ({ name, lines: toLines(text, after[index]?.text ?? "") }));
  }, [view, draft]);
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <p className="text-sm text-ink-3">As Envoy is given it, with a name in the place of each key. Addresses of external names are looked up when the draft is applied.</p>
      {files.map(({ name, lines }) => (
        <FileDiff key={name} name={name} lines={lines} />
      ))}
    </div>
  );
}

type Line = { mark: "+" | "-" | " " | "…"; text: string };

function toLines(before: string, after: string): Line[] {
  const parts = diffLines(before, after);
  return parts.flatMap(({ value, added, removed }, index) => {
    const lines = value.replace(/\n$/, "").split("\n");
    const mark = added ? "+" : removed ? "-" : " ";
    if (mark !== " " || lines.length <= 2 * around) return lines.map((text): Line => ({ mark, text }));
    const head = index === 0 ? [] : lines.slice(0, around);
    const tail = index === parts.length - 1 ? [] : lines.slice(-around);
    const left: Line = { mark: "…", text: `${lines.length - head.length - tail.length} lines as they are` };
    return [...head.map((text): Line => ({ mark, text })), left, ...tail.map((text): Line => ({ mark, text }))];
  });
}

function FileDiff({ name, lines }: { name: string; lines: readonly Line[] }) {
  const isSame = lines.every(({ mark }) => mark === " " || mark === "…");
  return (
    <div className="min-w-0 rounded border border-line bg-sunken">
      <p className="border-b border-line px-3 py-1.5 font-mono text-sm">{name}</p>
      {isSame ? (
        <p className="px-3 py-2 text-sm text-ink-3">As it is.</p>
      ) : (
        <pre tabIndex={0} role="region" aria-label={`Changes of ${name}`} className="max-h-96 overflow-auto py-2 font-mono text-xs -outline-offset-2">
          {lines.map(({ mark, text }, index) => (
            <div key={index} className={cn("w-max min-w-full px-3", mark === "+" && "bg-good-soft text-good", mark === "-" && "bg-bad-soft text-bad", mark === "…" && "py-1 text-ink-3")}>
              {mark === "…" ? `… ${text}` : `${mark} ${text}`}
            </div>
          ))}
        </pre>
      )}
    </div>
  );
}
