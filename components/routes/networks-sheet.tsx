"use client";
import { useMemo, useState } from "react";
import type { GatewaySettings } from "@/lib/gateway/route-model";
import { EditSheet, FieldGroup } from "./edit-sheet";
import { LinesField } from "./form-fields";
import { Outcome } from "./own-route-sheet";
import { linesOf } from "./policy-form";
import { useRoutesEditing, type RoutesEditing } from "./routes-context";
import { checkSettings, useForm } from "./use-checked-settings";

/** Private networks that external routes may reach: an owner's to say. */
export function NetworksSheet({ onClose }: { onClose(): void }) {
  const editing = useRoutesEditing();
  return editing === null ? null : <NetworksForm editing={editing} onClose={onClose} />;
}

function NetworksForm({ editing, onClose }: { editing: RoutesEditing; onClose(): void }) {
  const [base] = useState(editing.seen);
  const { form, set, isDirty, isTouched, showAll } = useForm({ networks: base.settings.allowedUpstreamNetworks.join("\n") });
  const typed = useMemo((): GatewaySettings => ({ ...base.settings, allowedUpstreamNetworks: linesOf(form.networks) }), [base, form]);
  const checked = useMemo(() => checkSettings(base, typed, editing.view.options), [base, typed, editing.view.options]);
  const problem = checked.problemAt("allowedUpstreamNetworks") ?? checked.problemAt("ownRoutes");
  const save = async () => {
    if (checked.settings === null) return;
    const result = await editing.save(base, checked.settings);
    if (result?.ok === true) onClose();
  };
  return (
    <EditSheet title="Private networks" description="External routes reach public addresses only, and those listed here." isDirty={isDirty} isBusy={editing.isBusy} isValid={checked.settings !== null} onInvalid={showAll} onSave={() => void save()} onClose={onClose}>
      <FieldGroup title="Networks">
        <LinesField label="Networks that external routes may reach" hint="One a line, such as 10.20.0.0/16. Loopback, link-local and cloud metadata stay closed whatever stands here." value={form.networks} error={isTouched("networks") ? problem : undefined} onChange={(networks) => set({ networks })} />
      </FieldGroup>
      <Outcome checked={checked} isShown={isDirty} />
    </EditSheet>
  );
}
