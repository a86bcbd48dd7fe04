import type { CaddyConfig, RenderedEdge } from "./edge";
import { authorityKey, EdgeError, internalAuthority, type EdgeCertificate, type EdgeHealth, type EdgeInForce, type EdgeIssuance, type EdgeLoad, type EdgePort } from "./edge-port";
import { edgeVersion, listenersOf } from "./edge-version";

/** What outlives a worker: the edge's container and volumes. Plain JSON, so that a test can copy and compare it. */
export type FakeEdgeWorld = {
  state: EdgeHealth["state"];
  document: CaddyConfig | null;
  liveFiles: Record<string, string>;
  /** Every version that was ever in force, in order. */
  history: string[];
  /** Addresses that a program outside holds. */
  portsHeldByOthers: string[];
  /** What Caddy would say about the next document; null: it takes it. */
  refusal: string | null;
  certificates: EdgeCertificate[];
  issuances: Record<string, EdgeIssuance>;
  /** Names for which an authority gives no certificate, and what it says; of one directory where `directoryUrl` names it. */
  refusals: { hostname: string; directoryUrl?: string; detail: string }[];
};

export function createFakeEdgeWorld(parts: Partial<FakeEdgeWorld> = {}): FakeEdgeWorld {
  return { state: "absent", document: null, liveFiles: {}, history: [], portsHeldByOthers: [], refusal: null, certificates: [], issuances: {}, refusals: [], ...parts };
}

/** What a fake edge gives as its authority's root, once it had to issue something. */
export const fakeInternalRoot = "-----BEGIN CERTIFICATE-----\nroot of the fake edge\n-----END CERTIFICATE-----\n";

export type FakeEdgeOptions = {
  /** Called around each change; one that never settles is a worker that was killed there. */
  around?: (method: "ensure" | "load" | "remove", moment: "before" | "after") => Promise<void>;
  /** Milliseconds since 1970, for the validity of what it issues. */
  now?: () => number;
};

const lifetimeMs = 90 * 24 * 3_600_000;

type Managed = { hostname: string; authority: string; directoryUrl: string | null };
type TlsApp = { automation?: { policies?: { subjects: string[]; issuers: { module: string; ca?: string }[] }[] } };

/** Names that a document has managed, with the authority of each. */
function managedBy(document: CaddyConfig | null): Managed[] {
  const policies = (document?.apps["tls"] as TlsApp | undefined)?.automation?.policies ?? [];
  return policies.flatMap(({ subjects, issuers }) => {
    const directoryUrl = issuers[0]?.ca ?? null;
    return subjects.map((hostname) => ({ hostname, directoryUrl, authority: directoryUrl === null ? internalAuthority : authorityKey(directoryUrl) }));
  });
}

/** An edge in memory that passes the same contract suite as the adapter. Several may share one world, as workers share a host. */
export class FakeEdge implements EdgePort {
  constructor(readonly world: FakeEdgeWorld, private readonly options: FakeEdgeOptions = {}) {}

  ensure(signal?: AbortSignal): Promise<void> {
    return this.#change("ensure", signal, () => {
      this.world.state = "running";
    });
  }

  async load(rendered: RenderedEdge, signal?: AbortSignal): Promise<EdgeLoad> {
    const { document, liveFiles } = rendered;
    const version = edgeVersion(rendered);
    const before = await this.inForce(signal);
    if (before?.version === version) return { isChanged: false, isReloaded: false, version };
    const own = listenersOf(before?.document);
    const taken = listenersOf(document).filter((address) => !own.includes(address) && this.world.portsHeldByOthers.includes(address));
    if (taken.length > 0) throw new EdgeError("port-taken", `${taken.join(", ")} is held by another program on the engine's host. End that program or choose another port, then retry.`, "", taken);
    await this.#change("load", signal, () => {
      if (this.world.refusal !== null) throw new EdgeError("refused", "The edge refused the configuration; the last one stays in force.", this.world.refusal);
      const managedBefore = new Map(managedBy(this.world.document).map(({ hostname, authority }) => [hostname, authority]));
      this.world.liveFiles = { ...liveFiles };
      this.world.document = JSON.parse(JSON.stringify(document)) as CaddyConfig;
      for (const managed of managedBy(this.world.document)) this.#manage(managed, managedBefore.get(managed.hostname));
      this.world.history.push(version);
    });
    return { isChanged: true, isReloaded: before === null || edgeVersion({ document: before.document, liveFiles: {} }) !== edgeVersion({ document, liveFiles: {} }), version };
  }

  validate(): Promise<string | null> {
    return Promise.resolve(this.world.refusal);
  }

  inForce(signal?: AbortSignal): Promise<EdgeInForce> {
    return this.#ask(signal, () => this.#current());
  }

  #current(): EdgeInForce {
    const { document, liveFiles } = this.world;
    return document === null ? null : { version: edgeVersion({ document, liveFiles }), document, liveFiles };
  }

  health(): Promise<EdgeHealth> {
    return Promise.resolve({ state: this.world.state, problem: null, memoryBytes: this.world.state === "running" ? 30_000_000 : null });
  }

  async heal(rendered: RenderedEdge, signal?: AbortSignal): Promise<EdgeLoad> {
    await this.ensure(signal);
    return this.load(rendered, signal);
  }

  listCertificates(signal?: AbortSignal): Promise<EdgeCertificate[]> {
    return this.#ask(signal, () => this.world.certificates);
  }

  issuance(hostname: string, signal?: AbortSignal): Promise<EdgeIssuance> {
    return this.#ask(signal, () => this.world.issuances[hostname] ?? { state: "unknown", detail: null, atMs: null });
  }

  async whoHolds(ports: readonly number[], signal?: AbortSignal): Promise<{ edge: number[]; others: number[] }> {
    const own = listenersOf((await this.inForce(signal))?.document);
    const ends = (addresses: readonly string[], port: number) => addresses.some((address) => address.endsWith(`:${String(port)}`));
    return { edge: ports.filter((port) => ends(own, port)), others: ports.filter((port) => !ends(own, port) && ends(this.world.portsHeldByOthers, port)) };
  }

  /** As Caddy: what lies in its storage is taken, and a name that one public authority served before stays with that certificate when another is named. */
  #manage({ hostname, authority, directoryUrl }: Managed, before: string | undefined): void {
    const isKept = before !== undefined && (before === internalAuthority) === (authority === internalAuthority);
    const { world } = this;
    if (isKept || world.certificates.some((each) => each.authority === authority && each.names.includes(hostname))) return;
    const nowMs = this.options.now?.() ?? Date.UTC(2026, 0, 1);
    const atMs = Math.max(nowMs, ...Object.values(world.issuances).map((each) => (each.atMs ?? 0) + 1));
    const refusal = world.refusals.find((each) => each.hostname === hostname && (each.directoryUrl === undefined || each.directoryUrl === directoryUrl));
    world.issuances[hostname] = refusal === undefined ? { state: "obtained", detail: null, atMs } : { state: "failed", detail: refusal.detail, atMs };
    if (refusal === undefined) world.certificates.push({ names: [hostname], issuer: authority, notBeforeMs: nowMs, notAfterMs: nowMs + lifetimeMs, source: "issued", authority });
  }

  internalRoot(signal?: AbortSignal): Promise<string | null> {
    return this.#ask(signal, () => (JSON.stringify(this.world.document).includes('"module":"internal"') ? fakeInternalRoot : null));
  }

  remove({ withVolumes }: { withVolumes: boolean }, signal?: AbortSignal): Promise<void> {
    return this.#change("remove", signal, () => {
      this.world.state = "absent";
      if (withVolumes) Object.assign(this.world, { document: null, liveFiles: {}, certificates: [], issuances: {} });
    });
  }

  async #ask<T>(signal: AbortSignal | undefined, answer: () => T): Promise<T> {
    signal?.throwIfAborted();
    await Promise.resolve();
    if (this.world.state !== "running") throw new EdgeError("not-running", "The edge does not run.");
    return answer();
  }

  async #change(method: "ensure" | "load" | "remove", signal: AbortSignal | undefined, act: () => void): Promise<void> {
    signal?.throwIfAborted();
    await this.options.around?.(method, "before");
    act();
    await this.options.around?.(method, "after");
    signal?.throwIfAborted();
  }
}
