"use client";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { OneTimeText } from "./one-time-link";
import { roleHints, roleLabels } from "./role-text";

export type InviteAct = Act<{ email: string; role: string }, { link: string }>;

/** Invites somebody by a link that works once, for 48 hours. */
export function InviteButton({ act, roles, title }: { act: InviteAct; roles: readonly string[]; title: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" icon={<UserPlus aria-hidden className="size-4" />} onClick={() => setOpen(true)}>
        Invite
      </Button>
      {isOpen && <InviteDialog act={act} roles={roles} title={title} onClose={() => setOpen(false)} />}
    </>
  );
}

function InviteDialog({ act, roles, title, onClose }: { act: InviteAct; roles: readonly string[]; title: string; onClose(): void }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState(roles.includes("viewer") ? "viewer" : (roles[0] ?? ""));
  const [link, setLink] = useState<string | null>(null);
  const { run, isBusy, failure, fieldError } = useAct(act, { failures: "inline", onDone: (data) => setLink(data.link) });
  return (
    <Dialog isOpen onOpenChange={(isOpen) => !isOpen && onClose()} title={link === null ? title : "Invitation link"} description={link === null ? undefined : `For ${email}. It works once, for 48 hours.`}>
      {link === null ? (
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            void run({ email: email.trim(), role });
          }}
        >
          {failure && !failure.fields && <Notice tone="bad">{failure.message}</Notice>}
          <Field label="E-mail" error={fieldError("email")} isRequired>
            <Input type="email" name="email" autoComplete="off" value={email} onChange={(event) => setEmail(event.target.value)} />
          </Field>
          <Field label="Role" error={fieldError("role") ?? fieldError("installationRole") ?? fieldError("projectRole")} hint={roleHints[role]}>
            <Select name="role" value={role} onChange={(event) => setRole(event.target.value)} options={roles.map((value) => ({ value, label: roleLabels[value] ?? value }))} />
          </Field>
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary" isBusy={isBusy}>
              Make link
            </Button>
          </div>
        </form>
      ) : (
        <div className="flex flex-col gap-4">
          <OneTimeText text={link} label="invitation link" note="Shown once: only its hash is kept. Send it over a channel you trust." />
          <div className="flex justify-end">
            <Button variant="primary" onClick={onClose}>
              Done
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
