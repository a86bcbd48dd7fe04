import http from "node:http";
import { Readable } from "node:stream";
import type { z } from "zod";
import { fromWireError } from "@/lib/access/error-wire";
import { checkDomainResponse, internalRootResponse, type checkDomainRequest, type CheckDomainResponse } from "@/lib/access/domain-protocol";
import { allDoorsResponse, doorsResponse, type AllDoorsResponse, type DoorsResponse } from "@/lib/access/doors-protocol";
import { type PanelError, UnauthenticatedError, UnavailableError } from "@/lib/access/errors";
import { gatewayHealthResponse, routeNumbersResponse, type GatewayHealthResponse, type RouteNumbersResponse } from "@/lib/access/gateway-protocol";
import { edgeStateResponse, type EdgeStateResponse } from "@/lib/access/edge-protocol";
import type { Claim } from "@/lib/access/load-actor";
import {
  callFunctionResponse, claimToHeader, clientAddressHeader, exportQuery, logLine, logsQuery, metricsResponse, preflightResponse, recoveryKitResponse, revealResponse, revealStudioUserResponse, studioAccessResponse, studioClaim, workerErrorBody,
  workerRoutes, type callFunctionRequest, type LogLine, type MetricsResponse, type revealRequest, type revealStudioUserRequest,
} from "@/lib/access/worker-protocol";
import type { CreateProjectInput } from "@/lib/projects/inputs";
import type { ProjectPreview } from "@/lib/projects/views";
import { webConfig } from "./web-config";

const answerTimeoutMs = 60_000;
/** A browser waits for each file of Studio. */
const studioTimeoutMs = 10_000;
const maxAnswerBytes = 8 * 1024 * 1024;

export type ExportDownload = { body: ReadableStream<Uint8Array>; fileName: string; sizeBytes: number | null };

/** What the worker does at once for the one who asks web. Every call throws the PanelError that the worker answered with. */
export type WorkerClient = {
  reveal(input: z.input<typeof revealRequest>): Promise<Record<string, string>>;
  preflight(input: CreateProjectInput): Promise<ProjectPreview>;
  callFunction(input: z.input<typeof callFunctionRequest>): Promise<z.output<typeof callFunctionResponse>>;
  recoveryKit(): Promise<{ fileName: string; text: string }>;
  revealStudioUser(input: z.input<typeof revealStudioUserRequest>): Promise<{ password: string }>;
  metrics(ref: string): Promise<MetricsResponse>;
  routeNumbers(ref: string): Promise<RouteNumbersResponse>;
  gatewayHealth(ref: string): Promise<GatewayHealthResponse>;
  doors(ref: string): Promise<DoorsResponse>;
  allDoors(): Promise<AllDoorsResponse>;
  checkDomain(input: z.input<typeof checkDomainRequest>): Promise<CheckDomainResponse>;
  internalRoot(ref: string): Promise<{ pem: string | null }>;
  edge(): Promise<EdgeStateResponse>;
  logs(query: z.input<typeof logsQuery>, signal: AbortSignal): AsyncGenerator<LogLine>;
  downloadExport(operationId: string, signal: AbortSignal): Promise<ExportDownload>;
};

type Options = { socketPath: string | null; ip?: string | null };

/** A client that shows `claim` with each request; the worker looks it up and authorises by itself. */
export function workerClient(claim: Claim | null, options: Options = { socketPath: webConfig().workerSocketPath }): WorkerClient {
  const send = (route: keyof typeof workerRoutes, more: { query?: Record<string, string>; body?: unknown; signal?: AbortSignal } = {}) => {
    if (claim === null) throw new UnauthenticatedError();
    return request({ ...workerRoutes[route], authorization: claimToHeader(claim), ...options, ...more });
  };
  const ask = async <Schema extends z.ZodType>(route: keyof typeof workerRoutes, schema: Schema, more: { query?: Record<string, string>; body?: unknown } = {}): Promise<z.output<Schema>> => {
    const answer = await send(route, { ...more, signal: AbortSignal.timeout(answerTimeoutMs) });
    return schema.parse(JSON.parse(await readText(answer)));
  };
  return {
    reveal: async (input) => (await ask("reveal", revealResponse, { body: input })).values,
    preflight: (input) => ask("preflight", preflightResponse, { body: input }),
    callFunction: (input) => ask("callFunction", callFunctionResponse, { body: input }),
    recoveryKit: () => ask("recoveryKit", recoveryKitResponse, { body: {} }),
    revealStudioUser: (input) => ask("revealStudioUser", revealStudioUserResponse, { body: input }),
    metrics: (ref) => ask("metrics", metricsResponse, { query: { ref } }),
    routeNumbers: (ref) => ask("routeNumbers", routeNumbersResponse, { query: { ref } }),
    gatewayHealth: (ref) => ask("gatewayHealth", gatewayHealthResponse, { query: { ref } }),
    doors: (ref) => ask("doors", doorsResponse, { query: { ref } }),
    allDoors: () => ask("allDoors", allDoorsResponse),
    edge: () => ask("edge", edgeStateResponse),
    checkDomain: (input) => ask("checkDomain", checkDomainResponse, { body: input }),
    internalRoot: (ref) => ask("internalRoot", internalRootResponse, { query: { ref } }),
    async *logs(query, signal) {
      yield* readLines(await send("logs", { query: toQuery(logsQuery.parse(query)), signal }));
    },
    downloadExport: async (operationId, signal) => toDownload(await send("export", { query: exportQuery.parse({ operationId }), signal })),
  };
}

function toQuery(values: Record<string, string | number | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const])));
}

/**
 * What opens Studio at the gateway, for a session of Studio. Nobody of the panel asks: the worker judges the session by itself.
 * @throws UnauthenticatedError when the session opens nothing (any more), UnavailableError when the worker does not answer.
 */
export async function askStudioAccess({ session, projectId }: { session: string; projectId: string }, { socketPath }: Pick<Options, "socketPath"> = { socketPath: webConfig().workerSocketPath }): Promise<string> {
  const answer = await request({ ...workerRoutes.studioAccess, authorization: studioClaim(session), socketPath, query: { projectId }, signal: AbortSignal.timeout(studioTimeoutMs) });
  return studioAccessResponse.parse(parseJson(await readText(answer))).authorization;
}

type Sent = { method: string; path: string; authorization: string; query?: Record<string, string>; body?: unknown; signal?: AbortSignal } & Options;

async function request(sent: Sent): Promise<http.IncomingMessage> {
  if (sent.socketPath === null) throw new UnavailableError("This web process was started without a worker (BASEHOLD_WORKER_SOCKET is not set).");
  const search = new URLSearchParams(sent.query).toString();
  const body = sent.body === undefined ? undefined : JSON.stringify(sent.body);
  const headers: Record<string, string> = { authorization: sent.authorization };
  if (sent.ip !== undefined && sent.ip !== null) headers[clientAddressHeader] = sent.ip;
  if (body !== undefined) Object.assign(headers, { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) });
  const answer = await exchange({ socketPath: sent.socketPath, method: sent.method, path: search === "" ? sent.path : `${sent.path}?${search}`, headers, signal: sent.signal }, body);
  if ((answer.statusCode ?? 500) >= 400) throw await toError(answer);
  return answer;
}

function exchange(options: http.RequestOptions, body: string | undefined): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = http.request(options, resolve);
    outgoing.on("error", (error) => reject(toUnavailable(error)));
    outgoing.end(body);
  });
}

function toUnavailable(cause: Error): UnavailableError {
  if (cause.name === "TimeoutError") return new UnavailableError("The worker did not answer in time.", { cause });
  return new UnavailableError("The worker does not answer. Projects keep running; start the worker with `npm run up`.", { cause });
}

async function toError(answer: http.IncomingMessage): Promise<PanelError> {
  const text = await readText(answer);
  const parsed = workerErrorBody.safeParse(parseJson(text));
  if (parsed.success) return fromWireError(parsed.data.error);
  return new UnavailableError("The worker gave an answer that cannot be read.", { internal: { status: answer.statusCode } });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function readText(answer: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxAnswerBytes) {
      answer.destroy();
      throw new UnavailableError("The worker's answer is too large.");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function* readLines(answer: http.IncomingMessage): AsyncGenerator<LogLine> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const parsed = logLine.safeParse(parseJson(line));
      if (parsed.success) yield parsed.data;
    }
  }
}

function toDownload(answer: http.IncomingMessage): ExportDownload {
  const [, fileName] = /filename="([A-Za-z0-9._-]+)"/.exec(answer.headers["content-disposition"] ?? "") ?? [];
  const length = Number(answer.headers["content-length"]);
  return { body: Readable.toWeb(answer) as ReadableStream<Uint8Array>, fileName: fileName ?? "export.tar.gz", sizeBytes: Number.isSafeInteger(length) ? length : null };
}
