import type { LogLine } from "@/lib/access/worker-protocol";
import type { SseMessage } from "./sse";
import type { WorkerClient } from "./worker-client";

type Wish = { ref: string; service: string; sinceMs: number | undefined; tail: number };

/** Lines of a service's log as the worker gives them; a browser that comes back goes on after the last one it saw. */
export async function* followLogs(worker: WorkerClient, { ref, service, sinceMs, tail }: Wish, signal: AbortSignal): AsyncGenerator<SseMessage> {
  const lines: AsyncGenerator<LogLine> = worker.logs({ ref, service, ...(sinceMs === undefined ? { tail } : { sinceMs }) }, signal);
  for await (const line of lines) yield { id: String(line.atMs), data: line };
}

/** Time of the line that the browser saw last, from `Last-Event-ID`. */
export function parseLineTime(text: string | null): number | undefined {
  return text !== null && /^\d{1,16}(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}
