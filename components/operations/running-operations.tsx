"use client";
import { LoaderCircle } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { OperationView } from "@/lib/projects/views";

const RunningSheet = dynamic(() => import("./running-sheet").then((module) => module.RunningSheet), { ssr: false });

/** How many operations run, from anywhere; opens a sheet that follows them live. */
export function RunningOperations({ operations }: { operations: readonly OperationView[] }) {
  const [isOpen, setOpen] = useState(false);
  const count = operations.length;
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-label={count === 0 ? "No operation is running" : `${count} running ${count === 1 ? "operation" : "operations"}`}
        onClick={() => setOpen(true)}
        className="inline-flex h-8 min-w-12 items-center justify-center gap-1.5 rounded px-2 text-sm text-ink-2 transition-colors hover:bg-hover hover:text-ink max-sm:h-11"
      >
        <LoaderCircle aria-hidden className={count > 0 ? "size-4 animate-turn text-busy" : "size-4 text-ink-3"} />
        <span className="w-3 text-left">{count}</span>
      </button>
      {isOpen && <RunningSheet operations={operations} onClose={() => setOpen(false)} />}
    </>
  );
}
