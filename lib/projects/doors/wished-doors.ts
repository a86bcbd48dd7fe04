import type { StackServiceName } from "@/lib/stack/desired";
import { gatewayServices, otherGateway } from "@/lib/stack/gateways";
import type { GatewayChoice, ProjectPorts, ProjectSettings } from "@/lib/stack/settings";

export type WishedDoor = { service: StackServiceName; containerPort: number; hostIp: string; hostPort: number; /** What a gateway listens for on loopback, whatever the settings say: `inner` for the edge in front, `beside` for proofs and what is still open on it. */ role?: "inner" | "beside" };
type DoorSettings = Pick<ProjectSettings, "bindAddress" | "services" | "isDirectDatabasePortOpen">;

/** The ports that a project's settings ask for, without the secrets that a whole stack needs. A test holds it to what the stack publishes. */
export function wishedDoors(settings: DoorSettings, ports: ProjectPorts, gateways: GatewayChoice): WishedDoor[] {
  const at = (service: StackServiceName, containerPort: number, hostPort: number): WishedDoor => ({ service, containerPort, hostIp: settings.bindAddress, hostPort });
  const wished = [
    at("supavisor", 5432, ports.poolerSession),
    at("supavisor", 6543, ports.poolerTransaction),
    ...(settings.isDirectDatabasePortOpen && ports.database !== null ? [at("db", 5432, ports.database)] : []),
  ];
  return [...gatewayDoors(settings, ports, gateways), ...wished.filter(({ service }) => settings.services.some((chosen) => chosen === service))];
}

function gatewayDoors({ bindAddress }: DoorSettings, { gateway, gatewayInner, gatewayBeside }: ProjectPorts, { serving, isOtherBeside }: GatewayChoice): WishedDoor[] {
  const onLoopback = (service: StackServiceName, hostPort: number, role: WishedDoor["role"]): WishedDoor => ({ service, containerPort: 8000, hostIp: "127.0.0.1", hostPort, role });
  const front = gatewayServices[serving];
  return [
    gatewayInner === undefined ? { service: front, containerPort: 8000, hostIp: bindAddress, hostPort: gateway } : onLoopback(front, gatewayInner, "inner"),
    ...(isOtherBeside && gatewayBeside !== undefined ? [onLoopback(gatewayServices[otherGateway(serving)], gatewayBeside, "beside")] : []),
  ];
}
