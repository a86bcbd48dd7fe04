"use client";
import { CircleCheck, CircleX } from "lucide-react";
import { useMemo, useState } from "react";
import { cn } from "@/components/ui/class-names";
import { Sheet } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select, Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { useNowMs } from "@/components/ui/time-ago";
import { isAddress } from "@/lib/gateway/addresses";
import { callers, tryRequest, type Caller, type TriedRequest } from "@/lib/gateway/explain";
import type { GatewayRequest } from "@/lib/gateway/match";
import { effectiveRoutes } from "@/lib/gateway/precedence";
import type { GatewaySettings } from "@/lib/gateway/route-model";
import { httpMethods } from "@/lib/gateway/routes";
import { readHeaders } from "./read-headers";
import { accessName, upstreamName } from "./route-words";
import { useRoutesEditing, type RoutesEditing } from "./routes-context";

const callerNames: Record<Caller, string> = {
  nobody: "Nobody: no key",
  anon: "The anon key",
  publishable: "The publishable key",
  secret: "The secret key",
  service: "The service_role key",
  user: "A signed-in user",
  dashboard: "Somebody with the dashboard's login",
};

/** A request tried on paper: which route takes it and why, and what the caller gets. Nothing is sent. */
export function TrySheet({ onClose }: { onClose(): void }) {
  const editing = useRoutesEditing();
  if (editing === null) return null;
  return (
    <Sheet isOpen onOpenChange={(isOpen) => !isOpen && onClose()} title="Try a request" description="Which route takes it, and what the caller gets. Nothing is sent." className="!w-[min(44rem,100vw)]">
      <TryForm editing={editing} />
    </Sheet>
  );
}

type TryState = { method: string; target: string; headers: string; caller: Caller; address: string; isDraft: boolean };

function TryForm({ editing: { view, seen } }: { editing: RoutesEditing }) {
  const [form, setForm] = useState<TryState>({ method: "GET", target: "/rest/v1/todos", headers: "", caller: "publishable", address: "", isDraft: seen.version !== null });
  const set = (part: Partial<TryState>) => setForm((now) => ({ ...now, ...part }));
  const settings = form.isDraft ? seen.settings : view.settings;
  const routes = useMemo(() => effectiveRoutes(settings, view.options), [settings, view.options]);
  const nowMs = useNowMs() ?? 0;
  const headers = readHeaders(form.headers);
  const address = form.address.trim();
  const addressError = address !== "" && !isAddress(address) ? "Write an IP address, such as 203.0.113.7." : undefined;
  const request: GatewayRequest = { method: form.method, target: form.target.trim() === "" ? "/" : form.target.trim(), headers: headers.values };
  const tried = tryRequest(routes, request, form.caller, { publicUrl: view.options.publicUrl, isLegacyOff: view.options.isLegacyOff, nowMs, ...(address === "" || addressError !== undefined ? {} : { clientAddress: address }) });
  return (
    <div className="flex flex-col gap-4">
      {seen.version !== null && (
        <Field label="Against">
          <Select
            value={form.isDraft ? "draft" : "force"}
            onChange={(event) => set({ isDraft: event.target.value === "draft" })}
            options={[
              { value: "draft", label: "The draft" },
              { value: "force", label: "What is in force" },
            ]}
          />
        </Field>
      )}
      <div className="grid gap-4 sm:grid-cols-[9rem_minmax(0,1fr)]">
        <Field label="Method">
          <Select value={form.method} onChange={(event) => set({ method: event.target.value })} options={httpMethods.map((method) => ({ value: method, label: method }))} />
        </Field>
        <Field label="Path and query">
          <Input isMono autoComplete="off" autoCapitalize="off" spellCheck={false} autoFocus value={form.target} onChange={(event) => set({ target: event.target.value })} />
        </Field>
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="As">
          <Select value={form.caller} onChange={(event) => set({ caller: callers.find((caller) => caller === event.target.value) ?? "nobody" })} options={callers.map((caller) => ({ value: caller, label: callerNames[caller] }))} />
        </Field>
        <Field label="From address" error={addressError} hint="Empty: lists of addresses are not judged.">
          <Input isMono autoComplete="off" spellCheck={false} value={form.address} onChange={(event) => set({ address: event.target.value })} />
        </Field>
      </div>
      <Field label="Further headers" error={headers.problem} hint="One a line, such as x-tenant: acme. Keys come with the choice above.">
        <Textarea isMono autoComplete="off" spellCheck={false} value={form.headers} onChange={(event) => set({ headers: event.target.value })} />
      </Field>
      <Result tried={tried} settings={settings} />
    </div>
  );
}

/** Inside of a sentence: `any API key`. */
const asPart = (text: string) => `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;

function Result({ tried: { explanation, verdict }, settings }: { tried: TriedRequest; settings: GatewaySettings }) {
  const nameOf = (id: string) => settings.ownRoutes.find((route) => route.id === id)?.name ?? id;
  if (explanation.outcome === "rejected") return <Notice tone="bad">{`The gateway answers ${explanation.status} before it looks for a route. ${explanation.reason}`}</Notice>;
  return (
    <section aria-label="What happens" aria-live="polite" className="flex flex-col gap-4 border-t border-line pt-4">
      {explanation.outcome === "matched" && verdict !== null && (
        <div className="flex flex-col gap-2">
          <Notice tone={verdict.isAllowed ? "good" : "bad"}>{`${verdict.status === null ? "Passes on" : `Answers ${verdict.status}`}. ${verdict.reason}`}</Notice>
          <p>
            <span className="font-medium">{nameOf(explanation.route.id)}</span> takes it, at <span className="font-mono text-sm [overflow-wrap:anywhere]">{explanation.path}</span>, and leads to{" "}
            <span className="font-mono text-sm [overflow-wrap:anywhere]">{upstreamName(explanation.route)}</span>. May pass: {asPart(accessName(explanation.route))}.
          </p>
        </div>
      )}
      {explanation.outcome === "unmatched" && <Notice tone="bad">No route takes it: the gateway answers 404.</Notice>}
      <div className="flex flex-col gap-1.5">
        <h3 className="text-sm font-medium text-ink-3">Looked at, in order</h3>
        <ol className="flex flex-col divide-y divide-line rounded border border-line">
          {explanation.considered.map(({ routeId, reason }) => (
            <li key={routeId} className="flex items-start gap-2 px-3 py-1.5">
              {reason === null ? <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-good" /> : <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-3" />}
              <span className={cn("min-w-0 [overflow-wrap:anywhere]", reason !== null && "text-ink-2")}>
                <span className="font-medium">{nameOf(routeId)}</span>: <span className="text-sm">{reason ?? "takes the request."}</span>
              </span>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
