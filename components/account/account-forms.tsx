"use client";
import { useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { SettingsSection } from "@/components/settings-form/settings-section";
import { useDraft } from "@/components/settings-form/use-draft";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

export type RenameAct = Act<{ name: string }, unknown>;
export type ChangePasswordAct = Act<{ currentPassword: string; newPassword: string }, unknown>;

/** One's own name. */
export function NameForm({ name, email, act }: { name: string; email: string; act: RenameAct }) {
  const { draft, isDirty, set, reset } = useDraft({ name });
  const save = useAct(act, { failures: "inline", done: "Saved.", onDone: reset });
  return (
    <SettingsSection title="You" description={email} isDirty={isDirty} isBusy={save.isBusy} failure={save.failure && !save.failure.fields ? save.failure.message : null} onSave={() => void save.run({ name: draft.name })} onReset={reset}>
      <Field label="Name" error={save.fieldError("name")}>
        <Input name="name" dir="auto" autoComplete="name" value={draft.name} onChange={(event) => set("name", event.target.value)} />
      </Field>
    </SettingsSection>
  );
}

/** A new password; it ends every other session. */
export function PasswordForm({ email, act }: { email: string; act: ChangePasswordAct }) {
  const [currentPassword, setCurrent] = useState("");
  const [newPassword, setNew] = useState("");
  const reset = () => {
    setCurrent("");
    setNew("");
  };
  const save = useAct(act, { failures: "inline", done: "Password changed. Your other sessions have ended.", onDone: reset });
  return (
    <SettingsSection title="Password" description="Changing it ends your other sessions." saveLabel="Change password" isDirty={currentPassword !== "" || newPassword !== ""} isBusy={save.isBusy} failure={save.failure && !save.failure.fields ? save.failure.message : null} onSave={() => void save.run({ currentPassword, newPassword })} onReset={reset}>
      <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />
      <Field label="Present password" error={save.fieldError("currentPassword")}>
        <Input type="password" name="currentPassword" autoComplete="current-password" value={currentPassword} onChange={(event) => setCurrent(event.target.value)} />
      </Field>
      <Field label="New password" error={save.fieldError("newPassword")} hint="At least 12 characters.">
        <Input type="password" name="newPassword" autoComplete="new-password" value={newPassword} onChange={(event) => setNew(event.target.value)} />
      </Field>
    </SettingsSection>
  );
}
