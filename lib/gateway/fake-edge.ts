import type { CaddyConfig, RenderedEdge } from "./edge";
import { EdgeError, type EdgeCertificate, type EdgeHealth, type EdgeInForce, type EdgeIssuance, type EdgeLoad, type EdgePort } from "./edge-port";
import { edgeVersion, listenersOf } from "./edge-version";

/** What outlives a worker: the edge's container and volumes. Plain JSON, so that a test can copy and compare it. */
export type FakeEdgeWorld = {
  state: EdgeHealth["state"];
  document: CaddyConfig | null;
  gateways: Record<string, string>;
  /** Every version that was ever in force, in order. */
  history: string[];
  /** Addresses that a program outside holds. */
  portsHeldByOthers: string[];
  /** What Caddy would say about the next document; null: it takes it. */
  refusal: string | null;
  certificates: EdgeCertificate[];
  issuances: Record<string, EdgeIssuance>;
};

export function createFakeEdgeWorld(parts: Partial<FakeEdgeWorld> = {}): FakeEdgeWorld {
  return { state: "absent", document: null, gateways: {}, history: [], portsHeldByOthers: [], refusal: null, certificates: [], issuances: {}, ...parts };
}

export type FakeEdgeOptions = {
  /** Called around each change; one that never settles is a worker that was killed there. */
  around?: (method: "ensure" | "load" | "remove", moment: "before" | "after") => Promise<void>;
};

/** An edge in memory that passes the same contract suite as the adapter. Several may share one world, as workers share a host. */
export class FakeEdge implements EdgePort {
  constructor(readonly world: FakeEdgeWorld, private readonly options: FakeEdgeOptions = {}) {}

  ensure(signal?: AbortSignal): Promise<void> {
    return this.#change("ensure", signal, () => {
      this.world.state = "running";
    });
  }

  async load(rendered: RenderedEdge, signal?: AbortSignal): Promise<EdgeLoad> {
    const { document, gateways } = rendered;
    const version = edgeVersion(rendered);
    const before = await this.inForce(signal);
    if (before?.version === version) return { isChanged: false, isReloaded: false, version };
    const own = listenersOf(before?.document);
    const taken = listenersOf(document).filter((address) => !own.includes(address) && this.world.portsHeldByOthers.includes(address));
    if (taken.length > 0) throw new EdgeError("port-taken", `${taken.join(", ")} is held by another program on the engine's host. End that program or choose another port, then retry.`, "", taken);
    await this.#change("load", signal, () => {
      if (this.world.refusal !== null) throw new EdgeError("refused", "The edge refused the configuration; the last one stays in force.", this.world.refusal);
      this.world.gateways = { ...gateways };
      this.world.document = JSON.parse(JSON.stringify(document)) as CaddyConfig;
      this.world.history.push(version);
    });
    return { isChanged: true, isReloaded: before === null || edgeVersion({ document: before.document, gateways: {} }) !== edgeVersion({ document, gateways: {} }), version };
  }

  validate(): Promise<string | null> {
    return Promise.resolve(this.world.refusal);
  }

  inForce(signal?: AbortSignal): Promise<EdgeInForce> {
    return this.#ask(signal, () => this.#current());
  }

  #current(): EdgeInForce {
    const { document, gateways } = this.world;
    return document === null ? null : { version: edgeVersion({ document, gateways }), document, gateways };
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

  internalRoot(signal?: AbortSignal): Promise<string | null> {
    return this.#ask(signal, () => null);
  }

  remove({ withVolumes }: { withVolumes: boolean }, signal?: AbortSignal): Promise<void> {
    return this.#change("remove", signal, () => {
      this.world.state = "absent";
      if (withVolumes) Object.assign(this.world, { document: null, gateways: {}, certificates: [], issuances: {} });
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
