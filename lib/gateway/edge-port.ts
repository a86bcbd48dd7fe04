import { shortInstanceId } from "@/lib/stack/names";
import type { RenderedEdge } from "./edge";

/** Official reference; the image source prefixes it. `library/` is where Docker Hub and its mirrors keep it. */
export const edgeImage = "library/caddy:2.11.9";

/** Value of the role label of the edge's container and volumes: an object of the installation, of no project. */
export const edgeRole = "edge";

/** Names on the engine of an installation's edge. The admin socket carries the id too: edges of two installations share a network namespace. */
export function edgeNames(instanceId: string): { container: string; dataVolume: string; configVolume: string; adminSocket: string; liveFolder: string } {
  const base = `bh-${shortInstanceId(instanceId)}-edge`;
  return { container: base, dataVolume: `${base}-data`, configVolume: `${base}-config`, adminSocket: `/run/${base}.sock`, liveFolder: "/config/basehold/live" };
}

/**
 * `absent` no container. `stopped` it does not run. `failing` it starts again and again: what it resumes cannot be served.
 * `running` it answers on its admin socket.
 */
export type EdgeState = "absent" | "stopped" | "failing" | "running";

export type EdgeHealth = {
  state: EdgeState;
  /** Last error of its log when it is not running; no keys, no queries. */
  problem: string | null;
  memoryBytes: number | null;
};

export type EdgeLoad = {
  /** false: all of it was in force already, and nothing was sent. */
  isChanged: boolean;
  /** true: Caddy loaded a document. false: at most live files were written, which no request and no socket notices. */
  isReloaded: boolean;
  /** Version that is in force now. */
  version: string;
};

/** `null` while it has not been given a document since it was made. */
export type EdgeInForce = { version: string; document: unknown; liveFiles: Readonly<Record<string, string>> } | null;

export type EdgeCertificate = {
  /** Names of its subject alternative name. */
  names: string[];
  issuer: string;
  notBeforeMs: number;
  notAfterMs: number;
  /** `issued` by ACME or the internal authority; `uploaded` by a person. */
  source: "issued" | "uploaded";
  /** Who issued it, as the edge's storage names it: `internalAuthority`, or what `authorityKey` gives for an ACME directory. null for an uploaded one. */
  authority: string | null;
};

/** Name of the edge's own authority in its storage. */
export const internalAuthority = "local";

/**
 * Name of an ACME directory in the edge's storage, where its certificates lie: `https://acme.test:14000/dir` is `acme.test-14000-dir`.
 * As CertMagic makes it (`issuerKey` and `StorageKeys.Safe` of v0.25).
 */
export function authorityKey(directoryUrl: string): string {
  const { host, pathname } = new URL(directoryUrl);
  const path = pathname.replaceAll("/", "-").replace(/^-+|-+$/g, "");
  return `${host}${path === "" ? "" : `-${path}`}`.toLowerCase().replaceAll(":", "-").replaceAll("..", "").replace(/[^\w@.-]/g, "");
}

/**
 * What the edge's log says last about getting a certificate for a name. `failed`: an attempt has ended without one; the edge tries again
 * by itself, later and later. `detail`: why, in the authority's words, as soon as there is something to say.
 */
export type EdgeIssuance = { state: "unknown" | "trying" | "failed" | "obtained"; detail: string | null; atMs: number | null };

export type EdgeErrorKind = "port-taken" | "refused" | "not-running" | "unreadable";

/** The edge could not do what was asked. `message` is one sentence for a person; `detail` is Caddy's own text without keys. */
export class EdgeError extends Error {
  constructor(
    readonly kind: EdgeErrorKind,
    message: string,
    readonly detail: string = "",
    /** For `port-taken`: the listeners of the document that others hold, for a caller that can do without them. */
    readonly addresses: readonly string[] = [],
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = "EdgeError";
  }
}

/**
 * The one edge of an engine's host. Whole documents only: `load` either puts the document in force or leaves the last one there.
 * Every method may throw `EngineError` for the engine and `EdgeError` for Caddy.
 */
export interface EdgePort {
  /** Makes and starts the container and its volumes where they are missing, and revives one that cannot start. Safe to repeat. */
  ensure(signal?: AbortSignal): Promise<void>;
  /** Puts all of it in force unless it is; where only live files differ, without a load. What this process put in force itself is not read back: `heal` does that. @throws EdgeError `port-taken` or `refused`, with the last document still in force */
  load(rendered: RenderedEdge, signal?: AbortSignal): Promise<EdgeLoad>;
  /** Checks a document with Caddy's own checker in a one-off container; null when it is accepted, else what is wrong. */
  validate(rendered: RenderedEdge, signal?: AbortSignal): Promise<string | null>;
  /** What runs, as Caddy itself saved it at its last successful load, whoever loaded it. */
  inForce(signal?: AbortSignal): Promise<EdgeInForce>;
  health(signal?: AbortSignal): Promise<EdgeHealth>;
  /** `ensure`, then `load`: what a worker calls at its start and when somebody else changed the edge. */
  heal(rendered: RenderedEdge, signal?: AbortSignal): Promise<EdgeLoad>;
  listCertificates(signal?: AbortSignal): Promise<EdgeCertificate[]>;
  issuance(hostname: string, signal?: AbortSignal): Promise<EdgeIssuance>;
  /** Who listens on these ports of the engine's host, on whatever address; ports on which nobody does are in neither list. */
  whoHolds(ports: readonly number[], signal?: AbortSignal): Promise<{ edge: number[]; others: number[] }>;
  /** Root certificate (PEM) of the internal authority; null until it issued its first certificate. */
  internalRoot(signal?: AbortSignal): Promise<string | null>;
  /** Removes the container; its volumes, which hold certificates and the ACME account, only when asked. */
  remove(options: { withVolumes: boolean }, signal?: AbortSignal): Promise<void>;
}
