import type { ServiceName } from "@/lib/stack/desired";
import type { ProjectPorts, ProjectSettings } from "@/lib/stack/settings";

export type WishedDoor = { service: ServiceName; containerPort: number; hostIp: string; hostPort: number };
type DoorSettings = Pick<ProjectSettings, "bindAddress" | "services" | "isDirectDatabasePortOpen">;

/** The ports that a project's settings ask for, without the secrets that a whole stack needs. A test holds it to what the stack publishes. */
export function wishedDoors(settings: DoorSettings, ports: ProjectPorts): WishedDoor[] {
  const at = (service: ServiceName, containerPort: number, hostPort: number): WishedDoor => ({ service, containerPort, hostIp: settings.bindAddress, hostPort });
  const wished = [
    ports.gatewayInner === undefined ? at("api-gw", 8000, ports.gateway) : { ...at("api-gw", 8000, ports.gatewayInner), hostIp: "127.0.0.1" },
    at("supavisor", 5432, ports.poolerSession),
    at("supavisor", 6543, ports.poolerTransaction),
    ...(settings.isDirectDatabasePortOpen && ports.database !== null ? [at("db", 5432, ports.database)] : []),
  ];
  return wished.filter(({ service }) => settings.services.includes(service));
}
