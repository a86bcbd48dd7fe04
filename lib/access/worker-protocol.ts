import { z } from "zod";
import type { Claim } from "./load-actor";

/**
 * What web asks the worker over the unix socket, over HTTP. Each request shows the caller's own claim (`Authorization`):
 * the worker looks it up in the store and authorises by itself, so web cannot ask in the name of somebody whose cookie or
 * token it was not shown. Errors are `{error: {code, message, status, fields?}}` with the same status.
 */

const ref = z.string().min(1).max(40);

export const revealRequest = z.object({ ref, names: z.array(z.string().max(60)).min(1).max(40) });
export const revealResponse = z.object({ values: z.record(z.string(), z.string()) });

/** GET /logs?ref&service&sinceMs&tail: `LogLine` as lines of JSON until either side closes. */
export const logsQuery = z.object({
  ref,
  service: z.string().min(1).max(40),
  /** Time of the last line that was seen, to go on from there. */
  sinceMs: z.coerce.number().nonnegative().optional(),
  tail: z.coerce.number().int().min(0).max(2000).optional(),
});
export const logLine = z.object({ atMs: z.number(), service: z.string(), stream: z.enum(["stdout", "stderr"]), text: z.string() });
export type LogLine = z.infer<typeof logLine>;

/** POST /preflight: the body is the input of `createProject`. */
export const preflightResponse = z.object({
  ref: z.string(),
  preflight: z.array(z.object({ id: z.string(), title: z.string(), state: z.enum(["ok", "warn", "stop", "unknown"]), sentence: z.string() })),
  planText: z.string(),
  memoryBytes: z.number(),
  diskBytes: z.number(),
  ports: z.object({ gateway: z.number(), poolerSession: z.number(), poolerTransaction: z.number(), database: z.number().nullable() }),
});

/** GET /metrics?ref: memory and CPU of the last 15 minutes by service. */
export const metricsQuery = z.object({ ref });
export const metricsResponse = z.object({
  series: z.array(z.object({ service: z.string(), samples: z.array(z.object({ atMs: z.number(), memoryBytes: z.number(), cpuCores: z.number().nullable() })) })),
});
export type MetricsResponse = z.infer<typeof metricsResponse>;

/** GET /export?operationId: the archive of a finished export, as bytes with Content-Length and Content-Disposition. */
export const exportQuery = z.object({ operationId: z.string().min(1).max(64) });

/** POST /recovery-kit: text of the key file. */
export const recoveryKitResponse = z.object({ fileName: z.string(), text: z.string() });

/**
 * GET /studio-access?projectId: what the gateway wants in `authorization` of a request for Studio. The claim is the session of Studio
 * (`Authorization: Studio …`), which the worker looks up and judges by itself.
 */
export const studioAccessQuery = z.object({ projectId: z.string().min(1).max(40) });
export const studioAccessResponse = z.object({ authorization: z.string() });
export const studioClaim = (session: string) => `Studio ${session}`;

/** The session of Studio in an Authorization header; null when there is none. */
export function studioSessionOf(header: string | undefined): string | null {
  return /^Studio ([A-Za-z0-9]{20,200})$/.exec(header ?? "")?.[1] ?? null;
}

/** POST /reveal-studio-user: the password of one of Studio's users. */
export const revealStudioUserRequest = z.object({ ref, username: z.string().min(1).max(64) });
export const revealStudioUserResponse = z.object({ password: z.string() });

/** POST /call-function: the worker calls a function through the project's gateway with its publishable key. */
export const callFunctionRequest = z.object({
  ref,
  name: z.string().min(1).max(63),
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]),
  /** What follows the function's name: empty, or a path and query that start with `/` or `?`. */
  path: z.string().max(1000).regex(/^(?:[/?][\x21-\x7e]*)?$/, "Start with / or ?, without spaces."),
  body: z.string().max(100_000, "Use at most 100,000 characters."),
});
export const callFunctionResponse = z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.string(), durationMs: z.number() });

export const workerErrorBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), status: z.number().int(), fields: z.record(z.string(), z.string()).optional(), retryAfterSeconds: z.number().optional() }),
});

/** The worker's routes by what web calls them. */
export const workerRoutes = {
  reveal: { method: "POST", path: "/reveal" },
  preflight: { method: "POST", path: "/preflight" },
  callFunction: { method: "POST", path: "/call-function" },
  studioAccess: { method: "GET", path: "/studio-access" },
  revealStudioUser: { method: "POST", path: "/reveal-studio-user" },
  recoveryKit: { method: "POST", path: "/recovery-kit" },
  metrics: { method: "GET", path: "/metrics" },
  routeNumbers: { method: "GET", path: "/route-numbers" },
  gatewayHealth: { method: "GET", path: "/gateway-health" },
  logs: { method: "GET", path: "/logs" },
  export: { method: "GET", path: "/export" },
  doors: { method: "GET", path: "/doors" },
  allDoors: { method: "GET", path: "/all-doors" },
  edge: { method: "GET", path: "/edge" },
  checkDomain: { method: "POST", path: "/check-domain" },
  internalRoot: { method: "GET", path: "/internal-root" },
  health: { method: "GET", path: "/health" },
} as const;

/** Header in which web passes on the address of the person, for the audit row. */
export const clientAddressHeader = "x-basehold-client-address";

/** The claim as the value of the Authorization header. */
export function claimToHeader(claim: Claim): string {
  return claim.kind === "session" ? `Session ${claim.sid}` : `Bearer ${claim.token}`;
}

/** The claim of an Authorization header; null when it is none. */
export function claimFromHeader(header: string | undefined): Claim | null {
  const [, scheme, text] = /^(Session|Bearer) ([!-~]{20,200})$/.exec(header ?? "") ?? [];
  if (scheme === undefined || text === undefined) return null;
  return scheme === "Session" ? { kind: "session", sid: text } : { kind: "token", token: text };
}
