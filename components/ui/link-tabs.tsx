"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "./class-names";

/** Tabs that are pages: the URL says which one is open. The first tab matches only its own address. */
export function LinkTabs({ label, tabs }: { label: string; tabs: readonly { href: string; label: string }[] }) {
  const pathname = usePathname();
  return (
    <nav aria-label={label} className="-mx-4 flex gap-2 overflow-x-auto border-b border-line px-2.5 sm:-mx-6 sm:px-[18px]">
      {tabs.map((tab, index) => {
        const isCurrent = index === 0 ? pathname === tab.href : pathname === tab.href || pathname.startsWith(`${tab.href}/`);
        return (
          <Link
            key={tab.href}
            href={tab.href}
            aria-current={isCurrent ? "page" : undefined}
            className={cn("-mb-px flex h-9 shrink-0 items-center border-b-2 px-1.5 -outline-offset-2 transition-colors max-sm:h-11", isCurrent ? "border-accent-ink font-medium text-ink" : "border-transparent text-ink-2 hover:text-ink")}
          >
            {tab.label}
          </Link>
        );
      })}
    </nav>
  );
}
