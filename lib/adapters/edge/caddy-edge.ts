import { setTimeout as pause } from "node:timers/promises";
import { LABEL } from "@/lib/engine/observed";
import { EngineError, type EdgeEnginePort, type InspectedContainer } from "@/lib/engine/port";
import { emptyEdge, type RenderedEdge } from "@/lib/gateway/edge";
import { edgeImage, edgeNames, edgeRole, EdgeError, type EdgeCertificate, type EdgeHealth, type EdgeInForce, type EdgeIssuance, type EdgeLoad, type EdgePort } from "@/lib/gateway/edge-port";
import { edgeVersion, listenersOf } from "@/lib/gateway/edge-version";
import type { ConfigFile } from "@/lib/stack/desired";
import { parseIssued, parseUploaded } from "./certificates";
import { EdgeShell } from "./edge-shell";
import { lastProblem, readIssuance, refusalOf } from "./edge-log";
import { documentVersion, findTaken, isSocketServed, parseSaved, type Saved } from "./edge-state";

const autosaveFile = "/config/caddy/autosave.json";
const firstFile = "/etc/caddy/basehold.json";
const certificatesFolder = "/data/caddy/certificates";
const internalRootFile = "/data/caddy/pki/authorities/local/root.crt";
const startDeadlineMs = 20_000;
const pollMs = 50;
/** A thousand names take a second; a machine that is busy several. */
const loadTimeoutMs = 60_000;
const maxDocumentBytes = 64 << 20;
const graceMs = 2_000;

const file = (path: string, content: string, mode = 0o600): ConfigFile => ({ path, content, mode, uid: 0, gid: 0, reloadable: false });

export type CaddyEdgeOptions = {
  engine: EdgeEnginePort;
  instanceId: string;
  /** Prefix of the image source, read each time: a person may change it. */
  imagePrefix: () => Promise<string>;
};

/**
 * The edge as a container of the installation, driven by fixed commands inside it: a remote engine works as a local one does, and no port
 * is opened for administration. See docs/decisions/0012-edge-loads-whole-documents.md.
 */
export class CaddyEdge implements EdgePort {
  readonly #names: ReturnType<typeof edgeNames>;
  readonly #engine: EdgeEnginePort;
  readonly #admin: string;
  readonly #shell: EdgeShell;
  /** What this process put in force in the edge's present run. Whatever else may have happened, `heal` reads anew. */
  #known: { run: string; saved: Saved } | null = null;
  /** Container and path of files that were sent; a path says what is in it. */
  readonly #sent = new Set<string>();

  constructor(private readonly options: CaddyEdgeOptions) {
    this.#names = edgeNames(options.instanceId);
    this.#engine = options.engine;
    this.#shell = new EdgeShell(options.engine);
    this.#admin = `unix/${this.#names.adminSocket}`;
  }

  async ensure(signal?: AbortSignal): Promise<void> {
    const imageRef = (await this.options.imagePrefix()) + edgeImage;
    const found = await this.#inspect(signal);
    if (found === null || found.labels[LABEL.specHash] !== specOf(imageRef)) await this.#make(imageRef, found, signal);
    else if (found.state !== "running") await this.#start(found.id, signal);
    if (await this.#comesUp(signal)) return;
    await this.#revive(signal);
    await this.#requireUp(signal);
  }

  async load(rendered: RenderedEdge, signal?: AbortSignal): Promise<EdgeLoad> {
    const version = edgeVersion(rendered);
    const { id, startedAt } = await this.#requireRunning(signal);
    const run = `${id} ${startedAt}`;
    const before = this.#known?.run === run ? this.#known.saved : await this.#read(id, signal);
    this.#known = null;
    const isReloaded = before.inForce === null || documentVersion(before.inForce.document) !== documentVersion(rendered.document);
    const isChanged = before.inForce?.version !== version;
    const saved = isReloaded ? await this.#reload(id, rendered, before, signal) : before;
    // After the document: one that is refused leaves every gateway as it was.
    if (isChanged) await this.#write(id, rendered, saved, signal);
    this.#known = { run, saved: withFiles(saved, rendered, version) };
    return { isChanged, isReloaded, version };
  }

  async validate(rendered: RenderedEdge, signal?: AbortSignal): Promise<string | null> {
    const imageRef = (await this.options.imagePrefix()) + edgeImage;
    const files = [...rendered.files.map(({ path, content }) => file(path, content)), file("/tmp/edge.json", JSON.stringify(rendered.document))];
    const labels = { [LABEL.instance]: this.options.instanceId, [LABEL.role]: "one-off" };
    const result = await this.#engine.runOneOff({ imageRef, argv: ["caddy", "validate", "--config", "/tmp/edge.json"], labels, networkName: null, mounts: [], files, timeoutMs: loadTimeoutMs }, signal);
    // The document moves the log to stdout, and with it the reason.
    return result.exitCode === 0 ? null : refusalOf(`${result.stderr}\n${result.stdout}`).detail;
  }

  async inForce(signal?: AbortSignal): Promise<EdgeInForce> {
    return (await this.#read((await this.#requireRunning(signal)).id, signal)).inForce;
  }

  async health(signal?: AbortSignal): Promise<EdgeHealth> {
    const found = await this.#inspect(signal);
    if (found === null) return { state: "absent", problem: null, memoryBytes: null };
    if (found.state === "running" && (await this.#answers(found.id, signal))) {
      return { state: "running", problem: null, memoryBytes: (await this.#engine.stats(found.id, signal))?.memoryBytes ?? null };
    }
    const state = found.state === "restarting" || found.state === "running" ? "failing" : "stopped";
    return { state, problem: lastProblem(await this.#engine.tailLogs(found.id, { tail: 200 }, signal)), memoryBytes: null };
  }

  async heal(rendered: RenderedEdge, signal?: AbortSignal): Promise<EdgeLoad> {
    await this.ensure(signal);
    this.#known = null;
    try {
      return await this.load(rendered, signal);
    } catch (error) {
      if (!hasEnded(error)) throw error;
    }
    // Caddy opens its admin socket before the ports of what it resumes, and ends when one of them is taken: it had only seemed to be up.
    await this.#revive(signal);
    await this.#requireUp(signal);
    return this.load(rendered, signal);
  }

  async listCertificates(signal?: AbortSignal): Promise<EdgeCertificate[]> {
    const { id } = await this.#requireRunning(signal);
    const argv = ["grep", "-rsH", "--include=*.crt", "", certificatesFolder];
    const { stdout } = await this.#engine.exec(id, argv, { timeoutMs: 20_000, maxOutputBytes: maxDocumentBytes }, signal);
    return [...parseIssued(stdout, certificatesFolder), ...parseUploaded((await this.inForce(signal))?.document)];
  }

  async issuance(hostname: string, signal?: AbortSignal): Promise<EdgeIssuance> {
    return readIssuance(await this.#engine.tailLogs((await this.#requireRunning(signal)).id, { tail: 2_000 }, signal), hostname);
  }

  async whoHolds(ports: readonly number[], signal?: AbortSignal): Promise<{ edge: number[]; others: number[] }> {
    const { id, startedAt } = await this.#requireRunning(signal);
    const saved = this.#known?.run === `${id} ${startedAt}` ? this.#known.saved : await this.#read(id, signal);
    const own = listenersOf(saved.inForce?.document);
    const [edge, foreign] = [true, false].map((isOwn) => ports.filter((port) => own.some((address) => address.endsWith(`:${String(port)}`)) === isOwn));
    const taken = await this.#findTaken(id, (foreign ?? []).map((port) => `:${String(port)}`), signal);
    return { edge: edge ?? [], others: (foreign ?? []).filter((port) => taken.includes(`:${String(port)}`)) };
  }

  async internalRoot(signal?: AbortSignal): Promise<string | null> {
    const { exitCode, stdout } = await this.#engine.exec((await this.#requireRunning(signal)).id, ["cat", internalRootFile], { timeoutMs: 10_000 }, signal);
    return exitCode === 0 ? stdout : null;
  }

  async remove({ withVolumes }: { withVolumes: boolean }, signal?: AbortSignal): Promise<void> {
    const found = await this.#inspect(signal);
    if (found !== null) await this.#discard(found.id, signal);
    if (!withVolumes) return;
    for (const name of [this.#names.dataVolume, this.#names.configVolume]) await this.#engine.removeVolume(name, signal);
  }

  /**
   * One look at the saved document and the live files, each of one line. Caddy writes the former under the same lock as it
   * changes its configuration, after every load that succeeded.
   */
  async #read(id: string, signal?: AbortSignal): Promise<Saved> {
    return parseSaved((await this.#shell.run(id, { script: readSaved(this.#names.liveFolder), timeoutMs: 10_000 }, signal)).output, autosaveFile);
  }

  /** By a move: what is read for each request is never missing or half there. */
  async #write(id: string, { liveFiles }: RenderedEdge, { files }: Saved, signal?: AbortSignal): Promise<void> {
    const changed = Object.entries(liveFiles).filter(([path, content]) => (files.get(path) ?? "") !== content);
    if (changed.length === 0) return;
    const { exitCode, output } = await this.#shell.run(id, { script: writeByMove(changed), timeoutMs: loadTimeoutMs }, signal);
    if (exitCode !== 0) throw new EdgeError("refused", "The edge could not write down what changed. Look at the disk of the engine's host.", output.trim());
  }

  /** @returns what is saved afterwards, read in the same breath. @throws EdgeError when it is refused, or is not what is in force then */
  async #reload(id: string, rendered: RenderedEdge, before: Saved, signal?: AbortSignal): Promise<Saved> {
    await this.#requireFreeListeners(id, rendered, before.inForce, signal);
    // What the document in force names keeps its content until the new one is; a file that an earlier one left behind must not speak for it.
    const added = Object.entries(rendered.liveFiles).filter(([path, content]) => before.inForce?.liveFiles[path] === undefined && (before.files.get(path) ?? "") !== content);
    const sent = rendered.files.filter(({ path }) => !this.#sent.has(`${id} ${path}`));
    const files = [...sent, ...added.map(([path, content]) => ({ path, content }))];
    if (files.length > 0) await this.#engine.uploadFiles(id, files.map(({ path, content }) => file(path, content)), { replaceByMove: false }, signal);
    for (const { path } of sent) this.#sent.add(`${id} ${path}`);
    // What is saved right after the load says whose document is in force.
    const script = `caddy reload --config - --address ${this.#admin} && ${readSaved(this.#names.liveFolder)}`;
    const { exitCode, output } = await this.#shell.run(id, { script, input: JSON.stringify(rendered.document), timeoutMs: loadTimeoutMs }, signal);
    if (exitCode !== 0) throw refusalOf(output);
    const saved = parseSaved(output, autosaveFile);
    if (documentVersion(saved.inForce?.document) !== documentVersion(rendered.document)) throw new EdgeError("refused", "The edge took the new configuration, but another one is in force. Somebody else changes it.");
    return saved;
  }

  async #inspect(signal?: AbortSignal): Promise<InspectedContainer | null> {
    const found = await this.#engine.inspectContainer(this.#names.container, signal);
    if (found !== null && found.labels[LABEL.instance] !== this.options.instanceId) throw new EngineError("conflict", `A container named ${this.#names.container} is there already and is not Basehold's. Remove or rename it, then retry.`);
    return found;
  }

  async #requireRunning(signal?: AbortSignal): Promise<InspectedContainer> {
    const found = await this.#inspect(signal);
    if (found?.state !== "running") throw new EdgeError("not-running", "The edge does not run.", found === null ? "" : (lastProblem(await this.#engine.tailLogs(found.id, { tail: 200 }, signal)) ?? ""));
    return found;
  }

  async #make(imageRef: string, old: InspectedContainer | null, signal?: AbortSignal): Promise<void> {
    const labels = { [LABEL.instance]: this.options.instanceId, [LABEL.role]: edgeRole };
    if ((await this.#engine.inspectImage(imageRef, signal)) === null) await this.#engine.pullImage(imageRef, () => undefined, signal);
    for (const name of [this.#names.dataVolume, this.#names.configVolume]) await this.#engine.createVolume({ name, labels }, signal);
    if (old !== null) await this.#discard(old.id, signal);
    const mounts = [{ volumeName: this.#names.dataVolume, path: "/data" }, { volumeName: this.#names.configVolume, path: "/config" }];
    const id = await this.#engine.createEdgeContainer({ name: this.#names.container, imageRef, labels: { ...labels, [LABEL.specHash]: specOf(imageRef) }, argv: edgeArgv, mounts }, signal);
    await this.#start(id, signal);
  }

  /** Its first configuration is uploaded before each start: a worker may have been killed between creation and upload. */
  async #start(id: string, signal?: AbortSignal): Promise<void> {
    await this.#engine.uploadFiles(id, [file(firstFile, JSON.stringify(emptyEdge(this.#names.adminSocket)))], { replaceByMove: false }, signal);
    await this.#engine.startContainer(id, signal);
  }

  async #discard(id: string, signal?: AbortSignal): Promise<void> {
    await this.#engine.stopContainer(id, { graceMs }, signal);
    await this.#engine.removeContainer(id, signal);
  }

  /** Starts it with nothing to serve, when what it would resume cannot be: a file cut short, a port that another program took. */
  async #revive(signal?: AbortSignal): Promise<void> {
    const found = await this.#inspect(signal);
    if (found === null) return;
    await this.#engine.stopContainer(found.id, { graceMs }, signal);
    await this.#engine.uploadFiles(found.id, [file(autosaveFile, JSON.stringify(emptyEdge(this.#names.adminSocket)))], { replaceByMove: false }, signal);
    await this.#start(found.id, signal);
  }

  async #requireUp(signal?: AbortSignal): Promise<void> {
    if (!(await this.#comesUp(signal))) throw new EdgeError("not-running", "The edge does not start. Its log says why.", (await this.health(signal)).problem ?? "");
  }

  /** Waits until it answers; false as soon as it ended by itself, or when the time is over. */
  async #comesUp(signal?: AbortSignal): Promise<boolean> {
    for (const deadline = Date.now() + startDeadlineMs; Date.now() < deadline; await pause(pollMs, undefined, { signal })) {
      const found = await this.#inspect(signal);
      if (found === null || found.state === "exited" || found.state === "dead" || found.state === "restarting") return false;
      if (found.state === "running" && (await this.#answers(found.id, signal))) return true;
    }
    return false;
  }

  /** Whether its admin socket is listened on. An exec fails in a container that ends at that moment. */
  async #answers(id: string, signal?: AbortSignal): Promise<boolean> {
    try {
      const { stdout } = await this.#engine.exec(id, ["cat", "/proc/net/unix"], { timeoutMs: 10_000 }, signal);
      return isSocketServed(stdout, this.#names.adminSocket);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof EngineError && error.kind !== "unreachable") return false;
      throw error;
    }
  }

  /** Caddy shares a port with any other program of root's that allows it, and the kernel would deal out the requests: looked at beforehand. */
  async #requireFreeListeners(id: string, { document }: RenderedEdge, before: EdgeInForce, signal?: AbortSignal): Promise<void> {
    const own = new Set(listenersOf(before?.document));
    const added = listenersOf(document).filter((address) => !own.has(address));
    const taken = await this.#findTaken(id, added, signal);
    if (taken.length > 0) throw new EdgeError("port-taken", `${taken.join(", ")} is held by another program on the engine's host. End that program or choose another port, then retry.`, "", taken);
  }

  async #findTaken(id: string, addresses: readonly string[], signal?: AbortSignal): Promise<string[]> {
    if (addresses.length === 0) return [];
    const { stdout } = await this.#engine.exec(id, ["cat", "/proc/net/tcp", "/proc/net/tcp6"], { timeoutMs: 10_000, maxOutputBytes: maxDocumentBytes }, signal);
    return findTaken(addresses, stdout);
  }
}

/** What a call says of a container that ended, or whose admin socket did, while it was made. */
const hasEnded = (error: unknown) => (error instanceof EdgeError && error.kind === "not-running") || (error instanceof EngineError && (error.kind === "conflict" || error.kind === "other"));

/** Lines of `path:content`. Nothing saved yet is no failure. */
const readSaved = (liveFolder: string) => `{ grep -rsH "" ${autosaveFile} ${liveFolder} || true; }`;

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function writeByMove(files: readonly (readonly [path: string, content: string])[]): string {
  const folders = [...new Set(files.map(([path]) => path.slice(0, path.lastIndexOf("/"))))];
  const writes = files.map(([path, content]) => `printf %s ${quote(content)} > ${quote(`${path}.new`)} && mv -f ${quote(`${path}.new`)} ${quote(path)}`);
  return [`mkdir -p ${folders.map(quote).join(" ")}`, ...writes].join(" &&\n");
}

/** What is saved once all that was rendered is in force. */
const withFiles = ({ files }: Saved, { document, liveFiles }: RenderedEdge, version: string): Saved => ({ files: new Map([...files, ...Object.entries(liveFiles)]), inForce: { version, document, liveFiles } });

const edgeArgv = ["caddy", "run", "--resume", "--config", firstFile];

/** Changes when the container has to be made anew. */
const specOf = (imageRef: string) => documentVersion({ imageRef, argv: edgeArgv, edition: 1 });
