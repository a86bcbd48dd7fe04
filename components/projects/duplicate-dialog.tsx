"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { DuplicateAct } from "./project-acts";

const comesAlong = [
  "Release, services, and whether Envoy or Kong serves",
  "Where it listens, and whether the database port is open",
  "Site and redirect URLs",
  "The newest version of each edge function",
  "Routes in force, as a draft: nothing of them is served before it is applied",
];

const staysBehind = [
  "Data, users and files",
  "Keys, passwords and ports: all are new",
  "Domains and the public URL: a name serves one project",
  "Mail server, users of Studio and where Studio answers, roles on this project",
  "An opened MCP, and private networks for external routes unless an owner duplicates",
];

/** Asks for the new name and reference, and says what is taken along. */
export function DuplicateDialog({ projectRef, act, onClose }: { projectRef: string; act: DuplicateAct; onClose(): void }) {
  const router = useRouter();
  const [name, setName] = useState("");
  const [newRef, setNewRef] = useState("");
  const { run, isBusy, failure, fieldError } = useAct(act, { failures: "inline", onDone: ({ operationId }) => router.push(`/operations/${operationId}`) });
  return (
    <Dialog isOpen onOpenChange={onClose} title={`Duplicate ${projectRef}`} description="A new project. Nothing changes on this one.">
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void run({ ref: projectRef, displayName: name, ...(newRef.trim() === "" ? {} : { newRef: newRef.trim() }) });
        }}
      >
        {failure && !failure.fields && <Notice tone="bad">{failure.message}</Notice>}
        <List title="This comes along" items={comesAlong} />
        <List title="This does not" items={staysBehind} />
        <Field label="Name of the new project" error={fieldError("displayName")} isRequired>
          <Input name="displayName" dir="auto" autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label="Reference" error={fieldError("newRef") ?? fieldError("ref")} hint="Made from the name when left empty.">
          <Input name="newRef" isMono autoComplete="off" value={newRef} onChange={(event) => setNewRef(event.target.value)} />
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isBusy={isBusy}>
            Duplicate
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function List({ title, items }: { title: string; items: readonly string[] }) {
  return (
    <div>
      <h3 className="mb-1.5 text-sm font-medium text-ink-3">{title}</h3>
      <ul className="flex list-disc flex-col gap-0.5 pl-5 text-sm text-ink-2 marker:text-ink-3">
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </div>
  );
}
