import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { WebSocket } from "ws";

export type SteadyRequest = { method?: "GET" | "POST"; path: string; headers: Record<string, string>; status: number };
export type LoadResult = { sent: number; /** What went wrong, by how often. */ failed: Map<string, number> };

export const requestsPerSecond = 200;
const tickMs = 5;
const answerTimeoutMs = 10_000;
/** How long it runs before and after what is done meanwhile. */
const marginMs = 1_000;

/** Asks `requestsPerSecond` times a second while `act` runs, whatever comes back, and counts every answer that is not the one it must be. */
export async function underLoad<T>(baseUrl: string, requests: readonly SteadyRequest[], act: () => Promise<T>): Promise<{ value: T; load: LoadResult }> {
  const agent = new Agent({ connections: 64, pipelining: 1 });
  const load: LoadResult = { sent: 0, failed: new Map() };
  const open = new Set<Promise<void>>();
  const state = { isRunning: true };
  const running = (async () => {
    const startedAt = performance.now();
    while (state.isRunning) {
      const due = Math.floor(((performance.now() - startedAt) / 1000) * requestsPerSecond);
      while (load.sent < due) {
        const wanted = requests[load.sent++ % requests.length];
        if (wanted === undefined) throw new Error("Name at least one request.");
        const sent = sendOne(agent, baseUrl, wanted, load).finally(() => open.delete(sent));
        open.add(sent);
      }
      await sleep(tickMs);
    }
  })();
  try {
    await sleep(marginMs);
    const value = await act();
    await sleep(marginMs);
    return { value, load: await finish() };
  } finally {
    await finish();
    await agent.destroy();
  }

  async function finish(): Promise<LoadResult> {
    state.isRunning = false;
    await running;
    await Promise.all(open);
    return load;
  }
}

async function sendOne(dispatcher: Agent, baseUrl: string, { method = "GET", path, headers, status }: SteadyRequest, { failed }: LoadResult): Promise<void> {
  const problem = await request(new URL(path, baseUrl), { dispatcher, method, headers, headersTimeout: answerTimeoutMs, bodyTimeout: answerTimeoutMs }).then(
    async ({ statusCode, body }) => {
      const text = await body.text();
      return statusCode === status ? null : `${path} answered ${String(statusCode)} (${text.slice(0, 150)})`;
    },
    (error: unknown) => `${path}: ${error instanceof Error ? error.message : String(error)}`,
  );
  if (problem !== null) failed.set(problem, (failed.get(problem) ?? 0) + 1);
}

export function failuresOf({ sent, failed }: LoadResult): { count: number; words: string } {
  const count = [...failed.values()].reduce((sum, each) => sum + each, 0);
  return { count, words: `${String(count)} of ${String(sent)} failed${count === 0 ? "" : `: ${[...failed].map(([problem, times]) => `${problem} (${String(times)})`).join("; ")}`}` };
}

/** A socket of Realtime that stays open, and answers its heartbeats. */
export class HeldSocket {
  #reference = 0;
  isClosed = false;

  private constructor(readonly socket: WebSocket) {
    socket.once("close", () => (this.isClosed = true));
    socket.on("error", () => undefined);
  }

  static async open(baseUrl: string, key: string): Promise<HeldSocket> {
    const url = new URL(`/realtime/v1/websocket?vsn=1.0.0&apikey=${key}`, baseUrl);
    url.protocol = url.protocol.replace("http", "ws");
    const held = new HeldSocket(new WebSocket(url));
    await new Promise((resolve, reject) => held.socket.once("open", resolve).once("error", reject));
    await held.isAlive();
    return held;
  }

  /** Whether a heartbeat is still answered on the very same socket. */
  isAlive(): Promise<boolean> {
    if (this.isClosed) return Promise.resolve(false);
    const ref = String(++this.#reference);
    return new Promise((resolve) => {
      const limit = setTimeout(() => resolve(false), answerTimeoutMs);
      const settle = (isAnswered: boolean) => {
        clearTimeout(limit);
        this.socket.off("message", read);
        resolve(isAnswered);
      };
      const read = (data: Buffer) => {
        if ((JSON.parse(data.toString()) as { ref: string | null }).ref === ref) settle(true);
      };
      this.socket.on("message", read).once("close", () => settle(false));
      this.socket.send(JSON.stringify({ topic: "phoenix", event: "heartbeat", payload: {}, ref }));
    });
  }

  close(): void {
    this.socket.terminate();
  }
}
