"use client";
import { CircleAlert } from "lucide-react";
import { createContext, use, useId, type ReactNode } from "react";
import { cn } from "./class-names";

type Wiring = { id: string; describedBy: string | undefined; isInvalid: boolean; isRequired: boolean };

const FieldContext = createContext<Wiring | null>(null);

type FieldProps = { label: ReactNode; hint?: ReactNode; error?: string | undefined; isRequired?: boolean; isDirty?: boolean; className?: string; children: ReactNode };

/** Label, control, hint and error, tied together by ids. The control inside takes them from `useField`. */
export function Field({ label, hint, error, isRequired = false, isDirty = false, className, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const describedBy = [hint ? hintId : null, error ? errorId : null].filter(Boolean).join(" ") || undefined;
  return (
    <div className={cn("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className="flex items-center gap-2 text-sm font-medium text-ink">
        {label}
        {isDirty && <span className="text-xs font-normal text-warn">Not saved</span>}
      </label>
      <FieldContext value={{ id, describedBy, isInvalid: Boolean(error), isRequired }}>{children}</FieldContext>
      {error && (
        <p id={errorId} role="alert" className="flex items-start gap-1 text-sm text-bad">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          {error}
        </p>
      )}
      {hint && (
        <p id={hintId} className="text-sm text-ink-3">
          {hint}
        </p>
      )}
    </div>
  );
}

/** Attributes that a control inside a Field carries; empty outside of one. */
export function useField() {
  const wiring = use(FieldContext);
  if (wiring === null) return {};
  return { id: wiring.id, "aria-describedby": wiring.describedBy, "aria-invalid": wiring.isInvalid || undefined, required: wiring.isRequired || undefined };
}
