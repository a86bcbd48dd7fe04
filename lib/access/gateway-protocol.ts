import { z } from "zod";

/** What the worker says at once about a project's gateway. Asked each time; nothing of it is stored. */

const ref = z.string().min(1).max(40);

export const gatewayQuery = z.object({ ref });

export const routeNumbers = z.object({
  requests: z.number(),
  requestsPerSecond: z.number(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  clientErrors: z.number(),
  serverErrors: z.number(),
});

/** GET /route-numbers?ref: the last five minutes by route id; a route without requests is left out. */
export const routeNumbersResponse = z.object({ routes: z.record(z.string(), routeNumbers) });
export type RouteNumbersResponse = z.infer<typeof routeNumbersResponse>;

const upstream = z.object({
  name: z.string(),
  /** Addresses that it has now; empty while its name is unknown, null where the gateway does not tell (Kong). */
  addresses: z.array(z.string()).nullable(),
  /** null: not told. */
  activeConnections: z.number().nullable(),
  requests: z.number(),
  /** Requests that failed since the gateway started. */
  failedRequests: z.number(),
  /** null: not told. */
  failedConnections: z.number().nullable(),
});

/** GET /gateway-health?ref: what the gateway that serves says of itself. */
export const gatewayHealthResponse = z.object({
  kind: z.enum(["envoy", "kong"]),
  /** Its container runs. */
  isRunning: z.boolean(),
  /** It answers on its admin page or status listener. */
  isReachable: z.boolean(),
  isReady: z.boolean(),
  /** Configuration in force against the one that the project's settings ask for. */
  version: z.object({ inForce: z.string().nullable(), wanted: z.string(), isWanted: z.boolean() }),
  /** Configurations that it refused since its start; null where it does not count them (Kong). */
  refusedUpdates: z.number().nullable(),
  lastRefusals: z.array(z.string()),
  /** Connections of clients open now; null: not told. */
  activeConnections: z.number().nullable(),
  upstreams: z.array(upstream),
});
export type GatewayHealthResponse = z.infer<typeof gatewayHealthResponse>;
