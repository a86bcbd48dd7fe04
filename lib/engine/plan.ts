import type { ConfigFile, DesiredService, Readiness } from "@/lib/stack/desired";

/** A container that is there already, or the one that another operation of the plan creates. */
export type ContainerTarget = { kind: "existing"; id: string; name: string } | { kind: "created"; by: number; name: string };

type OpBody =
  | { type: "pullImage"; imageRef: string }
  | { type: "createNetwork"; networkName: string; shortName: string; subnet: string }
  | { type: "removeNetwork"; networkId: string; networkName: string }
  | { type: "createVolume"; volumeName: string; shortName: string }
  | { type: "removeVolume"; volumeName: string }
  | { type: "createContainer"; containerName: string; imageRef: string; desired: DesiredService; specHash: string; filesHash: string; networkName: string; volumeNames: Record<string, string> }
  | { type: "uploadFiles"; target: ContainerTarget; files: ConfigFile[]; filesHash: string; replaceByMove: boolean; /** Run in the container afterwards, so that its program takes them. */ reload?: readonly string[] }
  | { type: "startContainer"; target: ContainerTarget }
  | { type: "waitReady"; target: ContainerTarget; readiness: Readiness }
  | { type: "stopContainer"; target: ContainerTarget; graceMs: number }
  | { type: "removeContainer"; target: ContainerTarget }
  | { type: "renameContainer"; target: ContainerTarget; containerName: string };

type OpFacts = {
  id: number;
  /** What it acts on: `container:<name>`, `network:<name>`, `volume:<name>` or `image:<reference>`. */
  resource: string;
  /** Service that the container belongs to; null for what belongs to none. */
  service: string | null;
  /** Why, in a few words. */
  cause: string;
  /** Operations that must have succeeded before. */
  dependsOn: number[];
  /** Deletes something that cannot be made again from the wish. */
  isDestructive: boolean;
  /** A failure is reported and passed over. */
  isBestEffort: boolean;
};

/** One call to the engine, with the reason for it. */
export type PlanOp = OpBody & OpFacts;

export type Plan = {
  instanceId: string;
  projectId: string;
  /** Revision of the wish; null where nothing is wished for. */
  revision: number | null;
  ops: PlanOp[];
};

type OpMeta = { service?: string | null; cause: string; dependsOn?: readonly (number | null | undefined)[]; isDestructive?: boolean; isBestEffort?: boolean };

/** Collects operations in order and numbers them from 1: an operation can only depend on earlier ones, so a plan has no circles. */
export class PlanBuilder {
  readonly ops: PlanOp[] = [];
  /** Container id → the operation that stops it: two services that wait for the same end share one. */
  readonly stops = new Map<string, number>();

  /** Adds an operation and returns its id. */
  add(body: OpBody, meta: OpMeta): number {
    const dependsOn = [...new Set((meta.dependsOn ?? []).filter((dep) => dep !== null && dep !== undefined))].sort((a, b) => a - b);
    const facts: OpFacts = {
      id: this.ops.length + 1,
      resource: resourceOf(body),
      service: meta.service ?? null,
      cause: meta.cause,
      dependsOn,
      isDestructive: meta.isDestructive ?? false,
      isBestEffort: meta.isBestEffort ?? false,
    };
    this.ops.push({ ...body, ...facts });
    return facts.id;
  }
}

function resourceOf(body: OpBody): string {
  switch (body.type) {
    case "pullImage":
      return `image:${body.imageRef}`;
    case "createNetwork":
    case "removeNetwork":
      return `network:${body.networkName}`;
    case "createVolume":
    case "removeVolume":
      return `volume:${body.volumeName}`;
    case "createContainer":
      return `container:${body.containerName}`;
    default:
      return `container:${body.target.name}`;
  }
}
