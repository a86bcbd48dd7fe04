"use client";
import { CopyPlus, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { GatewaySettings, OwnRoute } from "@/lib/gateway/route-model";
import type { UpstreamService } from "@/lib/gateway/routes";
import { ChangeList } from "./change-list";
import { EditSheet, FieldGroup } from "./edit-sheet";
import { AccessFields, HeaderFields, MatchFields, NameFields, UpstreamFields } from "./own-route-fields";
import { CorsFields, LimitFields, TimeFields, type PolicyFieldsProps } from "./policy-fields";
import type { EditTarget } from "./route-acts";
import { copyForm, newRouteForm, toRouteForm, withForm, type RouteForm } from "./route-form";
import { newRouteId } from "./route-names";
import { withoutRoute } from "./route-order";
import { useRoutesEditing, type RoutesEditing } from "./routes-context";
import { checkSettings, useForm } from "./use-checked-settings";

type SheetProps = { target: EditTarget & { kind: "own" }; onOpen(target: EditTarget): void; onClose(): void };

/** Adds or changes an own route. What it does to the gateway is said in words while it is typed. */
export function OwnRouteSheet({ target, onOpen, onClose }: SheetProps) {
  const editing = useRoutesEditing();
  return editing === null ? null : <OwnRouteForm editing={editing} target={target} onOpen={onOpen} onClose={onClose} />;
}

const upstreams: readonly UpstreamService[] = ["functions", "rest", "auth", "storage", "realtime", "meta", "studio"];

function startOf({ id, copyOf }: SheetProps["target"], settings: GatewaySettings, services: readonly string[]): RouteForm {
  const find = (wanted: string | null | undefined): OwnRoute | undefined => settings.ownRoutes.find((route) => route.id === wanted);
  const [known, copied] = [find(id), find(copyOf)];
  if (known !== undefined) return toRouteForm(known, settings);
  if (copied !== undefined) return copyForm(copied, settings);
  return newRouteForm(settings, upstreams.find((service) => services.includes(service)) ?? "rest");
}

function OwnRouteForm({ editing, target, onOpen, onClose }: SheetProps & { editing: RoutesEditing }) {
  // What was seen when the sheet was opened: a change of somebody else's in the meantime is shown when this one is saved.
  const [base] = useState(editing.seen);
  const { form, set, isDirty, isTouched, showAll } = useForm(startOf(target, base.settings, editing.view.options.enabledServices));
  const id = target.id ?? newRouteId(form.name, new Set(base.settings.ownRoutes.map((route) => route.id)));
  const typed = useMemo(() => withForm(base.settings, form, id), [base, form, id]);
  const checked = useMemo(() => checkSettings(base, typed, editing.view.options), [base, typed, editing.view.options]);
  const index = typed.ownRoutes.findIndex((route) => route.id === id);
  const error = (place: string, ...fields: (keyof RouteForm)[]) => (isTouched(...fields) ? checked.problemAt(`ownRoutes.${index}.${place}`) : undefined);
  const saveAs = async (settings: GatewaySettings) => {
    const result = await editing.save(base, settings);
    if (result?.ok === true) onClose();
  };
  const parts = { form, set, error, services: editing.view.options.enabledServices, others: base.settings.ownRoutes.filter((route) => route.id !== id) };
  const policies: PolicyFieldsProps = { form, set, error: (place) => error(place, ...touchingFields(place)), shows: () => true, empty: emptyWords };
  return (
    <EditSheet
      title={target.id === null ? "Add a route" : <bdi>{form.name}</bdi>}
      description="It stands in the draft until that is applied."
      isDirty={isDirty || target.copyOf !== undefined}
      isBusy={editing.isBusy}
      isValid={checked.settings !== null}
      onInvalid={showAll}
      onSave={() => checked.settings !== null && void saveAs(checked.settings)}
      onClose={onClose}
      acts={target.id !== null && <RouteWide isDirty={isDirty} isBusy={editing.isBusy} onCopy={() => onOpen({ kind: "own", id: null, copyOf: id })} onRemove={() => void saveAs(withoutRoute(base.settings, id))} />}
    >
      <NameFields {...parts} />
      <MatchFields {...parts} />
      <UpstreamFields {...parts} />
      <AccessFields {...parts} />
      <LimitFields {...policies} />
      <FieldGroup title="Time">
        <TimeFields {...policies} />
      </FieldGroup>
      <CorsFields {...policies} defaultWords="As in the whole project: every page may read answers, never with cookies." />
      <HeaderFields {...parts} />
      <Outcome checked={checked} isShown={isDirty || target.copyOf !== undefined} />
    </EditSheet>
  );
}

const emptyWords = { timeoutMs: "Empty: answers may take as long as they need.", idleTimeoutMs: "Ends a silent stream. Empty: 5 minutes; 0: never.", retryAttempts: "After no connection, and for reads after 502 and 503.", maxBodyBytes: "Empty: any size." };

/** Fields of the form whose change makes a problem at this place worth showing. */
function touchingFields(place: string): (keyof RouteForm)[] {
  if (place.startsWith("rateLimit")) return ["isRateLimited", "requestsPerSecond", "burst"];
  if (place === "cors.origins") return ["corsOrigins"];
  if (place === "cors.headers") return ["corsHeaders"];
  const plain = ["timeoutMs", "idleTimeoutMs", "retryAttempts", "maxBodyBytes", "ipAllow"] as const;
  return plain.filter((field) => field === place);
}

function RouteWide({ isDirty, isBusy, onCopy, onRemove }: { isDirty: boolean; isBusy: boolean; onCopy(): void; onRemove(): void }) {
  return (
    <>
      <Button variant="danger-quiet" icon={<Trash2 aria-hidden className="size-4" />} isBusy={isBusy} onClick={onRemove}>
        Remove
      </Button>
      <Button icon={<CopyPlus aria-hidden className="size-4" />} disabled={isDirty} onClick={onCopy}>
        Duplicate
      </Button>
    </>
  );
}

/** What saving does to the draft, said before it is done. */
export function Outcome({ checked: { changes, warnings, settings }, isShown }: { checked: ReturnType<typeof checkSettings>; isShown: boolean }) {
  if (!isShown || settings === null || changes.length === 0) return null;
  return (
    <FieldGroup title="What this does">
      <ChangeList changes={changes} />
      {warnings.map(({ id, sentence }) => (
        <Notice key={id} tone="warn">
          {sentence}
        </Notice>
      ))}
    </FieldGroup>
  );
}
