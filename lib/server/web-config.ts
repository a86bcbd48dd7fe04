import { join } from "node:path";
import { z } from "zod";

const environment = z.object({
  BASEHOLD_STORE_URL: z.string().min(1, "is missing"),
  BASEHOLD_DATA: z.string().min(1).optional(),
  BASEHOLD_WEB_SECRET_FILE: z.string().min(1).optional(),
  BASEHOLD_WORKER_SOCKET: z.string().min(1).optional(),
  BASEHOLD_URL: z.url({ protocol: /^https?$/, error: "must be a full address such as https://panel.example.com" }).optional(),
  BASEHOLD_TRUSTED_PROXIES: z.string().optional(),
  BASEHOLD_LISTEN: z.string().min(1).optional(),
  BASEHOLD_BEHIND_TLS_PROXY: z.enum(["yes", "no"], { error: "is either yes or no" }).default("no"),
  PORT: z.coerce.number().int().min(1).max(65535).default(3000),
});

export type WebConfig = {
  storeUrl: string;
  /** The address of the panel as browsers see it. Every link and every origin check uses this one, never the Host header. */
  url: URL;
  isSecure: boolean;
  /** Where web listens. */
  port: number;
  /** The address that web listens on, where whoever started it says so. */
  listenAddress: string | null;
  /** Somebody said in so many words that a TLS proxy stands in front. */
  isBehindTlsProxy: boolean;
  webSecretPath: string | null;
  workerSocketPath: string | null;
  /** Addresses whose `X-Forwarded-For` is believed, as addresses or CIDRs. */
  trustedProxies: string[];
};

/** Reads web's environment. Throws a sentence that names what is missing or wrong. */
export function readWebConfig(env: Readonly<Record<string, string | undefined>> = process.env): WebConfig {
  const parsed = environment.safeParse(env);
  if (!parsed.success) throw new Error(`The web process cannot start: ${parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("; ")}.`);
  const value = parsed.data;
  const inData = (name: string) => (value.BASEHOLD_DATA === undefined ? null : join(value.BASEHOLD_DATA, name));
  const url = new URL(value.BASEHOLD_URL ?? `http://panel.localhost:${value.PORT}`);
  return {
    storeUrl: value.BASEHOLD_STORE_URL,
    url,
    isSecure: url.protocol === "https:",
    port: value.PORT,
    listenAddress: value.BASEHOLD_LISTEN ?? null,
    isBehindTlsProxy: value.BASEHOLD_BEHIND_TLS_PROXY === "yes",
    webSecretPath: value.BASEHOLD_WEB_SECRET_FILE ?? inData("web-secret"),
    workerSocketPath: value.BASEHOLD_WORKER_SOCKET ?? null,
    trustedProxies: (value.BASEHOLD_TRUSTED_PROXIES ?? "").split(",").map((text) => text.trim()).filter((text) => text !== ""),
  };
}

let cached: WebConfig | null = null;

/** The configuration of this process, read once. */
export function webConfig(): WebConfig {
  cached ??= readWebConfig();
  return cached;
}
