import type { Store } from "@/lib/adapters/store/types";
import { renderEdge, type RenderedEdge } from "@/lib/gateway/edge";
import type { EdgeInput, EdgeListen } from "@/lib/gateway/edge-input";
import { EdgeError, type EdgeCertificate, type EdgeHealth, type EdgeIssuance, type EdgeLoad, type EdgePort } from "@/lib/gateway/edge-port";
import { edgeVersion, listenersOf } from "@/lib/gateway/edge-version";
import { loadEdgeInput, type CertificateKeys, type PanelDoor } from "./load-edge-input";

/** `leftOut`: addresses (`127.0.0.1:8100`, `:443`) that another program holds; all the rest is served. */
export type EdgeSync = { isRunning: boolean; isChanged: boolean; leftOut: string[] };

/** The edge as it is at this moment, against what the store says. */
export type EdgeLook = {
  health: EdgeHealth;
  /** null: none was ever loaded, or it does not run. */
  inForce: string | null;
  /** null: no edge is wanted. */
  wanted: string | null;
  leftOut: string[];
  /** Why what is wanted was not put in force when that was last tried; null when it was. */
  refusal: { sentence: string; detail: string } | null;
  certificates: EdgeCertificate[];
  internalRootPem: string | null;
};

export type SyncOptions = {
  /** A project that is not to be served. */
  without?: string;
  /** true: what this worker last put in force is taken for what is in force. Whatever somebody else did meanwhile is mended by the next sync without it. */
  isQuick?: boolean;
};

export type EdgeKeeperOptions = {
  store: Pick<Store, "db">;
  edge: EdgePort;
  keys: CertificateKeys;
  instanceId: string;
  /** null: the panel runs on another machine than the edge. */
  panel: PanelDoor | null;
};

/**
 * Brings the edge to what the store says, whole and one load at a time. Whoever changes what it serves writes the store first and calls
 * `sync` then: a worker that died between the two is made up for by the next call of anybody.
 */
export class EdgeKeeper {
  #last: Promise<unknown> = Promise.resolve();
  /** false: there is none on the engine, and nothing has been wanted since. */
  #mayExist = true;
  #leftOut: readonly string[] = [];
  #refusal: EdgeLook["refusal"] = null;

  constructor(private readonly options: EdgeKeeperOptions) {}

  /** @throws EdgeError or EngineError; what was served before is served on. */
  sync(signal: AbortSignal, options: SyncOptions = {}): Promise<EdgeSync> {
    return this.#inTurn(async () => {
      try {
        const done = await this.#sync(signal, options);
        [this.#leftOut, this.#refusal] = [done.leftOut, null];
        return done;
      } catch (error) {
        if (error instanceof EdgeError) this.#refusal = { sentence: error.message, detail: error.detail };
        throw error;
      }
    });
  }

  /** Whether the edge can pass requests on to the panel at all. */
  get reachesPanel(): boolean {
    return this.options.panel !== null;
  }

  /** `host:port` of the panel on the engine's host; null: it runs on another machine. */
  get panelUpstream(): string | null {
    return this.options.panel?.upstream ?? null;
  }

  /** Addresses on which it listens (`127.0.0.1:8001`, `:443`); none where it does not run. @throws EngineError */
  async listeners(signal: AbortSignal): Promise<string[]> {
    const isThere = this.#mayExist && (await this.options.edge.health(signal)).state === "running";
    return isThere ? this.#listened(signal) : [];
  }

  /** What it is at, without changing anything. @throws EngineError */
  async look(signal: AbortSignal): Promise<EdgeLook> {
    const { store, edge, keys, instanceId, panel } = this.options;
    const input = await loadEdgeInput(store.db, keys, { instanceId, panel });
    const wanted = input === null ? null : edgeVersion(renderEdge(withoutListeners(input, this.#leftOut)));
    const health = await edge.health(signal);
    const isThere = health.state === "running";
    const [inForce, certificates, internalRootPem] = isThere ? await Promise.all([edge.inForce(signal), edge.listCertificates(signal), edge.internalRoot(signal)]) : [null, [], null];
    return { health, wanted, inForce: inForce?.version ?? null, leftOut: [...this.#leftOut], refusal: this.#refusal, certificates, internalRootPem };
  }

  /** Root certificate (PEM) of the edge's own authority; null until it issued its first certificate. */
  internalRoot(signal: AbortSignal): Promise<string | null> {
    return this.options.edge.internalRoot(signal);
  }

  /** Certificates that it holds. None where there is no edge. */
  async listCertificates(signal: AbortSignal): Promise<EdgeCertificate[]> {
    if (!this.#mayExist) return [];
    try {
      return await this.options.edge.listCertificates(signal);
    } catch (error) {
      if (error instanceof EdgeError && error.kind === "not-running") return [];
      throw error;
    }
  }

  /** Which of these ports another program holds, and on which of them the edge itself listens. @throws EdgeError when it does not run */
  whoHolds(ports: readonly number[], signal: AbortSignal): Promise<{ edge: number[]; others: number[] }> {
    return this.options.edge.whoHolds(ports, signal);
  }

  /** How getting a certificate for a name goes. */
  issuance(hostname: string, signal: AbortSignal): Promise<EdgeIssuance> {
    return this.options.edge.issuance(hostname, signal);
  }

  /** Makes and starts the edge with nothing new to serve. */
  start(signal: AbortSignal): Promise<void> {
    this.#mayExist = true;
    return this.#inTurn(() => this.options.edge.ensure(signal));
  }

  /** Whether the edge itself listens on this address. */
  async holds({ address, port }: EdgeListen, signal: AbortSignal): Promise<boolean> {
    return (await this.#listened(signal)).includes(`${address}:${port}`);
  }

  async #listened(signal: AbortSignal): Promise<string[]> {
    try {
      return listenersOf((await this.options.edge.inForce(signal))?.document);
    } catch (error) {
      if (error instanceof EdgeError) return [];
      throw error;
    }
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #sync(signal: AbortSignal, { without, isQuick = false }: SyncOptions): Promise<EdgeSync> {
    const { store, keys, instanceId, panel } = this.options;
    let input = await loadEdgeInput(store.db, keys, { instanceId, panel, without });
    if (input === null) return this.#remove(signal);
    this.#mayExist = true;
    const leftOut: string[] = [];
    for (;;) {
      try {
        const { isChanged } = await this.#put(renderEdge(input), isQuick, signal);
        return { isRunning: true, isChanged, leftOut };
      } catch (error) {
        const taken = error instanceof EdgeError && error.kind === "port-taken" ? error.addresses.filter((address) => !leftOut.includes(address)) : [];
        if (taken.length === 0) throw error;
        leftOut.push(...taken);
        input = withoutListeners(input, taken);
      }
    }
  }

  async #put(rendered: RenderedEdge, isQuick: boolean, signal: AbortSignal): Promise<EdgeLoad> {
    const { edge } = this.options;
    if (!isQuick) return edge.heal(rendered, signal);
    try {
      return await edge.load(rendered, signal);
    } catch (error) {
      if (error instanceof EdgeError && error.kind === "not-running") return edge.heal(rendered, signal);
      throw error;
    }
  }

  async #remove(signal: AbortSignal): Promise<EdgeSync> {
    const isThere = this.#mayExist && (await this.options.edge.health(signal)).state !== "absent";
    // Certificates and the account at the authority stay for the day that it is turned on again.
    if (isThere) await this.options.edge.remove({ withVolumes: false }, signal);
    this.#mayExist = false;
    return { isRunning: false, isChanged: isThere, leftOut: [] };
  }
}

/** One listener that is refused would refuse the whole document. */
function withoutListeners(input: EdgeInput, taken: readonly string[]): EdgeInput {
  const { httpPort, httpsPort } = input.publicListen;
  const isPublicTaken = taken.includes(`:${httpPort}`) || taken.includes(`:${httpsPort}`);
  return {
    ...input,
    panel: isPublicTaken ? null : input.panel,
    projects: input.projects.map((project) => ({
      ...project,
      localListen: project.localListen !== null && taken.includes(`${project.localListen.address}:${project.localListen.port}`) ? null : project.localListen,
      domains: isPublicTaken ? [] : project.domains,
    })),
  };
}
