import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { GET as followEvents } from "@/app/api/v1/operations/[id]/events/route";
import { GET as followChangesRoute } from "@/app/api/v1/events/route";
import { addSession, openScene, type Scene } from "@/lib/access/people.fixture";
import { closeAllStreams, countOpenStreams } from "./open-streams";
import { sse, type SseMessage } from "./sse";
import { useStore as putStore } from "./store";
import { cookieOf, panelUrl, prepareWebEnvironment } from "./web.fixture";

let scene: Scene;
let projectId: string;
let viewerId: string;
let cookie: string;
beforeAll(async () => {
  const removeEnvironment = prepareWebEnvironment();
  scene = await openScene();
  scene.clock.now = new Date();
  putStore(scene.store);
  projectId = await scene.addProject("shop");
  viewerId = await scene.addPerson("Vera", "viewer");
  cookie = await cookieOf(await addSession(scene.store, scene.clock.now, viewerId));
  return removeEnvironment;
});
afterAll(() => scene.close());

async function addOperation(id: string, status: string): Promise<void> {
  const at = new Date();
  await scene.store.db.operation.create({
    data: { id, kind: "project.pause", projectId, inputJson: "{}", status, priority: 0, runAfter: at, attempt: 1, maxAttempts: 1, actorJson: '{"kind":"system","name":"Test"}', createdAt: at },
  });
}

const addEvent = (operationId: string, seq: number) =>
  scene.store.db.operationEvent.create({ data: { operationId, seq, at: new Date(), level: "info", stepKey: "start", message: `event ${seq}`, detailJson: '{"internal":true}' } });

/** Reads a stream message by message. */
function reader(response: Response) {
  const chunks = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  return {
    async next(): Promise<string | null> {
      for (;;) {
        const end = rest.indexOf("\n\n");
        if (end >= 0) {
          const message = rest.slice(0, end);
          rest = rest.slice(end + 2);
          return message;
        }
        const part = await chunks?.read();
        if (part === undefined || part.done) return null;
        rest += part.value;
      }
    },
    cancel: () => chunks?.cancel(),
  };
}

async function readAll(response: Response): Promise<string[]> {
  const stream = reader(response);
  const messages: string[] = [];
  for (let message = await stream.next(); message !== null; message = await stream.next()) messages.push(message);
  return messages;
}

const follow = (id: string, headers: Record<string, string> = {}) => followEvents(new Request(`${panelUrl}/api/v1/operations/${id}/events`, { headers: { cookie, ...headers } }), { params: Promise.resolve({ id }) });

describe("the events of an operation", () => {
  it("come in order with their numbers, end with `end`, and hold nothing beyond what pages show", async () => {
    await addOperation("ended", "done");
    for (const seq of [1, 2, 3]) await addEvent("ended", seq);
    const messages = await readAll(await follow("ended"));
    expect(messages.map((message) => /^id: (\d+)$/m.exec(message)?.[1] ?? /^event: (\w+)$/m.exec(message)?.[1] ?? message)).toEqual(["retry: 3000", "1", "2", "3", "end"]);
    expect(messages.join("\n")).not.toContain("internal");
  });

  it("go on after Last-Event-ID: nothing is missed and nothing comes twice", async () => {
    const messages = await readAll(await follow("ended", { "last-event-id": "2" }));
    expect(messages.flatMap((message) => /"seq":(\d)/.exec(message)?.[1] ?? [])).toEqual(["3"]);
  });

  it("arrive while they are written, and the stream ends with the operation", async () => {
    await addOperation("running", "running");
    await addEvent("running", 1);
    const stream = reader(await follow("running"));
    expect([await stream.next(), await stream.next()].join()).toContain("event 1");
    await addEvent("running", 2);
    expect(await stream.next()).toContain("event 2");
    await scene.store.transaction(async (tx) => {
      await tx.operation.update({ where: { id: "running" }, data: { status: "done" } });
      await tx.operationEvent.create({ data: { operationId: "running", seq: 3, at: new Date(), level: "info", message: "last" } });
    });
    expect(await stream.next()).toContain("last");
    expect(await stream.next()).toContain("event: end");
    expect(await stream.next()).toBeNull();
  });
});

describe("the stream of changes", () => {
  const open = (headers: Record<string, string> = {}, own = cookie) => followChangesRoute(new Request(`${panelUrl}/api/v1/events`, { headers: { cookie: own, ...headers } }), { params: Promise.resolve({}) });

  it("says what kind of thing changed, and tells a browser that comes back only what it missed", async () => {
    const stream = reader(await open());
    await stream.next();
    const hello = await stream.next();
    const id = /^id: (.+)$/m.exec(hello ?? "")?.[1] ?? "";
    expect(hello).toContain("event: hello");
    await addOperation("later", "queued");
    expect(await stream.next()).toContain("event: operation");
    await stream.cancel();
    const again = reader(await open({ "last-event-id": id }));
    await again.next();
    expect(await again.next()).toContain("event: operation");
    await again.cancel();
  });

  it("is silent about projects that one does not see", async () => {
    const stranger = await cookieOf(await addSession(scene.store, scene.clock.now, await scene.addPerson("Sam", "none")));
    const stream = reader(await open({}, stranger));
    await stream.next();
    const id = /^id: (.+)$/m.exec((await stream.next()) ?? "")?.[1] ?? "";
    await stream.cancel();
    await addOperation("hidden", "failed");
    const again = reader(await open({ "last-event-id": id }, stranger));
    await again.next();
    const first = again.next();
    await scene.store.db.workerHeartbeat.create({ data: { id: "w", startedAt: new Date(), heartbeatAt: new Date(), version: "1", hostname: "h", statusJson: "{}" } });
    expect(await first).toContain("event: installation");
    await again.cancel();
  });
});

describe("a stream", () => {
  afterEach(() => void vi.useRealTimers());

  async function* silent(signal: AbortSignal): AsyncGenerator<SseMessage> {
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  }
  const start = (options: { recheck?: () => Promise<void>; request?: Request; owner?: string } = {}) => sse({ request: options.request ?? new Request(panelUrl), owner: options.owner ?? "user:a", follow: silent, recheck: options.recheck ?? (() => Promise.resolve()) });

  it("is kept alive by a comment every 15 seconds", async () => {
    vi.useFakeTimers();
    const stream = reader(start());
    await stream.next();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await stream.next()).toBe(": heartbeat");
    await stream.cancel();
  });

  it("ends at the next heartbeat once the right to listen is gone", async () => {
    vi.useFakeTimers();
    const stream = reader(start({ recheck: () => Promise.reject(new Error("gone")) }));
    await stream.next();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await stream.next()).toBeNull();
    expect(countOpenStreams()).toBe(0);
  });

  it("ends when the browser leaves, and after its lifetime", async () => {
    vi.useFakeTimers();
    const stop = new AbortController();
    const left = reader(start({ request: new Request(panelUrl, { signal: stop.signal }) }));
    const old = reader(start());
    expect(countOpenStreams()).toBe(2);
    stop.abort();
    await left.next();
    expect(await left.next()).toBeNull();
    expect(countOpenStreams()).toBe(1);
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(countOpenStreams()).toBe(0);
    await old.cancel();
  });

  it("is one of at most 40 of one person", async () => {
    const open = Array.from({ length: 40 }, () => reader(start({ owner: "user:many" })));
    expect(() => start({ owner: "user:many" })).toThrow("40 streams");
    await Promise.all(open.map((stream) => stream.cancel()));
    expect(countOpenStreams("user:many")).toBe(0);
  });

  it("ends at shutdown, and none opens after it", async () => {
    const stream = reader(start());
    await stream.next();
    closeAllStreams();
    expect(await stream.next()).toBeNull();
    expect((await readAll(start())).filter((message) => !message.startsWith("retry"))).toEqual([]);
    expect(countOpenStreams()).toBe(0);
  });
});
