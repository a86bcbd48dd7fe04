"use client";
import { ChevronDown } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./class-names";
import { adoptEarlyInput, useEarlyText } from "./early-input";
import { useField } from "./field";

const control =
  "w-full min-w-0 rounded border border-control bg-surface px-2.5 text-base text-ink transition-colors hover:border-ink-3 focus-visible:border-accent-ink focus-visible:outline-1 focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:bg-sunken disabled:text-ink-3 aria-invalid:border-bad max-sm:text-lg";

type InputProps = ComponentProps<"input"> & { isMono?: boolean };

/** One line of text. Inside a Field it is tied to its label, hint and error. */
export function Input({ isMono = false, className, ...rest }: InputProps) {
  const wiring = useField();
  return <input ref={adoptEarlyInput} {...wiring} {...rest} className={cn(control, "h-8 max-sm:h-11", isMono && "font-mono text-sm", className)} />;
}

type TextareaProps = ComponentProps<"textarea"> & { isMono?: boolean };

/** Several lines of text. */
export function Textarea({ isMono = false, className, ...rest }: TextareaProps) {
  const wiring = useField();
  const id = useEarlyText(rest.id ?? wiring.id);
  return <textarea {...wiring} {...rest} id={id} className={cn(control, "min-h-20 py-1.5", isMono && "font-mono text-sm", className)} />;
}

type SelectProps = ComponentProps<"select"> & { options?: readonly { value: string; label: string }[]; children?: ReactNode };

/** A native select: it opens the way the person's device does it. */
export function Select({ options, className, children, ...rest }: SelectProps) {
  const wiring = useField();
  return (
    <span className={cn("relative inline-flex min-w-0", className)}>
      <select ref={adoptEarlyInput} {...wiring} {...rest} className={cn(control, "h-8 appearance-none pr-8 max-sm:h-11")}>
        {options?.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
        {children}
      </select>
      <ChevronDown aria-hidden className="pointer-events-none absolute right-2 top-1/2 size-4 -translate-y-1/2 text-ink-3" />
    </span>
  );
}
