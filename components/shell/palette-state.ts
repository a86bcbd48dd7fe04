"use client";
import { useSyncExternalStore } from "react";

export type PaletteMode = "closed" | "all" | "projects";

let mode: PaletteMode = "closed";
const listeners = new Set<() => void>();

/** Opens the command palette from anywhere: everything, or projects only. */
export function openPalette(next: Exclude<PaletteMode, "closed">) {
  mode = next;
  for (const listener of listeners) listener();
}

export function closePalette() {
  mode = "closed";
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function usePaletteMode(): PaletteMode {
  return useSyncExternalStore(subscribe, () => mode, () => "closed");
}
