import { authorize, authorizeInstallation } from "@/lib/access/authorize";
import type { AllDoorsResponse, Door, DoorsResponse, ProjectDoors } from "@/lib/access/doors-protocol";
import type { VerbContext } from "@/lib/access/verb-context";
import { splitByProject, type Observed } from "@/lib/engine/observed";
import type { EnginePort } from "@/lib/engine/port";
import { gatewayChoiceOf } from "../gateway/gateway-choice";
import { edgeNames } from "@/lib/gateway/edge-port";
import { readEdgeSetting } from "../edge/edge-setting";
import { openOperationStatuses } from "../list-projects";
import { readSettings, toPorts } from "../settings-schema";
import { toDoorContainers } from "./door-container";
import { edgeTargets, installationDoors, projectEdgeDoors, type EdgeFacts, type EdgeWish } from "./edge-doors";
import { bySeverity, judgeDoors } from "./judge-doors";
import { probeTargets, type ProbeTarget } from "./probe-targets";
import { wishedDoors } from "./wished-doors";

export type DoorTools = {
  engine: Pick<EnginePort, "observe">;
  edge: {
    /** Addresses on which the edge listens; none where it does not run. */
    listeners(signal: AbortSignal): Promise<string[]>;
    /** `host:port` of the panel on the engine's host; null: it runs elsewhere. */
    readonly panelUpstream: string | null;
  };
  instanceId: string;
  /** Addresses of the engine's host that other machines may use; empty when the engine is on another machine. */
  hostAddresses(): string[];
  /**
   * Tries each target for a TCP connection, from this machine to itself. `networks`: CIDRs of the projects, whose containers may be tried
   * as well. Answers by `targetKey`; a target elsewhere, or one for which the time did not suffice, is left out.
   */
  probeDoors(targets: readonly ProbeTarget[], networks: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, boolean>>;
};

type Row = { id: string; ref: string; displayName: string; state: string; release: string; settingsJson: string; gatewayKind: string | null; gatewayBesideJson: string | null; ports: { purpose: string; port: number }[]; domains: { hostname: string; state: string }[] };

const withPlaces = { ports: true, domains: { select: { hostname: true, state: true } } } as const;

/** The doors of one project, from a fresh look at the engine and from trying them. */
export async function listProjectDoors(ctx: VerbContext, tools: DoorTools, ref: string, signal: AbortSignal): Promise<DoorsResponse> {
  const { id } = await authorize(ctx, "project.see", ref);
  const row = await ctx.store.db.project.findUniqueOrThrow({ where: { id }, include: withPlaces });
  const observed = await tools.engine.observe({ instanceId: tools.instanceId, projectId: id, imageRefs: [], readsMarkers: false, includesNeighbours: true }, signal);
  const { projects, hostAddresses } = await look(ctx, [{ row, observed }], tools, signal);
  const [project] = projects;
  if (project === undefined) throw new Error("A look at one project gave none.");
  return { ...project, hostAddresses, checkedAt: ctx.now().toISOString() };
}

/** The doors of every project, by reference. Those in the trash are named only where something of them listens after all. */
export async function listAllDoors(ctx: VerbContext, tools: DoorTools, signal: AbortSignal): Promise<AllDoorsResponse> {
  await authorizeInstallation(ctx, "installation.settings");
  const rows = await ctx.store.db.project.findMany({ include: withPlaces, orderBy: { ref: "asc" } });
  const ofProject = splitByProject(await tools.engine.observe({ instanceId: tools.instanceId, imageRefs: [], includesNeighbours: true }, signal));
  const { projects, installation, hostAddresses } = await look(ctx, rows.map((row) => ({ row, observed: ofProject(row.id) })), tools, signal);
  return { installation, projects: projects.filter(({ state, doors }) => state !== "deleted" || doors.length > 0), hostAddresses, checkedAt: ctx.now().toISOString() };
}

type Seen = { row: Row; observed: Observed };

type Looked = { projects: ProjectDoors[]; installation: Door[]; hostAddresses: string[] };

async function look(ctx: VerbContext, seen: readonly Seen[], tools: DoorTools, signal: AbortSignal): Promise<Looked> {
  const hostAddresses = tools.hostAddresses();
  const known = seen.map(({ row, observed }) => ({ row, containers: toDoorContainers(observed) }));
  const networks = seen.flatMap(({ observed }) => observed.networks.flatMap(({ subnet }) => (subnet === null ? [] : [subnet])));
  const edge = await askEdge(ctx, tools, signal);
  const targets = [...probeTargets(known.flatMap(({ containers }) => containers), hostAddresses), ...edgeTargets({ ...edge, hostAddresses })];
  const answers = await tools.probeDoors(targets, networks, signal);
  const facts: EdgeFacts = { ...edge, hostAddresses, answers };
  const open = await ctx.store.db.operation.findMany({ where: { projectId: { in: seen.map(({ row }) => row.id) }, status: { in: openOperationStatuses } }, select: { projectId: true } });
  const changing = new Set(open.map(({ projectId }) => projectId));
  const projects = known.map(({ row, containers }): ProjectDoors => {
    const settings = readSettings(row.settingsJson);
    const wished = settings === null ? null : wishedDoors(settings, toPorts(row.ports), gatewayChoiceOf(row));
    const wish = edgeWish(row);
    const ofEdge = wish === null ? [] : projectEdgeDoors(wish, facts);
    return {
      ref: row.ref, displayName: row.displayName, state: row.state, isChanging: changing.has(row.id),
      settings: settings === null ? null : { bindAddress: settings.bindAddress, publicUrl: settings.publicUrl, isDirectDatabasePortOpen: settings.isDirectDatabasePortOpen, services: settings.services },
      doors: [...judgeDoors({ containers, wished, hostAddresses, answers }), ...ofEdge].sort(bySeverity),
    };
  });
  const wishes = known.flatMap(({ row }) => edgeWish(row) ?? []);
  return { projects, installation: installationDoors(wishes, facts).sort(bySeverity), hostAddresses };
}

/** Docker does not tell where a container on the host's own network listens; the edge does. One that does not answer holds nothing that could be named. */
async function askEdge(ctx: VerbContext, { edge, instanceId }: DoorTools, signal: AbortSignal): Promise<Pick<EdgeFacts, "container" | "listeners" | "namePorts" | "panel">> {
  const [listeners, { httpPort, httpsPort }] = await Promise.all([edge.listeners(signal), readEdgeSetting(ctx.store.db)]);
  return { container: edgeNames(instanceId).container, listeners, namePorts: [httpPort, httpsPort], panel: edge.panelUpstream };
}

/** null for a project that is not behind the edge, and for one that cannot be read. */
function edgeWish({ settingsJson, ports, domains }: Row): EdgeWish | null {
  const settings = readSettings(settingsJson);
  const isBehind = ports.some(({ purpose }) => purpose === "gateway-inner");
  if (settings === null || !isBehind) return null;
  return { address: settings.bindAddress, port: toPorts(ports).gateway, hostnames: domains.filter(({ state }) => state === "open").map(({ hostname }) => hostname) };
}
