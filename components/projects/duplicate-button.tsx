"use client";
import { Copy } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";

export type DuplicateAct = Act<{ ref: string; displayName: string; newRef?: string }, { ref: string; operationId: string }>;

/** A new project with the settings of this one. */
export function DuplicateButton({ projectRef, act }: { projectRef: string; act: DuplicateAct }) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [newRef, setNewRef] = useState("");
  const { run, isBusy, failure, fieldError } = useAct(act, { failures: "inline", onDone: ({ operationId }) => router.push(`/operations/${operationId}`) });
  return (
    <>
      <Button icon={<Copy aria-hidden className="size-4" />} onClick={() => setOpen(true)}>
        Duplicate
      </Button>
      <Dialog isOpen={isOpen} onOpenChange={setOpen} title={`Duplicate ${projectRef}`} description="Same release, services and settings; new keys, new ports, no data.">
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            void run({ ref: projectRef, displayName: name, ...(newRef.trim() === "" ? {} : { newRef: newRef.trim() }) });
          }}
        >
          {failure && !failure.fields && <Notice tone="bad">{failure.message}</Notice>}
          <Field label="Name of the new project" error={fieldError("displayName")} isRequired>
            <Input name="displayName" dir="auto" autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />
          </Field>
          <Field label="Reference" error={fieldError("newRef") ?? fieldError("ref")} hint="Made from the name when left empty.">
            <Input name="newRef" isMono autoComplete="off" value={newRef} onChange={(event) => setNewRef(event.target.value)} />
          </Field>
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button type="submit" variant="primary" isBusy={isBusy}>
              Duplicate
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
