"use client";
import { lazy } from "react";
import { MenuOnPress } from "@/components/ui/menu-on-press";
import type { AccountSummary } from "./account-summary";

const load = () => import("./account-menu-entries").then((module) => ({ default: module.AccountMenuEntries }));
const Entries = lazy(load);

/** Who is signed in, and the way out. */
export function AccountMenu({ account }: { account: AccountSummary }) {
  const initial = [...account.name.trim()][0]?.toUpperCase() ?? "?";
  const trigger = (
    <button type="button" aria-label={`Account of ${account.name}`} className="inline-flex size-8 items-center justify-center rounded-full max-sm:size-11">
      <span aria-hidden className="flex size-7 items-center justify-center rounded-full bg-accent-soft text-sm font-semibold text-accent-ink">
        {initial}
      </span>
    </button>
  );
  return <MenuOnPress trigger={trigger} load={load} menu={() => <Entries account={account} trigger={trigger} />} />;
}
