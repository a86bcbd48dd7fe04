"use client";
import { useAct } from "@/components/act/use-act";
import { SettingsSection } from "@/components/settings-form/settings-section";
import { useDraft } from "@/components/settings-form/use-draft";
import { Radio, RadioGroup } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { showToast } from "@/components/ui/toast";
import type { ServiceName } from "@/lib/stack/desired";
import type { ProjectDetail } from "@/lib/projects/views";
import { restartsAfter, restartSentence, restartsWithServices } from "./restart-sentence";
import type { ServiceChoice } from "./service-choice";
import { ServicePicker } from "./service-picker";
import type { EditAct } from "./settings-acts";

export type SectionContext = { project: ProjectDetail; edit: EditAct; isReadOnly: boolean; readOnlyReason: string };

/** Saving of one section: sends its part, says what happens, and forgets the draft once it is saved. */
export function useSectionSave(edit: EditAct, onSaved: () => void) {
  return useAct(edit, {
    failures: "inline",
    onDone: ({ operationId }) => {
      onSaved();
      showToast(operationId === null ? "Saved." : "Saved. It is being applied and proven now.");
    },
  });
}

/** The failure of a save as a sentence; what belongs to a field is shown at the field. */
export function sentenceOf(failure: { message: string; fields?: Record<string, string> } | null): string | null {
  return failure !== null && failure.fields === undefined ? failure.message : null;
}

export function NameSection({ project, edit, isReadOnly, readOnlyReason }: SectionContext) {
  const { draft, isDirty, set, reset } = useDraft({ displayName: project.displayName });
  const save = useSectionSave(edit, reset);
  return (
    <SettingsSection title="Name" description="For people. The reference stays what it is." isDirty={isDirty} isBusy={save.isBusy} failure={sentenceOf(save.failure)} consequence={isDirty && restartSentence(restartsAfter(["displayName"], project.settings))} isReadOnly={isReadOnly} readOnlyReason={readOnlyReason} onSave={() => void save.run({ ref: project.ref, displayName: draft.displayName })} onReset={reset}>
      <Field label="Display name" error={save.fieldError("displayName")}>
        <Input name="displayName" dir="auto" value={draft.displayName} onChange={(event) => set("displayName", event.target.value)} />
      </Field>
    </SettingsSection>
  );
}

export function ServicesSection({ project, edit, isReadOnly, readOnlyReason, catalogue }: SectionContext & { catalogue: readonly ServiceChoice[] }) {
  const saved: readonly ServiceName[] = project.settings.services;
  const { draft, isDirty, set, reset } = useDraft<{ services: readonly ServiceName[] }>({ services: saved });
  const save = useSectionSave(edit, reset);
  const added = draft.services.filter((name) => !saved.includes(name));
  const removed = saved.filter((name) => !draft.services.includes(name));
  const consequence = [added.length > 0 ? `${added.join(", ")} will start.` : "", removed.length > 0 ? `${removed.join(", ")} will stop; their data stays.` : "", restartSentence(restartsWithServices(saved, draft.services))].filter(Boolean).join(" ");
  return (
    <SettingsSection title="Services" description="What runs in this project." isDirty={isDirty} isBusy={save.isBusy} failure={sentenceOf(save.failure)} consequence={isDirty && consequence} isReadOnly={isReadOnly} readOnlyReason={readOnlyReason} onSave={() => void save.run({ ref: project.ref, services: [...draft.services] })} onReset={reset}>
      <ServicePicker catalogue={catalogue} selected={draft.services} onChange={(services) => set("services", services)} error={save.fieldError("services")} isDisabled={isReadOnly} />
    </SettingsSection>
  );
}

export function UrlsSection({ project, edit, isReadOnly, readOnlyReason }: SectionContext) {
  const { settings } = project;
  const { draft, isDirty, set, reset, isChanged } = useDraft({ siteUrl: settings.siteUrl, redirectUrls: settings.redirectUrls.join("\n") });
  const save = useSectionSave(edit, reset);
  const lines = draft.redirectUrls.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const redirectError = save.fieldError("redirectUrls") ?? Object.entries(save.failure?.fields ?? {}).find(([name]) => name.startsWith("redirectUrls"))?.[1];
  return (
    <SettingsSection title="Site and redirect URLs" description="Where sign-in links lead back to." isDirty={isDirty} isBusy={save.isBusy} failure={sentenceOf(save.failure)} consequence={isDirty && restartSentence(restartsAfter(["siteUrl"], project.settings))} isReadOnly={isReadOnly} readOnlyReason={readOnlyReason} onSave={() => void save.run({ ref: project.ref, siteUrl: draft.siteUrl.trim(), redirectUrls: lines })} onReset={reset}>
      <Field label="Site URL" error={save.fieldError("siteUrl")} isDirty={isChanged("siteUrl")}>
        <Input name="siteUrl" type="url" isMono value={draft.siteUrl} onChange={(event) => set("siteUrl", event.target.value)} />
      </Field>
      <Field label="Redirect URLs" error={redirectError} isDirty={isChanged("redirectUrls")} hint="One per line. * stands for anything inside a path part, ** for any path.">
        <Textarea name="redirectUrls" isMono rows={4} value={draft.redirectUrls} onChange={(event) => set("redirectUrls", event.target.value)} />
      </Field>
    </SettingsSection>
  );
}

export function DriftSection({ project, edit, isReadOnly, readOnlyReason }: SectionContext) {
  const { draft, isDirty, set, reset } = useDraft({ driftPolicy: project.driftPolicy });
  const save = useSectionSave(edit, reset);
  return (
    <SettingsSection title="Drift" description="When a container is gone, changed or stopped by hand." isDirty={isDirty} isBusy={save.isBusy} failure={sentenceOf(save.failure)} consequence={isDirty && "Nothing restarts."} isReadOnly={isReadOnly} readOnlyReason={readOnlyReason} onSave={() => void save.run({ ref: project.ref, driftPolicy: draft.driftPolicy })} onReset={reset}>
      <RadioGroup legend="What happens then">
        <Radio name="driftPolicy" label="Report it" hint="The page says so and offers Reconcile." checked={draft.driftPolicy === "report"} onChange={() => set("driftPolicy", "report")} />
        <Radio name="driftPolicy" label="Set it right" hint="Reconciled without asking, at most every 15 minutes." checked={draft.driftPolicy === "enforce"} onChange={() => set("driftPolicy", "enforce")} />
      </RadioGroup>
    </SettingsSection>
  );
}
