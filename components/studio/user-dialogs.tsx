"use client";
import { KeyRound, UserPlus } from "lucide-react";
import { useState } from "react";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Radio, RadioGroup } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { StudioActs } from "./studio-acts";

type AddProps = { projectRef: string; act: StudioActs["addUser"]; whyNot: string | null };

/** Asks for a name and who chooses the password. */
export function AddUserButton({ projectRef, act, whyNot }: AddProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" icon={<UserPlus aria-hidden className="size-4" />} disabled={whyNot !== null} title={whyNot ?? undefined} onClick={() => setOpen(true)}>
        Add user
      </Button>
      <Dialog isOpen={isOpen} onOpenChange={setOpen} title="Add a user of Studio" description="Signs in at Studio itself, without an account here. Nothing restarts.">
        <UserForm username={null} submit="Add user" act={(input) => act({ ref: projectRef, ...input })} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

type UserProps<Name extends "changeUser" | "removeUser"> = { projectRef: string; username: string; act: StudioActs[Name]; whyNot: string | null };

/** Gives a user another password. */
export function ChangeUserButton({ projectRef, username, act, whyNot }: UserProps<"changeUser">) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" icon={<KeyRound aria-hidden className="size-4" />} aria-label={`Change the password of ${username}`} disabled={whyNot !== null} title={whyNot ?? undefined} onClick={() => setOpen(true)}>
        Change password
      </Button>
      <Dialog isOpen={isOpen} onOpenChange={setOpen} title={`Change the password of ${username}`} description="The old one opens nothing from then on.">
        <UserForm username={username} submit="Change password" act={(input) => act({ ref: projectRef, ...input })} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

type FormProps = { /** null: to be typed. */ username: string | null; submit: string; act(input: { username: string; password?: string }): ReturnType<StudioActs["addUser"]>; onDone(): void };

function UserForm({ username, submit, act, onDone }: FormProps) {
  const [name, setName] = useState(username ?? "");
  const [isTyped, setTyped] = useState(false);
  const [password, setPassword] = useState("");
  const { run, isBusy, failure, fieldError } = useAct(act, { failures: "inline", onDone });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void run({ username: name, ...(isTyped ? { password } : {}) });
      }}
    >
      {failure && failure.fields === undefined && <Notice tone="bad">{failure.message}</Notice>}
      {username === null && (
        <Field label="User name" isRequired error={fieldError("username")} hint="Letters, digits and . _ @ + -">
          <Input value={name} autoComplete="off" maxLength={64} onChange={(event) => setName(event.target.value)} />
        </Field>
      )}
      <RadioGroup legend="Password">
        <Radio name="password-kind" value="made" label="Make one" hint="32 letters and digits, shown on this page on request." checked={!isTyped} onChange={() => setTyped(false)} />
        <Radio name="password-kind" value="typed" label="Type one" checked={isTyped} onChange={() => setTyped(true)} />
      </RadioGroup>
      {isTyped && (
        <Field label="New password" isRequired error={fieldError("password")} hint="At least 12 characters.">
          <Input type="password" value={password} autoComplete="new-password" onChange={(event) => setPassword(event.target.value)} />
        </Field>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" isBusy={isBusy}>
          {submit}
        </Button>
      </div>
    </form>
  );
}

/** Takes a user away, after a question. */
export function RemoveUserButton({ projectRef, username, act, whyNot }: UserProps<"removeUser">) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy, failure } = useAct(act, { failures: "inline", onDone: () => setOpen(false) });
  return (
    <>
      <Button size="sm" variant="danger-quiet" aria-label={`Remove ${username}`} disabled={whyNot !== null} title={whyNot ?? undefined} onClick={() => setOpen(true)}>
        Remove
      </Button>
      <Dialog
        isOpen={isOpen}
        onOpenChange={setOpen}
        title={`Remove ${username}`}
        description="Whoever signs in with this name is refused from then on. Everything done in Studio stays."
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Keep the user</Button>
            <Button variant="danger" isBusy={isBusy} onClick={() => void run({ ref: projectRef, username })}>
              Remove {username}
            </Button>
          </>
        }
      >
        {failure && <Notice tone="bad">{failure.message}</Notice>}
      </Dialog>
    </>
  );
}

/** Makes another password for the first user, after a question. */
export function RenewFirstButton({ projectRef, act, whyNot }: { projectRef: string; act: StudioActs["renewFirst"]; whyNot: string | null }) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy, failure } = useAct(act, { failures: "inline", onDone: () => setOpen(false) });
  return (
    <>
      <Button size="sm" icon={<KeyRound aria-hidden className="size-4" />} aria-label="Make another password for the first user" disabled={whyNot !== null} title={whyNot ?? undefined} onClick={() => setOpen(true)}>
        Make another
      </Button>
      <Dialog
        isOpen={isOpen}
        onOpenChange={setOpen}
        title="Make another password for the first user"
        description="Whoever signs in with the present one is refused from then on. Sessions that were opened from the panel go on."
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Keep the password</Button>
            <Button variant="primary" isBusy={isBusy} onClick={() => void run({ ref: projectRef })}>
              Make another
            </Button>
          </>
        }
      >
        {failure && <Notice tone="bad">{failure.message}</Notice>}
      </Dialog>
    </>
  );
}
