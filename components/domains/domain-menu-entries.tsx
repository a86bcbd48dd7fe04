"use client";
import type { ReactNode } from "react";
import { DropdownMenu, MenuItem } from "@/components/ui/dropdown-menu";
import type { DomainView } from "@/lib/projects/views";

export type DomainSheet = "attach" | "remove" | "change" | "replace";

type EntriesProps = { trigger: ReactNode; domain: DomainView; whyNot: string | null; edgeWhyNot: string | null; onOpen(sheet: DomainSheet): void };

/** What can be done to a domain beside attaching and checking it. */
export function DomainMenuEntries({ trigger, domain: { isMain, state, kind, tls }, whyNot, edgeWhyNot, onOpen }: EntriesProps) {
  return (
    <DropdownMenu trigger={trigger} startsOpen>
      {!isMain && state === "open" && kind === "api" && <MenuItem disabled={edgeWhyNot !== null} onSelect={() => onOpen("attach")}>Make it the main one</MenuItem>}
      <MenuItem disabled={whyNot !== null} onSelect={() => onOpen("change")}>HTTP and HSTS</MenuItem>
      <MenuItem disabled={whyNot !== null} onSelect={() => onOpen("replace")}>{tls === "uploaded" ? "Replace the certificate" : "Use a certificate of your own"}</MenuItem>
      <MenuItem isDangerous disabled={whyNot !== null} onSelect={() => onOpen("remove")}>Remove</MenuItem>
    </DropdownMenu>
  );
}
