"use client";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { formatBytes } from "@/components/ui/format-units";
import { Select } from "@/components/ui/input";
import { FieldGroup } from "./edit-sheet";
import { LinesField, MethodsField, TextField } from "./form-fields";
import { numberOf, type PolicyForm } from "./policy-form";

export type PolicyField = "timeoutMs" | "idleTimeoutMs" | "retryAttempts" | "ipAllow" | "rateLimit" | "cors" | "maxBodyBytes";

export type PolicyFieldsProps = {
  form: PolicyForm;
  set(part: Partial<PolicyForm>): void;
  /** The problem of a field, by its place in the stored route. */
  error(field: string): string | undefined;
  /** Those that are shown. */
  shows(field: PolicyField): boolean;
  /** What an empty number stands for. */
  empty: { timeoutMs: string; idleTimeoutMs: string; retryAttempts: string; maxBodyBytes: string };
};

/** From where and how often one may ask, and how much at once. */
export function LimitFields({ form, set, error, shows, empty }: PolicyFieldsProps) {
  const size = numberOf(form.maxBodyBytes);
  return (
    <FieldGroup title="Limits">
      {shows("ipAllow") && <LinesField label="IP addresses that may ask" hint="An address or network a line, such as 203.0.113.0/24. Empty: every address." value={form.ipAllow} error={error("ipAllow")} onChange={(ipAllow) => set({ ipAllow })} />}
      {shows("rateLimit") && <RateFields form={form} set={set} error={error} />}
      {shows("maxBodyBytes") && (
        <TextField label="Largest body in bytes" isNumber value={form.maxBodyBytes} error={error("maxBodyBytes")} hint={Number.isInteger(size) && size > 0 ? formatBytes(size) : empty.maxBodyBytes} onChange={(maxBodyBytes) => set({ maxBodyBytes })} />
      )}
    </FieldGroup>
  );
}

function RateFields({ form, set, error }: Pick<PolicyFieldsProps, "form" | "set" | "error">) {
  return (
    <>
      <Checkbox label="Limit how often one may ask" hint="Whoever asks more often gets 429 until the next second." checked={form.isRateLimited} onChange={(event) => set({ isRateLimited: event.target.checked })} />
      {form.isRateLimited && (
        <div className="grid gap-4 sm:grid-cols-3">
          <TextField label="Requests per second" isNumber isRequired value={form.requestsPerSecond} error={error("rateLimit.requestsPerSecond")} onChange={(requestsPerSecond) => set({ requestsPerSecond })} />
          <TextField label="At once" isNumber isRequired value={form.burst} error={error("rateLimit.burst")} onChange={(burst) => set({ burst })} />
          <Field label="Counted per">
            <Select
              value={form.per}
              onChange={(event) => set({ per: event.target.value === "key" ? "key" : "ip" })}
              options={[
                { value: "ip", label: "IP address" },
                { value: "key", label: "API key" },
              ]}
            />
          </Field>
        </div>
      )}
    </>
  );
}

/** When an answer is cut off, and whether it is tried again. */
export function TimeFields({ form, set, error, shows, empty }: PolicyFieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      {shows("timeoutMs") && <TextField label="Timeout in ms" isNumber value={form.timeoutMs} error={error("timeoutMs")} hint={empty.timeoutMs} onChange={(timeoutMs) => set({ timeoutMs })} />}
      {shows("idleTimeoutMs") && <TextField label="Silence in ms" isNumber value={form.idleTimeoutMs} error={error("idleTimeoutMs")} hint={empty.idleTimeoutMs} onChange={(idleTimeoutMs) => set({ idleTimeoutMs })} />}
      {shows("retryAttempts") && <TextField label="Further tries" isNumber value={form.retryAttempts} error={error("retryAttempts")} hint={empty.retryAttempts} onChange={(retryAttempts) => set({ retryAttempts })} />}
    </div>
  );
}

/** Browsers take no `*` together with cookies, and Envoy cannot repeat what they ask for. */
const headersWithCookies = "One a line, in lower case. Empty: with cookies, Envoy lets through those that Supabase's clients send; name all that your pages send where there are others.";

/** Which pages may read answers in a browser. */
export function CorsFields({ form, set, error, defaultWords }: Pick<PolicyFieldsProps, "form" | "set" | "error"> & { defaultWords: string }) {
  return (
    <FieldGroup title="CORS" hint={form.hasCors ? undefined : defaultWords}>
      <Checkbox label="Say which pages may read answers" checked={form.hasCors} onChange={(event) => set({ hasCors: event.target.checked })} />
      {form.hasCors && (
        <>
          <LinesField label="Origins" hint="One a line, such as https://app.example.com; * is every page. Empty: no page of another origin." value={form.corsOrigins} error={error("cors.origins")} onChange={(corsOrigins) => set({ corsOrigins })} />
          <MethodsField legend="Methods that pages may use" value={form.corsMethods} onChange={(corsMethods) => set({ corsMethods })} />
          <LinesField label="Headers that pages may send" hint={form.allowsCredentials ? headersWithCookies : "One a line, in lower case. Empty: every header."} value={form.corsHeaders} error={error("cors.headers")} onChange={(corsHeaders) => set({ corsHeaders })} />
          <Checkbox label="With cookies" hint="Pages of these origins send the visitor's cookies along." checked={form.allowsCredentials} onChange={(event) => set({ allowsCredentials: event.target.checked })} />
        </>
      )}
    </FieldGroup>
  );
}
