"use client";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { showToast } from "@/components/ui/toast";
import { TimeAgo } from "@/components/ui/time-ago";
import { describeChanges } from "@/lib/gateway/diff";
import type { GatewayView } from "@/lib/projects/views";
import { ChangeList } from "./change-list";
import { mergeSettings } from "./merge-settings";
import { useRoutesEditing, type Conflict, type Seen } from "./routes-context";

type DialogProps = { conflict: Conflict; onClose(isSettled: boolean): void };

/** Somebody else saved the draft in between: both changes in words, and mine on top of theirs or not at all. */
export function ConflictDialog({ conflict: { base, mine }, onClose }: DialogProps) {
  const editing = useRoutesEditing();
  const ref = editing?.view.ref ?? "";
  const { theirs, isFailed } = useTheirs(ref);
  if (editing === null) return null;
  const merged = theirs === null ? null : mergeSettings(base.settings, mine, seenIn(theirs).settings);
  const add = async () => {
    if (theirs === null || merged === null) return;
    const result = await editing.save(seenIn(theirs), merged.settings);
    if (result?.ok !== true) return;
    showToast("Your change is in the draft beside theirs.");
    onClose(true);
  };
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose(false)}
      title="Somebody else changed the routes"
      description={theirs === null ? "Reading what they changed." : <Who theirs={theirs} />}
      footer={
        <>
          <Button onClick={() => onClose(true)}>Discard mine</Button>
          <Button variant="primary" disabled={merged === null} isBusy={editing.isBusy} onClick={() => void add()}>
            Add mine to theirs
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {isFailed && <Notice tone="bad">Their change could not be read. Yours is kept here; close this and save again.</Notice>}
        {theirs !== null && <Titled title="Their change" changes={describeChanges(base.settings, seenIn(theirs).settings, editing.view.options)} />}
        <Titled title="Your change" changes={describeChanges(base.settings, mine, editing.view.options)} />
        {merged !== null && merged.overlaps.length > 0 && <Notice tone="warn">{`Both of you changed ${merged.overlaps.join(", ")}: adding yours takes their version of it back.`}</Notice>}
      </div>
    </Dialog>
  );
}

function Who({ theirs: { draft } }: { theirs: GatewayView }) {
  if (draft === null) return <>The draft you worked on was applied or discarded in the meantime.</>;
  return (
    <>
      <bdi>{draft.editorName}</bdi> saved the draft <TimeAgo at={draft.editedAt} isInline />. Nothing of it is lost.
    </>
  );
}

function Titled({ title, changes }: { title: string; changes: ReturnType<typeof describeChanges> }) {
  return (
    <div className="flex flex-col gap-1.5">
      <h3 className="text-sm font-medium text-ink-3">{title}</h3>
      {changes.length === 0 ? <p className="text-ink-2">Nothing that differs from what you saw.</p> : <ChangeList changes={changes} />}
    </div>
  );
}

const seenIn = ({ draft, settings }: GatewayView): Seen => ({ settings: draft?.settings ?? settings, version: draft?.version ?? null });

function useTheirs(ref: string): { theirs: GatewayView | null; isFailed: boolean } {
  const [theirs, setTheirs] = useState<GatewayView | null>(null);
  const [isFailed, setFailed] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    fetch(`/api/v1/projects/${ref}/gateway`, { signal: stop.signal })
      .then(async (response) => {
        if (!response.ok) throw new Error(response.statusText);
        setTheirs((await response.json()) as GatewayView);
      })
      .catch(() => {
        if (!stop.signal.aborted) setFailed(true);
      });
    return () => stop.abort();
  }, [ref]);
  return { theirs, isFailed };
}
