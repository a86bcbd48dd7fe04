"use client";
import { CircleAlert, CircleCheck, X } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { cn } from "./class-names";
import { MarkedText } from "./marked-text";

type ToastAct = { label: string; run(): void };
type Toast = { id: number; tone: "good" | "bad"; text: string; act: ToastAct | undefined; lastsMs: number };

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function publish(next: readonly Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Says in passing that something happened, with at most one act such as Undo. Never give it a secret. */
export function showToast(text: string, options: { tone?: "good" | "bad"; act?: ToastAct; lastsMs?: number } = {}) {
  const toast: Toast = { id: nextId++, tone: options.tone ?? "good", text, act: options.act, lastsMs: options.lastsMs ?? (options.act ? 10_000 : 5_000) };
  publish([...toasts.slice(-3), toast]);
}

const dismiss = (id: number) => publish(toasts.filter((toast) => toast.id !== id));

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

const none: readonly Toast[] = [];

/** Where toasts appear. A live region that is always there, so that a screen reader hears each one. */
export function Toaster() {
  const shown = useSyncExternalStore(subscribe, () => toasts, () => none);
  return (
    <div role="status" aria-live="polite" className="no-print pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col items-end gap-2 max-sm:bottom-20">
      {shown.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  useEffect(() => {
    const timer = setTimeout(() => dismiss(toast.id), toast.lastsMs);
    return () => clearTimeout(timer);
  }, [toast]);
  const Icon = toast.tone === "good" ? CircleCheck : CircleAlert;
  return (
    <div className="pointer-events-auto flex w-full max-w-sm animate-rise items-center gap-2 rounded border border-line bg-raised py-2 pl-3 pr-2">
      <Icon aria-hidden className={cn("size-4 shrink-0", toast.tone === "good" ? "text-good" : "text-bad")} />
      <span className="min-w-0 flex-1 text-base [overflow-wrap:anywhere]">
        <MarkedText text={toast.text} />
      </span>
      {toast.act && (
        <button
          type="button"
          className="h-7 rounded px-2 text-sm font-medium text-accent-ink hover:bg-hover max-sm:h-11"
          onClick={() => {
            toast.act?.run();
            dismiss(toast.id);
          }}
        >
          {toast.act.label}
        </button>
      )}
      <button type="button" aria-label="Dismiss" onClick={() => dismiss(toast.id)} className="inline-flex size-7 items-center justify-center rounded text-ink-3 hover:bg-hover hover:text-ink max-sm:size-11">
        <X aria-hidden className="size-4" />
      </button>
    </div>
  );
}
