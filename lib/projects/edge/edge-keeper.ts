import type { Store } from "@/lib/adapters/store/types";
import { renderEdge } from "@/lib/gateway/edge";
import type { EdgeInput, EdgeListen } from "@/lib/gateway/edge-input";
import { EdgeError, type EdgePort } from "@/lib/gateway/edge-port";
import { listenersOf } from "@/lib/gateway/edge-version";
import { loadEdgeInput, type CertificateKeys } from "./load-edge-input";

/** `leftOut`: addresses (`127.0.0.1:8100`, `:443`) that another program holds; all the rest is served. */
export type EdgeSync = { isRunning: boolean; isChanged: boolean; leftOut: string[] };

export type EdgeKeeperOptions = { store: Pick<Store, "db">; edge: EdgePort; keys: CertificateKeys; instanceId: string };

/**
 * Brings the edge to what the store says, whole and one load at a time. Whoever changes what it serves writes the store first and calls
 * `sync` then: a worker that died between the two is made up for by the next call of anybody.
 */
export class EdgeKeeper {
  #last: Promise<unknown> = Promise.resolve();
  /** false: there is none on the engine, and nothing has been wanted since. */
  #mayExist = true;

  constructor(private readonly options: EdgeKeeperOptions) {}

  /** @throws EdgeError or EngineError; what was served before is served on. */
  sync(signal: AbortSignal, options: { without?: string } = {}): Promise<EdgeSync> {
    return this.#inTurn(() => this.#sync(signal, options));
  }

  /** Makes and starts the edge with nothing new to serve. */
  start(signal: AbortSignal): Promise<void> {
    this.#mayExist = true;
    return this.#inTurn(() => this.options.edge.ensure(signal));
  }

  /** Whether the edge itself listens on this address. */
  async holds({ address, port }: EdgeListen, signal: AbortSignal): Promise<boolean> {
    try {
      return listenersOf((await this.options.edge.inForce(signal))?.document).includes(`${address}:${port}`);
    } catch (error) {
      if (error instanceof EdgeError) return false;
      throw error;
    }
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #sync(signal: AbortSignal, { without }: { without?: string }): Promise<EdgeSync> {
    const { store, edge, keys, instanceId } = this.options;
    let input = await loadEdgeInput(store.db, keys, { instanceId, without });
    if (input === null) return this.#remove(signal);
    this.#mayExist = true;
    const leftOut: string[] = [];
    for (;;) {
      try {
        const { isChanged } = await edge.heal(renderEdge(input), signal);
        return { isRunning: true, isChanged, leftOut };
      } catch (error) {
        const taken = error instanceof EdgeError && error.kind === "port-taken" ? error.addresses.filter((address) => !leftOut.includes(address)) : [];
        if (taken.length === 0) throw error;
        leftOut.push(...taken);
        input = withoutListeners(input, taken);
      }
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
    projects: input.projects.map((project) => ({
      ...project,
      localListen: project.localListen !== null && taken.includes(`${project.localListen.address}:${project.localListen.port}`) ? null : project.localListen,
      domains: isPublicTaken ? [] : project.domains,
    })),
  };
}
