"use client";
import { SettingsSection } from "@/components/settings-form/settings-section";
import { useDraft } from "@/components/settings-form/use-draft";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { restartsAfter, restartSentence } from "./restart-sentence";
import { sentenceOf, useSectionSave, type SectionContext } from "./settings-sections";

/** Mail of the project. The password is sealed to the worker and never comes back to a page. */
export function SmtpSection({ project, edit, isReadOnly, readOnlyReason }: SectionContext) {
  const { smtp } = project.settings;
  const { draft, isDirty, set, reset, isChanged } = useDraft({
    isOn: smtp !== null,
    host: smtp?.host ?? "",
    port: String(smtp?.port ?? 587),
    user: smtp?.user ?? "",
    senderEmail: smtp?.senderEmail ?? "",
    senderName: smtp?.senderName ?? project.displayName,
    password: "",
  });
  const save = useSectionSave(edit, reset);
  const error = (name: string) => save.fieldError(`smtp.${name}`) ?? save.fieldError(name);
  const submit = () => {
    if (!draft.isOn) return void save.run({ ref: project.ref, smtp: null });
    const { host, port, user, senderEmail, senderName } = draft;
    void save.run({ ref: project.ref, smtp: { host, port, user, senderEmail, senderName }, ...(draft.password === "" ? {} : { smtpPassword: draft.password }) });
  };
  return (
    <SettingsSection anchor="mail" title="Mail" description="Confirmation, magic link and password mails of this project." isDirty={isDirty} isBusy={save.isBusy} failure={sentenceOf(save.failure)} consequence={isDirty && restartSentence(restartsAfter(["smtp"], project.settings))} isReadOnly={isReadOnly} readOnlyReason={readOnlyReason} onSave={submit} onReset={reset}>
      {smtp === null && !draft.isOn && <Notice tone="warn">Until mail is set up, sign-ups are confirmed automatically: anyone can sign up with an address that is not theirs.</Notice>}
      <Checkbox label="Send mail through an SMTP server" checked={draft.isOn} onChange={(event) => set("isOn", event.target.checked)} />
      {draft.isOn && (
        <>
          <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_8rem]">
            <Field label="Host" error={error("host")} isDirty={isChanged("host")} isRequired>
              <Input name="host" isMono autoComplete="off" value={draft.host} onChange={(event) => set("host", event.target.value)} />
            </Field>
            <Field label="Port" error={error("port")} isDirty={isChanged("port")} isRequired>
              <Input name="port" isMono inputMode="numeric" value={draft.port} onChange={(event) => set("port", event.target.value)} />
            </Field>
          </div>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="User" error={error("user")} isDirty={isChanged("user")}>
              <Input name="user" autoComplete="off" value={draft.user} onChange={(event) => set("user", event.target.value)} />
            </Field>
            <Field label="Password" error={save.fieldError("smtpPassword")} isDirty={isChanged("password")} hint={smtp === null ? undefined : "Left empty, the stored one stays."}>
              <Input name="smtpPassword" type="password" autoComplete="new-password" value={draft.password} onChange={(event) => set("password", event.target.value)} />
            </Field>
            <Field label="Sender's address" error={error("senderEmail")} isDirty={isChanged("senderEmail")} isRequired>
              <Input name="senderEmail" type="email" autoComplete="off" value={draft.senderEmail} onChange={(event) => set("senderEmail", event.target.value)} />
            </Field>
            <Field label="Sender's name" error={error("senderName")} isDirty={isChanged("senderName")} isRequired>
              <Input name="senderName" dir="auto" autoComplete="off" value={draft.senderName} onChange={(event) => set("senderName", event.target.value)} />
            </Field>
          </div>
        </>
      )}
    </SettingsSection>
  );
}
