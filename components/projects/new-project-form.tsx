"use client";
import { ChevronDown } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { Checkbox, Radio, RadioGroup } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { ProjectPreview } from "@/lib/projects/views";
import { NewProjectSummary } from "./new-project-summary";
import { emptyDraft, toInput, type NewProjectDraft, type NewProjectInput } from "./new-project-draft";
import type { ServiceChoice } from "./service-choice";
import { ServicePicker } from "./service-picker";

type FormProps = {
  releases: readonly { name: string; isDefault: boolean; services: readonly ServiceChoice[] }[];
  create: Act<NewProjectInput, { ref: string; operationId: string }>;
  preview: Act<NewProjectInput, ProjectPreview>;
};

/** One field and a button; everything else has a good default and folds out beside a live summary. */
export function NewProjectForm({ releases, create, preview }: FormProps) {
  const router = useRouter();
  const fallback = releases.find((release) => release.isDefault) ?? releases[0];
  const [draft, setDraft] = useState<NewProjectDraft>(() => emptyDraft(fallback?.name ?? "", fallback?.services.map((service) => service.name) ?? []));
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy, failure, fieldError } = useAct(create, { failures: "inline", isRefreshing: false, onDone: ({ operationId }) => router.push(`/operations/${operationId}`) });
  const release = releases.find((item) => item.name === draft.release) ?? fallback;
  const catalogue = release?.services ?? [];
  const change = (part: Partial<NewProjectDraft>) => setDraft((now) => ({ ...now, ...part }));
  const input = toInput(draft, catalogue);
  const optionErrors = failure?.fields ? Object.keys(failure.fields).some((name) => name !== "displayName") : false;

  return (
    <form
      noValidate
      className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_22rem]"
      onSubmit={(event) => {
        event.preventDefault();
        void run(input);
      }}
    >
      <div className="flex min-w-0 flex-col gap-6">
        {failure && !failure.fields && <Notice tone="bad">{failure.message}</Notice>}
        <Field label="Name" error={fieldError("displayName")} hint="What people call it. Any script, up to 60 characters." isRequired>
          <Input name="displayName" dir="auto" autoFocus autoComplete="off" value={draft.displayName} onChange={(event) => change({ displayName: event.target.value })} />
        </Field>
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" variant="primary" size="lg" isBusy={isBusy}>
            Create project
          </Button>
          <Button size="lg" variant="ghost" aria-expanded={isOpen || optionErrors} onClick={() => setOpen(!isOpen)} icon={<ChevronDown aria-hidden className={isOpen || optionErrors ? "size-4 rotate-180 transition-transform" : "size-4 transition-transform"} />}>
            Options
          </Button>
        </div>
        {(isOpen || optionErrors) && <Options draft={draft} change={change} releases={releases} catalogue={catalogue} fieldError={fieldError} />}
      </div>
      <NewProjectSummary input={input} catalogue={catalogue} services={draft.services} preview={preview} />
    </form>
  );
}

type OptionsProps = { draft: NewProjectDraft; change(part: Partial<NewProjectDraft>): void; releases: FormProps["releases"]; catalogue: readonly ServiceChoice[]; fieldError(name: string): string | undefined };

function Options({ draft, change, releases, catalogue, fieldError }: OptionsProps) {
  return (
    <div className="flex min-w-0 animate-appear flex-col gap-6 border-t border-line pt-6">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Reference" error={fieldError("ref")} hint="Part of connection strings. Made from the name when left empty.">
          <Input name="ref" isMono autoComplete="off" spellCheck={false} value={draft.ref} onChange={(event) => change({ ref: event.target.value })} />
        </Field>
        <Field label="Release" error={fieldError("release")} hint="Version of self-hosted Supabase.">
          <Select
            name="release"
            value={draft.release}
            onChange={(event) => {
              const next = releases.find((item) => item.name === event.target.value);
              change({ release: event.target.value, services: next?.services.map((service) => service.name) ?? draft.services });
            }}
            options={releases.map((item) => ({ value: item.name, label: item.isDefault ? `${item.name}, recommended` : item.name }))}
          />
        </Field>
      </div>
      <ServicePicker catalogue={catalogue} selected={draft.services} onChange={(services) => change({ services })} error={fieldError("services")} />
      <AddressOptions draft={draft} change={change} fieldError={fieldError} />
      <Field label="Postgres password" error={fieldError("postgresPassword")} hint="Generated when left empty. 16 to 64 letters and digits.">
        <Input name="postgresPassword" type="password" isMono autoComplete="new-password" value={draft.postgresPassword} onChange={(event) => change({ postgresPassword: event.target.value })} />
      </Field>
    </div>
  );
}

function AddressOptions({ draft, change, fieldError }: Omit<OptionsProps, "releases" | "catalogue">) {
  return (
    <div className="flex flex-col gap-4">
      <RadioGroup legend="Listens on">
        <Radio name="reach" label="This machine only" hint="127.0.0.1" checked={draft.reach === "local"} onChange={() => change({ reach: "local" })} />
        <Radio name="reach" label="Every address of this machine" hint="0.0.0.0. Reachable from the network, past host firewalls such as ufw." checked={draft.reach === "all"} onChange={() => change({ reach: "all" })} />
        <Radio name="reach" label="One address" checked={draft.reach === "one"} onChange={() => change({ reach: "one" })} />
      </RadioGroup>
      {draft.reach === "one" && (
        <Field label="Address" error={fieldError("bindAddress")} hint="An IPv4 address of this machine.">
          <Input name="bindAddress" isMono inputMode="decimal" value={draft.address} onChange={(event) => change({ address: event.target.value })} />
        </Field>
      )}
      <Field label="Gateway port" error={fieldError("gatewayPort")} hint="The next free one when left empty." className="max-w-60">
        <Input name="gatewayPort" isMono inputMode="numeric" value={draft.gatewayPort} onChange={(event) => change({ gatewayPort: event.target.value })} />
      </Field>
      <Checkbox label="Open a direct database port" hint="Off by default: the pooler's ports are on." checked={draft.isDirectDatabasePortOpen} onChange={(event) => change({ isDirectDatabasePortOpen: event.target.checked })} />
    </div>
  );
}
