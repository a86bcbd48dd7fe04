import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { DockerEngine } from "@/lib/adapters/docker/docker-engine";
import type { GatewayKind } from "@/lib/gateway/contract";
import { buildDesiredStack, openStackContext } from "@/lib/stack/build-desired-stack";
import type { DesiredService, DesiredStack, ServiceName, StackServiceName } from "@/lib/stack/desired";
import { generateProjectSecrets } from "@/lib/stack/keys";
import { sampleInput, sampleSettings } from "@/lib/stack/sample-input.fixture";
import { gateway } from "@/lib/stack/services/gateway";
import { kongGatewayParts } from "@/lib/stack/services/kong-gateway";
import { defaultKeySettings, type ProjectSecrets, type StackInput } from "@/lib/stack/settings";
import { registryPort } from "./paths";

const engine = new DockerEngine();

export type RunningStack = {
  stack: DesiredStack;
  secrets: ProjectSecrets;
  containerId(service: StackServiceName): string;
  exec(service: StackServiceName, argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  logs(service: StackServiceName): Promise<string>;
  /** Resolves when the product's own readiness probe of that service exits 0. */
  ready(service: StackServiceName): Promise<void>;
  remove(): Promise<void>;
};

export const labReference = (image: string) => `127.0.0.1:${String(registryPort)}/${image}`;

type Options = { release: string; services: ServiceName[]; /** Third and fourth byte of the network, so that two stacks never share one. */ subnet: string; firstPort: number; /** Envoy unless told. */ gateway?: GatewayKind; /** Which keys the gateway takes; both unless told. */ keys?: KeyChoice };

/** `legacy`: upstream's mode without opaque keys, in which no project of ours is; `opaque`: the legacy keys are switched off. */
export type KeyChoice = "legacy" | "opaque" | "both";

/** The stack with a gateway that knows no publishable and no secret key. */
function withoutOpaqueKeys(input: StackInput): DesiredStack {
  const stack = buildDesiredStack(input);
  const context = openStackContext(input);
  const legacy = { ...context, secrets: { ...context.secrets, publishableKey: "", secretKey: "" } };
  const files = { "api-gw": gateway.build(legacy).files, kong: kongGatewayParts(legacy).files };
  return { ...stack, services: stack.services.map((service) => (service.name === "api-gw" || service.name === "kong" ? { ...service, files: files[service.name] ?? [] } : service)) };
}

/** Starts lab images with exactly the environment, command, files and volumes that the product asks for; no panel is involved. */
export async function startLabStack({ release, services, subnet, firstPort, gateway: serving, keys = "both" }: Options): Promise<RunningStack> {
  const secrets = await generateProjectSecrets({ randomBytes: (length) => new Uint8Array(randomBytes(length)), nowSeconds: Math.floor(Date.now() / 1000), uuid: randomUUID });
  const projectId = randomBytes(6).toString("hex");
  const ports = { gateway: firstPort, poolerSession: firstPort + 1, poolerTransaction: firstPort + 2, database: null };
  const publicUrl = `http://127.0.0.1:${String(firstPort)}`;
  const settings = { ...sampleSettings, release, services, publicUrl, ...(keys === "opaque" ? { keys: { ...defaultKeySettings, legacy: "off" as const } } : {}) };
  const input: StackInput = { ...sampleInput, projectId, subnet, ports, secrets, settings, ...(serving === undefined ? {} : { gateways: { serving, isOtherBeside: false } }) };
  const stack = keys === "legacy" ? withoutOpaqueKeys(input) : buildDesiredStack(input);
  const names = { network: `basehold-lab-test-${projectId}`, of: (part: string) => `basehold-lab-test-${projectId}-${part}` };
  const labels = { "basehold.lab.test": projectId };
  const networkId = await engine.createNetwork({ name: names.network, subnet, labels });
  for (const volume of stack.volumes) await engine.createVolume({ name: names.of(volume.name), labels });
  const volumeNames = Object.fromEntries(stack.volumes.map((volume) => [volume.name, names.of(volume.name)]));
  const ids = new Map<StackServiceName, string>();

  const requireId = (service: StackServiceName): string => {
    const id = ids.get(service);
    if (id === undefined) throw new Error(`${service} is not part of this stack.`);
    return id;
  };
  const start = async (service: DesiredService): Promise<void> => {
    await engine.pullImage(labReference(service.image), () => undefined);
    const id = await engine.createContainer({ name: names.of(service.name), imageRef: labReference(service.image), labels, networkName: names.network, service, volumeNames });
    ids.set(service.name, id);
    await engine.uploadFiles(id, service.files, { replaceByMove: false });
    await engine.startContainer(id);
  };
  const logs = async (service: StackServiceName) => (await engine.tailLogs(requireId(service), { tail: 60 })).map((line) => line.text).join("\n");
  const ready = async (name: StackServiceName): Promise<void> => {
    const service = stack.services.find((each) => each.name === name);
    if (service === undefined) throw new Error(`${name} is not part of this stack.`);
    const deadline = Date.now() + Math.min(service.readiness.deadlineMs, 60_000);
    for (;;) {
      const result = await engine.exec(requireId(name), service.readiness.argv, { timeoutMs: 10_000 }).catch((error: unknown) => ({ exitCode: 1, stdout: "", stderr: String(error) }));
      if (result.exitCode === 0) return;
      if (Date.now() > deadline) throw new Error(`${name} did not get ready: ${result.stderr}\n${await logs(name)}`);
      await delay(100);
    }
  };
  const remove = async (): Promise<void> => {
    for (const id of ids.values()) await engine.removeContainer(id);
    for (const name of Object.values(volumeNames)) await engine.removeVolume(name);
    await engine.removeNetwork(networkId);
  };
  try {
    for (const service of stack.services.filter((each) => each.name === "db")) await start(service);
    await ready("db");
    const started = await Promise.allSettled(stack.services.filter((each) => each.name !== "db").map(start));
    const failed = started.find((each) => each.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  } catch (error) {
    await remove();
    throw error;
  }
  return { stack, secrets, containerId: requireId, exec: (service, argv) => engine.exec(requireId(service), argv, { timeoutMs: 30_000 }), logs, ready, remove };
}
