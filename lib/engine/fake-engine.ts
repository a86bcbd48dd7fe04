import type { ConfigFile } from "@/lib/stack/desired";
import { emit, failure, FakeConnection, follow, type FakeEngineOptions } from "./fake/connection";
import { isLive, lastLines, oneOffContainer, toContainer, type OneOff } from "./fake/containers";
import { programOf, runProgram } from "./fake/exec";
import { packPath, readFile, unpackInto, writeFile } from "./fake/files";
import { observeWorld } from "./fake/observe";
import { imageOf, takeId, type FakeContainer, type FakeWorld } from "./fake/world";
import type { FakeCall } from "./fake/faults";
import { LABEL, type Observed } from "./observed";
import type { ContainerStats, CreateContainerSpec, EngineEvent, EngineInfo, EnginePort, ExecResult, HostCapacity, InspectedContainer, LogLine, NetworkRemoval, ObserveScope, PullProgress } from "./port";

type ExecOptions = Parameters<EnginePort["exec"]>[2];

/**
 * An engine in memory that keeps Docker's rules and passes the same contract suite as the adapter. Several may share one world:
 * the world is the host, an instance is one worker's connection to it.
 */
export class FakeEngine implements EnginePort {
  readonly #connection: FakeConnection;

  constructor(readonly world: FakeWorld, options: FakeEngineOptions = {}) {
    this.#connection = new FakeConnection(world, options);
  }

  /** Every call of this connection so far. */
  get calls(): readonly FakeCall[] {
    return this.#connection.calls;
  }

  get isKilled(): boolean {
    return this.#connection.isKilled;
  }

  /** Resolves when the worker was killed. */
  get killed(): Promise<void> {
    return this.#connection.killed;
  }

  /** From here on no call of this connection is answered. */
  kill(): void {
    this.#connection.kill();
  }

  info(signal?: AbortSignal): Promise<EngineInfo> {
    return this.#connection.call("info", "engine", signal, () => ({ engineVersion: "fake", apiVersion: "1.41", rootDirectory: "/var/lib/docker", cgroupVersion: "2" as const, cpus: 2, memoryBytes: 16 * 2 ** 30, securityOptions: [] }));
  }

  hostCapacity(imageRef: string, signal?: AbortSignal): Promise<HostCapacity> {
    return this.#connection.call("hostCapacity", imageRef, signal, () => this.world.capacity);
  }

  observe(scope: ObserveScope, signal?: AbortSignal): Promise<Observed> {
    return this.#connection.call("observe", scope.projectId ?? scope.instanceId, signal, () => observeWorld(this.world, scope, this.#nowMs()));
  }

  pullImage(imageRef: string, onProgress: (progress: PullProgress) => void, signal?: AbortSignal): Promise<void> {
    return this.#connection.call("pullImage", imageRef, signal, () => {
      const image = this.world.registry === "any" ? imageOf(imageRef) : this.world.registry[imageRef];
      if (image === undefined) throw failure("image-missing", `manifest for ${imageRef} not found: manifest unknown`);
      this.world.images[imageRef] = image;
      onProgress({ layersTotal: 1, layersDone: 1, downloadedBytes: image.sizeBytes, totalBytes: image.sizeBytes, phase: "done" });
    });
  }

  inspectImage(imageRef: string, signal?: AbortSignal): Promise<{ id: string; labels: Record<string, string>; sizeBytes: number } | null> {
    return this.#connection.call("inspectImage", imageRef, signal, () => this.world.images[imageRef] ?? Object.values(this.world.images).find((image) => image.id === imageRef) ?? null);
  }

  createNetwork(spec: { name: string; subnet: string; labels: Record<string, string> }, signal?: AbortSignal): Promise<string> {
    return this.#connection.call("createNetwork", spec.name, signal, () => {
      if (this.world.networks.some((network) => network.name === spec.name)) throw failure("conflict", `network with name ${spec.name} already exists`);
      if (this.world.networks.some((network) => network.subnet === spec.subnet)) throw failure("subnet-overlap", "Pool overlaps with other one on this address space");
      const id = takeId(this.world);
      this.world.networks.push({ id, name: spec.name, labels: { ...spec.labels }, subnet: spec.subnet });
      return id;
    });
  }

  removeNetwork(id: string, signal?: AbortSignal): Promise<NetworkRemoval> {
    return this.#connection.call("removeNetwork", this.world.networks.find((network) => network.id === id)?.name ?? id, signal, () => {
      if (this.world.containers.some((container) => container.networkId === id && isLive(container))) throw failure("other", `network ${id} has active endpoints`);
      if (this.world.networks.some((network) => network.id === id && network.isStuck === true)) return "left";
      this.world.networks = this.world.networks.filter((network) => network.id !== id);
      return "removed";
    });
  }

  createVolume(spec: { name: string; labels: Record<string, string> }, signal?: AbortSignal): Promise<void> {
    return this.#connection.call("createVolume", spec.name, signal, () => {
      const existing = this.world.volumes.find((volume) => volume.name === spec.name);
      if (existing === undefined) this.world.volumes.push({ name: spec.name, labels: { ...spec.labels }, files: {} });
      else if (existing.labels[LABEL.instance] !== spec.labels[LABEL.instance]) throw failure("conflict", `The volume ${spec.name} is there already and is not Basehold's.`);
    });
  }

  removeVolume(name: string, signal?: AbortSignal): Promise<void> {
    return this.#connection.call("removeVolume", name, signal, () => {
      if (this.world.containers.some((container) => container.mounts.some((mount) => mount.volume === name))) throw failure("conflict", `remove ${name}: volume is in use`);
      this.world.volumes = this.world.volumes.filter((volume) => volume.name !== name);
    });
  }

  createContainer(spec: CreateContainerSpec, signal?: AbortSignal): Promise<string> {
    return this.#connection.call("createContainer", spec.name, signal, () => {
      const image = this.world.images[spec.imageRef];
      if (image === undefined) throw failure("image-missing", `No such image: ${spec.imageRef}`);
      this.#requireFreeName(spec.name);
      const container = toContainer(takeId(this.world), image.id, spec);
      this.world.containers.push(container);
      this.#tell("create", container);
      return container.id;
    });
  }

  uploadFiles(containerId: string, files: ConfigFile[], { replaceByMove }: { replaceByMove: boolean }, signal?: AbortSignal): Promise<void> {
    return this.#connection.call("uploadFiles", this.#nameOf(containerId), signal, () => {
      const container = this.#require(containerId);
      if (replaceByMove && container.state !== "running") throw failure("conflict", `Container ${containerId} is not running`);
      for (const file of files) writeFile(this.world, container, file.path, Buffer.from(file.content).toString("base64"));
    });
  }

  startContainer(id: string, signal?: AbortSignal): Promise<void> {
    return this.#connection.call("startContainer", this.#nameOf(id), signal, () => this.#start(this.#require(id)));
  }

  stopContainer(id: string, _options: { graceMs: number }, signal?: AbortSignal): Promise<void> {
    return this.#connection.call("stopContainer", this.#nameOf(id), signal, () => this.#end(id, 0, "stop"));
  }

  killContainer(id: string, signal?: AbortSignal): Promise<void> {
    return this.#connection.call("killContainer", this.#nameOf(id), signal, () => this.#end(id, 137, "kill"));
  }

  restartContainer(id: string, _options: { graceMs: number }, signal?: AbortSignal): Promise<void> {
    return this.#connection.call("restartContainer", this.#nameOf(id), signal, () => {
      const container = this.#require(id);
      this.#end(id, 0, "stop");
      this.#start(container);
    });
  }

  removeContainer(id: string, signal?: AbortSignal): Promise<void> {
    return this.#connection.call("removeContainer", this.#nameOf(id), signal, () => {
      const container = this.world.containers.find((candidate) => candidate.id === id);
      if (container === undefined) return;
      this.#end(id, 137, "kill");
      this.world.containers = this.world.containers.filter((candidate) => candidate !== container);
      this.#tell("destroy", container);
    });
  }

  renameContainer(id: string, name: string, signal?: AbortSignal): Promise<void> {
    return this.#connection.call("renameContainer", this.#nameOf(id), signal, () => {
      const container = this.#require(id);
      if (container.name === name) throw failure("invalid", "Renaming a container with the same name as its current name");
      this.#requireFreeName(name);
      container.name = name;
      this.#tell("rename", container);
    });
  }

  inspectContainer(id: string, signal?: AbortSignal): Promise<InspectedContainer | null> {
    return this.#connection.call("inspectContainer", this.#nameOf(id), signal, () => {
      const container = this.world.containers.find((candidate) => candidate.id === id || candidate.name === id);
      if (container === undefined) return null;
      const { name, labels, state, health, exitCode, isOomKilled, restartCount, environment, imageId } = container;
      const publishedPorts = isLive(container) ? container.ports.map((port) => ({ ...port })) : [];
      return { id: container.id, name, labels: { ...labels }, state, startedAt: container.starts === 0 ? "" : `start ${container.starts}`, health, exitCode, isOomKilled, restartCount, environment: { ...environment }, imageId, publishedPorts };
    });
  }

  exec(id: string, argv: string[], options: ExecOptions, signal?: AbortSignal): Promise<ExecResult> {
    return this.#connection.call("exec", this.#nameOf(id), signal, () => {
      const container = this.#require(id);
      if (container.state !== "running") throw failure("conflict", `Container ${id} is not running`);
      const result = runProgram(this.world, container, argv, options.stdin);
      if (container.hasHealthcheck) this.#tell(`health_status: ${container.health}`, container);
      const limit = options.maxOutputBytes ?? Number.POSITIVE_INFINITY;
      return { ...result, stdout: result.stdout.slice(0, limit), stderr: result.stderr.slice(0, limit) };
    });
  }

  tailLogs(id: string, { tail, sinceMs = 0 }: { tail: number; sinceMs?: number }, signal?: AbortSignal): Promise<LogLine[]> {
    return this.#connection.call("tailLogs", this.#nameOf(id), signal, () => lastLines(this.#require(id), tail, sinceMs));
  }

  async *followLogs(id: string, { tail, sinceMs = 0 }: { tail: number; sinceMs?: number }, signal: AbortSignal): AsyncIterable<LogLine> {
    const container = await this.#connection.call("followLogs", this.#nameOf(id), signal, () => this.#require(id));
    const events = follow(this.world, () => true, signal)[Symbol.asyncIterator]();
    yield* lastLines(container, tail, sinceMs);
    for (let seen = container.log.length; !signal.aborted && isLive(container); ) {
      yield* container.log.slice(seen);
      seen = container.log.length;
      if (isLive(container)) await events.next();
    }
    await events.return?.();
  }

  stats(id: string, signal?: AbortSignal): Promise<ContainerStats | null> {
    return this.#connection.call("stats", this.#nameOf(id), signal, () => {
      const container = this.#require(id);
      if (!isLive(container)) return null;
      return { cpuTotalNs: 1_000_000 * container.probes, systemCpuTotalNs: 1_000_000_000, onlineCpus: 2, memoryBytes: 20_000_000, memoryLimitBytes: container.limits.memoryBytes ?? null, readAtMs: this.#nowMs() };
    });
  }

  async *events(instanceId: string, signal: AbortSignal): AsyncIterable<EngineEvent> {
    yield* follow(this.world, (labels) => labels[LABEL.instance] === instanceId, signal);
  }

  runOneOff(spec: OneOff, signal?: AbortSignal): Promise<ExecResult> {
    return this.#connection.call("runOneOff", spec.imageRef, signal, () => {
      const image = this.world.images[spec.imageRef];
      if (image === undefined) throw failure("image-missing", `No such image: ${spec.imageRef}`);
      const container = oneOffContainer(takeId(this.world), image.id, spec);
      for (const file of spec.files ?? []) writeFile(this.world, container, file.path, Buffer.from(file.content).toString("base64"));
      return runProgram(this.world, container, spec.argv, spec.stdin);
    });
  }

  downloadArchive(containerId: string, path: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    return this.#connection.call("downloadArchive", this.#nameOf(containerId), signal, () => {
      const archive = packPath(this.world, this.#require(containerId), path);
      if (archive === null) throw failure("not-found", `Could not find the file ${path} in container ${containerId}`);
      return archive;
    });
  }

  uploadArchive(containerId: string, path: string, tar: Uint8Array, signal?: AbortSignal): Promise<void> {
    return this.#connection.call("uploadArchive", this.#nameOf(containerId), signal, () => unpackInto(this.world, this.#require(containerId), path, tar));
  }

  /** Content of a file in a container or in a volume mounted there, for tests. */
  readFile(containerName: string, path: string): string | undefined {
    const container = this.world.containers.find((candidate) => candidate.name === containerName);
    const content = container === undefined ? undefined : readFile(this.world, container, path);
    return content === undefined ? undefined : Buffer.from(content, "base64").toString("utf8");
  }

  #start(container: FakeContainer): void {
    if (container.state === "paused") throw failure("conflict", "cannot start a paused container, try unpause instead");
    if (isLive(container)) return;
    const network = this.world.networks.find((candidate) => candidate.name === container.networkName);
    if (network === undefined) throw failure("not-found", `network ${container.networkName} not found`);
    if (container.networkId !== null && container.networkId !== network.id) throw failure("not-found", `network ${container.networkId} not found`);
    this.#requireFreePorts(container);
    const program = programOf(this.world, container);
    container.networkId = network.id;
    container.probes = 0;
    container.exitCode = program.exitsWith ?? null;
    container.isOomKilled = program.isOomKilled ?? false;
    container.restartCount = program.exitsWith === undefined ? 0 : 3;
    container.state = program.exitsWith === undefined ? "running" : "restarting";
    container.starts += 1;
    container.health = container.hasHealthcheck && container.state === "running" ? "starting" : "none";
    container.log.push(...(program.prints ?? []).map((text) => ({ atMs: this.#nowMs(), stream: "stdout" as const, text })));
    this.#tell(container.state === "running" ? "start" : "die", container);
  }

  /** Stopping what never ran, or has ended, changes nothing. */
  #end(id: string, exitCode: number, action: string): void {
    const container = this.world.containers.find((candidate) => candidate.id === id);
    if (container === undefined || !isLive(container)) return;
    container.state = "exited";
    container.health = "none";
    container.exitCode = exitCode;
    this.#tell("die", container);
    this.#tell(action, container);
  }

  #requireFreePorts(container: FakeContainer): void {
    const others = this.world.containers.filter((other) => other !== container && isLive(other)).flatMap((other) => other.ports.map((port) => port.hostPort));
    const taken = container.ports.find((port) => others.includes(port.hostPort) || this.world.portsHeldByOthers.includes(port.hostPort));
    if (taken !== undefined) throw failure("port-taken", `Bind for ${taken.hostIp}:${taken.hostPort} failed: port is already allocated`);
  }

  #requireFreeName(name: string): void {
    const holder = this.world.containers.find((container) => container.name === name);
    if (holder !== undefined) throw failure("conflict", `The container name "/${name}" is already in use by container "${holder.id}"`);
  }

  #require(id: string): FakeContainer {
    const container = this.world.containers.find((candidate) => candidate.id === id || candidate.name === id);
    if (container === undefined) throw failure("not-found", `No such container: ${id}`);
    return container;
  }

  #nameOf(id: string): string {
    return this.world.containers.find((container) => container.id === id)?.name ?? id;
  }

  #tell(action: string, { id, labels, exitCode }: FakeContainer): void {
    emit(this.world, { atMs: this.#nowMs(), action, containerId: id, labels, exitCode: action === "die" ? exitCode : null });
  }

  #nowMs(): number {
    return (this.#connection.options.nowMs ?? Date.now)();
  }
}
