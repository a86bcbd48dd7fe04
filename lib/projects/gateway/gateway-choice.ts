import { z } from "zod";
import type { GatewayKind } from "@/lib/gateway/contract";
import { otherGateway } from "@/lib/stack/gateways";
import { defaultRelease, getRelease } from "@/lib/stack/releases";
import type { GatewayChoice } from "@/lib/stack/settings";

/**
 * The gateway that does not serve: a `candidate` on its way in, or `kept` for the way back. `until`: when a kept one ends, ISO 8601, and
 * with it the sockets that are still open on it.
 */
export const gatewayBesideSchema = z.object({ state: z.enum(["candidate", "kept"]), until: z.iso.datetime().nullable() });
export type GatewayBeside = z.infer<typeof gatewayBesideSchema>;

export type ProjectGateways = { serving: GatewayKind; /** The release's own. */ usual: GatewayKind; beside: (GatewayBeside & { kind: GatewayKind }) | null };

type Row = { release: string; gatewayKind: string | null; gatewayBesideJson: string | null };

/** The gateways of a project, as its row has them. @throws ZodError for a row that something else wrote. */
export function gatewaysOf({ release, gatewayKind, gatewayBesideJson }: Row): ProjectGateways {
  const usual = (getRelease(release) ?? defaultRelease).defaultGateway;
  const serving = z.enum(["envoy", "kong"]).nullable().parse(gatewayKind) ?? usual;
  const beside = gatewayBesideJson === null ? null : gatewayBesideSchema.parse(JSON.parse(gatewayBesideJson));
  return { serving, usual, beside: beside === null ? null : { ...beside, kind: otherGateway(serving) } };
}

/** As `gatewaysOf`, as the stack is built from it. */
export function gatewayChoiceOf(row: Row): GatewayChoice {
  const { serving, beside } = gatewaysOf(row);
  return { serving, isOtherBeside: beside !== null };
}
