"use client";
import { useState } from "react";
import { describeChanges, findWarnings, type GatewayChange, type GatewayWarning } from "@/lib/gateway/diff";
import { parseTypedSettings } from "@/lib/gateway/header-rules";
import type { GatewaySettings } from "@/lib/gateway/route-model";
import type { Seen } from "./routes-context";
import type { GatewayView } from "@/lib/projects/views";

type Checked = {
  /** null while a rule is broken. */
  settings: GatewaySettings | null;
  /** The problem at a place in the document, or below it. */
  problemAt(place: string): string | undefined;
  changes: GatewayChange[];
  warnings: GatewayWarning[];
};

/** What the typed settings would do, against what was there: their problems by field, or their changes and warnings in words. */
export function checkSettings(base: Seen, typed: GatewaySettings, options: GatewayView["options"]): Checked {
  const parsed = parseTypedSettings(typed, base.settings.ownRoutes);
  if (!parsed.isValid) {
    const problemAt = (place: string) => parsed.problems.find(({ field }) => field === place || field.startsWith(`${place}.`))?.message;
    return { settings: null, problemAt, changes: [], warnings: [] };
  }
  const known = new Set(findWarnings(base.settings, options).map(({ id }) => id));
  return {
    settings: parsed.settings,
    problemAt: () => undefined,
    changes: describeChanges(base.settings, parsed.settings, options),
    warnings: findWarnings(parsed.settings, options).filter(({ id }) => !known.has(id)),
  };
}

/** A form whose problems show as soon as a field was changed, and all of them once saving was tried. */
export function useForm<Form extends object>(initial: Form) {
  const [first] = useState(initial);
  const [form, setForm] = useState(initial);
  const [isTried, setTried] = useState(false);
  const isTouched = (...fields: (keyof Form)[]) => isTried || fields.some((field) => JSON.stringify(form[field]) !== JSON.stringify(first[field]));
  const isDirty = JSON.stringify(form) !== JSON.stringify(first);
  const set = (part: Partial<Form>) => setForm((now) => ({ ...now, ...part }));
  return { form, set, isDirty, isTouched, showAll: () => setTried(true) };
}
