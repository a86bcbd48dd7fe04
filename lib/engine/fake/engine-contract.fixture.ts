import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import { extract, pack } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ConfigFile, DesiredService } from "@/lib/stack/desired";
import { filesMarkerPath, LABEL } from "../observed";
import { EngineError, type CreateContainerSpec, type EngineErrorKind, type EngineEvent, type EnginePort } from "../port";
import type { FakeProgram } from "./world";

/** What the suite needs from whoever runs it. Everything that carries `instanceId` is removed by `clear`. */
export type ContractSetup = {
  engine: EnginePort;
  instanceId: string;
  /** An image on the engine whose programs include sh, cat, mv, rm and sleep. */
  imageRef: string;
  /** A service whose program does this until it is stopped. */
  service(program: Pick<FakeProgram, "prints" | "exitsWith">, parts?: Partial<DesiredService>): DesiredService;
  /** A /26 that nobody uses. */
  freeSubnet(): string;
  freePort(): Promise<number>;
  /** Makes a volume that is not Basehold's. */
  makeForeignVolume(name: string): Promise<void>;
  clear(): Promise<void>;
};

const projectId = "contract0001";
const prefix = "bh-contract";

async function kindOf(call: Promise<unknown>): Promise<EngineErrorKind | "no error"> {
  try {
    await call;
    return "no error";
  } catch (error) {
    if (error instanceof EngineError) return error.kind;
    throw error;
  }
}

const file = (path: string, content: string): ConfigFile => ({ path, content, mode: 0o644, uid: 0, gid: 0, reloadable: false });

class Stage {
  subnet = "";
  constructor(readonly setup: ContractSetup) {}

  get engine(): EnginePort {
    return this.setup.engine;
  }

  labels(own: Record<string, string> = {}): Record<string, string> {
    return { [LABEL.instance]: this.setup.instanceId, [LABEL.project]: projectId, ...own };
  }

  async network(): Promise<string> {
    this.subnet = this.setup.freeSubnet();
    return this.engine.createNetwork({ name: `${prefix}-default`, subnet: this.subnet, labels: this.labels({ [LABEL.network]: "default" }) });
  }

  volume(shortName = "data"): Promise<void> {
    return this.engine.createVolume({ name: `${prefix}-${shortName}`, labels: this.labels({ [LABEL.volume]: shortName }) });
  }

  spec(service: DesiredService, name = `${prefix}-${service.name}`, labels: Record<string, string> = {}): CreateContainerSpec {
    const volumeNames = Object.fromEntries(service.mounts.map((mount) => [mount.volume, `${prefix}-${mount.volume}`]));
    return { name, imageRef: this.setup.imageRef, labels: this.labels({ [LABEL.service]: service.name, ...labels }), networkName: `${prefix}-default`, service, volumeNames };
  }

  create(service: DesiredService = this.setup.service({}), name?: string): Promise<string> {
    return this.engine.createContainer(this.spec(service, name));
  }

  async running(service?: DesiredService, name?: string): Promise<string> {
    const id = await this.create(service, name);
    await this.engine.startContainer(id);
    return id;
  }

  observe() {
    return this.engine.observe({ instanceId: this.setup.instanceId, projectId, imageRefs: [this.setup.imageRef, "nobody/has-this:v1"] });
  }

  async state(id: string): Promise<string> {
    return (await this.engine.inspectContainer(id))?.state ?? "gone";
  }

  async cat(id: string, path: string): Promise<string> {
    return (await this.engine.exec(id, ["cat", path], { timeoutMs: 10_000 })).stdout;
  }
}

/** The guarantees of `EnginePort`, for the fake and for a real engine alike. */
export function describeEngineContract(name: string, prepare: () => Promise<ContractSetup>): void {
  describe(`the engine contract, kept by ${name}`, () => {
    let stage: Stage;
    beforeEach(async () => {
      stage = new Stage(await prepare());
      await stage.setup.clear();
    });
    afterEach(() => stage.setup.clear());
    const at = () => stage;
    describeObserving(at);
    describeNames(at);
    describeLifeCycle(at);
    describeFiles(at);
    describePrograms(at);
    describeStreams(at);
  });
}

type At = () => Stage;

function describeObserving(at: At): void {
  it("shows every object that carries the installation's label, with its labels and networks, and the image ids asked for", async () => {
    const networkId = await at().network();
    await at().volume();
    const id = await at().running();
    const observed = await at().observe();
    expect(observed.containers).toMatchObject([{ id, name: `${prefix}-rest`, state: "running", exitCode: null, networks: [`${prefix}-default`], networkIds: [networkId], labels: at().labels({ [LABEL.service]: "rest" }) }]);
    expect(observed.networks).toEqual([{ id: networkId, name: `${prefix}-default`, subnet: at().subnet, labels: at().labels({ [LABEL.network]: "default" }) }]);
    expect(observed.volumes).toEqual([{ name: `${prefix}-data`, labels: at().labels({ [LABEL.volume]: "data" }) }]);
    expect(Object.keys(observed.images)).toEqual([at().setup.imageRef]);
    expect(observed.containers[0]?.imageId).toBe(observed.images[at().setup.imageRef]);
  });

  it("shows another project only to who asks for all, and another installation to nobody", async () => {
    await at().network();
    await at().create();
    const { engine, setup } = at();
    expect((await engine.observe({ instanceId: setup.instanceId, projectId: "contract0002", imageRefs: [] })).containers).toEqual([]);
    expect((await engine.observe({ instanceId: setup.instanceId, imageRefs: [] })).containers).toHaveLength(1);
    expect((await engine.observe({ instanceId: `${setup.instanceId}-other`, imageRefs: [] })).containers).toEqual([]);
  });

  it("reads the marker of reloadable files when one project is observed", async () => {
    await at().network();
    const { engine } = at();
    const id = await engine.createContainer(at().spec(at().setup.service({}), undefined, { [LABEL.filesHash]: "v1:first" }));
    expect((await at().observe()).containers[0]?.appliedFilesHash).toBeNull();
    await engine.uploadFiles(id, [file(filesMarkerPath, "v1:second")], { replaceByMove: false });
    expect((await at().observe()).containers[0]?.appliedFilesHash).toBe("v1:second");
  });

  it("says what an image is, and null for one that is not there", async () => {
    expect(await at().engine.inspectImage(at().setup.imageRef)).toMatchObject({ id: expect.stringMatching(/^sha256:/) as string });
    expect(await at().engine.inspectImage("nobody/has-this:v1")).toBeNull();
  });

  it("says what engine it is", async () => {
    expect(await at().engine.info()).toMatchObject({ apiVersion: expect.stringMatching(/^1\.\d+$/) as string, cpus: expect.any(Number) as number });
  });
}

function describeNames(at: At): void {
  it("refuses a second container, network or rename under a name that is taken", async () => {
    await at().network();
    await at().create();
    const other = await at().create(at().setup.service({}), `${prefix}-other`);
    expect(await kindOf(at().create())).toBe("conflict");
    expect(await kindOf(at().engine.renameContainer(other, `${prefix}-rest`))).toBe("conflict");
    expect(await kindOf(at().engine.createNetwork({ name: `${prefix}-default`, subnet: at().setup.freeSubnet(), labels: at().labels() }))).toBe("conflict");
  });

  it("refuses a subnet that another network has", async () => {
    await at().network();
    expect(await kindOf(at().engine.createNetwork({ name: `${prefix}-second`, subnet: at().subnet, labels: at().labels() }))).toBe("subnet-overlap");
  });

  it("makes a volume once however often it is asked, and refuses one of that name that is not Basehold's", async () => {
    await at().volume();
    await at().volume();
    expect((await at().observe()).volumes).toHaveLength(1);
    await at().setup.makeForeignVolume(`${prefix}-foreign`);
    expect(await kindOf(at().volume("foreign"))).toBe("conflict");
  });

  it("renames a container", async () => {
    await at().network();
    const id = await at().running();
    await at().engine.renameContainer(id, `${prefix}-renamed`);
    expect((await at().observe()).containers[0]).toMatchObject({ id, name: `${prefix}-renamed`, state: "running" });
  });

  it("says that an image is missing", async () => {
    await at().network();
    expect(await kindOf(at().engine.createContainer({ ...at().spec(at().setup.service({})), imageRef: "nobody/has-this:v1" }))).toBe("image-missing");
  });
}

function describeLifeCycle(at: At): void {
  it("takes a repeated start, stop, kill or removal as done", async () => {
    const networkId = await at().network();
    await at().volume();
    const { engine } = at();
    const id = await at().create();
    await engine.stopContainer(id, { graceMs: 1_000 });
    expect(await at().state(id)).toBe("created");
    await engine.startContainer(id);
    await engine.startContainer(id);
    expect(await at().state(id)).toBe("running");
    await engine.killContainer(id);
    await engine.killContainer(id);
    await engine.stopContainer(id, { graceMs: 1_000 });
    expect(await at().state(id)).toBe("exited");
    for (let round = 0; round < 2; round++) {
      await engine.removeContainer(id);
      await engine.removeNetwork(networkId);
      await engine.removeVolume(`${prefix}-data`);
    }
    await engine.stopContainer(id, { graceMs: 1_000 });
    await engine.killContainer(id);
    expect(await at().observe()).toMatchObject({ containers: [], networks: [], volumes: [] });
    expect(await engine.inspectContainer(id)).toBeNull();
  });

  it("removes a container that runs", async () => {
    await at().network();
    const id = await at().running();
    await at().engine.removeContainer(id);
    expect(await at().state(id)).toBe("gone");
  });

  it("restarts a container", async () => {
    await at().network();
    const id = await at().running(at().setup.service({ prints: ["up"] }));
    await at().engine.restartContainer(id, { graceMs: 1_000 });
    expect(await at().state(id)).toBe("running");
    await expect.poll(async () => (await at().engine.tailLogs(id, { tail: 10 })).map((line) => line.text)).toEqual(["up", "up"]);
  });

  it("says which port is taken, and starts once it is free", async () => {
    await at().network();
    const hostPort = await at().setup.freePort();
    const publishedPorts = [{ containerPort: 80, hostIp: "127.0.0.1", hostPort }];
    const first = await at().running(at().setup.service({}, { publishedPorts }));
    expect((await at().engine.inspectContainer(first))?.publishedPorts).toEqual(publishedPorts);
    expect((await at().observe()).containers[0]?.publishedPorts).toEqual(publishedPorts.map((port) => ({ ...port, protocol: "tcp" })));
    const second = await at().create(at().setup.service({}, { publishedPorts }), `${prefix}-second`);
    const failure = await at().engine.startContainer(second).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: "port-taken", message: expect.stringContaining(String(hostPort)) as string });
    await at().engine.stopContainer(first, { graceMs: 1_000 });
    await at().engine.startContainer(second);
    expect(await at().state(second)).toBe("running");
  });

  it("refuses to remove a volume in use, and a network with running containers", async () => {
    const networkId = await at().network();
    await at().volume();
    const id = await at().running(at().setup.service({}, { mounts: [{ volume: "data", path: "/data", readOnly: false }] }));
    expect(await kindOf(at().engine.removeVolume(`${prefix}-data`))).toBe("conflict");
    expect(await kindOf(at().engine.removeNetwork(networkId))).not.toBe("no error");
    await at().engine.stopContainer(id, { graceMs: 1_000 });
    expect(await kindOf(at().engine.removeVolume(`${prefix}-data`))).toBe("conflict");
  });

  it("refuses to start a container whose network was made anew", async () => {
    const networkId = await at().network();
    const id = await at().running();
    await at().engine.stopContainer(id, { graceMs: 1_000 });
    await at().engine.removeNetwork(networkId);
    await at().network();
    expect(await kindOf(at().engine.startContainer(id))).toBe("not-found");
  });

  it("shows a program that keeps ending, with its exit code", async () => {
    await at().network();
    const id = await at().running(at().setup.service({ exitsWith: 3 }));
    await expect.poll(async () => at().engine.inspectContainer(id), { timeout: 20_000, interval: 50 }).toMatchObject({ state: "restarting", exitCode: 3 });
    await at().engine.stopContainer(id, { graceMs: 1_000 });
    expect((await at().observe()).containers).toMatchObject([{ state: "exited" }]);
  });

  it("gives the container its environment and nothing of it to a listing", async () => {
    await at().network();
    const environment = { PLAIN: "value", TRICKY: `$HOME 'single' "double" \\ # %s \u00e4\u{1f600}` };
    const id = await at().running(at().setup.service({}, { environment }));
    expect((await at().engine.inspectContainer(id))?.environment).toMatchObject(environment);
    expect(JSON.stringify(await at().observe())).not.toContain("single");
  });

  it("does nothing for a signal that is aborted already", async () => {
    await at().network();
    const aborted = AbortSignal.abort(new Error("given up"));
    await expect(at().engine.createContainer(at().spec(at().setup.service({})), aborted)).rejects.toThrow("given up");
    await expect(at().engine.observe({ instanceId: at().setup.instanceId, imageRefs: [] }, aborted)).rejects.toThrow("given up");
    expect((await at().observe()).containers).toEqual([]);
  });
}

function describeFiles(at: At): void {
  it("has the files of an upload in place before the program starts", async () => {
    await at().network();
    const id = await at().create();
    await at().engine.uploadFiles(id, [file("/etc/app/one.conf", "first\n"), file("/etc/app/deep/two.conf", "second\n")], { replaceByMove: false });
    await at().engine.startContainer(id);
    expect(await at().cat(id, "/etc/app/one.conf")).toBe("first\n");
    expect(await at().cat(id, "/etc/app/deep/two.conf")).toBe("second\n");
  });

  it("replaces files of a running program by a move", async () => {
    await at().network();
    const id = await at().create();
    await at().engine.uploadFiles(id, [file("/etc/app/one.conf", "first\n")], { replaceByMove: false });
    await at().engine.startContainer(id);
    await at().engine.uploadFiles(id, [file("/etc/app/one.conf", "moved\n")], { replaceByMove: true });
    expect(await at().cat(id, "/etc/app/one.conf")).toBe("moved\n");
    expect((await at().engine.exec(id, ["cat", "/etc/app/one.conf.new"], { timeoutMs: 10_000 })).exitCode).toBe(1);
  });

  it("keeps in a volume what was uploaded into it, whatever becomes of the container", async () => {
    await at().network();
    await at().volume();
    const service = at().setup.service({}, { mounts: [{ volume: "data", path: "/data", readOnly: false }] });
    const first = await at().create(service);
    await at().engine.uploadFiles(first, [file("/data/kept.txt", "kept\n")], { replaceByMove: false });
    await at().engine.removeContainer(first);
    const second = await at().running(service);
    expect(await at().cat(second, "/data/kept.txt")).toBe("kept\n");
  });

  it("takes an archive in and gives it out again", async () => {
    await at().network();
    await at().volume();
    const id = await at().running(at().setup.service({}, { mounts: [{ volume: "data", path: "/data", readOnly: false }] }));
    const archive = pack();
    archive.entry({ name: "folder/inside.txt", mode: 0o644 }, "inside");
    archive.finalize();
    await at().engine.uploadArchive(id, "/data", await buffer(archive));
    expect(await at().cat(id, "/data/folder/inside.txt")).toBe("inside");
    expect(await readArchive(await at().engine.downloadArchive(id, "/data/folder"))).toEqual({ "folder/inside.txt": "inside" });
    expect(await kindOf(at().engine.downloadArchive(id, "/data/nothing"))).toBe("not-found");
  });

  it("says that a container is not there", async () => {
    const missing = "0".repeat(64);
    expect(await kindOf(at().engine.startContainer(missing))).toBe("not-found");
    expect(await kindOf(at().engine.uploadFiles(missing, [file("/x", "x")], { replaceByMove: false }))).toBe("not-found");
    expect(await kindOf(at().engine.exec(missing, ["true"], { timeoutMs: 1_000 }))).toBe("not-found");
    expect(await kindOf(at().engine.tailLogs(missing, { tail: 1 }))).toBe("not-found");
  });
}

async function readArchive(source: AsyncIterable<Uint8Array>): Promise<Record<string, string>> {
  const unpacked = extract();
  Readable.from(source).pipe(unpacked);
  const files: Record<string, string> = {};
  for await (const entry of unpacked) {
    const content = await buffer(entry);
    if (entry.header.type === "file") files[entry.header.name] = content.toString("utf8");
  }
  return files;
}

function describePrograms(at: At): void {
  it("gives a program's exit code and both of its outputs", async () => {
    await at().network();
    const id = await at().running();
    const run = (argv: string[], options = {}) => at().engine.exec(id, argv, { timeoutMs: 10_000, ...options });
    expect(await run(["true"])).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect((await run(["false"])).exitCode).toBe(1);
    expect((await run(["sh", "-c", "exit 42"])).exitCode).toBe(42);
    expect((await run(["echo", "a b", "$HOME", "'"])).stdout).toBe("a b $HOME '\n");
    expect(await run(["cat", "/not/there"])).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringContaining("/not/there") as string });
    expect(await run(["cat"], { stdin: "from outside" })).toEqual({ exitCode: 0, stdout: "from outside", stderr: "" });
    expect((await run(["echo", "0123456789"], { maxOutputBytes: 4 })).stdout).toBe("0123");
    expect((await run(["no-such-program"])).exitCode).not.toBe(0);
  });

  it("refuses a program in a container that does not run", async () => {
    await at().network();
    const id = await at().create();
    expect(await kindOf(at().engine.exec(id, ["true"], { timeoutMs: 10_000 }))).toBe("conflict");
  });

  it("runs a one-off with volumes, files and input, gives its exit code, and leaves no container", async () => {
    await at().volume();
    const { engine, setup } = at();
    const base = { imageRef: setup.imageRef, labels: at().labels({ [LABEL.role]: "one-off" }), networkName: null, mounts: [{ volumeName: `${prefix}-data`, path: "/data", readOnly: false }], timeoutMs: 20_000 };
    expect(await engine.runOneOff({ ...base, argv: ["cat", "/data/seed.txt"], files: [file("/data/seed.txt", "seeded\n")] })).toEqual({ exitCode: 0, stdout: "seeded\n", stderr: "" });
    expect((await engine.runOneOff({ ...base, argv: ["cat", "/data/seed.txt"] })).stdout).toBe("seeded\n");
    expect((await engine.runOneOff({ ...base, argv: ["cat"], stdin: "given" })).stdout).toBe("given");
    expect((await engine.runOneOff({ ...base, argv: ["sh", "-c", "exit 7"] })).exitCode).toBe(7);
    expect((await at().observe()).containers).toEqual([]);
  });

  it("measures what runs, and null for what does not", async () => {
    await at().network();
    const id = await at().running();
    expect(await at().engine.stats(id)).toMatchObject({ memoryBytes: expect.any(Number) as number, memoryLimitBytes: null });
    await at().engine.stopContainer(id, { graceMs: 1_000 });
    expect(await at().engine.stats(id)).toBeNull();
  });
}

function describeStreams(at: At): void {
  it("gives the last lines of the log with their times", async () => {
    await at().network();
    const id = await at().running(at().setup.service({ prints: ["one", "two", "three"] }));
    await expect.poll(async () => (await at().engine.tailLogs(id, { tail: 2 })).map((line) => line.text)).toEqual(["two", "three"]);
    const lines = await at().engine.tailLogs(id, { tail: 10 });
    for (const line of lines) expect(line).toMatchObject({ stream: "stdout", atMs: expect.any(Number) as number });
    expect(lines[0]?.atMs).toBeGreaterThan(Date.UTC(2026, 0));
  });

  it("follows the log from its last lines on until it is told to stop, or the container ends", async () => {
    await at().network();
    const id = await at().running(at().setup.service({ prints: ["before"] }));
    await expect.poll(async () => (await at().engine.tailLogs(id, { tail: 1 })).length).toBe(1);
    const follow = async (onLine: (stop: AbortController) => Promise<void> | void) => {
      const stop = new AbortController();
      const seen: string[] = [];
      for await (const line of at().engine.followLogs(id, { tail: 10 }, stop.signal)) {
        seen.push(line.text);
        await onLine(stop);
      }
      return seen;
    };
    expect(await follow((stop) => stop.abort())).toEqual(["before"]);
    expect(await follow(() => at().engine.killContainer(id))).toEqual(["before"]);
  });

  it("tells of its own containers' starts and ends as they happen, and ends quietly when told to", async () => {
    await at().network();
    const stop = new AbortController();
    const seen: EngineEvent[] = [];
    const following = (async () => {
      for await (const event of at().engine.events(at().setup.instanceId, stop.signal)) {
        seen.push(event);
        if (event.action === "destroy") stop.abort();
      }
    })();
    // The stream starts with the next event: something has to happen until it is heard.
    const first = await at().create();
    await expect.poll(async () => { await at().engine.startContainer(first); await at().engine.killContainer(first); return seen.length; }, { timeout: 20_000 }).toBeGreaterThan(0);
    await at().engine.removeContainer(first);
    await following;
    expect(new Set(seen.map((event) => event.containerId))).toEqual(new Set([first]));
    expect(seen.map((event) => event.action)).toEqual(expect.arrayContaining(["start", "die", "destroy"]));
    expect(seen.find((event) => event.action === "die")).toMatchObject({ exitCode: 137, labels: at().labels() });
  });
}
