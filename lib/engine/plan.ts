import type { ConfigFile, DesiredService, Readiness, ServiceName } from "@/lib/stack/desired";

/** A container that is there already, or the one that another operation of the plan creates. */
export type ContainerTarget = { kind: "existing"; id: string; name: string } | { kind: "created"; by: number; name: string };

type OpBody =
  | { type: "pullImage"; imageRef: string }
  | { type: "createNetwork"; networkName: string; shortName: string; subnet: string }
  | { type: "removeNetwork"; networkId: string; networkName: string }
  | { type: "createVolume"; volumeName: string; shortName: string }
  | { type: "removeVolume"; volumeName: string }
  | { type: "createContainer"; containerName: string; imageRef: string; service: DesiredService; specHash: string; filesHash: string; networkName: string; volumeNames: Record<string, string> }
  | { type: "uploadFiles"; target: ContainerTarget; files: ConfigFile[]; filesHash: string; replaceByMove: boolean }
  | { type: "startContainer"; target: ContainerTarget }
  | { type: "waitReady"; target: ContainerTarget; readiness: Readiness }
  | { type: "stopContainer"; target: ContainerTarget; graceMs: number }
  | { type: "removeContainer"; target: ContainerTarget }
  | { type: "renameContainer"; target: ContainerTarget; containerName: string };

/** One call to the engine, with the reason for it. `dependsOn` names operations that must have succeeded before. */
export type PlanOp = OpBody & {
  id: number;
  service: ServiceName | string | null;
  cause: string;
  dependsOn: number[];
  /** Deletes something that cannot be made again from the wish. */
  isDestructive: boolean;
  /** A failure is reported and passed over. */
  isBestEffort: boolean;
};

export type Plan = { instanceId: string; projectId: string; ops: PlanOp[] };

type OpMeta = { service?: ServiceName | string | null; cause: string; dependsOn?: readonly (number | null | undefined)[]; isDestructive?: boolean; isBestEffort?: boolean };

/** Collects operations in order and numbers them from 1. */
export class PlanBuilder {
  readonly #ops: PlanOp[] = [];

  constructor(private readonly instanceId: string, private readonly projectId: string) {}

  /** Adds an operation and returns its id. */
  add(body: OpBody, meta: OpMeta): number {
    const id = this.#ops.length + 1;
    const dependsOn = [...new Set((meta.dependsOn ?? []).filter((dep) => dep !== null && dep !== undefined))].sort((a, b) => a - b);
    this.#ops.push({ ...body, id, service: meta.service ?? null, cause: meta.cause, dependsOn, isDestructive: meta.isDestructive ?? false, isBestEffort: meta.isBestEffort ?? false });
    return id;
  }

  build(): Plan {
    return { instanceId: this.instanceId, projectId: this.projectId, ops: this.#ops };
  }
}
