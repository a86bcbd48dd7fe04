"use client";
import { RotateCcw } from "lucide-react";
import { useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { permittedOverrides } from "@/lib/gateway/overrides";
import type { GatewaySettings } from "@/lib/gateway/route-model";
import { builtInRoutes } from "@/lib/gateway/routes";
import { EditSheet, FieldGroup } from "./edit-sheet";
import { Outcome } from "./own-route-sheet";
import { fromOverrideForm, toOverrideForm, type OverrideForm } from "./policy-form";
import { CorsFields, LimitFields, TimeFields, type PolicyFieldsProps } from "./policy-fields";
import { corsText, timeoutText } from "./route-words";
import { useRoutesEditing, type RoutesEditing } from "./routes-context";
import { checkSettings, useForm } from "./use-checked-settings";

type SheetProps = { id: string; onClose(): void };

/** Changes what may be changed on a route that comes with the release; the rest of it is the release's. */
export function BuiltInSheet({ id, onClose }: SheetProps) {
  const editing = useRoutesEditing();
  return editing === null ? null : <BuiltInForm editing={editing} id={id} onClose={onClose} />;
}

function withOverride(settings: GatewaySettings, id: string, override: GatewaySettings["builtInOverrides"][string] | null): GatewaySettings {
  const others = Object.entries(settings.builtInOverrides).filter(([known]) => known !== id);
  return { ...settings, builtInOverrides: Object.fromEntries(override === null ? others : [...others, [id, override]]) };
}

function BuiltInForm({ editing, id, onClose }: SheetProps & { editing: RoutesEditing }) {
  const [base] = useState(editing.seen);
  const permitted = permittedOverrides(id);
  const present = base.settings.builtInOverrides[id] ?? {};
  const { form, set, isDirty, isTouched, showAll } = useForm<OverrideForm>(toOverrideForm(present));
  const typed = useMemo(() => withOverride(base.settings, id, fromOverrideForm(form, permitted)), [base, id, form, permitted]);
  const checked = useMemo(() => checkSettings(base, typed, editing.view.options), [base, typed, editing.view.options]);
  const released = builtInRoutes(editing.view.options).find((route) => route.id === id);
  const save = async (settings: GatewaySettings) => {
    const result = await editing.save(base, settings);
    if (result?.ok === true) onClose();
  };
  const fields: PolicyFieldsProps = {
    form, set, shows: (field) => permitted.includes(field) && !(field === "timeoutMs" && form.hasNoTimeout), empty: emptyWords,
    // Every field of the form is touched by itself: the release's values are valid.
    error: (place) => (isTouched(...(Object.keys(form) as (keyof OverrideForm)[])) ? checked.problemAt(`builtInOverrides.${id}.${place}`) : undefined),
  };
  const isChanged = Object.keys(present).length > 0;
  return (
    <EditSheet
      title={<span className="font-mono">{released?.match.path ?? id}</span>}
      description={<>Built in, as <span className="font-mono">{id}</span>. Path, upstream and who may pass are the release&apos;s.</>}
      isDirty={isDirty}
      isBusy={editing.isBusy}
      isValid={checked.settings !== null}
      onInvalid={showAll}
      onSave={() => checked.settings !== null && void save(checked.settings)}
      onClose={onClose}
      acts={isChanged && <AsReleased isBusy={editing.isBusy} onPress={() => void save(withOverride(base.settings, id, null))} />}
    >
      {permitted.includes("isClosed") && (
        <FieldGroup title="Access">
          <Checkbox label="Closed" hint="It answers 403 to everyone." checked={form.isClosed} onChange={(event) => set({ isClosed: event.target.checked })} />
        </FieldGroup>
      )}
      <FieldGroup title="Time" hint={released === undefined ? undefined : `In the release: ${timeoutText(released)}.`}>
        {permitted.includes("timeoutMs") && <Checkbox label="Answers may take as long as they need" checked={form.hasNoTimeout} onChange={(event) => set({ hasNoTimeout: event.target.checked })} />}
        <TimeFields {...fields} />
      </FieldGroup>
      {(permitted.includes("ipAllow") || permitted.includes("rateLimit")) && <LimitFields {...fields} />}
      {permitted.includes("cors") && <CorsFields {...fields} defaultWords={`In the release: ${released === undefined ? "every page" : corsText(released).toLowerCase()}.`} />}
      <Outcome checked={checked} isShown={isDirty} />
    </EditSheet>
  );
}

const emptyWords = { timeoutMs: "Empty: the release's.", idleTimeoutMs: "Empty: the release's; 0: never ends for silence.", retryAttempts: "Empty: the release's.", maxBodyBytes: "Empty: any size." };

function AsReleased({ isBusy, onPress }: { isBusy: boolean; onPress(): void }) {
  return (
    <Button icon={<RotateCcw aria-hidden className="size-4" />} isBusy={isBusy} onClick={onPress}>
      As released
    </Button>
  );
}
