import { EdgeError } from "@/lib/gateway/edge-port";
import { watchCertificates, type ExpiryWarning } from "@/lib/projects/domains/watch-certificates";
import { enlistProjects } from "@/lib/projects/edge/enlist-projects";
import type { WorkflowTools } from "@/lib/projects/workflows/tools";
import type { Log } from "./log";
import { pause } from "./pause";

const intervalMs = 60_000;
const debounceMs = 200;

type Options = { tools: Pick<WorkflowTools, "edge" | "store" | "now">; log: Pick<Log, "info" | "warn"> };

/**
 * Keeps the edge at what the store says: at the worker's start, after every operation, and once a minute, which also mends what somebody
 * else changed. Then moves the projects that have not followed the edge's setting.
 */
export class EdgeLoop {
  #wake: AbortController = new AbortController();
  #told = "";
  #warned: ReadonlyMap<string, string> = new Map();

  constructor(private readonly options: Options) {}

  /** Looks soon. */
  touch(): void {
    this.#wake.abort();
  }

  /** Ends when `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.lookOnce(signal);
      await pause(intervalMs, AbortSignal.any([signal, this.#wake.signal]));
      if (this.#wake.signal.aborted) await pause(debounceMs, signal);
      this.#wake = new AbortController();
    }
  }

  async lookOnce(signal: AbortSignal): Promise<void> {
    const { tools, log } = this.options;
    try {
      const { isChanged, leftOut } = await tools.edge.sync(signal);
      if (isChanged) log.info({}, "the edge was brought to what is wanted");
      this.#tell(leftOut.length === 0 ? "" : `another program holds ${leftOut.join(", ")}; the edge serves all the rest`, {});
      await enlistProjects(tools.store, tools.now);
      this.#warn(await watchCertificates(tools, signal));
    } catch (error) {
      if (!signal.aborted) this.#tell(error instanceof EdgeError ? error.message : "the edge could not be looked at; it is tried again in a minute", { err: error });
    }
  }

  /** Says once of each certificate that it comes closer to its end. */
  #warn(warnings: readonly ExpiryWarning[]): void {
    for (const { hostname, level, daysLeft, problem } of warnings) {
      if (this.#warned.get(hostname) === level) continue;
      this.options.log.warn({ hostname, daysLeft, problem }, level === "expired" ? `the certificate of ${hostname} has ended` : `the certificate of ${hostname} ends soon`);
    }
    this.#warned = new Map(warnings.map(({ hostname, level }) => [hostname, level]));
  }

  /** Says what is wrong once, not every minute. */
  #tell(sentence: string, detail: object): void {
    if (sentence !== "" && sentence !== this.#told) this.options.log.warn(detail, sentence);
    this.#told = sentence;
  }
}
