"use client";
import { Copy } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { DuplicateAct } from "./project-acts";

const load = () => import("./duplicate-dialog");
const DuplicateDialog = dynamic(() => load().then((module) => module.DuplicateDialog), { ssr: false });

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
