"use client";
import { SettingsSection } from "@/components/settings-form/settings-section";
import { useDraft } from "@/components/settings-form/use-draft";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { restartsAfter, restartSentence } from "./restart-sentence";
import type { EditInput } from "./settings-acts";
import { sentenceOf, useSectionSave, type SectionContext } from "./settings-sections";

const portFields = [
  { name: "gatewayPort", label: "Gateway" },
  { name: "poolerSessionPort", label: "Session pooler" },
  { name: "poolerTransactionPort", label: "Transaction pooler" },
] as const;

const names = ["bindAddress", "publicUrl", "gatewayPort", "poolerSessionPort", "poolerTransactionPort", "isDirectDatabasePortOpen", "databasePort"] as const;
const textNames = ["bindAddress", "gatewayPort", "poolerSessionPort", "poolerTransactionPort"] as const;

/** Addresses and ports. Says which services lose their connections before it is saved. */
export function AddressSection({ project, edit, isReadOnly, readOnlyReason }: SectionContext) {
  const { settings, ports } = project;
  const { draft, isDirty, set, reset, isChanged } = useDraft({
    bindAddress: settings.bindAddress,
    publicUrl: settings.publicUrl,
    gatewayPort: String(ports.gateway),
    poolerSessionPort: String(ports.poolerSession),
    poolerTransactionPort: String(ports.poolerTransaction),
    isDirectDatabasePortOpen: settings.isDirectDatabasePortOpen,
    databasePort: ports.database === null ? "" : String(ports.database),
  });
  const save = useSectionSave(edit, reset);
  const submit = () => {
    const input: EditInput = { ref: project.ref };
    for (const name of textNames) if (isChanged(name)) input[name] = draft[name].trim();
    if (isChanged("publicUrl")) input.publicUrl = draft.publicUrl.trim() === "" ? null : draft.publicUrl.trim();
    if (isChanged("isDirectDatabasePortOpen")) input.isDirectDatabasePortOpen = draft.isDirectDatabasePortOpen;
    if (draft.isDirectDatabasePortOpen && isChanged("databasePort") && draft.databasePort.trim() !== "") input.databasePort = draft.databasePort.trim();
    void save.run(input);
  };
  return (
    <SettingsSection title="Address and ports" description="Where the gateway and the pooler listen on the engine's host." isDirty={isDirty} isBusy={save.isBusy} failure={sentenceOf(save.failure)} consequence={isDirty && restartSentence(restartsAfter([...names].filter(isChanged), settings))} isReadOnly={isReadOnly} readOnlyReason={readOnlyReason} onSave={submit} onReset={reset}>
      <Field label="Listens on" error={save.fieldError("bindAddress")} isDirty={isChanged("bindAddress")} hint="127.0.0.1: this machine only. 0.0.0.0: reachable from the network, past host firewalls such as ufw.">
        <Input name="bindAddress" isMono value={draft.bindAddress} onChange={(event) => set("bindAddress", event.target.value)} />
      </Field>
      <Field label="Public URL" error={save.fieldError("publicUrl")} isDirty={isChanged("publicUrl")} hint="The API address as browsers see it. Empty: the address and gateway port.">
        <Input name="publicUrl" type="url" isMono value={draft.publicUrl} onChange={(event) => set("publicUrl", event.target.value)} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-3">
        {portFields.map(({ name, label }) => (
          <Field key={name} label={`${label} port`} error={save.fieldError(name)} isDirty={isChanged(name)}>
            <Input name={name} isMono inputMode="numeric" value={draft[name]} onChange={(event) => set(name, event.target.value)} />
          </Field>
        ))}
      </div>
      <Checkbox label="Open a direct database port" hint="Straight to Postgres, past the pooler." checked={draft.isDirectDatabasePortOpen} onChange={(event) => set("isDirectDatabasePortOpen", event.target.checked)} />
      {draft.isDirectDatabasePortOpen && (
        <Field label="Database port" error={save.fieldError("databasePort")} isDirty={isChanged("databasePort")} hint="The next free one when left empty." className="max-w-60">
          <Input name="databasePort" isMono inputMode="numeric" value={draft.databasePort} onChange={(event) => set("databasePort", event.target.value)} />
        </Field>
      )}
    </SettingsSection>
  );
}
