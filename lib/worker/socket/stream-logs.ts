import { once } from "node:events";
import type http from "node:http";
import { authorize } from "@/lib/access/authorize";
import { InvalidError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { logsQuery, type LogLine } from "@/lib/access/worker-protocol";
import { LABEL } from "@/lib/engine/observed";
import { parseSettings } from "@/lib/projects/settings-schema";
import { pause } from "../pause";
import type { SocketTools } from "./socket-tools";

const defaultTail = 200;
const lookAgainMs = 1_000;
/** A stream lives long: a revoked session or a lower role must end it. */
const judgeAgainMs = 15_000;

type LogsCall = { ctx: VerbContext; reload(): Promise<VerbContext>; tools: SocketTools; query: Record<string, string>; response: http.ServerResponse; signal: AbortSignal };

/** Follows the log of one service as lines of JSON, over restarts and replacements of its container, until either side closes. */
export async function streamLogs({ ctx, reload, tools, query, response, signal }: LogsCall): Promise<void> {
  const { ref, service, sinceMs, tail } = parseInput(logsQuery, query);
  const project = await authorize(ctx, "project.logs", ref);
  if (!parseSettings(project.settingsJson).services.some((name) => name === service)) throw new InvalidError({ service: `${ref} has no service ${service}.` });
  response.writeHead(200, { "content-type": "application/x-ndjson", "cache-control": "no-store" });
  response.flushHeaders();
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const judge = setInterval(() => {
    reload().then((current) => authorize(current, "project.logs", ref)).catch(() => ended.abort());
  }, judgeAgainMs);
  try {
    for await (const line of followService(tools, { projectId: project.id, service, sinceMs, tail: tail ?? defaultTail }, both)) {
      if (!response.write(`${JSON.stringify(line)}\n`)) await once(response, "drain", { signal: both });
    }
  } catch (error) {
    if (!both.aborted) throw error;
  } finally {
    clearInterval(judge);
    response.end();
  }
}

type Followed = { projectId: string; service: string; sinceMs: number | undefined; tail: number };

async function* followService(tools: SocketTools, { projectId, service, sinceMs, tail }: Followed, signal: AbortSignal): AsyncGenerator<LogLine> {
  let lastMs = sinceMs;
  while (!signal.aborted) {
    const containerId = await findContainer(tools, projectId, service, signal);
    if (containerId !== null) {
      for await (const line of tools.engine.followLogs(containerId, lastMs === undefined ? { tail } : { tail: 2000, sinceMs: lastMs + 1 }, signal)) {
        lastMs = Math.max(lastMs ?? 0, line.atMs);
        yield { ...line, service };
      }
    }
    await pause(lookAgainMs, signal);
  }
}

async function findContainer(tools: SocketTools, projectId: string, service: string, signal: AbortSignal): Promise<string | null> {
  const { containers } = await tools.engine.observe({ instanceId: tools.instanceId, projectId, imageRefs: [] }, signal);
  const own = containers.filter((container) => container.labels[LABEL.service] === service);
  return (own.find((container) => container.state === "running") ?? own[0])?.id ?? null;
}
