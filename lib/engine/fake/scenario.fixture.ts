import { createHmac } from "node:crypto";
import fc from "fast-check";
import type { ConfigFile, DesiredService, DesiredStack, ServiceName } from "@/lib/stack/desired";
import { executePlan, type PlanOutcome } from "../execute";
import { FakeEngine } from "../fake-engine";
import { LABEL } from "../observed";
import type { Plan } from "../plan";
import { reconcile, type ReconcileContext, type ReconcileGoal } from "../reconcile";
import type { FaultPlan } from "./faults";
import { readFile } from "./files";
import type { FakeContainer, FakeWorld } from "./world";

export const instanceId = "inst00-test";
export const projectId = "abcdef123456";
export const hash = (text: string) => createHmac("sha256", "test").update(text).digest("hex").slice(0, 32);

export function contextFor(goal: ReconcileGoal): ReconcileContext {
  return { instanceId, projectId, imagePrefix: "lab/", hash, goal };
}

export const imageRefs = (stack: DesiredStack | null) => (stack === null ? [] : [...new Set(stack.services.map((service) => `lab/${service.image}`))]);

/** The plan from a fresh look at the world. */
export async function planFor(world: FakeWorld, desired: DesiredStack | null, goal: ReconcileGoal = "run"): Promise<Plan> {
  const observed = await new FakeEngine(world).observe({ instanceId, projectId, imageRefs: imageRefs(desired) });
  return reconcile({ desired, observed, context: contextFor(goal) });
}

export type Applied = { plan: Plan; outcome: PlanOutcome | "killed"; engine: FakeEngine };

/** Observes, plans and executes, until done, failed or killed. */
export async function apply(world: FakeWorld, desired: DesiredStack | null, { goal = "run", faults }: { goal?: ReconcileGoal; faults?: FaultPlan } = {}): Promise<Applied> {
  const plan = await planFor(world, desired, goal);
  const engine = new FakeEngine(world, { faults });
  const controller = new AbortController();
  const executed = executePlan(plan, { engine, operationId: "op", signal: controller.signal, onEvent: () => undefined });
  const outcome = await Promise.race([executed, engine.killed.then(() => "killed" as const)]);
  if (outcome === "killed") {
    controller.abort(new Error("killed"));
    await executed.catch(() => undefined);
  }
  return { plan, outcome, engine };
}

/** What two ways to the same wish must have in common. Ids differ, and so does how often something was started. */
export function endState(world: FakeWorld) {
  const isOwn = ({ labels }: { labels: Record<string, string> }) => labels[LABEL.instance] === instanceId;
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  const describe = (container: FakeContainer) => ({
    name: container.name,
    service: container.labels[LABEL.service],
    spec: container.labels[LABEL.specHash],
    state: container.state,
    health: container.health,
    imageId: container.imageId,
    network: world.networks.find((network) => network.id === container.networkId)?.name ?? null,
    environment: container.environment,
    files: Object.keys(container.files).sort().map((path) => [path, readFile(world, container, path)]),
  });
  return {
    containers: world.containers.filter(isOwn).sort(byName).map(describe),
    networks: world.networks.filter(isOwn).map(({ name, subnet }) => ({ name, subnet })),
    volumes: world.volumes.filter(isOwn).map(({ name }) => name).sort(),
  };
}

const serviceNames: ServiceName[] = ["db", "auth", "rest", "storage", "api-gw"];

const arbFile = (index: number): fc.Arbitrary<ConfigFile> =>
  fc.record({ content: fc.constantFrom("one", "two"), reloadable: fc.boolean() }).map(({ content, reloadable }) => ({ path: `/etc/app/${index}.conf`, content, mode: 0o644, uid: 0, gid: 0, reloadable }));

function arbService(name: ServiceName, index: number): fc.Arbitrary<DesiredService> {
  const earlier = serviceNames.slice(0, index);
  return fc
    .record({
      tag: fc.constantFrom("v1", "v2"),
      value: fc.constantFrom("a", "b"),
      files: fc.tuple(fc.option(arbFile(0), { nil: undefined }), fc.option(arbFile(1), { nil: undefined })),
      hasVolume: fc.boolean(),
      isPublished: fc.boolean(),
      hasHealthcheck: fc.boolean(),
      replace: fc.constantFrom<"stop-first" | "start-first">("stop-first", "start-first"),
      needs: fc.subarray(earlier),
      condition: fc.constantFrom<"started" | "healthy">("started", "healthy"),
    })
    .map(({ tag, value, files, hasVolume, isPublished, hasHealthcheck, replace, needs, condition }) => ({
      name,
      image: `test/${name}:${tag}`,
      environment: { VALUE: value },
      files: files.filter((file) => file !== undefined),
      mounts: hasVolume ? [{ volume: `${name}-data`, path: "/data", readOnly: false }] : [],
      aliases: [],
      publishedPorts: isPublished ? [{ containerPort: 80, hostIp: "127.0.0.1", hostPort: 8000 + index }] : [],
      ...(hasHealthcheck ? { healthcheck: { test: ["CMD", "healthy"], intervalMs: 1000, timeoutMs: 1000, retries: 3, startPeriodMs: 0 } } : {}),
      readiness: { argv: ["ready", name], deadlineMs: 5_000 },
      dependsOn: needs.map((service) => ({ service, condition })),
      limits: { pids: 64, logMaxSizeBytes: 1_000_000, logMaxFiles: 2 },
      // What holds a port cannot run beside its successor.
      replace: isPublished ? "stop-first" : replace,
      singleHost: { noNewPrivileges: true },
    }));
}

/** A wish of one to five services that depend on each other without a circle. */
export const arbStack: fc.Arbitrary<DesiredStack> = fc
  .record({
    services: fc.tuple(...serviceNames.map((name, index) => arbService(name, index))),
    chosen: fc.subarray(serviceNames, { minLength: 1 }),
    subnet: fc.constantFrom("10.1.0.0/26", "10.1.0.64/26"),
    revision: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ services, chosen, subnet, revision }) => {
    const kept = services.filter((service) => chosen.some((name) => name === service.name)).map((service) => ({ ...service, dependsOn: service.dependsOn.filter((needed) => chosen.includes(needed.service)) }));
    const volumes = [...new Set(kept.flatMap((service) => service.mounts.map((mount) => mount.volume)))].map((name) => ({ name }));
    return { projectId, projectRef: "sample", release: "v0.8.2", revision, network: { name: "default", subnet }, volumes, services: kept };
  });

/** What people and accidents do to a project from outside. */
export type Mishap = { kind: "stop" | "pause" | "remove" | "dead" | "stop-all" | "network-gone" | "images-gone" | "image-moved" | "one-off-left"; pick: number };

export const arbMishaps: fc.Arbitrary<Mishap[]> = fc.array(
  fc.record({ kind: fc.constantFrom<Mishap["kind"]>("stop", "pause", "remove", "dead", "stop-all", "network-gone", "images-gone", "image-moved", "one-off-left"), pick: fc.nat(20) }),
  { maxLength: 3 },
);

/** Lets the mishap happen to the world. */
export function happen(world: FakeWorld, { kind, pick }: Mishap): void {
  const own = world.containers.filter((container) => container.labels[LABEL.instance] === instanceId);
  const container = own[pick % Math.max(1, own.length)];
  const setState = (state: FakeContainer["state"], some: readonly (FakeContainer | undefined)[]) => some.forEach((one) => one !== undefined && Object.assign(one, { state, health: "none" }));
  const stop = (some: readonly FakeContainer[]) => setState("exited", some.filter((one) => one.state !== "created"));
  switch (kind) {
    case "stop":
      return stop(container === undefined ? [] : [container]);
    case "pause":
      return setState("paused", container?.state === "running" ? [container] : []);
    case "dead":
      return setState("dead", [container]);
    case "stop-all":
      return stop(own);
    case "remove":
      world.containers = world.containers.filter((one) => one !== container);
      return;
    case "network-gone":
      stop(own);
      world.networks = world.networks.filter((network) => network.labels[LABEL.instance] !== instanceId);
      return;
    case "images-gone":
      world.images = {};
      return;
    case "image-moved":
      for (const [ref, image] of Object.entries(world.images)) world.images[ref] = { ...image, id: `sha256:${"9".repeat(64)}` };
      return;
    case "one-off-left":
      if (container !== undefined) world.containers.push({ ...structuredClone(container), id: `one-off-${world.nextId++}`, name: `one-off-${pick}-${world.nextId}`, state: "exited", labels: { ...container.labels, [LABEL.role]: "one-off" } });
  }
}
