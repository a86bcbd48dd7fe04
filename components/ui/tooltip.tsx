"use client";
import { Tooltip as Primitive } from "radix-ui";
import type { ReactNode } from "react";

type TooltipProps = { label: ReactNode; shortcut?: string; side?: "top" | "right" | "bottom" | "left"; children: ReactNode };

/** A short label on hover and focus. Its child must be focusable. */
export function Tooltip({ label, shortcut, side = "bottom", children }: TooltipProps) {
  return (
    <Primitive.Root delayDuration={350}>
      <Primitive.Trigger asChild>{children}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content side={side} sideOffset={6} collisionPadding={8} className="z-50 flex max-w-72 animate-appear items-center gap-2 rounded border border-line bg-raised px-2 py-1 text-xs text-ink">
          {label}
          {shortcut && <kbd className="rounded-sm border border-line px-1 font-sans text-ink-3">{shortcut}</kbd>}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

export const TooltipProvider = Primitive.Provider;
