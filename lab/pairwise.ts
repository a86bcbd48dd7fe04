import type { GatewayKind } from "@/lib/gateway/contract";
import type { ServiceName } from "@/lib/stack/desired";
import { allServices } from "@/lib/stack/sample-input.fixture";
import type { KeyChoice } from "./running-stack.fixture";

export const gatewayKinds: readonly GatewayKind[] = ["envoy", "kong"];
export const keyChoices: readonly KeyChoice[] = ["legacy", "opaque", "both"];
const smallest: readonly ServiceName[] = ["db", "api-gw", "auth", "rest"];
/** From what every project has to everything. */
export const selections = {
  smallest,
  api: [...smallest, "realtime", "storage", "functions"],
  "with Studio": [...smallest, "meta", "studio"],
  all: allServices,
} as const satisfies Record<string, readonly ServiceName[]>;
export type SelectionName = keyof typeof selections;
export const selectionNames = Object.keys(selections) as SelectionName[];

export type StackChoice = { gateway: GatewayKind; release: string; selection: SelectionName; keys: KeyChoice };

/**
 * Stacks in which every two values of gateway, release, services and keys meet once at least: one for each pair of services and keys, with
 * gateways and releases dealt out over them.
 */
export function pairwiseStacks([older, newer]: readonly [string, string]): StackChoice[] {
  return selectionNames.flatMap((selection, row) =>
    keyChoices.map((keys, column): StackChoice => ({
      selection,
      keys,
      gateway: (row + column) % 2 === 0 ? "envoy" : "kong",
      release: row < 2 === (column === 1) ? newer : older,
    })),
  );
}
