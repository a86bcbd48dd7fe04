import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import { z } from "zod";
import { LABEL, oneOffRole, type Observed } from "@/lib/engine/observed";
import { EngineError, type ContainerStats, type CreateContainerSpec, type EdgeContainerSpec, type EdgeEnginePort, type EngineEvent, type EngineInfo, type EngineShell, type ExecResult, type HostCapacity, type InspectedContainer, type LogLine, type ObserveScope, type NetworkRemoval, type PullProgress } from "@/lib/engine/port";
import type { ConfigFile } from "@/lib/stack/desired";
import { connectDocker, type DockerClients } from "./client";
import { toCreateOptions, toEdgeOptions } from "./container-options";
import { call, statusOf } from "./errors";
import { runExec, type ExecOptions } from "./exec";
import { DockerShell } from "./shell";
import { inspectSchema, toInspected } from "./inspect";
import { observe } from "./observe";
import { runOneOff, type OneOff } from "./one-off";
import { toCapacity, toEvent, toStats } from "./parse";
import { removeNetwork } from "./remove-network";
import { readLines, readLogLines, readPull } from "./streams";
import { packConfigFiles } from "./upload";

const infoAnswer = z.object({
  ServerVersion: z.string(),
  DockerRootDir: z.string(),
  CgroupVersion: z.string().optional(),
  NCPU: z.number(),
  MemTotal: z.number(),
  SecurityOptions: z.array(z.string()).nullish(),
});

const progressIntervalMs = 500;

/** The engine of one host over its HTTP API. Connects at the first call and again after the engine was away. */
export class DockerEngine implements EdgeEnginePort {
  #clients: Promise<DockerClients> | null = null;

  constructor(private readonly endpoint?: Docker.DockerOptions) {}

  async #connect(): Promise<DockerClients> {
    this.#clients ??= connectDocker(this.endpoint);
    try {
      return await this.#clients;
    } catch (error) {
      this.#clients = null;
      throw error;
    }
  }

  async #call<T>(doing: string, signal: AbortSignal | undefined, run: (clients: DockerClients) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    const clients = await this.#connect();
    return call(doing, signal, () => run(clients));
  }

  /** The same, where a status such as 304 or 404 already is what was wanted. */
  async #callSettled(doing: string, settled: readonly number[], signal: AbortSignal | undefined, run: (clients: DockerClients) => Promise<unknown>): Promise<void> {
    await this.#call(doing, signal, async (clients) => {
      try {
        await run(clients);
      } catch (error) {
        const status = statusOf(error);
        if (status === undefined || !settled.includes(status)) throw error;
      }
    });
  }

  info(signal?: AbortSignal): Promise<EngineInfo> {
    return this.#call("say what it is", signal, async ({ short, apiVersion }) => {
      const info = infoAnswer.parse(await short.info());
      const cgroupVersion = info.CgroupVersion === "1" || info.CgroupVersion === "2" ? info.CgroupVersion : "unknown";
      return { engineVersion: info.ServerVersion, apiVersion, rootDirectory: info.DockerRootDir, cgroupVersion, cpus: info.NCPU, memoryBytes: info.MemTotal, securityOptions: info.SecurityOptions ?? [] };
    });
  }

  async hostCapacity(imageRef: string, signal?: AbortSignal): Promise<HostCapacity> {
    try {
      const spec = { imageRef, argv: ["sh", "-c", "cat /proc/meminfo; df -Pk /"], labels: { [LABEL.role]: oneOffRole }, networkName: null, mounts: [], timeoutMs: 20_000 };
      return toCapacity((await this.runOneOff(spec, signal)).stdout);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof EngineError && error.kind === "unreachable") throw error;
      return { memoryAvailableBytes: null, diskFreeBytes: null };
    }
  }

  observe(scope: ObserveScope, signal?: AbortSignal): Promise<Observed> {
    return this.#call("list what runs", signal, (clients) => observe(clients, scope, Date.now));
  }

  async pullImage(imageRef: string, onProgress: (progress: PullProgress) => void, signal?: AbortSignal): Promise<void> {
    await this.#call(`pull ${imageRef}`, signal, async ({ streaming }) => {
      const stop = new AbortController();
      const abort = () => stop.abort(signal?.reason);
      signal?.addEventListener("abort", abort, { once: true });
      try {
        await readPull((await streaming.pull(imageRef, { abortSignal: stop.signal })) as Readable, atMostEvery(progressIntervalMs, onProgress));
      } finally {
        signal?.removeEventListener("abort", abort);
      }
    });
    if ((await this.inspectImage(imageRef, signal)) === null) throw new EngineError("pull-incomplete", `The pull of ${imageRef} ended, but the image is not there. Retry.`);
  }

  inspectImage(imageRef: string, signal?: AbortSignal): Promise<{ id: string; labels: Record<string, string>; sizeBytes: number } | null> {
    return this.#call("look at an image", signal, async ({ short }) => {
      try {
        const image = await short.getImage(imageRef).inspect();
        return { id: image.Id, labels: image.Config?.Labels ?? {}, sizeBytes: image.Size };
      } catch (error) {
        if (statusOf(error) === 404) return null;
        throw error;
      }
    });
  }

  createNetwork(spec: { name: string; subnet: string; labels: Record<string, string> }, signal?: AbortSignal): Promise<string> {
    return this.#call(`create the network ${spec.name}`, signal, async ({ short }) => {
      const network = await short.createNetwork({ Name: spec.name, CheckDuplicate: true, Driver: "bridge", Labels: spec.labels, IPAM: { Driver: "default", Config: [{ Subnet: spec.subnet }] } });
      return network.id;
    });
  }

  removeNetwork(id: string, signal?: AbortSignal): Promise<NetworkRemoval> {
    return this.#call("remove the network", signal, ({ short }) => removeNetwork(short, id, { signal, pauseMs: 500 }));
  }

  createVolume(spec: { name: string; labels: Record<string, string> }, signal?: AbortSignal): Promise<void> {
    return this.#call(`create the volume ${spec.name}`, signal, async ({ short }) => {
      await short.createVolume({ Name: spec.name, Labels: spec.labels });
      // Docker answers the same when a volume of this name is there already, whoever made it.
      const { Labels } = await short.getVolume(spec.name).inspect();
      if (Labels?.[LABEL.instance] !== spec.labels[LABEL.instance]) throw new EngineError("conflict", `A volume named ${spec.name} is there already and is not Basehold's. Remove or rename it, then retry.`);
    });
  }

  removeVolume(name: string, signal?: AbortSignal): Promise<void> {
    return this.#callSettled(`remove the volume ${name}`, [404], signal, ({ short }) => short.getVolume(name).remove());
  }

  createContainer(spec: CreateContainerSpec, signal?: AbortSignal): Promise<string> {
    return this.#call(`create ${spec.name}`, signal, async ({ short, apiVersion }) => (await short.createContainer(toCreateOptions(spec, apiVersion))).id);
  }

  createEdgeContainer(spec: EdgeContainerSpec, signal?: AbortSignal): Promise<string> {
    return this.#call(`create ${spec.name}`, signal, async ({ short }) => (await short.createContainer(toEdgeOptions(spec))).id);
  }

  async uploadFiles(containerId: string, files: ConfigFile[], options: { replaceByMove: boolean }, signal?: AbortSignal): Promise<void> {
    const beside = (path: string) => (options.replaceByMove ? `${path}.new` : path);
    const archive = await packConfigFiles(files.map((file) => ({ ...file, path: beside(file.path) })));
    await this.uploadArchive(containerId, "/", archive, signal);
    if (!options.replaceByMove) return;
    for (const file of files) {
      const moved = await this.exec(containerId, ["mv", "-f", "--", beside(file.path), file.path], { timeoutMs: 10_000, user: "0" }, signal);
      if (moved.exitCode !== 0) throw new EngineError("other", `The configuration file ${file.path} could not be moved into place.`, moved.stderr);
    }
  }

  startContainer(id: string, signal?: AbortSignal): Promise<void> {
    return this.#callSettled("start the container", [304], signal, ({ short }) => short.getContainer(id).start());
  }

  stopContainer(id: string, options: { graceMs: number }, signal?: AbortSignal): Promise<void> {
    return this.#callSettled("stop the container", [304, 404], signal, ({ streaming }) => streaming.getContainer(id).stop({ t: Math.ceil(options.graceMs / 1000) }));
  }

  killContainer(id: string, signal?: AbortSignal): Promise<void> {
    return this.#callSettled("kill the container", [404, 409], signal, ({ short }) => short.getContainer(id).kill());
  }

  restartContainer(id: string, options: { graceMs: number }, signal?: AbortSignal): Promise<void> {
    return this.#call("restart the container", signal, async ({ streaming }) => void (await streaming.getContainer(id).restart({ t: Math.ceil(options.graceMs / 1000) })));
  }

  removeContainer(id: string, signal?: AbortSignal): Promise<void> {
    return this.#callSettled("remove the container", [404], signal, ({ short }) => short.getContainer(id).remove({ force: true, v: false }));
  }

  renameContainer(id: string, name: string, signal?: AbortSignal): Promise<void> {
    return this.#call(`rename the container to ${name}`, signal, async ({ short }) => void (await short.getContainer(id).rename({ name })));
  }

  inspectContainer(id: string, signal?: AbortSignal): Promise<InspectedContainer | null> {
    return this.#call("look at the container", signal, async ({ short }) => {
      try {
        return toInspected(inspectSchema.parse(await short.getContainer(id).inspect()));
      } catch (error) {
        if (statusOf(error) === 404) return null;
        throw error;
      }
    });
  }

  exec(id: string, argv: string[], options: ExecOptions, signal?: AbortSignal): Promise<ExecResult> {
    return this.#call(`run ${argv[0] ?? "a program"} in the container`, signal, ({ streaming }) => runExec(streaming, id, argv, options, signal));
  }

  openShell(id: string, signal?: AbortSignal): Promise<EngineShell> {
    return this.#call("open a shell in the container", signal, ({ streaming }) => DockerShell.open(streaming, id));
  }

  async tailLogs(id: string, options: LogOptions, signal?: AbortSignal): Promise<LogLine[]> {
    const text = await this.#call("read the log", signal, ({ short }) => short.getContainer(id).logs({ ...toLogQuery(options), follow: false }));
    const lines: LogLine[] = [];
    for await (const line of readLogLines(Readable.from([Buffer.from(text)]))) lines.push(line);
    return lines;
  }

  async *followLogs(id: string, options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine> {
    const stream = await this.#call("follow the log", signal, ({ streaming }) => streaming.getContainer(id).logs({ ...toLogQuery(options), follow: true, abortSignal: signal }));
    yield* untilAborted(stream as Readable, signal, (source) => readLogLines(source));
  }

  stats(id: string, signal?: AbortSignal): Promise<ContainerStats | null> {
    return this.#call("read the usage", signal, async ({ short, hostMemoryBytes }) => toStats(await short.getContainer(id).stats({ stream: false, "one-shot": true }), hostMemoryBytes));
  }

  async *events(instanceId: string, signal: AbortSignal): AsyncIterable<EngineEvent> {
    const filters = JSON.stringify({ type: ["container"], label: [`${LABEL.instance}=${instanceId}`] });
    const stream = (await this.#call("follow its events", signal, ({ streaming }) => streaming.getEvents({ filters, abortSignal: signal }))) as Readable;
    try {
      for await (const line of untilAborted(stream, signal, readLines)) {
        const event = toEvent(line);
        if (event !== null && !event.action.startsWith("exec_")) yield event;
      }
    } catch (error) {
      throw new EngineError("unreachable", "The engine's event stream broke.", String(error), { cause: error });
    }
    if (!signal.aborted) throw new EngineError("unreachable", "The engine ended its event stream.");
  }

  async runOneOff(spec: OneOff, signal?: AbortSignal): Promise<ExecResult> {
    return this.#call("run a one-off container", signal, ({ short, streaming }) => runOneOff(short, streaming, spec, signal));
  }

  async downloadArchive(containerId: string, path: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    return this.#call("read files out of the container", signal, async ({ streaming }) => (await streaming.getContainer(containerId).getArchive({ path })) as Readable);
  }

  async uploadArchive(containerId: string, path: string, tar: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#call("write files into the container", signal, async ({ streaming }) => {
      const answer = await streaming.getContainer(containerId).putArchive(Buffer.from(tar), { path });
      if (answer instanceof Readable) await buffer(answer);
    });
  }
}

type LogOptions = { tail: number; sinceMs?: number };

function toLogQuery({ tail, sinceMs }: LogOptions) {
  return { stdout: true, stderr: true, timestamps: true, tail, ...(sinceMs === undefined ? {} : { since: sinceMs / 1000 }) };
}

/** Reads a stream until it ends or the signal aborts; an abort is a normal end. */
async function* untilAborted<T>(stream: Readable, signal: AbortSignal, read: (stream: Readable) => AsyncIterable<T>): AsyncIterable<T> {
  const stop = () => stream.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    yield* read(stream);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    stream.destroy();
  }
}

/** Passes the first report, the last one, and between them not more than one per interval. */
function atMostEvery(intervalMs: number, report: (progress: PullProgress) => void): (progress: PullProgress) => void {
  let nextAtMs = 0;
  return (progress) => {
    if (progress.phase !== "done" && Date.now() < nextAtMs) return;
    nextAtMs = Date.now() + intervalMs;
    report(progress);
  };
}
