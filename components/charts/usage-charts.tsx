"use client";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Skeleton } from "@/components/ui/skeleton";
import { buildRows, type UsageSeries } from "./usage-rows";

const UsageChart = dynamic(() => import("./usage-chart").then((module) => module.UsageChart), { ssr: false, loading: () => <Skeleton className="h-56" /> });

const readEveryMs = 15_000;

/** Memory and CPU of the last 15 minutes per service, drawn or as a table. Recharts is fetched only here. */
export function UsageCharts({ url }: { url: string }) {
  const { series, isFailed } = useUsage(url);
  const [isTable, setTable] = useState(false);
  if (series === null && !isFailed) return <Frame isTable={isTable} onToggle={null}><Skeleton className="h-56" /><Skeleton className="h-56" /></Frame>;
  if (isFailed && series === null) return <EmptyState title="No figures right now">The worker did not answer. What is above is what it last saw.</EmptyState>;
  const known = series ?? [];
  if (known.every((item) => item.samples.length === 0)) return <EmptyState title="No figures yet">Memory and CPU per service show up here about 15 seconds after the project runs.</EmptyState>;
  return (
    <Frame isTable={isTable} onToggle={() => setTable(!isTable)}>
      <UsageChart title="Memory" unit="MiB" isTable={isTable} {...buildRows(known, "memory")} />
      <UsageChart title="CPU" unit="cores" isTable={isTable} {...buildRows(known, "cpu")} />
    </Frame>
  );
}

function Frame({ isTable, onToggle, children }: { isTable: boolean; onToggle: (() => void) | null; children: React.ReactNode }) {
  return (
    <div className="flex flex-col gap-3">
      <div className="flex h-7 justify-end max-sm:h-11">
        {onToggle && (
          <Button size="sm" variant="ghost" aria-pressed={isTable} onClick={onToggle}>
            {isTable ? "Show as charts" : "Show as tables"}
          </Button>
        )}
      </div>
      <div className="grid min-w-0 gap-4 lg:grid-cols-2">{children}</div>
    </div>
  );
}

function useUsage(url: string) {
  const [series, setSeries] = useState<UsageSeries[] | null>(null);
  const [isFailed, setFailed] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    const read = () => {
      if (document.hidden) return;
      fetch(url, { signal: controller.signal })
        .then(async (response) => {
          if (!response.ok) throw new Error(response.statusText);
          const body = (await response.json()) as { series: UsageSeries[] };
          setSeries(body.series);
          setFailed(false);
        })
        .catch(() => {
          if (!controller.signal.aborted) setFailed(true);
        });
    };
    read();
    const timer = setInterval(read, readEveryMs);
    return () => {
      controller.abort();
      clearInterval(timer);
    };
  }, [url]);
  return { series, isFailed };
}
