"use client";
import { createContext, use, useEffect, useState, type ReactNode } from "react";
import { Cell, HeadCell } from "@/components/ui/table";
import type { RouteNumbers } from "@/lib/gateway/route-meter";
import { numberTexts, type NumberKey } from "./number-words";

const readEveryMs = 5_000;

// Widths that the longest text fits into: what arrives moves nothing.
const columns: { key: NumberKey; name: string; title: string; className: string }[] = [
  { key: "rate", name: "Req/s", title: "Requests per second, over the last five minutes", className: "min-w-14" },
  { key: "p50", name: "p50", title: "Half of the answers came within this time", className: "min-w-16" },
  { key: "p95", name: "p95", title: "95 of 100 answers came within this time", className: "min-w-16" },
  { key: "clientErrors", name: "4xx", title: "Answers 400 to 499 in the last five minutes", className: "min-w-12" },
  { key: "serverErrors", name: "5xx", title: "Answers from 500 on, and requests without one, in the last five minutes", className: "min-w-12" },
];
const shown = "max-xl:hidden !px-1.5";

type NumbersByRoute = Readonly<Record<string, RouteNumbers>>;
const NumbersContext = createContext<NumbersByRoute>({});

/** Reads what each route did in the last five minutes, again and again while the page is looked at. */
export function RouteNumbersProvider({ projectRef, children }: { projectRef: string; children: ReactNode }) {
  const [numbers, setNumbers] = useState<NumbersByRoute>({});
  useEffect(() => {
    const controller = new AbortController();
    const read = () => {
      if (document.hidden) return;
      fetch(`/api/v1/projects/${projectRef}/gateway/numbers`, { signal: controller.signal })
        .then(async (response) => setNumbers(response.ok ? ((await response.json()) as { routes: NumbersByRoute }).routes : {}))
        .catch(() => {
          // Old figures are not shown as if they were of now.
          if (!controller.signal.aborted) setNumbers({});
        });
    };
    read();
    const timer = setInterval(read, readEveryMs);
    document.addEventListener("visibilitychange", read);
    return () => {
      controller.abort();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", read);
    };
  }, [projectRef]);
  return <NumbersContext value={numbers}>{children}</NumbersContext>;
}

export function NumberHeads() {
  return columns.map(({ key, name, title, className }) => (
    <HeadCell key={key} isNumber title={title} className={shown}>
      <span className={`inline-block ${className}`}>{name}</span>
    </HeadCell>
  ));
}

/** Cells of one route, by the id it has in the gateway's log. */
export function NumberCells({ routeId }: { routeId: string }) {
  const texts = numberTexts(use(NumbersContext)[routeId]);
  return columns.map(({ key }) => (
    <Cell key={key} isNumber className={`py-2 align-top text-sm tabular-nums ${shown}`}>
      {texts[key]}
    </Cell>
  ));
}
