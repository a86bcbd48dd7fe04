"use client";
import { ArrowDownToLine, Pause, Play, Search, WrapText } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { CopyButton } from "@/components/ui/copy-button";
import { adoptEarlyInput } from "@/components/ui/early-input";
import { Select } from "@/components/ui/input";
import { AnsiText } from "./ansi-text";
import { useLogStream, type LogEntry } from "./use-log-stream";

type LogViewerProps = { projectRef: string; services: readonly string[]; service: string; isCompact?: boolean };

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
const shownLines = 1500;

/** Live log of one service: follows its tail until one scrolls up, filters, pauses, copies. */
export function LogViewer({ projectRef, services, service: first, isCompact = false }: LogViewerProps) {
  const [service, setService] = useState(first);
  const [filter, setFilter] = useState("");
  const [isPaused, setPaused] = useState(false);
  const [isWrapped, setWrapped] = useState(true);
  const [isFollowing, setFollowing] = useState(true);
  const { lines, state, waiting, clear } = useLogStream(`/api/v1/projects/${projectRef}/logs?service=${encodeURIComponent(service)}`, isPaused);
  const needle = filter.toLowerCase();
  const shown = (needle === "" ? lines : lines.filter((line) => line.text.toLowerCase().includes(needle))).slice(-shownLines);

  const choose = (next: string) => {
    setService(next);
    setFollowing(true);
    const query = new URLSearchParams(location.search);
    query.set("service", next);
    history.replaceState(null, "", `?${query.toString()}`);
  };

  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        {services.length > 1 && <Select aria-label="Service" value={service} onChange={(event) => choose(event.target.value)} options={services.map((name) => ({ value: name, label: name }))} />}
        <label className="relative inline-flex max-sm:w-full">
          <span className="sr-only">Filter lines</span>
          <Search aria-hidden className="pointer-events-none absolute left-2.5 top-1/2 size-4 -translate-y-1/2 text-ink-3" />
          <input ref={adoptEarlyInput} type="search" value={filter} placeholder="Filter lines" onChange={(event) => setFilter(event.target.value)} className="h-8 w-56 rounded border border-control bg-surface pl-8 pr-2 max-sm:h-11 max-sm:w-full" />
        </label>
        <Button aria-pressed={isPaused} icon={isPaused ? <Play aria-hidden className="size-4" /> : <Pause aria-hidden className="size-4" />} onClick={() => setPaused(!isPaused)}>
          {isPaused ? "Go on" : "Pause"}
        </Button>
        <Button aria-pressed={isWrapped} icon={<WrapText aria-hidden className="size-4" />} onClick={() => setWrapped(!isWrapped)}>
          Wrap
        </Button>
        <Button variant="ghost" onClick={clear}>
          Clear
        </Button>
        <CopyButton text={shown.map((line) => `${new Date(line.atMs).toISOString()} ${line.text}`).join("\n")} label="Copy the shown lines" />
        <span aria-live="polite" className="ml-auto text-sm text-ink-3">
          {state === "lost" ? "Reconnecting" : isPaused ? `Paused, ${waiting} waiting` : state === "live" ? `${shown.length} ${shown.length === 1 ? "line" : "lines"}` : "Connecting"}
        </span>
      </div>
      <LogLines lines={shown} isWrapped={isWrapped} isFollowing={isFollowing} onFollow={setFollowing} isFiltered={needle !== ""} service={service} isCompact={isCompact} />
    </div>
  );
}

type LinesProps = { lines: readonly LogEntry[]; isWrapped: boolean; isFollowing: boolean; onFollow(isFollowing: boolean): void; isFiltered: boolean; service: string; isCompact: boolean };

function LogLines({ lines, isWrapped, isFollowing, onFollow, isFiltered, service, isCompact }: LinesProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isFollowing) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines, isFollowing]);
  return (
    <div className="relative min-w-0">
      <div
        ref={box}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={`Log of ${service}`}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          onFollow(scrollHeight - scrollTop - clientHeight < 24);
        }}
        className={cn("overflow-auto rounded border border-line bg-sunken p-3 font-mono text-xs leading-5", isCompact ? "h-72" : "h-[calc(100dvh-18rem)] min-h-64")}
      >
        {lines.length === 0 && <p className="font-sans text-sm text-ink-3">{isFiltered ? "No line holds this text." : `Nothing from ${service} yet. New lines show up here as they are written.`}</p>}
        {lines.map((line) => (
          <div key={line.key} className={cn("flex gap-3", !isWrapped && "w-max min-w-full")}>
            <time className="shrink-0 select-none text-ink-3">{clock.format(line.atMs)}</time>
            <span className={cn("min-w-0", line.stream === "stderr" && "text-ink", isWrapped ? "whitespace-pre-wrap [overflow-wrap:anywhere]" : "whitespace-pre")}>
              <AnsiText line={line.text} />
            </span>
          </div>
        ))}
      </div>
      {!isFollowing && lines.length > 0 && (
        <Button size="sm" className="absolute bottom-3 right-5" icon={<ArrowDownToLine aria-hidden className="size-4" />} onClick={() => onFollow(true)}>
          Follow
        </Button>
      )}
    </div>
  );
}
