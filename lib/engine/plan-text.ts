import type { Plan, PlanOp } from "./plan";

/**
 * The plan as text, one line per call: `[3] start db, after 2 · it is stopped`. The same text is the preview that a person
 * confirms, the audit entry and the golden file of the tests.
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
      return `create network ${op.networkName} (${op.subnet})`;
    case "removeNetwork":
      return `remove network ${op.networkName}`;
    case "createVolume":
      return `create volume ${op.volumeName}`;
    case "removeVolume":
      return `remove volume ${op.volumeName} with its data`;
    case "createContainer":
      return `create ${op.containerName} from ${op.imageRef}`;
    case "uploadFiles":
      return `write ${op.files.length} configuration ${op.files.length === 1 ? "file" : "files"} into ${op.target.name}${op.replaceByMove ? " while it runs" : ""}`;
    case "startContainer":
      return `start ${op.target.name}`;
    case "waitReady":
      return `wait until ${op.target.name} answers`;
    case "stopContainer":
      return `stop ${op.target.name}`;
    case "removeContainer":
      return `remove container ${op.target.name}`;
    case "renameContainer":
      return `rename ${op.target.name} to ${op.containerName}`;
  }
}
