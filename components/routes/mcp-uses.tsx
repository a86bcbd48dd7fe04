"use client";
import { useEffect, useState } from "react";
import { TimeAgo } from "@/components/ui/time-ago";
import type { McpUsesView } from "@/lib/projects/views";

/** Who used the opened endpoint, as the gateway's log tells. Asked for when the sheet opens. */
export function McpUses({ projectRef }: { projectRef: string }) {
  const [uses, setUses] = useState<McpUsesView | null>(null);
  const [isFailed, setFailed] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    fetch(`/api/v1/projects/${projectRef}/gateway/mcp-uses`, { signal: stop.signal })
      .then(async (answer) => (answer.ok ? setUses((await answer.json()) as McpUsesView) : setFailed(true)))
      .catch(() => !stop.signal.aborted && setFailed(true));
    return () => stop.abort();
  }, [projectRef]);
  if (isFailed) return <p className="text-sm text-ink-3">Who used it cannot be read now. Close this and open it again.</p>;
  if (uses === null) return <p className="text-sm text-ink-3">Reading who used it.</p>;
  return <Uses uses={uses} />;
}

function Uses({ uses }: { uses: McpUsesView }) {
  const { requestsLastWeek, refusedLastDay, refusedLastWeek } = uses;
  if (!uses.isCounted && requestsLastWeek + refusedLastWeek === 0) return <p className="text-sm text-ink-3">Kong serves this project, and its log names no route: uses are counted while Envoy serves.</p>;
  return (
    <>
      {requestsLastWeek === 0 ? <p className="text-sm text-ink-3">Nobody used it within the last 7 days. A use is counted here within a minute.</p> : <Callers uses={uses} />}
      {refusedLastWeek > 0 && (
        <p className="text-sm text-ink-3">
          Refused while it was open: {refusedLastDay.toLocaleString("en-GB")} in 24 hours, {refusedLastWeek.toLocaleString("en-GB")} in 7 days
        </p>
      )}
    </>
  );
}

function Callers({ uses: { requestsLastDay, requestsLastWeek, callers } }: { uses: McpUsesView }) {
  return (
    <>
      <p className="text-sm text-ink-2">
        {requestsLastDay.toLocaleString("en-GB")} requests in 24 hours, {requestsLastWeek.toLocaleString("en-GB")} in 7 days
      </p>
      <ul aria-label="Who used MCP" className="flex flex-col divide-y divide-line rounded border border-line bg-surface">
        {callers.map(({ network, userAgent, requests, lastAt }) => (
          <li key={`${network} ${userAgent}`} className="flex flex-col gap-0.5 px-3 py-2 text-sm">
            <span className="flex flex-wrap items-baseline gap-x-3">
              <span className="font-mono">{network}</span>
              <span className="ml-auto tabular-nums">{requests.toLocaleString("en-GB")}</span>
              <TimeAgo at={lastAt} prefix="last " isInline />
            </span>
            <span className="text-ink-2 [overflow-wrap:anywhere]">{userAgent === "" ? "program not said" : userAgent}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
