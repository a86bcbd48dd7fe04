"use client";
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { IconButton } from "@/components/ui/icon-button";
import { Input, Textarea } from "@/components/ui/input";
import { httpMethods, type HeaderValue, type HttpMethod } from "@/lib/gateway/routes";

type TextFieldProps = { label: string; hint?: ReactNode; error?: string | undefined; value: string; isRequired?: boolean; isNumber?: boolean; placeholder?: string; autoFocus?: boolean; onChange(value: string): void };

/** One line of machine text: a path, a number, an address. */
export function TextField({ label, hint, error, value, isRequired, isNumber, placeholder, autoFocus, onChange }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} isRequired={isRequired}>
      <Input isMono autoComplete="off" autoCapitalize="off" spellCheck={false} autoFocus={autoFocus} inputMode={isNumber ? "numeric" : undefined} placeholder={placeholder} value={value} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}

/** A list, one entry a line. */
export function LinesField({ label, hint, error, value, onChange }: Pick<TextFieldProps, "label" | "hint" | "error" | "value" | "onChange">) {
  return (
    <Field label={label} hint={hint} error={error}>
      <Textarea isMono autoComplete="off" autoCapitalize="off" spellCheck={false} value={value} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}

/** Methods to choose from; none is every one. */
export function MethodsField({ legend, value, onChange }: { legend: string; value: readonly HttpMethod[]; onChange(value: HttpMethod[]): void }) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="text-sm font-medium">
        {legend} <span className="font-normal text-ink-3">none: every method</span>
      </legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {httpMethods.map((method) => (
          <Checkbox key={method} label={<span className="font-mono text-sm">{method}</span>} checked={value.includes(method)} onChange={(event) => onChange(httpMethods.filter((one) => (one === method ? event.target.checked : value.includes(one))))} />
        ))}
      </div>
    </fieldset>
  );
}

type RowsProps<Item> = { title: string; addLabel: string; items: readonly Item[]; empty: Item; onChange(items: Item[]): void; row(item: Item, index: number, set: (part: Partial<Item>) => void): ReactNode };

/** Rows that can be added and taken away. */
export function RowsField<Item>({ title, addLabel, items, empty, onChange, row }: RowsProps<Item>) {
  return (
    <div role="group" aria-label={title} className="flex flex-col gap-2">
      <span className="text-sm font-medium">{title}</span>
      {items.map((item, index) => (
        <div key={index} className="flex items-start gap-2">
          <div className="grid min-w-0 flex-1 gap-2 sm:grid-flow-col sm:auto-cols-fr">{row(item, index, (part) => onChange(items.map((one, at) => (at === index ? { ...one, ...part } : one))))}</div>
          <IconButton label={`Take ${title.toLowerCase()} ${index + 1} away`} icon={<X aria-hidden className="size-4" />} onClick={() => onChange(items.filter((_, at) => at !== index))} className="mt-6" />
        </div>
      ))}
      <Button size="sm" variant="ghost" className="self-start" icon={<Plus aria-hidden className="size-4" />} onClick={() => onChange([...items, empty])}>
        {addLabel}
      </Button>
    </div>
  );
}

type HeadersProps = { title: string; addLabel: string; items: readonly HeaderValue[]; error(index: number, part: "name" | "value"): string | undefined; onChange(items: HeaderValue[]): void };

/** Headers that are written, each a name and a value. */
export function HeadersField({ title, addLabel, items, error, onChange }: HeadersProps) {
  return (
    <RowsField
      title={title}
      addLabel={addLabel}
      items={items}
      empty={{ name: "", value: "" }}
      onChange={onChange}
      row={(item, index, set) => (
        <>
          <TextField label="Name" placeholder="x-tenant" value={item.name} error={error(index, "name")} onChange={(name) => set({ name })} />
          <TextField label="Value" value={item.value} error={error(index, "value")} onChange={(value) => set({ value })} />
        </>
      )}
    />
  );
}
