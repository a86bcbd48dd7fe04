"use client";
import { SettingsSection } from "@/components/settings-form/settings-section";
import { useDraft } from "@/components/settings-form/use-draft";
import { Radio, RadioGroup } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import type { EdgeSectionProps } from "./edge-acts";
import { letsEncryptDirectory } from "./edge-words";
import { useEdgeSave } from "./use-edge-save";

/** Who issues certificates that are got by themselves. */
export function AcmeSection({ settings: { acme }, edit, whyNot }: EdgeSectionProps) {
  const isOwnServer = acme !== null && acme.directoryUrl !== letsEncryptDirectory;
  const { draft, isDirty, isChanged, set, reset } = useDraft({ isOwnServer, directoryUrl: isOwnServer ? acme.directoryUrl : "", stagingDirectoryUrl: isOwnServer ? (acme.stagingDirectoryUrl ?? "") : "", email: acme?.email ?? "", caRootPem: acme?.caRootPem ?? "" });
  const save = useEdgeSave(edit, reset);
  const submit = () => {
    const orNull = (text: string) => (text.trim() === "" ? null : text.trim());
    const email = orNull(draft.email);
    if (!draft.isOwnServer) return void save.run({ acme: email === null ? null : { directoryUrl: letsEncryptDirectory, stagingDirectoryUrl: null, email, caRootPem: null } });
    void save.run({ acme: { directoryUrl: draft.directoryUrl, stagingDirectoryUrl: orNull(draft.stagingDirectoryUrl), email, caRootPem: orNull(draft.caRootPem) } });
  };
  return (
    <SettingsSection
      title="Certificates"
      anchor="certificates"
      description="Where certificates come from that the edge gets and renews by itself."
      isDirty={isDirty}
      isBusy={save.isBusy}
      failure={save.sentence}
      consequence={isDirty && isChanged("directoryUrl") && "Names that have a certificate keep it until it is renewed."}
      isReadOnly={whyNot !== null}
      readOnlyReason={whyNot ?? undefined}
      onSave={submit}
      onReset={reset}
    >
      <RadioGroup legend="Authority">
        <Radio name="authority" value="letsencrypt" label="Let's Encrypt" hint="Free, for public names." checked={!draft.isOwnServer} onChange={() => set("isOwnServer", false)} />
        <Radio name="authority" value="own" label="Another ACME server" hint="Of another authority, or of your own, such as step-ca." checked={draft.isOwnServer} onChange={() => set("isOwnServer", true)} />
      </RadioGroup>
      {draft.isOwnServer && (
        <>
          <Field label="Directory URL" error={save.fieldError("acme.directoryUrl")} isDirty={isChanged("directoryUrl")} hint="Such as https://ca.example.com/acme/acme/directory.">
            <Input name="directoryUrl" type="url" isMono autoComplete="off" spellCheck={false} value={draft.directoryUrl} onChange={(event) => set("directoryUrl", event.target.value)} />
          </Field>
          <Field label="Staging directory URL" error={save.fieldError("acme.stagingDirectoryUrl")} isDirty={isChanged("stagingDirectoryUrl")} hint="Where a certificate is rehearsed before a domain is attached. Empty: it is not.">
            <Input name="stagingDirectoryUrl" type="url" isMono autoComplete="off" spellCheck={false} value={draft.stagingDirectoryUrl} onChange={(event) => set("stagingDirectoryUrl", event.target.value)} />
          </Field>
          <Field label="Root certificate of that server" error={save.fieldError("acme.caRootPem")} isDirty={isChanged("caRootPem")} hint="PEM, where no public authority signed the server's own certificate. Empty otherwise.">
            <Textarea name="caRootPem" isMono rows={5} spellCheck={false} value={draft.caRootPem} onChange={(event) => set("caRootPem", event.target.value)} />
          </Field>
        </>
      )}
      <Field label="E-mail for notices" error={save.fieldError("acme.email")} isDirty={isChanged("email")} hint="The authority writes here when something is wrong with the account. Empty: nowhere.">
        <Input name="email" type="email" autoComplete="off" value={draft.email} onChange={(event) => set("email", event.target.value)} />
      </Field>
    </SettingsSection>
  );
}
