import type { GatewayKind } from "@/lib/gateway/contract";
import type { StackServiceName } from "./desired";
import type { GatewayChoice, StackInput } from "./settings";

/** The services that are gateways, by what runs in them. */
export const gatewayServices = { envoy: "api-gw", kong: "kong" } as const satisfies Record<GatewayKind, StackServiceName>;

/** Names of gateways for people. */
export const gatewayNames: Readonly<Record<GatewayKind, string>> = { envoy: "Envoy", kong: "Kong" };

/** Whether a service of a stack is a gateway, of whichever kind. */
export function isGatewayService(service: string | null | undefined): boolean {
  return service === gatewayServices.envoy || service === gatewayServices.kong;
}

export function otherGateway(kind: GatewayKind): GatewayKind {
  return kind === "envoy" ? "kong" : "envoy";
}

/** The gateways of a stack: what was chosen, or the release's own alone. */
export function gatewayChoice({ gateways }: Pick<StackInput, "gateways">, { defaultGateway }: { defaultGateway: GatewayKind }): GatewayChoice {
  return gateways ?? { serving: defaultGateway, isOtherBeside: false };
}

/** The gateways that run, the one that serves first. */
export function runningGateways({ serving, isOtherBeside }: GatewayChoice): GatewayKind[] {
  return isOtherBeside ? [serving, otherGateway(serving)] : [serving];
}
