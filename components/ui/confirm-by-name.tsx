"use client";
import { useState, type ReactNode } from "react";
import { Button } from "./button";
import { Sheet } from "./dialog";
import { Field } from "./field";
import { Input } from "./input";

type ConfirmProps = {
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  /** "Delete shop-eu": title and button carry the verb and the name. */
  verb: string;
  name: string;
  /** What has to be typed. */
  expected: string;
  goes: readonly ReactNode[];
  stays: readonly ReactNode[];
  until?: ReactNode;
  error?: string | undefined;
  isBusy: boolean;
  onConfirm(typed: string): void;
};

/** For what cannot be taken back lightly: lists exactly what goes and what stays, and wants the name typed. */
export function ConfirmByName({ isOpen, onOpenChange, verb, name, expected, goes, stays, until, error, isBusy, onConfirm }: ConfirmProps) {
  const [typed, setTyped] = useState("");
  const isMatching = typed.normalize("NFC").trim() === expected;
  return (
    <Sheet isOpen={isOpen} onOpenChange={onOpenChange} title={`${verb} ${name}`}>
      <form
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (isMatching) onConfirm(typed);
        }}
      >
        <List title="This goes" items={goes} />
        <List title="This stays" items={stays} />
        {until && <p className="text-ink-2">{until}</p>}
        <Field
          label={
            <span className="font-normal">
              Type <bdi className="select-all font-mono text-sm font-semibold [overflow-wrap:anywhere]">{expected}</bdi> to confirm
            </span>
          }
          error={error}
        >
          <Input name="confirmName" autoComplete="off" spellCheck={false} dir="auto" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={() => onOpenChange(false)}>Keep it</Button>
          <Button type="submit" variant="danger" disabled={!isMatching} isBusy={isBusy} className="max-w-full">
            <span className="truncate">
              {verb} {name}
            </span>
          </Button>
        </div>
      </form>
    </Sheet>
  );
}

function List({ title, items }: { title: string; items: readonly ReactNode[] }) {
  if (items.length === 0) return null;
  return (
    <div>
      <h3 className="mb-1.5 text-sm font-medium text-ink-3">{title}</h3>
      <ul className="flex list-disc flex-col gap-1 pl-5 marker:text-ink-3">
        {items.map((item, index) => (
          <li key={index} className="[overflow-wrap:anywhere]">
            {item}
          </li>
        ))}
      </ul>
    </div>
  );
}
