import { readFileSync } from "node:fs";
import { join } from "node:path";
import Docker from "dockerode";
import { z } from "zod";
import { EngineError } from "@/lib/engine/port";
import { toEngineError } from "./errors";

export type DockerClients = {
  /** For calls that answer at once. */
  short: Docker;
  /** For pulls, logs, events and execs: no idle timeout. */
  streaming: Docker;
  apiVersion: string;
  hostMemoryBytes: number;
};

/** Docker 20.10. */
const oldestMinor = 41;
/** What the contract suite has been run against; a newer engine is spoken to in this version. */
const newestMinor = 51;
const shortTimeoutMs = 120_000;

/** Where the engine listens, from DOCKER_HOST (unix, tcp, with TLS by DOCKER_CERT_PATH) or the usual socket. */
export function readEndpoint(env: NodeJS.ProcessEnv = process.env): Docker.DockerOptions {
  const address = env["DOCKER_HOST"] ?? "";
  if (address === "") return { socketPath: "/var/run/docker.sock" };
  if (address.startsWith("unix://")) return { socketPath: address.slice("unix://".length) };
  if (!/^(tcp|https?):\/\//.test(address)) throw new EngineError("invalid", `DOCKER_HOST is ${address}; Basehold understands unix:// and tcp:// addresses.`);
  const url = new URL(address);
  const certPath = env["DOCKER_CERT_PATH"];
  const wantsTls = (env["DOCKER_TLS_VERIFY"] ?? "") !== "" && certPath !== undefined;
  const base = { host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? (wantsTls ? 2376 : 2375) : Number(url.port) };
  if (!wantsTls) return { ...base, protocol: "http" };
  const read = (name: string) => readFileSync(join(certPath, name));
  return { ...base, protocol: "https", ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}

/** Whether the engine runs on this machine: what it publishes is on this machine's addresses then. */
export function isEngineHere(endpoint: Docker.DockerOptions = readEndpoint()): boolean {
  return endpoint.socketPath !== undefined || ["127.0.0.1", "::1", "localhost"].includes(endpoint.host ?? "");
}

const versionAnswer = z.object({ ApiVersion: z.string().regex(/^1\.\d+$/), MinAPIVersion: z.string().regex(/^1\.\d+$/).optional(), Version: z.string().default("unknown") });
const hostAnswer = z.object({ MemTotal: z.number() });

/**
 * Connects and negotiates the API version: the engine's own, or the newest one known here where the engine is newer.
 * @throws EngineError `unreachable` or `too-old`, each with a sentence for a person.
 */
export async function connectDocker(endpoint: Docker.DockerOptions = readEndpoint()): Promise<DockerClients> {
  try {
    const answer = versionAnswer.parse(await new Docker({ ...endpoint, timeout: 10_000 }).version());
    const minor = Math.min(minorOf(answer.ApiVersion), newestMinor);
    if (minor < oldestMinor) throw new EngineError("too-old", `Docker ${answer.Version} speaks API ${answer.ApiVersion}; Basehold needs Docker 20.10 (API 1.${oldestMinor}) or newer.`);
    if (minorOf(answer.MinAPIVersion ?? "1.0") > newestMinor) throw new EngineError("too-old", `Docker ${answer.Version} no longer speaks API 1.${newestMinor}; update Basehold.`);
    const version = `v1.${minor}`;
    const short = new Docker({ ...endpoint, version, timeout: shortTimeoutMs });
    const { MemTotal: hostMemoryBytes } = hostAnswer.parse(await short.info());
    return { short, streaming: new Docker({ ...endpoint, version }), apiVersion: `1.${minor}`, hostMemoryBytes };
  } catch (error) {
    if (error instanceof z.ZodError) throw new EngineError("invalid", "What answers at the engine's address is not Docker.", error.message, { cause: error });
    throw toEngineError(error, "ask the engine for its version");
  }
}

function minorOf(apiVersion: string): number {
  return Number(apiVersion.split(".")[1] ?? 0);
}

/** Whether the negotiated API is at least `minor` of major version 1. */
export function speaksApi(apiVersion: string, minor: number): boolean {
  return minorOf(apiVersion) >= minor;
}
