"use client";
import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect } from "react";
import type { NavigationName } from "./navigation";
import { closePalette, openPalette, usePaletteMode } from "./palette-state";

const Palette = dynamic(() => import("./palette").then((module) => module.Palette), { ssr: false });

/** The search button and the keys ⌘K and Ctrl K. The palette's code is fetched when it is first opened. */
export function PaletteHost({ entries, mayCreate }: { entries: readonly NavigationName[]; mayCreate: boolean }) {
  const mode = usePaletteMode();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      openPalette("all");
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <button
        type="button"
        onClick={() => openPalette("all")}
        aria-haspopup="dialog"
        aria-keyshortcuts="Meta+K Control+K"
        className="flex h-8 items-center gap-2 rounded border border-line bg-surface px-2.5 text-sm text-ink-3 transition-colors hover:bg-hover hover:text-ink max-lg:w-8 max-lg:justify-center max-lg:border-transparent max-lg:bg-transparent max-lg:px-0 max-sm:size-11 lg:w-56"
      >
        <Search aria-hidden className="size-4 shrink-0" />
        <span className="max-lg:sr-only">Search or go to</span>
        <kbd aria-hidden className="ml-auto rounded-sm border border-line px-1 font-sans text-xs max-lg:hidden">
          Ctrl K
        </kbd>
      </button>
      {mode !== "closed" && <Palette mode={mode} entries={entries} mayCreate={mayCreate} onClose={closePalette} />}
    </>
  );
}
