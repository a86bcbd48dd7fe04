import { isGatewayService } from "@/lib/stack/gateways";
import type { Door, DoorFix, Reach, Severity } from "@/lib/access/doors-protocol";
import type { ObservedPort } from "@/lib/engine/observed";
import type { DoorContainer } from "./door-container";
import { describePort, gatewayAdminPorts, knownPortsOf } from "./known-ports";
import { outerAddress, targetKey } from "./probe-targets";
import { isWildcard, reachOf } from "./reach";
import type { WishedDoor } from "./wished-doors";

type Judged = {
  containers: readonly DoorContainer[];
  /** What the settings ask for; null: they cannot be read. */
  wished: readonly WishedDoor[] | null;
  hostAddresses: readonly string[];
  /** `targetKey` → whether a connection was taken. What is missing was not tried. */
  answers: ReadonlyMap<string, boolean>;
};

/** Docker's chains come before those of ufw (docs.docker.com, "Packet filtering and firewalls"): a closed port there stays open here. */
const pastFirewall = "Docker opens it past ufw.";
const severities: readonly Severity[] = ["ok", "notice", "warn", "danger"];

/**
 * Every address on which something of the project listens, worst first and then what nobody asked for, with why it exists and what closes it. A port that an image
 * names but that is not held open on the host is no door. Pure: the same facts give the same doors, whatever their order.
 */
export function judgeDoors(facts: Judged): Door[] {
  const doors = facts.containers.flatMap((container) => [
    ...container.ports.flatMap((port) => [publishedDoor(container, port, facts), ...widerDoor(container, port, facts)]),
    ...(container.isOnHostNetwork ? hostNetworkDoors(container, facts) : []),
    ...(container.isOwn && isGatewayService(container.service) ? adminDoors(container, facts) : []),
  ]);
  return doors.sort(bySeverity);
}

/** Worst first, then what nobody asked for, then by port. */
export function bySeverity(a: Door, b: Door): number {
  return severities.indexOf(b.severity) - severities.indexOf(a.severity) || Number(a.isExpected) - Number(b.isExpected) || a.port - b.port || compare(a.address, b.address) || compare(a.container, b.container);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function publishedDoor(container: DoorContainer, port: ObservedPort, facts: Judged): Door {
  const reach = reachOf(port.hostIp);
  const wish = facts.wished?.find((wished) => container.isOwn && wished.service === container.service && isSamePort(wished, port));
  const tried = isWildcard(port.hostIp) ? outerAddress(port.hostIp, facts.hostAddresses) : port.hostIp;
  const place = { address: port.hostIp, port: port.hostPort, containerPort: port.containerPort, protocol: port.protocol, reach };
  const answers = tried === undefined ? null : (facts.answers.get(targetKey({ address: tried, port: port.hostPort })) ?? null);
  const door = { ...named(container, port.containerPort), ...place, answers };
  return wish === undefined ? { ...door, isExpected: false, ...unasked(container, place, facts) } : { ...door, isExpected: true, ...asked(container, place, wish) };
}

function isSamePort(wished: WishedDoor, { containerPort, hostIp, hostPort, protocol }: ObservedPort): boolean {
  return protocol === "tcp" && wished.containerPort === containerPort && wished.hostIp === hostIp && wished.hostPort === hostPort;
}

function named({ name, service }: DoorContainer, containerPort: number): Pick<Door, "service" | "container" | "title"> {
  return { service, container: name, title: describePort(service, containerPort).title };
}

type Place = { reach: Reach; containerPort: number };
type Verdict = Pick<Door, "severity" | "why" | "fix">;

const roleWords: Record<NonNullable<WishedDoor["role"]>, string> = {
  inner: "The gateway's own port behind the edge, on loopback: the edge sends it the project's requests.",
  beside: "The own port, on loopback, of the gateway that does not serve: it is proven there, and what is still open on it stays until it ends.",
};

/** What the settings ask for is a choice: how much of a risk it is depends on who gets there. */
function asked({ service }: DoorContainer, { reach, containerPort }: Place, { role }: WishedDoor): Verdict {
  if (reach === "loopback" && role !== undefined) return { severity: "ok", why: `${roleWords[role]} Programs of this machine get there, others do not.`, fix: null };
  if (reach === "loopback") return { severity: "ok", why: "Asked for in the settings. Programs of this machine get there, others do not.", fix: null };
  const { risk } = describePort(service, containerPort);
  const isGateway = isGatewayService(service);
  const why = `Asked for in the settings, and ${whoGetsThere(reach)} ${risk}${reach === "everyone" ? ` ${pastFirewall}` : ""}`;
  const fix: DoorFix =
    service === "db"
      ? { kind: "edit-setting", setting: "isDirectDatabasePortOpen", words: "Programs that connect straight to Postgres lose their way in; the poolers stay." }
      : { kind: "edit-setting", setting: "bindAddress", words: "Other machines lose every way into this project: API, Studio, poolers and direct port. Programs of this machine keep them." };
  if (reach === "network") return { severity: isGateway ? "notice" : "warn", why, fix };
  return { severity: isGateway ? "warn" : "danger", why, fix };
}

function whoGetsThere(reach: Reach): string {
  return reach === "network" ? "machines of the private network get there." : "everyone who reaches this machine gets there.";
}

/** What nobody asked for has no business being open, least of all to other machines. */
function unasked(container: DoorContainer, { reach, containerPort }: Place, { wished }: Judged): Verdict {
  const severity = reach === "loopback" ? "warn" : "danger";
  const { risk } = describePort(container.service, containerPort);
  const who = reach === "loopback" ? "Programs of this machine get there." : `${capital(whoGetsThere(reach))} ${risk}`;
  const firewall = reach === "everyone" ? ` ${pastFirewall}` : "";
  return { severity, why: `${originOf(container, wished)} ${who}${firewall}`, fix: fixForUnasked(container, wished) };
}

const capital = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

function originOf({ name, isOwn }: DoorContainer, wished: Judged["wished"]): string {
  if (!isOwn) return `\`${name}\` is not Basehold's: somebody connected it to the project's network.`;
  return wished === null ? "The project's settings cannot be read, so nothing is known to ask for it." : "The settings do not ask for it: the container was made or changed by hand.";
}

function fixForUnasked({ name, isOwn }: DoorContainer, wished: Judged["wished"]): DoorFix {
  if (!isOwn) return byHand(`Basehold leaves it alone. Stop it with \`docker stop ${name}\`, or publish its port on 127.0.0.1.`);
  if (wished === null) return byHand(`Restore the panel's store, or stop the container with \`docker stop ${name}\`.`);
  return { kind: "reconcile", setting: null, words: "The container is replaced by the one that the settings ask for, or removed where they ask for none." };
}

const byHand = (words: string): DoorFix => ({ kind: "by-hand", setting: null, words });

/** What Docker holds on loopback alone, and yet takes connections on an address that others use. */
function widerDoor(container: DoorContainer, port: ObservedPort, { containers, hostAddresses, answers }: Judged): Door[] {
  if (reachOf(port.hostIp) !== "loopback" || port.protocol !== "tcp") return [];
  const address = outerAddress(port.hostIp, hostAddresses);
  if (address === undefined || answers.get(targetKey({ address, port: port.hostPort })) !== true) return [];
  const isHeldByDocker = containers.some(({ ports }) => ports.some(({ hostIp, hostPort }) => hostPort === port.hostPort && (isWildcard(hostIp) || hostIp === address)));
  if (isHeldByDocker) return [];
  const why = `Docker holds port ${port.hostPort} on ${port.hostIp} alone, and yet something answers on ${address}: a forward or another program on the same number.`;
  const fix = byHand(`See what it is with \`ss -ltnp 'sport = :${port.hostPort}'\` on the machine.`);
  return [{ ...named(container, port.containerPort), address, port: port.hostPort, containerPort: port.containerPort, protocol: "tcp", reach: reachOf(address), isExpected: false, answers: true, severity: "warn", why, fix }];
}

/** On the host's own network Docker publishes nothing, and whatever the program listens on is open. */
function hostNetworkDoors(container: DoorContainer, facts: Judged): Door[] {
  const [outer] = facts.hostAddresses;
  return knownPortsOf(container.service).map((port) => {
    const answers = outer === undefined ? null : (facts.answers.get(targetKey({ address: outer, port })) ?? null);
    const why = `The container runs on the host's own network, where Docker closes nothing. ${describePort(container.service, port).risk}`;
    return { ...named(container, port), address: "0.0.0.0", port, containerPort: port, protocol: "tcp", reach: "everyone", isExpected: false, answers, severity: "danger", why, fix: fixForUnasked(container, facts.wished) };
  });
}

/** The administration of a gateway on the project's network: edge functions, which run the users' code, get there. */
function adminDoors(container: DoorContainer, { answers }: Judged): Door[] {
  // Its labels still say what they should, so reconciling alone would keep it.
  const fix = byHand(`Remove the container with \`docker rm -f ${container.name}\`, then reconcile: the gateway is made anew with its administration closed.`);
  return container.addresses.flatMap((address) =>
    gatewayAdminPorts.flatMap((port): Door[] => {
      if (answers.get(targetKey({ address, port })) !== true) return [];
      const why = `It answers on the project's own network, where the other containers, edge functions among them, get to it. ${describePort(container.service, port).risk}`;
      return [{ ...named(container, port), address, port, containerPort: port, protocol: "tcp", reach: "network", isExpected: false, answers: true, severity: "danger", why, fix }];
    }),
  );
}
