"use client";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { AddSheetProps } from "./add-domain-sheet";

const load = () => import("./add-domain-sheet");
const AddDomainSheet = dynamic(() => load().then((module) => module.AddDomainSheet), { ssr: false });

type AddProps = Omit<AddSheetProps, "onClose"> & { whyNot: string | null };

/** Asks for a name and its certificate. Nothing is served yet: the page then says which record to create. */
export function AddDomainButton({ view, acts, whyNot }: AddProps) {
  const [isOpen, setOpen] = useState(false);
  const prepare = () => void load();
  return (
    <>
      <Button variant="primary" icon={<Plus aria-hidden className="size-4" />} disabled={whyNot !== null} title={whyNot ?? undefined} onPointerEnter={prepare} onFocus={prepare} onClick={() => setOpen(true)}>
        Add domain
      </Button>
      {isOpen && <AddDomainSheet view={view} acts={acts} onClose={() => setOpen(false)} />}
    </>
  );
}
