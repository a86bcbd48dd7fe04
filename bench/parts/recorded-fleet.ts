import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { LABEL } from "@/lib/engine/observed";
import type { PlanOp } from "@/lib/engine/plan";
import { reconcile, type ReconcileContext } from "@/lib/engine/reconcile";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import type { DesiredStack } from "@/lib/stack/desired";
import { objectNames } from "@/lib/stack/names";
import { allServices, sampleInput } from "@/lib/stack/sample-input.fixture";

/** What a Docker 20.10 engine answered about one running project of eleven services, word by word. */
const recording = z
  .object({
    version: z.record(z.string(), z.unknown()),
    info: z.record(z.string(), z.unknown()),
    containers: z.array(z.looseObject({ Labels: z.record(z.string(), z.string()) })),
    networks: z.array(z.looseObject({ Name: z.string() })).length(1),
    volumes: z.looseObject({ Volumes: z.array(z.looseObject({ Labels: z.record(z.string(), z.string()) })) }),
  })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "../recorded/engine-answers.json"), "utf8")));

export const instanceId = "bench0instance00";
/** Ten of the eleven, so that a hundred projects are a thousand containers. */
const services = allServices.filter((service) => service !== "supavisor");
export const containersPerProject = services.length;
const hash = (text: string) => createHmac("sha256", "bench").update(text).digest("hex");

export type FleetProject = { desired: DesiredStack; context: ReconcileContext };

/** `count` projects as they are wished for, and what an engine that runs them all answers. */
export function makeFleet(count: number): { projects: FleetProject[]; answers: Record<string, unknown> } {
  const projects = Array.from({ length: count }, (_, index) => makeProject(index));
  const answers = projects.map((project, index) => answersOf(project, index));
  return {
    projects,
    answers: {
      "/version": recording.version,
      "/info": recording.info,
      "/containers/json": answers.flatMap((answer) => answer.containers),
      "/networks": answers.flatMap((answer) => answer.networks),
      "/volumes": { ...recording.volumes, Volumes: answers.flatMap((answer) => answer.volumes) },
    },
  };
}

function makeProject(index: number): FleetProject {
  const projectId = `bench${String(index).padStart(7, "0")}`;
  const subnet = `10.213.${Math.floor(index / 4)}.${(index % 4) * 64}/26`;
  const settings = { ...sampleInput.settings, services };
  const desired = buildDesiredStack({ ...sampleInput, projectId, projectRef: `bench-${index}`, subnet, settings });
  return { desired, context: { instanceId, projectId, imagePrefix: "127.0.0.1:5055/", hash, goal: "run" } };
}

/** The recorded answers, with the names, ids and labels that the executor would have given this project's objects. */
function answersOf({ desired, context }: FleetProject, index: number) {
  const { ops } = reconcile({ desired, observed: { takenAtMs: 0, containers: [], networks: [], volumes: [], images: {} }, context });
  const names = objectNames(instanceId, context.projectId);
  const own = { [LABEL.instance]: instanceId, [LABEL.project]: context.projectId };
  const networkId = hash(`network ${index}`);
  const created = ops.filter((op): op is Extract<PlanOp, { type: "createContainer" }> => op.type === "createContainer");
  const containers = created.map((op) => {
    const name = op.desired.name;
    const recorded = recording.containers.find((container) => container.Labels[LABEL.service] === name);
    if (recorded === undefined) throw new Error(`No container of ${name} was recorded.`);
    const hashes = { [LABEL.specHash]: op.specHash, ...(recorded.Labels[LABEL.filesHash] === undefined ? {} : { [LABEL.filesHash]: op.filesHash }) };
    return { ...recorded, Id: hash(`${index} ${name}`), Names: [`/${op.containerName}`], Labels: { ...recorded.Labels, ...own, ...hashes, [LABEL.revision]: "1" }, NetworkSettings: { Networks: { [op.networkName]: { NetworkID: networkId } } } };
  });
  const networks = recording.networks.map((network) => ({ ...network, Id: networkId, Name: names.network(), IPAM: { Config: [{ Subnet: desired.network.subnet }] }, Labels: { ...own, [LABEL.network]: "default" } }));
  const template = recording.volumes.Volumes[0];
  const volumes = desired.volumes.map((volume) => ({ ...template, Name: names.volume(volume.name), Labels: { ...own, [LABEL.volume]: volume.name } }));
  return { containers, networks, volumes };
}
