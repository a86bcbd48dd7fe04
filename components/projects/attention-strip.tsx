"use client";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useAct } from "@/components/act/use-act";
import { Button, ButtonLink } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { MarkedText } from "@/components/ui/marked-text";
import type { AttentionItem } from "./attention";
import type { ProjectAct } from "./project-acts";

const shownAtFirst = 3;

/** Above the list: what needs a hand, each with its act. */
export function AttentionStrip({ items, reconcile }: { items: readonly AttentionItem[]; reconcile: ProjectAct }) {
  const [isAllShown, setAllShown] = useState(false);
  if (items.length === 0) return null;
  const shown = isAllShown ? items : items.slice(0, shownAtFirst);
  return (
    <section aria-label="Needs a hand" className="rounded border border-line bg-surface">
      <ul className="divide-y divide-line">
        {shown.map((item) => (
          <AttentionLine key={`${item.ref}-${item.act}`} item={item} reconcile={reconcile} />
        ))}
      </ul>
      {items.length > shownAtFirst && (
        <button type="button" aria-expanded={isAllShown} onClick={() => setAllShown(!isAllShown)} className="h-9 w-full border-t border-line text-sm text-ink-2 -outline-offset-2 hover:bg-hover hover:text-ink max-sm:h-11">
          {isAllShown ? "Show fewer" : `Show ${items.length - shownAtFirst} more`}
        </button>
      )}
    </section>
  );
}

function AttentionLine({ item, reconcile }: { item: AttentionItem; reconcile: ProjectAct }) {
  const { run, isBusy } = useAct(reconcile, { done: `Reconciling ${item.ref}.` });
  const Icon = item.tone === "bad" ? CircleAlert : TriangleAlert;
  return (
    <li className="flex min-h-11 items-center gap-x-3 px-4 py-1.5">
      <Icon aria-hidden className={cn("size-4 shrink-0", item.tone === "bad" ? "text-bad" : "text-warn")} />
      <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-3">
        <span className="min-w-0 truncate font-mono text-sm">{item.ref}</span>
        <span className="min-w-0 text-ink-2 [overflow-wrap:anywhere]">
          <MarkedText text={item.sentence} />
        </span>
      </span>
      {item.act === "reconcile" ? (
        <Button size="sm" isBusy={isBusy} onClick={() => void run({ ref: item.ref })}>
          Reconcile
        </Button>
      ) : (
        item.act === "open" && (
          <ButtonLink size="sm" href={`/projects/${item.ref}`}>
            Open
          </ButtonLink>
        )
      )}
    </li>
  );
}
