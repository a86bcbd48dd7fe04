import type { Door, DoorFix, Reach, Severity } from "@/lib/access/doors-protocol";
import { outerAddress, targetKey, type ProbeTarget } from "./probe-targets";
import { isWildcard, reachOf } from "./reach";

/** What listens on the engine's host without Docker's doing: the edge, on the host's own network, and the panel's web process. */
export type EdgeFacts = {
  /** Name of the edge's container. */
  container: string;
  /** Addresses of the document in force (`127.0.0.1:8001`, `:443`); empty where no edge runs. */
  listeners: readonly string[];
  /** Ports on which names are served. */
  namePorts: readonly number[];
  /** `host:port` of the panel on this machine; null: it runs elsewhere. */
  panel: string | null;
  hostAddresses: readonly string[];
  /** `targetKey` → whether a connection was taken. What is missing was not tried. */
  answers: ReadonlyMap<string, boolean>;
};

/** What a project wants of the edge: its own address, and names. */
export type EdgeWish = { address: string; port: number; hostnames: readonly string[] };

type Listener = { address: string; port: number };

/** An address as Caddy names it; without a host it is every address. */
function toListener(text: string): Listener[] {
  const [, bracketed, plain = "", port = ""] = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(text) ?? [];
  return port === "" ? [] : [{ address: bracketed ?? (plain === "" ? "0.0.0.0" : plain), port: Number(port) }];
}

const listenersIn = ({ listeners }: Pick<EdgeFacts, "listeners">) => listeners.flatMap(toListener);

/** Where to try them from this machine. Without addresses of the host nothing is tried. */
export function edgeTargets({ listeners, panel, hostAddresses }: Pick<EdgeFacts, "listeners" | "panel" | "hostAddresses">): ProbeTarget[] {
  if (hostAddresses.length === 0) return [];
  const ownTargets = [...listenersIn({ listeners }), ...(panel === null ? [] : toListener(panel))].flatMap(({ address, port }) => {
    const outer = outerAddress(address, hostAddresses);
    const named = isWildcard(address) ? [] : [{ address, port }];
    return outer !== undefined && (isWildcard(address) || reachOf(address) === "loopback") ? [...named, { address: outer, port }] : named;
  });
  return [...new Map(ownTargets.map((target) => [targetKey(target), target])).values()];
}

/** Whether it took a connection when it was tried. */
function answersAt({ address, port }: Listener, { hostAddresses, answers }: EdgeFacts): boolean | null {
  const tried = isWildcard(address) ? outerAddress(address, hostAddresses) : address;
  return tried === undefined ? null : (answers.get(targetKey({ address: tried, port })) ?? null);
}

function edgeDoor(listener: Listener, facts: EdgeFacts, said: Pick<Door, "title" | "isExpected" | "severity" | "why" | "fix">): Door {
  return { ...listener, protocol: "tcp", containerPort: listener.port, service: null, container: facts.container, reach: reachOf(listener.address), answers: answersAt(listener, facts), ...said };
}

const plainHttp = "It speaks plain HTTP: keys and passwords can be read on the way.";
const narrow: DoorFix = { kind: "edit-setting", setting: "bindAddress", words: "Other machines lose this way into the project: API, Studio, poolers and direct port. Its domains stay, and programs of this machine." };
const byHand = (words: string): DoorFix => ({ kind: "by-hand", setting: null, words });

const verdicts: Record<Reach, { severity: Severity; why: string; fix: DoorFix | null }> = {
  loopback: { severity: "ok", why: "Asked for in the settings: the edge holds the project's address. Programs of this machine get there, others do not.", fix: null },
  network: { severity: "notice", why: `Asked for in the settings: the edge holds the project's address, and machines of the private network get there. ${plainHttp}`, fix: narrow },
  everyone: { severity: "warn", why: `Asked for in the settings: the edge holds the project's address, and everyone who reaches this machine gets there unless a firewall stands before it. ${plainHttp}`, fix: narrow },
};

/** What the edge holds open for one project: its own address, and the ports of names where it has some. */
export function projectEdgeDoors({ address, port, hostnames }: EdgeWish, facts: EdgeFacts): Door[] {
  return listenersIn(facts).flatMap((listener) => {
    if (listener.address === address && listener.port === port) return [edgeDoor(listener, facts, { title: "API gateway, through the edge", isExpected: true, ...verdicts[reachOf(address)] })];
    return hostnames.length > 0 && facts.namePorts.includes(listener.port) ? [nameDoor(listener, facts, hostnames)] : [];
  });
}

function nameDoor(listener: Listener, facts: EdgeFacts, hostnames: readonly string[]): Door {
  const isPlain = listener.port === facts.namePorts[0];
  const under = hostnames.length === 0 ? "" : ` Under it: ${hostnames.join(", ")}.`;
  const why = `${isPlain ? "Names are served here, by HTTP: most only send browsers on to HTTPS, and authorities prove a name by it." : "Names are served here, by HTTPS."} It is meant for everyone; a request for any other name is refused.${under}`;
  return edgeDoor(listener, facts, { title: isPlain ? "Domains, HTTP" : "Domains, HTTPS", isExpected: true, severity: "ok", why, fix: null });
}

/**
 * What listens for the installation as a whole: the ports of names, what the edge holds for no project that is there, and the panel itself. Projects' own
 * addresses are named with them.
 */
export function installationDoors(wishes: readonly EdgeWish[], facts: EdgeFacts): Door[] {
  const isWished = ({ address, port }: Listener) => wishes.some((wish) => wish.address === address && wish.port === port);
  const ofEdge = listenersIn(facts).filter((listener) => !isWished(listener)).map((listener) => {
    if (facts.namePorts.includes(listener.port)) return nameDoor(listener, facts, wishes.flatMap(({ hostnames }) => hostnames));
    const why = "The edge listens here, and no project's settings ask for it.";
    return edgeDoor(listener, facts, { title: "Edge", isExpected: false, severity: reachOf(listener.address) === "loopback" ? "warn" : "danger", why, fix: byHand("The worker gives the edge what is wanted again within a minute. If it stays, see Settings, Edge.") });
  });
  return [...ofEdge, ...panelDoors(facts)];
}

/** The panel on this machine: on loopback as it should be, and a second time where it answers on an address that others use. */
function panelDoors(facts: EdgeFacts): Door[] {
  const [listener] = facts.panel === null ? [] : toListener(facts.panel);
  if (listener === undefined) return [];
  const door = { ...listener, protocol: "tcp" as const, containerPort: listener.port, service: null, container: "web process of the panel", title: "The panel", reach: reachOf(listener.address), isExpected: true, answers: answersAt(listener, facts) };
  const isNarrow = door.reach === "loopback";
  const here: Door = { ...door, severity: isNarrow ? "ok" : "notice", why: isNarrow ? "The panel itself. Programs of this machine get there; others come through the edge or a proxy." : openPanel, fix: isNarrow ? null : closePanel };
  const outer = isNarrow ? outerAddress(listener.address, facts.hostAddresses) : undefined;
  if (outer === undefined || facts.answers.get(targetKey({ address: outer, port: listener.port })) !== true) return [here];
  return [{ ...door, address: outer, reach: reachOf(outer), answers: true, severity: "warn", why: openPanel, fix: closePanel }, here];
}

const openPanel = "The panel itself, by plain HTTP: whoever is on the way reads the passwords of those who sign in here.";
const closePanel = byHand("Start the panel with `BASEHOLD_LISTEN=127.0.0.1`, and give it a name under Settings, Edge, or a proxy with TLS in front.");
