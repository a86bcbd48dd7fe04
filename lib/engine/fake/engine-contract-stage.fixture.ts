import type { ConfigFile, DesiredService } from "@/lib/stack/desired";
import { LABEL } from "../observed";
import { EngineError, type CreateContainerSpec, type EngineErrorKind, type EnginePort } from "../port";
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
/** What the names of all objects of the suite begin with. */
export const prefix = "bh-contract";

/** How the call failed. */
export async function kindOf(call: Promise<unknown>): Promise<EngineErrorKind | "no error"> {
  try {
    await call;
    return "no error";
  } catch (error) {
    if (error instanceof EngineError) return error.kind;
    throw error;
  }
}

export const file = (path: string, content: string): ConfigFile => ({ path, content, mode: 0o644, uid: 0, gid: 0, reloadable: false });

/** One test's engine, with short ways to make what it needs. */
export class Stage {
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

/** The stage of the test that runs. */
export type At = () => Stage;
