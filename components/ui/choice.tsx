"use client";
import { Check, Minus } from "lucide-react";
import { useId, useLayoutEffect, useRef, type ComponentProps, type ReactNode } from "react";
import { cn } from "./class-names";
import { adoptEarlyInput } from "./early-input";

type ChoiceProps = Omit<ComponentProps<"input">, "type"> & { label: ReactNode; hint?: ReactNode; isLabelHidden?: boolean };

const box = "peer size-4 shrink-0 appearance-none border border-control bg-surface transition-colors checked:border-accent checked:bg-accent enabled:hover:border-ink-3 enabled:checked:hover:bg-accent-hover disabled:opacity-60 indeterminate:border-accent indeterminate:bg-accent";

function Row({ id, label, hint, isLabelHidden, children, isDisabled }: { id: string; label: ReactNode; hint?: ReactNode; isLabelHidden?: boolean; children: ReactNode; isDisabled?: boolean }) {
  if (isLabelHidden) {
    return (
      <span className="relative inline-flex size-4 items-center justify-center align-middle max-sm:size-11">
        {children}
        <label htmlFor={id} className="sr-only">
          {label}
        </label>
      </span>
    );
  }
  return (
    <span className={cn("flex items-start gap-2.5 max-sm:min-h-11", hint ? "max-sm:py-1.5" : "max-sm:items-center")}>
      <span className={cn("relative mt-0.5 inline-flex shrink-0 items-center justify-center", !hint && "max-sm:mt-0")}>{children}</span>
      <span className="flex min-w-0 flex-col">
        <label htmlFor={id} className={cn("text-base", isDisabled ? "text-ink-3" : "text-ink")}>
          {label}
        </label>
        {hint && (
          <span id={`${id}-hint`} className="text-sm text-ink-3">
            {hint}
          </span>
        )}
      </span>
    </span>
  );
}

/** On or off, sent with its form. `isMixed` shows that some but not all are on. */
export function Checkbox({ label, hint, isLabelHidden, isMixed = false, className, ...rest }: ChoiceProps & { isMixed?: boolean }) {
  const ownId = useId();
  const id = rest.id ?? ownId;
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => adoptEarlyInput(input.current), []);
  return (
    <Row id={id} label={label} hint={hint} isLabelHidden={isLabelHidden} isDisabled={rest.disabled}>
      <input
        {...rest}
        ref={(node) => {
          input.current = node;
          if (node) node.indeterminate = isMixed;
        }}
        id={id}
        type="checkbox"
        aria-describedby={hint ? `${id}-hint` : undefined}
        className={cn(box, "rounded-sm", className)}
      />
      <Check aria-hidden strokeWidth={3} className={cn("pointer-events-none absolute size-3 text-on-accent opacity-0 peer-checked:opacity-100", isMixed && "hidden")} />
      {isMixed && <Minus aria-hidden strokeWidth={3} className="pointer-events-none absolute size-3 text-on-accent" />}
    </Row>
  );
}

/** One of several, sent with its form. */
export function Radio({ label, hint, isLabelHidden, className, ...rest }: ChoiceProps) {
  const ownId = useId();
  const id = rest.id ?? ownId;
  return (
    <Row id={id} label={label} hint={hint} isLabelHidden={isLabelHidden} isDisabled={rest.disabled}>
      <input ref={adoptEarlyInput} {...rest} id={id} type="radio" aria-describedby={hint ? `${id}-hint` : undefined} className={cn(box, "rounded-full", className)} />
      <span aria-hidden className="pointer-events-none absolute size-1.5 rounded-full bg-on-accent opacity-0 peer-checked:opacity-100" />
    </Row>
  );
}

/** A group of radios with a name. */
export function RadioGroup({ legend, className, children }: { legend: ReactNode; className?: string; children: ReactNode }) {
  return (
    <fieldset className={cn("flex flex-col gap-2", className)}>
      <legend className="mb-1.5 text-sm font-medium text-ink">{legend}</legend>
      {children}
    </fieldset>
  );
}
