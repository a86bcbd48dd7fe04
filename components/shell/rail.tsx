"use client";
import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { cn } from "@/components/ui/class-names";
import { Tooltip } from "@/components/ui/tooltip";
import { Logo } from "./logo";
import { navigationFor, type NavigationName } from "./navigation";
import { railCookie } from "./preferences";
import { setPreference } from "./set-preference";

const isOpen = (pathname: string, href: string) => pathname === href || pathname.startsWith(`${href}/`);

/** The rail on the left: icons, or icons with words, as the person left it. */
export function Rail({ entries, startsWide }: { entries: readonly NavigationName[]; startsWide: boolean }) {
  const pathname = usePathname();
  const [isWide, setWide] = useState(startsWide);
  const toggle = () => {
    setPreference(railCookie, isWide ? "narrow" : "wide");
    setWide(!isWide);
  };
  const toggleLabel = isWide ? "Narrow the rail" : "Widen the rail";
  const ToggleIcon = isWide ? PanelLeftClose : PanelLeftOpen;
  return (
    <nav aria-label="Main" className={cn("no-print sticky top-0 flex h-dvh shrink-0 flex-col border-r border-line bg-surface max-sm:hidden", isWide ? "w-[220px]" : "w-14")}>
      <Link href="/projects" className="flex h-12 items-center gap-2.5 px-[18px] font-semibold -outline-offset-4">
        <Logo className="size-5 shrink-0" />
        <span className={cn(!isWide && "sr-only")}>Basehold</span>
      </Link>
      <div className="flex flex-1 flex-col gap-0.5 px-2 py-2">
        {navigationFor(entries).map(({ href, label, icon: Icon }) => {
          const isCurrent = isOpen(pathname, href);
          const link = (
            <Link
              key={href}
              href={href}
              aria-current={isCurrent ? "page" : undefined}
              className={cn("flex h-9 items-center gap-3 rounded px-[11px] transition-colors", isCurrent ? "bg-accent-soft font-medium text-accent-ink" : "text-ink-2 hover:bg-hover hover:text-ink")}
            >
              <Icon aria-hidden className="size-[18px] shrink-0" />
              <span className={cn(!isWide && "sr-only")}>{label}</span>
            </Link>
          );
          return isWide ? (
            link
          ) : (
            <Tooltip key={href} label={label} side="right">
              {link}
            </Tooltip>
          );
        })}
      </div>
      <div className="p-2">
        <Tooltip label={toggleLabel} side="right">
          <button type="button" onClick={toggle} aria-label={toggleLabel} aria-expanded={isWide} className="flex size-10 h-9 items-center justify-center rounded text-ink-3 hover:bg-hover hover:text-ink">
            <ToggleIcon aria-hidden className="size-[18px]" />
          </button>
        </Tooltip>
      </div>
    </nav>
  );
}

/** The same entries at the bottom of a phone. */
export function BottomBar({ entries }: { entries: readonly NavigationName[] }) {
  const pathname = usePathname();
  return (
    <nav aria-label="Main" className="no-print fixed inset-x-0 bottom-0 z-30 grid auto-cols-fr grid-flow-col border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden">
      {navigationFor(entries).map(({ href, label, icon: Icon }) => {
        const isCurrent = isOpen(pathname, href);
        return (
          <Link key={href} href={href} aria-current={isCurrent ? "page" : undefined} className={cn("flex h-14 flex-col items-center justify-center gap-0.5 text-xs -outline-offset-4", isCurrent ? "font-medium text-accent-ink" : "text-ink-2")}>
            <Icon aria-hidden className="size-5" />
            {label}
          </Link>
        );
      })}
    </nav>
  );
}
