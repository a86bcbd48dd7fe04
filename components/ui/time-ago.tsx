"use client";
import { useSyncExternalStore } from "react";
import { cn } from "./class-names";
import { formatDistance } from "./format-units";

const listeners = new Set<() => void>();
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for the whole page: a thousand ages cost one timer. */
function subscribe(listener: () => void) {
  listeners.add(listener);
  if (timer === undefined) {
    nowMs = Date.now();
    timer = setInterval(() => {
      nowMs = Date.now();
      for (const each of listeners) each();
    }, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time now, ticking once a second; null while the server draws, which does not know the viewer's clock. */
export function useNowMs(): number | null {
  return useSyncExternalStore(subscribe, () => nowMs, () => null);
}

/** Clock of whoever draws first; the viewer's takes over once the page is live. */
const readClock = () => Date.now();

const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });

type TimeAgoProps = { at: string; staleAfterMs?: number; className?: string; prefix?: string; /** Inside a sentence: as wide as its text. */ isInline?: boolean };

/** Age of something: relative, exact on hover in the viewer's zone. Grey once older than `staleAfterMs`. Its width does not move as it ticks, unless it stands inside a sentence. */
export function TimeAgo({ at, staleAfterMs, className, prefix, isInline = false }: TimeAgoProps) {
  const now = useNowMs();
  const atMs = Date.parse(at);
  const shownNow = now ?? readClock();
  const isStale = staleAfterMs !== undefined && shownNow - atMs > staleAfterMs;
  return (
    <time
      suppressHydrationWarning
      dateTime={at}
      title={now === null ? undefined : exact.format(atMs)}
      className={cn("whitespace-nowrap", !isInline && "inline-block min-w-[4.5rem]", isStale && "text-ink-3", className)}
    >
      {`${prefix ?? ""}${formatDistance(atMs, shownNow)}${isStale ? ", stale" : ""}`}
    </time>
  );
}

/** How long something has been going on, ticking while it does. */
export function Elapsed({ from, to, className }: { from: string; to: string | null; className?: string }) {
  const now = useNowMs();
  const endMs = to === null ? now : Date.parse(to);
  if (endMs === null) return <span className={cn("inline-block", className)}>…</span>;
  return <span className={cn("inline-block whitespace-nowrap", className)}>{formatElapsed(endMs - Date.parse(from), to === null)}</span>;
}

function formatElapsed(elapsedMs: number, isTicking: boolean): string {
  const seconds = Math.max(0, elapsedMs) / 1000;
  if (isTicking) return seconds < 60 ? `${Math.floor(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : seconds < 60 ? `${Math.round(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}
