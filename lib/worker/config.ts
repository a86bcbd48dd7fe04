import { join } from "node:path";
import { z } from "zod";

const environment = z.object({
  BASEHOLD_DATA: z.string().min(1),
  BASEHOLD_STORE_URL: z.string().min(1),
  BASEHOLD_KEY_FILE: z.string().min(1),
  BASEHOLD_WORKER_SOCKET: z.string().min(1),
  BASEHOLD_URL: z.url().optional(),
  BASEHOLD_WEB_SECRET_FILE: z.string().min(1).optional(),
  BASEHOLD_PANEL_UPSTREAM: z.string().min(1).optional(),
  PORT: z.coerce.number().int().min(1).max(65_535).default(3000),
  /** Name servers, comma-separated, that are asked for every domain instead of each zone's own: a split horizon, or a test. */
  BASEHOLD_DNS_SERVERS: z.string().regex(/^([0-9a-fA-F.:[\]]+(,[0-9a-fA-F.:[\]]+)*)?$/, "needs addresses with or without a port, comma-separated").default(""),
  BASEHOLD_WEB_UID: z.coerce.number().int().nonnegative().optional(),
  BASEHOLD_PARALLEL_OPERATIONS: z.coerce.number().int().min(1).max(50).default(5),
  BASEHOLD_LEASE_MS: z.coerce.number().int().min(1_000).default(30_000),
  /** Test only: `<step>:<before|after>` at which the worker kills itself. */
  BASEHOLD_CRASH_AT: z.string().optional(),
});

export type WorkerConfig = {
  dataFolder: string;
  storeUrl: string;
  keyFilePath: string;
  socketPath: string;
  webUid: number | null;
  /** `host:port` at which the machine's own programs reach web. */
  panelUpstream: string;
  webSecretPath: string;
  /** Empty: each zone's own name servers are asked. */
  dnsServers?: string[];
  parallelOperations: number;
  leaseMs: number;
  crashAt: string | null;
};

/** Reads the worker's environment. Throws with the names of what is missing or wrong. */
export function readWorkerConfig(env: NodeJS.ProcessEnv = process.env): WorkerConfig {
  const parsed = environment.safeParse(env);
  if (!parsed.success) throw new Error(`The worker cannot start: ${parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("; ")}`);
  const value = parsed.data;
  return {
    dataFolder: value.BASEHOLD_DATA,
    storeUrl: value.BASEHOLD_STORE_URL,
    keyFilePath: value.BASEHOLD_KEY_FILE,
    socketPath: value.BASEHOLD_WORKER_SOCKET,
    webUid: value.BASEHOLD_WEB_UID ?? null,
    panelUpstream: value.BASEHOLD_PANEL_UPSTREAM ?? `127.0.0.1:${value.PORT}`,
    webSecretPath: value.BASEHOLD_WEB_SECRET_FILE ?? join(value.BASEHOLD_DATA, "web-secret"),
    dnsServers: value.BASEHOLD_DNS_SERVERS.split(",").filter((server) => server !== ""),
    parallelOperations: value.BASEHOLD_PARALLEL_OPERATIONS,
    leaseMs: value.BASEHOLD_LEASE_MS,
    crashAt: value.BASEHOLD_CRASH_AT ?? null,
  };
}
