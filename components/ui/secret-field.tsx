"use client";
import { Copy, Eye, EyeOff } from "lucide-react";
import { copyText, CopyButton } from "./copy-button";
import { IconButton } from "./icon-button";
import { showToast } from "./toast";

type SecretFieldProps = {
  label: string;
  hint?: string;
  /** undefined: hidden. */
  value: string | undefined;
  isBusy: boolean;
  mayReveal: boolean;
  /** Fetches the value; null when the person was refused or gave up. */
  onReveal(): Promise<string | null>;
  onHide(): void;
};

/** A secret as dots. Revealing asks for the password; copying works without showing it. */
export function SecretField({ label, hint, value, isBusy, mayReveal, onReveal, onHide }: SecretFieldProps) {
  const copyHidden = async () => {
    const secret = await onReveal();
    if (secret === null) return;
    const isCopied = await copyText(secret);
    showToast(isCopied ? `${label} copied.` : "The browser did not allow copying. Reveal it and copy by hand.", { tone: isCopied ? "good" : "bad" });
  };
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-x-3 py-1">
      <div className="w-44 shrink-0 max-sm:w-full">
        <div className="text-sm">{label}</div>
        {hint && <div className="text-xs text-ink-3">{hint}</div>}
      </div>
      <output aria-label={label} className="min-w-0 flex-1 font-mono text-sm [overflow-wrap:anywhere]">
        {value ?? <span aria-label="hidden">••••••••••••••••</span>}
      </output>
      <span className="flex shrink-0 gap-0.5">
        {value === undefined ? (
          <>
            <IconButton size="sm" label={mayReveal ? `Reveal ${label}` : "Your role may not reveal secrets"} disabled={!mayReveal || isBusy} icon={<Eye aria-hidden className="size-4" />} onClick={() => void onReveal()} />
            <IconButton size="sm" label={mayReveal ? `Copy ${label}` : "Your role may not copy secrets"} disabled={!mayReveal || isBusy} icon={<Copy aria-hidden className="size-4" />} onClick={() => void copyHidden()} />
          </>
        ) : (
          <>
            <IconButton size="sm" label={`Hide ${label}`} icon={<EyeOff aria-hidden className="size-4" />} onClick={onHide} />
            <CopyButton text={value} label={`Copy ${label}`} />
          </>
        )}
      </span>
    </div>
  );
}
