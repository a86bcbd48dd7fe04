"use client";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./class-names";
import { Tooltip } from "./tooltip";

type IconButtonProps = Omit<ComponentProps<"button">, "children"> & { label: string; icon: ReactNode; size?: "sm" | "md"; shortcut?: string };

/** A button that shows only an icon; its label is its name for a screen reader and its tooltip. */
export function IconButton({ label, icon, size = "md", shortcut, className, type = "button", ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} shortcut={shortcut}>
      <button
        {...rest}
        type={type}
        aria-label={label}
        className={cn(
          "inline-flex shrink-0 items-center justify-center rounded border border-transparent text-ink-2 transition-colors enabled:hover:bg-hover enabled:hover:text-ink disabled:cursor-not-allowed disabled:opacity-55 max-sm:size-11",
          size === "sm" ? "size-7" : "size-8",
          className,
        )}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
