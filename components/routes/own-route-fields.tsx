"use client";
import { Checkbox, Radio, RadioGroup } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import type { OwnRoute } from "@/lib/gateway/route-model";
import { FieldGroup } from "./edit-sheet";
import { HeadersField, LinesField, MethodsField, RowsField, TextField } from "./form-fields";
import type { ConditionForm, RouteForm } from "./route-form";
import { orderedOwn } from "./route-rows";

type FieldsProps = {
  form: RouteForm;
  set(part: Partial<RouteForm>): void;
  /** The problem at a place of the stored route, once one of the fields was changed. */
  error(place: string, ...fields: (keyof RouteForm)[]): string | undefined;
  /** Services that the project runs. */
  services: readonly string[];
  /** Every own route but this one. */
  others: readonly OwnRoute[];
};

/** What it is called, whether it counts, and where it stands. */
export function NameFields({ form, set, error, others }: FieldsProps) {
  const neighbours = orderedOwn(others, form.side);
  return (
    <FieldGroup title="Route">
      <Field label="Name" isRequired error={error("name", "name")}>
        <Input autoComplete="off" dir="auto" autoFocus value={form.name} onChange={(event) => set({ name: event.target.value })} />
      </Field>
      <Checkbox label="Switched on" hint="Switched off, it keeps its place and takes no request." checked={form.isEnabled} onChange={(event) => set({ isEnabled: event.target.checked })} />
      <RadioGroup legend="Position">
        <Radio name="side" label="Above the built-in routes" hint="It takes its requests before any of them." checked={form.side === "above"} onChange={() => set({ side: "above", afterId: orderedOwn(others, "above").at(-1)?.id ?? "" })} />
        <Radio name="side" label="Below the built-in routes" hint="It takes what none of them does, before the dashboard." checked={form.side === "below"} onChange={() => set({ side: "below", afterId: orderedOwn(others, "below").at(-1)?.id ?? "" })} />
      </RadioGroup>
      {neighbours.length > 0 && (
        <Field label="Place among own routes there">
          <Select value={form.afterId} onChange={(event) => set({ afterId: event.target.value })} options={[{ value: "", label: "First" }, ...neighbours.map(({ id, name }) => ({ value: id, label: `After ${name}` }))]} />
        </Field>
      )}
    </FieldGroup>
  );
}

const pathKinds: { value: RouteForm["pathKind"]; label: string }[] = [
  { value: "prefix", label: "Starts with" },
  { value: "exact", label: "Is exactly" },
  { value: "regex", label: "Matches the expression" },
];
const conditionKinds: { value: ConditionForm["kind"]; label: string }[] = [
  { value: "exact", label: "is exactly" },
  { value: "prefix", label: "starts with" },
  { value: "regex", label: "matches" },
  { value: "present", label: "is there" },
  { value: "absent", label: "is not there" },
];

/** Which requests it takes. */
export function MatchFields({ form, set, error }: FieldsProps) {
  return (
    <FieldGroup title="Takes requests">
      <div className="grid gap-4 sm:grid-cols-[13rem_minmax(0,1fr)]">
        <Field label="Path">
          <Select value={form.pathKind} onChange={(event) => set({ pathKind: pathKinds.find(({ value }) => value === event.target.value)?.value ?? "prefix" })} options={pathKinds} />
        </Field>
        <TextField label={form.pathKind === "regex" ? "Expression" : "Value"} isRequired placeholder={form.pathKind === "regex" ? "/orders/[0-9]+" : "/hooks/"} hint={form.pathKind === "regex" ? "RE2, over the whole path." : undefined} value={form.path} error={error("match.path", "path", "pathKind")} onChange={(path) => set({ path })} />
      </div>
      <MethodsField legend="Methods" value={form.methods} onChange={(methods) => set({ methods })} />
      <RowsField
        title="Header condition"
        addLabel="Add a header condition"
        items={form.conditions}
        empty={{ name: "", kind: "exact" as const, value: "" }}
        onChange={(conditions) => set({ conditions })}
        row={(item, index, change) => (
          <>
            <TextField label="Header" placeholder="x-tenant" value={item.name} error={error(`match.headers.${index}.name`, "conditions")} onChange={(name) => change({ name })} />
            <Field label="Condition">
              <Select value={item.kind} onChange={(event) => change({ kind: conditionKinds.find(({ value }) => value === event.target.value)?.value ?? "exact" })} options={conditionKinds} />
            </Field>
            {item.kind !== "present" && item.kind !== "absent" && <TextField label="Value" value={item.value} error={error(`match.headers.${index}.value`, "conditions")} onChange={(value) => change({ value })} />}
          </>
        )}
      />
    </FieldGroup>
  );
}

const serviceNames: { value: RouteForm["upstream"]; label: string }[] = [
  { value: "functions", label: "functions" },
  { value: "rest", label: "rest (database)" },
  { value: "auth", label: "auth" },
  { value: "storage", label: "storage" },
  { value: "realtime", label: "realtime" },
  { value: "meta", label: "meta (any SQL)" },
  { value: "studio", label: "studio" },
  { value: "external", label: "An external address" },
  { value: "none", label: "Nobody: the route refuses" },
];

/** Where requests go, and with which path. */
export function UpstreamFields({ form, set, error, services }: FieldsProps) {
  const offered = serviceNames.filter(({ value }) => value === "external" || value === "none" || value === form.upstream || services.includes(value));
  const choose = (chosen: string) => {
    const upstream = offered.find(({ value }) => value === chosen)?.value ?? form.upstream;
    set({ upstream, ...(upstream === "none" ? { access: "denied" as const } : {}) });
  };
  const isExternal = form.upstream === "external";
  return (
    <FieldGroup title="Goes to">
      <Field label="Upstream" error={isExternal ? undefined : error("upstream", "upstream", "access")}>
        <Select value={form.upstream} onChange={(event) => choose(event.target.value)} options={offered} />
      </Field>
      {isExternal && (
        <>
          <TextField label="Address" isRequired placeholder="https://api.example.com" hint="Over https alone. Its name is looked up when the draft is applied, and its certificate is checked." value={form.origin} error={error("upstream", "origin")} onChange={(origin) => set({ origin })} />
          <Checkbox label="Send keys, tokens and cookies of the caller along" hint="Otherwise apikey, authorization and cookies stay here." checked={form.forwardsCredentials} onChange={(event) => set({ forwardsCredentials: event.target.checked })} />
        </>
      )}
      {form.upstream !== "none" && (
        <TextField label="Rewrite" hint={form.pathKind === "prefix" ? "Put in the place of the prefix. Empty: the path stays." : "Put in the place of the whole path. Empty: the path stays."} value={form.rewrite} error={error("rewrite", "rewrite", "upstream", "path")} onChange={(rewrite) => set({ rewrite })} />
      )}
    </FieldGroup>
  );
}

const accessOptions: { value: RouteForm["access"]; label: string }[] = [
  { value: "any-key", label: "Whoever has an API key" },
  { value: "opaque-key", label: "The publishable or the secret key alone" },
  { value: "service-key", label: "The service role's key alone" },
  { value: "user-jwt", label: "Signed-in users" },
  { value: "dashboard", label: "The dashboard's login" },
  { value: "open", label: "Everyone" },
  { value: "denied", label: "Nobody: it answers 403" },
];

/** Who may pass. */
export function AccessFields({ form, set, error }: FieldsProps) {
  return (
    <FieldGroup title="Lets pass">
      <Field label="Access" error={error("access", "access", "upstream")}>
        <Select value={form.access} onChange={(event) => set({ access: accessOptions.find(({ value }) => value === event.target.value)?.value ?? form.access })} options={accessOptions} />
      </Field>
    </FieldGroup>
  );
}

/** Headers written or taken off on the way in and out. */
export function HeaderFields({ form, set, error }: FieldsProps) {
  return (
    <FieldGroup title="Headers">
      <HeadersField title="Request header" addLabel="Set a request header" items={form.requestSet} error={(index, part) => error(`requestHeaders.set.${index}.${part}`, "requestSet")} onChange={(requestSet) => set({ requestSet })} />
      <LinesField label="Request headers taken off" hint="One a line." value={form.requestRemove} error={error("requestHeaders.remove", "requestRemove", "requestSet")} onChange={(requestRemove) => set({ requestRemove })} />
      <HeadersField title="Response header" addLabel="Set a response header" items={form.responseSet} error={(index, part) => error(`responseHeaders.set.${index}.${part}`, "responseSet")} onChange={(responseSet) => set({ responseSet })} />
      <LinesField label="Response headers taken off" hint="One a line." value={form.responseRemove} error={error("responseHeaders.remove", "responseRemove", "responseSet")} onChange={(responseRemove) => set({ responseRemove })} />
    </FieldGroup>
  );
}
