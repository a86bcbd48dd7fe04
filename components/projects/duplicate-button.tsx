"use client";
import { Copy } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Act } from "@/components/act/act-result";
import { Button } from "@/components/ui/button";

const load = () => import("./duplicate-dialog");
const DuplicateDialog = dynamic(() => load().then((module) => module.DuplicateDialog), { ssr: false });

export type DuplicateAct = Act<{ ref: string; displayName: string; newRef?: string }, { ref: string; operationId: string }>;

/** A new project with the settings of this one. */
export function DuplicateButton({ projectRef, act }: { projectRef: string; act: DuplicateAct }) {
  const [isOpen, setOpen] = useState(false);
  const prepare = () => void load();
  return (
    <>
      <Button icon={<Copy aria-hidden className="size-4" />} onPointerEnter={prepare} onFocus={prepare} onClick={() => setOpen(true)}>
        Duplicate
      </Button>
      {isOpen && <DuplicateDialog projectRef={projectRef} act={act} onClose={() => setOpen(false)} />}
    </>
  );
}
