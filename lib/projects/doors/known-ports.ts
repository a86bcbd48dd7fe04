/** What listens on a port of a service's container, and what somebody who gets there past the gateway can do. */
type KnownPort = { title: string; risk: string };

const pastTheGateway = "Requests get there past the gateway, which checks keys and limits.";
const passwordOnly = "Only a password stands before the data.";

/** Ports on which the programs of a stack listen inside their containers (supabase-stack.md, section 3). */
const known: Record<string, KnownPort> = {
  "db:5432": { title: "Postgres, direct", risk: passwordOnly },
  "supavisor:5432": { title: "Session pooler", risk: passwordOnly },
  "supavisor:6543": { title: "Transaction pooler", risk: passwordOnly },
  "supavisor:4000": { title: "Pooler administration", risk: "It lists and changes tenants of the pooler." },
  "api-gw:8000": { title: "API gateway", risk: "It speaks plain HTTP: keys and passwords can be read on the way." },
  "api-gw:8443": { title: "API gateway, TLS", risk: "It is the same gateway on a second door." },
  "api-gw:9901": { title: "Envoy admin", risk: "Without a login it shows every key and can shut the gateway down." },
  "kong:8000": { title: "API gateway", risk: "It speaks plain HTTP: keys and passwords can be read on the way." },
  "kong:8443": { title: "API gateway, TLS", risk: "It is the same gateway on a second door." },
  "kong:8001": { title: "Kong admin", risk: "Without a login it shows every key and changes every route." },
  "kong:8444": { title: "Kong admin, TLS", risk: "Without a login it shows every key and changes every route." },
  "kong:8100": { title: "Kong status", risk: "Without a login it shows every route and how it is used." },
  "studio:3000": { title: "Studio", risk: "It has no login of its own: whoever gets there reads and changes everything." },
  "meta:8080": { title: "Database administration", risk: "It runs any SQL without a login." },
  "rest:3000": { title: "PostgREST", risk: pastTheGateway },
  "auth:9999": { title: "Auth", risk: pastTheGateway },
  "realtime:4000": { title: "Realtime", risk: pastTheGateway },
  "storage:5000": { title: "Storage", risk: pastTheGateway },
  "functions:9000": { title: "Edge functions", risk: pastTheGateway },
  "imgproxy:5001": { title: "Image proxy", risk: "It fetches and converts files without a key." },
};

/** What is known of a port; for others, the service and port themselves. */
export function describePort(service: string | null, containerPort: number): KnownPort {
  if (service === null) return { title: `Port ${containerPort} of another container`, risk: "From inside it the project's services are within reach, past the gateway." };
  return known[`${service}:${containerPort}`] ?? { title: `${service}, port ${containerPort}`, risk: pastTheGateway };
}

/** Ports of a service that are known, for a container whose own ports Docker does not tell. */
export function knownPortsOf(service: string | null): number[] {
  return Object.keys(known).flatMap((key) => (key.startsWith(`${service ?? ""}:`) ? [Number(key.split(":")[1])] : []));
}

/** Administration of a gateway, which belongs on the loopback of its container: the project's other containers could use it as well. */
export const gatewayAdminPorts: readonly number[] = [9901, 8001, 8444];
