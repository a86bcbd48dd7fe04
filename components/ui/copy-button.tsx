"use client";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { cn } from "./class-names";
import { IconButton } from "./icon-button";

/** Copies text and says so in place. `label` names what is copied. */
export function CopyButton({ text, label = "Copy", className }: { text: string; label?: string; className?: string }) {
  const [state, setState] = useState<"idle" | "done" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 1500);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <>
      <IconButton
        size="sm"
        label={state === "done" ? "Copied" : state === "failed" ? "The browser did not allow copying" : label}
        icon={state === "done" ? <Check aria-hidden className="size-4 text-good" /> : <Copy aria-hidden className="size-4" />}
        className={cn(className)}
        onClick={() => {
          void copyText(text).then((isCopied) => setState(isCopied ? "done" : "failed"));
        }}
      />
      <span role="status" className="sr-only">
        {state === "done" ? "Copied" : ""}
      </span>
    </>
  );
}

/** Puts text on the clipboard; also on a page that was reached over plain HTTP, where the modern way is closed. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.readOnly = true;
    area.className = "fixed -top-96";
    document.body.append(area);
    area.select();
    const isCopied = document.execCommand("copy");
    area.remove();
    return isCopied;
  }
}
