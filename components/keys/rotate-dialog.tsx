"use client";
import { RotateCw } from "lucide-react";
import { useState } from "react";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Radio, RadioGroup } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import type { ServiceName } from "@/lib/stack/desired";
import type { KeysActs } from "./keys-acts";
import { overlapChoices, replacedSentence } from "./key-words";

type RotateProps = { projectRef: string; kind: "publishable" | "secret"; label: string; services: readonly ServiceName[]; act: KeysActs["rotate"]; /** Why not now; null when it can be done. */ whyNot: string | null };

/** Asks how long the old key stays valid, and says what is replaced. */
export function RotateButton({ projectRef, kind, label, services, act, whyNot }: RotateProps) {
  const [isOpen, setOpen] = useState(false);
  const [overlapHours, setOverlapHours] = useState(24);
  const { run, isBusy, failure } = useAct(act, { failures: "inline", onDone: () => setOpen(false) });
  return (
    <>
      <Button size="sm" icon={<RotateCw aria-hidden className="size-4" />} aria-label={`Rotate ${label}`} disabled={whyNot !== null} title={whyNot ?? undefined} onClick={() => setOpen(true)}>
        Rotate
      </Button>
      <Dialog isOpen={isOpen} onOpenChange={setOpen} title={`Rotate ${label}`} description="A new key is made. What fails on the way brings the old one back.">
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            void run({ ref: projectRef, kind, overlapHours });
          }}
        >
          {failure && <Notice tone="bad">{failure.message}</Notice>}
          <RadioGroup legend="The old key stays valid for">
            {overlapChoices.map(({ hours, label: text, hint }) => (
              <Radio key={hours} name="overlapHours" value={hours} label={text} hint={hint} checked={overlapHours === hours} onChange={() => setOverlapHours(hours)} />
            ))}
          </RadioGroup>
          <p className="text-sm text-ink-2">{replacedSentence("opaque-key", services)}</p>
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Keep the key</Button>
            <Button type="submit" variant="primary" isBusy={isBusy}>
              Rotate
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}

type EndProps = { projectRef: string; kind: "publishable" | "secret"; label: string; act: KeysActs["endOverlap"]; whyNot: string | null };

/** Ends the old key before its time, after a question. */
export function EndOverlapButton({ projectRef, kind, label, act, whyNot }: EndProps) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy, failure } = useAct(act, { failures: "inline", onDone: () => setOpen(false) });
  return (
    <>
      <Button size="sm" variant="danger-quiet" aria-label={`End the old ${label}`} disabled={whyNot !== null} title={whyNot ?? undefined} onClick={() => setOpen(true)}>
        End old key
      </Button>
      <Dialog
        isOpen={isOpen}
        onOpenChange={setOpen}
        title={`End the old ${label}`}
        description="Whoever still sends it is refused with 401. The present key stays."
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Keep it</Button>
            <Button variant="danger" isBusy={isBusy} onClick={() => void run({ ref: projectRef, kind })}>
              End old key
            </Button>
          </>
        }
      >
        {failure && <Notice tone="bad">{failure.message}</Notice>}
      </Dialog>
    </>
  );
}
