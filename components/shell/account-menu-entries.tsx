"use client";
import { CircleUser, LogOut } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { DropdownMenu, MenuItem, MenuLabel, MenuSeparator } from "@/components/ui/dropdown-menu";
import { requestSignOut } from "@/lib/access/sign-in-request";
import type { AccountSummary } from "./account-summary";

export function AccountMenuEntries({ account, trigger }: { account: AccountSummary; trigger: ReactNode }) {
  return (
    <DropdownMenu trigger={trigger} startsOpen>
      <MenuLabel>
        <bdi className="block truncate text-base font-medium text-ink">{account.name}</bdi>
        <span className="block truncate">{account.email}</span>
        <span className="block">{account.role}</span>
      </MenuLabel>
      <MenuSeparator />
      <MenuItem asChild>
        <Link href="/account">
          <CircleUser aria-hidden className="size-4 text-ink-3" />
          Account
        </Link>
      </MenuItem>
      <MenuItem icon={<LogOut aria-hidden className="size-4 text-ink-3" />} onSelect={() => void leave()}>
        Sign out
      </MenuItem>
    </DropdownMenu>
  );
}

/** The whole page is loaded anew, so that nothing of the person's stays in memory. */
async function leave(): Promise<void> {
  await requestSignOut().catch(() => undefined);
  location.assign("/sign-in");
}
