"use client";
import { FileDiff, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { StateBadge } from "@/components/ui/state-badge";
import { TimeAgo } from "@/components/ui/time-ago";
import type { GatewayDraftView } from "@/lib/projects/views";
import { ChangeList } from "./change-list";
import { useRoutesEditing, type RoutesEditing } from "./routes-context";
import { WarningList, isConfirmed, type Confirmations } from "./warning-list";

const RenderedDiff = dynamic(() => import("./rendered-diff").then((module) => module.RenderedDiff), { ssr: false });

type BarProps = { draft: GatewayDraftView; /** Why it cannot be applied now; empty when it can. */ whyNot: string };

/** The draft: whose it is, what it changes, what has to be confirmed, and the way on or back. */
export function DraftBar({ draft, whyNot }: BarProps) {
  const editing = useRoutesEditing();
  const mayEdit = editing?.view.mayEdit === true;
  const [isRenderedOpen, setRenderedOpen] = useState(false);
  const [confirmed, setConfirmed] = useState<Confirmations>({});
  return (
    <section aria-label="Draft" className="flex min-w-0 flex-col gap-4 rounded border border-control bg-surface px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StateBadge kind="revision" state="draft" />
        <p className="min-w-0 flex-1 basis-60 text-ink-2 [overflow-wrap:anywhere]">
          {draft.cause !== null && <>{draft.cause}. </>}
          Saved by <bdi>{draft.editorName}</bdi>, <TimeAgo at={draft.editedAt} isInline />. Nothing of it is in force yet.
        </p>
      </div>
      {draft.isBehind && <Notice tone="warn">Another revision came into force since this draft was begun. What is listed here is against that one: read it before you apply.</Notice>}
      <ChangeList changes={draft.changes} />
      {draft.warnings.length > 0 && <WarningList warnings={draft.warnings} confirmed={confirmed} isReadOnly={!mayEdit} onChange={setConfirmed} />}
      <div className="flex flex-wrap items-center gap-2">
        {editing !== null && mayEdit && <DraftActs editing={editing} draft={draft} whyNot={whyNot} isReady={draft.warnings.every((warning) => isConfirmed(warning, confirmed))} />}
        <Button variant="ghost" icon={<FileDiff aria-hidden className="size-4" />} aria-expanded={isRenderedOpen} onClick={() => setRenderedOpen(!isRenderedOpen)}>
          Rendered file
        </Button>
      </div>
      {mayEdit && whyNot !== "" && <p className="text-sm text-ink-3">{whyNot}</p>}
      {isRenderedOpen && <RenderedDiff draft={draft.settings} />}
    </section>
  );
}

function DraftActs({ editing: { view, acts, seen, isBusy, isLocked, watch }, draft, whyNot, isReady }: BarProps & { editing: RoutesEditing; isReady: boolean }) {
  const apply = useAct(acts.applyDraft, { onDone: ({ number }) => watch(number) });
  const discard = useAct(acts.discardDraft, { done: "The draft is gone. What was in force stays." });
  // What is drawn is what was confirmed: while a newer draft is on its way to the page nothing is applied.
  const isDrawn = seen.version === draft.version;
  return (
    <>
      <Button variant="primary" disabled={!isReady || !isDrawn || isLocked || isBusy || whyNot !== ""} isBusy={apply.isBusy} onClick={() => void apply.run({ ref: view.ref, version: draft.version, acknowledged: draft.warnings.map(({ id }) => id) })}>
        Apply
      </Button>
      <Button icon={<Trash2 aria-hidden className="size-4" />} disabled={!isDrawn || isLocked || isBusy} isBusy={discard.isBusy} onClick={() => void discard.run({ ref: view.ref, version: draft.version })}>
        Discard
      </Button>
    </>
  );
}
