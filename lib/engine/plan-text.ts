import type { ContainerTarget, Plan, PlanOp } from "./plan";

/**
 * The plan as text, one line per call: `[3] start db, after 2 · it is exited`. The same text is the preview that a person
 * confirms, the audit entry and the golden file of the tests. It holds no value of an environment or a file.
 */
export function planToText(plan: Plan): string {
  if (plan.ops.length === 0) return "Nothing to change.\n";
  return `${plan.ops.map(opToLine).join("\n")}\n`;
}

function opToLine(op: PlanOp): string {
  const after = op.dependsOn.length === 0 ? "" : `, after ${op.dependsOn.join(" ")}`;
  const mark = op.isDestructive ? " · cannot be undone" : "";
  return `[${op.id}] ${opSentence(op)}${after} · ${op.cause}${mark}`;
}

/** What the operation does, in an operator's words. */
export function opSentence(op: PlanOp): string {
  switch (op.type) {
    case "pullImage":
      return `pull ${op.imageRef}`;
    case "createNetwork":
      return `create network ${op.subnet}`;
    case "removeNetwork":
      return `remove network ${op.networkName}`;
    case "createVolume":
      return `create volume ${op.shortName}`;
    case "removeVolume":
      return `delete volume ${op.volumeName} with its data`;
    case "createContainer":
      return `create ${createdName(op.desired.name, op.containerName)} from ${op.imageRef}`;
    case "uploadFiles":
      return `write ${op.files.length} configuration ${op.files.length === 1 ? "file" : "files"} into ${nameOf(op, op.target)}${op.replaceByMove ? " while it runs" : ""}`;
    case "startContainer":
      return `start ${nameOf(op, op.target)}`;
    case "waitReady":
      return `wait until ${nameOf(op, op.target)} answers`;
    case "stopContainer":
      return `stop ${nameOf(op, op.target)}`;
    case "removeContainer":
      return `remove container ${nameOf(op, op.target)}`;
    case "renameContainer":
      return `rename ${op.target.name} to ${op.containerName}`;
  }
}

/** The service's word while its container carries the service's own name, else the container's: two containers of a service stay apart. */
function nameOf(op: PlanOp, target: ContainerTarget): string {
  if (op.service === null) return target.name;
  if (target.kind === "created") return createdName(op.service, target.name);
  return target.name.endsWith(`-${op.service}`) ? op.service : target.name;
}

function createdName(service: string, containerName: string): string {
  return containerName.endsWith("-next") ? `the new ${service}` : service;
}
