import { nodeProgram, type BaseProgram } from "../image";
import type { LayerEntry } from "../layers";

const removable = ["curl", "wget"] as const;

/** Takes out of the base what the official image lacks, so that a probe which needs it fails here as it would there. */
export function programEntries(kept: readonly BaseProgram[]): LayerEntry[] {
  const removals = removable.filter((program) => !kept.includes(program)).map((program): LayerEntry => ({ kind: "removal", path: `/usr/bin/${program}` }));
  return kept.includes("node") ? [...removals, { kind: "link", path: "/usr/local/bin/node", target: nodeProgram }] : removals;
}
