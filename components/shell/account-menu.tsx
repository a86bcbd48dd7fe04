"use client";
import { CircleUser, LogOut } from "lucide-react";
import Link from "next/link";
import { DropdownMenu, MenuItem, MenuLabel, MenuSeparator } from "@/components/ui/dropdown-menu";
import { requestSignOut } from "@/lib/access/sign-in-request";

export type AccountSummary = { name: string; email: string; role: string };

/** Who is signed in, and the way out. */
export function AccountMenu({ account }: { account: AccountSummary }) {
  const initial = [...account.name.trim()][0]?.toUpperCase() ?? "?";
  return (
    <DropdownMenu
      trigger={
        <button type="button" aria-label={`Account of ${account.name}`} className="inline-flex size-8 items-center justify-center rounded-full max-sm:size-11">
          <span aria-hidden className="flex size-7 items-center justify-center rounded-full bg-accent-soft text-sm font-semibold text-accent-ink">
            {initial}
          </span>
        </button>
      }
    >
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
