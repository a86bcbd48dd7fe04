import { LimitExceededError } from "@/lib/access/errors";
import { countOpenStreams, trackStream } from "./open-streams";
import { reportError } from "./report-error";

export type SseMessage = { data: unknown; event?: string; id?: string };

type Options = {
  request: Request;
  /** Whose stream it is; one person or token may hold only so many. */
  owner: string;
  /** What to send; ends by itself, or when `signal` aborts. */
  follow(signal: AbortSignal): AsyncGenerator<SseMessage>;
  /** Whether the one who listens still may; throws when not. Asked with every heartbeat. */
  recheck(): Promise<unknown>;
};

const heartbeatMs = 15_000;
/** A stream ends after this long and the browser comes back: what a proxy forgot to close does not stay for ever. */
const lifetimeMs = 10 * 60_000;
const maxPerOwner = 40;
const retryMs = 3000;

/**
 * An answer of server-sent events. It ends when the generator does, when the browser leaves, when the right to listen is gone, at
 * shutdown, and after its lifetime; a comment every 15 seconds keeps proxies from closing it.
 */
export function sse({ request, owner, follow, recheck }: Options): Response {
  if (countOpenStreams(owner) >= maxPerOwner) throw new LimitExceededError(30, `You have ${maxPerOwner} streams open. Close some first.`);
  const stop = new AbortController();
  const messages = follow(stop.signal);
  let untrack = () => {};
  const timers: NodeJS.Timeout[] = [];
  const release = () => {
    for (const timer of timers) clearInterval(timer);
    request.signal.removeEventListener("abort", end);
    untrack();
  };
  const end = () => stop.abort();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const finish = () => {
        release();
        close(controller);
      };
      stop.signal.addEventListener("abort", finish, { once: true });
      untrack = trackStream(owner, end);
      if (request.signal.aborted) end();
      request.signal.addEventListener("abort", end, { once: true });
      timers.push(setInterval(() => void beat(controller, recheck, end), heartbeatMs), setTimeout(end, lifetimeMs));
      for (const timer of timers) timer.unref();
      if (!stop.signal.aborted) controller.enqueue(encode(`retry: ${retryMs}\n\n`));
    },
    async pull(controller) {
      try {
        const next = await messages.next();
        if (stop.signal.aborted) return;
        if (next.done === true) end();
        else controller.enqueue(encode(format(next.value)));
      } catch (error) {
        if (stop.signal.aborted) return;
        const shown = reportError(error, "stream");
        controller.enqueue(encode(format({ event: "problem", data: { code: shown.code, detail: shown.publicMessage } })));
        end();
      }
    },
    async cancel() {
      end();
      await messages.return(undefined);
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache, no-transform", "x-accel-buffering": "no" } });
}

async function beat(controller: ReadableStreamDefaultController<Uint8Array>, recheck: () => Promise<unknown>, end: () => void): Promise<void> {
  try {
    await recheck();
    controller.enqueue(encode(": heartbeat\n\n"));
  } catch {
    end();
  }
}

function close(controller: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    controller.close();
  } catch {
    // The browser left first: there is nothing left to close.
  }
}

function format({ event, id, data }: SseMessage): string {
  return `${event === undefined ? "" : `event: ${event}\n`}${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
