"use client";
import { useRef, useState, type ReactNode } from "react";
import { useDirtyMark } from "@/components/settings-form/leave-guard";
import { Button } from "@/components/ui/button";
import { Sheet } from "@/components/ui/dialog";

type EditSheetProps = {
  title: ReactNode;
  description?: ReactNode;
  isDirty: boolean;
  isBusy: boolean;
  /** False when a rule is broken: the field says which, and the first of them is focused. */
  isValid: boolean;
  acts?: ReactNode;
  /** What saving is called here, and whether there is anything to save: said by `isDirty` unless it is said here. */
  saveLabel?: string;
  hasMore?: boolean;
  onInvalid(): void;
  onSave(): void;
  onClose(): void;
  children: ReactNode;
};

/** A side sheet with a form. What was typed is never thrown away by a key or a click beside it. */
export function EditSheet({ title, description, isDirty, isBusy, isValid, acts, saveLabel = "Save to draft", hasMore = isDirty, onInvalid, onSave, onClose, children }: EditSheetProps) {
  const [isAsking, setAsking] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useDirtyMark("route editor", isDirty);
  const submit = () => {
    if (isValid) return onSave();
    onInvalid();
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  };
  return (
    <Sheet
      isOpen
      onOpenChange={(isOpen) => {
        if (isOpen) return;
        if (isDirty) setAsking(true);
        else onClose();
      }}
      title={title}
      description={description}
      className="!w-[min(44rem,100vw)]"
      footer={isAsking && isDirty ? <Asking onKeep={() => setAsking(false)} onThrow={onClose} /> : <Footer acts={acts} saveLabel={saveLabel} hasMore={hasMore} isBusy={isBusy} onSave={() => form.current?.requestSubmit()} onClose={onClose} />}
    >
      <form
        ref={form}
        noValidate
        className="flex flex-col gap-6"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {children}
        <button type="submit" hidden />
      </form>
    </Sheet>
  );
}

function Asking({ onKeep, onThrow }: { onKeep(): void; onThrow(): void }) {
  return (
    <div role="alert" className="flex flex-1 flex-wrap items-center justify-end gap-2">
      <span className="mr-auto text-ink-2">What you typed is not in the draft yet.</span>
      <Button autoFocus onClick={onKeep}>
        Keep editing
      </Button>
      <Button variant="danger" onClick={onThrow}>
        Throw away
      </Button>
    </div>
  );
}

type FooterProps = { acts: ReactNode } & Required<Pick<EditSheetProps, "saveLabel" | "hasMore" | "isBusy" | "onSave" | "onClose">>;

function Footer({ acts, saveLabel, hasMore, isBusy, onSave, onClose }: FooterProps) {
  return (
    <>
      {acts && <div className="mr-auto flex flex-wrap gap-2">{acts}</div>}
      <Button onClick={onClose}>Cancel</Button>
      <Button variant="primary" isBusy={isBusy} disabled={!hasMore} onClick={onSave}>
        {saveLabel}
      </Button>
    </>
  );
}

/** A named group of fields. */
export function FieldGroup({ title, hint, children }: { title: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-4 border-t border-line pt-4 first:border-t-0 first:pt-0">
      <legend className="float-left w-full font-semibold">
        {title}
        {hint && <span className="block text-sm font-normal text-ink-3">{hint}</span>}
      </legend>
      {children}
    </fieldset>
  );
}
