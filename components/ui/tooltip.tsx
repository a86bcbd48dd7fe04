"use client";
import { cloneElement, useEffect, useState, type ReactElement } from "react";

type Side = "bottom" | "right";
type TooltipProps = { label: string; shortcut?: string; side?: Side; children: ReactElement<Record<string, unknown>> };

/**
 * A short label on hover and focus. It only marks its child; one layer for the whole page draws it, so that a table of a
 * hundred buttons costs nothing. The child carries its own name for a screen reader.
 */
export function Tooltip({ label, shortcut, side = "bottom", children }: TooltipProps) {
  return cloneElement(children, { "data-tip": label, "data-tip-side": side, "data-tip-keys": shortcut });
}

type Shown = { label: string; keys: string | undefined; x: number; y: number; side: Side };

const delayMs = 350;
const gapPx = 6;

/** Draws the label of whatever is hovered or focused by key; for eyes only, since the child is named. Escape, a press or scrolling takes it away. */
export function TooltipLayer() {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hide = () => {
      clearTimeout(timer);
      setShown(null);
    };
    const show = (event: Event) => {
      const target = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-tip]") : null;
      clearTimeout(timer);
      if (target === null || (event.type === "focusin" && !target.matches(":focus-visible"))) return setShown(null);
      timer = setTimeout(() => setShown(target.isConnected ? place(target) : null), delayMs);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") hide();
    };
    const options = { passive: true, capture: true };
    for (const name of ["pointerover", "focusin"]) document.addEventListener(name, show, options);
    for (const name of ["pointerdown", "scroll", "focusout"]) document.addEventListener(name, hide, options);
    document.addEventListener("keydown", onKey, options);
    return () => {
      clearTimeout(timer);
      for (const name of ["pointerover", "focusin"]) document.removeEventListener(name, show, options);
      for (const name of ["pointerdown", "scroll", "focusout"]) document.removeEventListener(name, hide, options);
      document.removeEventListener("keydown", onKey, options);
    };
  }, []);
  if (shown === null) return null;
  return (
    <div
      aria-hidden
      ref={(node) => keepInside(node, shown)}
      className="no-print pointer-events-none fixed left-0 top-0 z-50 flex w-max max-w-72 animate-appear items-center gap-2 rounded border border-line bg-raised px-2 py-1 text-xs text-ink"
    >
      {shown.label}
      {shown.keys && <kbd className="rounded-sm border border-line px-1 font-sans text-ink-3">{shown.keys}</kbd>}
    </div>
  );
}

function place(target: HTMLElement): Shown {
  const box = target.getBoundingClientRect();
  const side: Side = target.dataset.tipSide === "right" ? "right" : "bottom";
  const x = side === "right" ? box.right + gapPx : box.left + box.width / 2;
  const y = side === "right" ? box.top + box.height / 2 : box.bottom + gapPx;
  return { label: target.dataset.tip ?? "", keys: target.dataset.tipKeys, x, y, side };
}

/** Moves the drawn label to its place, inside the window; the policy allows no inline style in markup, a script may set one. */
function keepInside(node: HTMLElement | null, { x, y, side }: Shown): void {
  if (node === null) return;
  const { offsetWidth: width, offsetHeight: height } = node;
  const left = Math.max(8, Math.min(side === "right" ? x : x - width / 2, innerWidth - width - 8));
  const wanted = side === "right" ? y - height / 2 : y;
  const top = wanted + height > innerHeight - 8 ? wanted - height - 2 * gapPx - 32 : wanted;
  node.style.transform = `translate(${left}px, ${Math.max(8, top)}px)`;
}
