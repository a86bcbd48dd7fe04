"use client";
import { useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { mcpDaysMax, type GatewaySettings, type McpSettings } from "@/lib/gateway/route-model";
import { EditSheet, FieldGroup } from "./edit-sheet";
import { LinesField } from "./form-fields";
import { Outcome } from "./own-route-sheet";
import { McpUses } from "./mcp-uses";
import { linesOf } from "./policy-form";
import { noRefusal, refusedAt, type Refusal } from "./refusal";
import { useRoutesEditing, type RoutesEditing } from "./routes-context";
import { checkSettings, useForm } from "./use-checked-settings";

/** Opens Studio's MCP endpoint to named addresses for a time, or closes it. */
export function McpSheet({ onClose }: { onClose(): void }) {
  const editing = useRoutesEditing();
  return editing === null ? null : <McpForm editing={editing} onClose={onClose} />;
}

type Form = { isOpen: boolean; ipAllow: string; closesAt: string; requiresServiceKey: boolean };

/** As a field for date and time wants it, in the viewer's own zone. */
function toLocal(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const inHours = (hours: number) => toLocal(new Date(Date.now() + hours * 3_600_000).toISOString());

function toForm(mcp: McpSettings): Form {
  if (!mcp.isOpen) return { isOpen: false, ipAllow: "", closesAt: inHours(8), requiresServiceKey: true };
  return { isOpen: true, ipAllow: mcp.ipAllow.join("\n"), closesAt: toLocal(mcp.expiresAt), requiresServiceKey: mcp.requiresServiceKey };
}

function fromForm({ isOpen, ipAllow, closesAt, requiresServiceKey }: Form): McpSettings {
  if (!isOpen) return { isOpen: false };
  const at = new Date(closesAt);
  return { isOpen: true, ipAllow: linesOf(ipAllow), expiresAt: Number.isNaN(at.getTime()) ? "" : at.toISOString(), requiresServiceKey };
}

function McpForm({ editing, onClose }: { editing: RoutesEditing; onClose(): void }) {
  const [base] = useState(editing.seen);
  const { form, set, isDirty, isTouched, showAll } = useForm(toForm(base.settings.mcp));
  const [refused, setRefused] = useState<Refusal<Form>>(noRefusal);
  const typed = useMemo((): GatewaySettings => ({ ...base.settings, mcp: fromForm(form) }), [base, form]);
  const checked = useMemo(() => checkSettings(base, typed, editing.view.options), [base, typed, editing.view.options]);
  const save = async () => {
    if (checked.settings === null) return;
    const result = await editing.save(base, checked.settings);
    if (result?.ok === true) onClose();
    else setRefused({ form, fields: result?.error.fields ?? {} });
  };
  // What the clock decides, only the panel can say: its word stands at the field until something else is typed there.
  const errorAt = (place: string, field: keyof Form) => (isTouched(field) ? checked.problemAt(`mcp.${place}`) : undefined) ?? refusedAt(refused, form, `mcp.${place}`);
  return (
    <EditSheet title="MCP" description={<>Studio&apos;s endpoint for assistants at <span className="font-mono">/mcp</span>. It runs SQL.</>} isDirty={isDirty} isBusy={editing.isBusy} isValid={checked.settings !== null} onInvalid={showAll} onSave={() => void save()} onClose={onClose}>
      <FieldGroup title="Access">
        <Checkbox label="Open for a time" hint="Closed, it answers 403 to everyone." checked={form.isOpen} onChange={(event) => set({ isOpen: event.target.checked })} />
        {form.isOpen && (
          <OpenFields form={form} set={set} machineAddress={editing.view.machineAddress} error={errorAt} />
        )}
      </FieldGroup>
      <FieldGroup title="Use">
        <McpUses projectRef={editing.view.ref} />
      </FieldGroup>
      <Outcome checked={checked} isShown={isDirty} />
    </EditSheet>
  );
}

type OpenProps = { form: Form; set(part: Partial<Form>): void; machineAddress: string | null; error(place: string, field: keyof Form): string | undefined };

function OpenFields({ form, set, machineAddress, error }: OpenProps) {
  const isMachineListed = machineAddress !== null && linesOf(form.ipAllow).includes(machineAddress);
  return (
    <>
      <LinesField label="IP addresses that may use it" hint="An address or network a line. At least one." value={form.ipAllow} error={error("ipAllow", "ipAllow")} onChange={(ipAllow) => set({ ipAllow })} />
      {machineAddress !== null && !isMachineListed && (
        <Notice
          tone="info"
          act={
            <Button size="sm" onClick={() => set({ ipAllow: [...linesOf(form.ipAllow), machineAddress].join("\n") })}>
              Add {machineAddress}
            </Button>
          }
        >{`Requests from this machine itself, also through an SSH tunnel, arrive from \`${machineAddress}\`.`}</Notice>
      )}
      <Field label="Closes at" isRequired error={error("expiresAt", "closesAt")} hint="In your time zone. From then on it answers 403 by itself.">
        <Input type="datetime-local" min={inHours(0)} max={inHours(mcpDaysMax * 24)} value={form.closesAt} onChange={(event) => set({ closesAt: event.target.value })} />
      </Field>
      <Checkbox label="Ask for the service role's key too" hint="Without it, everyone at these addresses may run SQL." checked={form.requiresServiceKey} onChange={(event) => set({ requiresServiceKey: event.target.checked })} />
    </>
  );
}
