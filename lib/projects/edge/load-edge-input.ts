import type { Db } from "@/lib/adapters/store/types";
import type { EdgeDomain, EdgeInput, EdgePanel, EdgeProject, EdgeTls } from "@/lib/gateway/edge-input";
import { edgeNames } from "@/lib/gateway/edge-port";
import type { DomainState } from "../domains/domain-views";
import { readSettings, toPorts } from "../settings-schema";
import { loadWishedGateways, toEdgeStudio } from "./edge-studio";
import { acmeOf, readEdgeSetting, type EdgeSetting } from "./edge-setting";

/** Private keys of uploaded certificates; only the worker can open them. */
export interface CertificateKeys {
  /** PEM of the domain's key. Throws when there is none, or it cannot be opened. */
  read(db: Db, domainId: string): Promise<string>;
  /** A key that web sealed to the worker, encrypted as it is kept; what is encrypted so already comes back as it is. */
  keep(tx: Db, row: { id: string; projectId: string; keyCiphertext: string }): Promise<string>;
}

/** How the edge reaches the panel, and shows that it is the edge. */
export type PanelDoor = { upstream: string; proof: string };

export type LoadEdgeOptions = {
  instanceId: string;
  /** A project that is left out, because it is leaving. */
  without?: string | undefined;
  /** null: the panel runs on another machine than the edge, which cannot reach it. */
  panel: PanelDoor | null;
};

type DomainRow = Awaited<ReturnType<typeof loadRows>>[number]["domains"][number];
type ProjectRow = Awaited<ReturnType<typeof loadRows>>[number];

/**
 * All that the edge is to serve, as it is stored. A project is behind it from the moment that its gateway has a port of its own.
 * @returns null when no edge is wanted: it is off, and no project is behind it any more.
 */
export async function loadEdgeInput(db: Db, keys: CertificateKeys, options: LoadEdgeOptions): Promise<EdgeInput | null> {
  const setting = await readEdgeSetting(db);
  const rows = await loadRows(db);
  const { adminSocket, liveFolder } = edgeNames(options.instanceId);
  const served = rows.filter(({ id, wish }) => id !== options.without && wish !== "delete");
  if (!setting.isOn && served.length === 0) return null;
  const gatewayOf = await loadWishedGateways(db, served);
  const projects = await Promise.all(served.map((row) => toEdgeProject(db, keys, row, { gateway: gatewayOf(row), door: options.panel })));
  return {
    panel: toPanel(setting, options.panel),
    projects: projects.filter((project) => project !== null),
    acme: acmeOf(setting),
    adminSocket,
    liveFolder,
    publicListen: { addresses: [], httpPort: setting.httpPort, httpsPort: setting.httpsPort },
    trustedProxies: setting.trustedProxies,
  };
}

function toPanel({ isOn, panelHost }: EdgeSetting, door: PanelDoor | null): EdgePanel | null {
  if (!isOn || panelHost === null || door === null) return null;
  const { hostname, tls, redirectsHttp, hstsSeconds } = panelHost;
  return {
    ...door,
    hostname,
    tls: tls === "acme" ? { kind: "acme", directory: "live" } : { kind: tls },
    redirectsHttp,
    hsts: hstsSeconds === null ? null : { maxAgeSeconds: hstsSeconds, includesSubdomains: false },
  };
}

function loadRows(db: Db) {
  return db.project.findMany({
    where: { ports: { some: { purpose: "gateway-inner" } } },
    select: { id: true, wish: true, settingsJson: true, gatewayRevision: true, ports: { select: { purpose: true, port: true } }, domains: true },
  });
}

/** null for a row that cannot be read: one such project must not keep the others from being served. */
async function toEdgeProject(db: Db, keys: CertificateKeys, row: ProjectRow, studio: Parameters<typeof toEdgeStudio>[2]): Promise<EdgeProject | null> {
  const settings = readSettings(row.settingsJson);
  const { gateway, gatewayInner } = toPorts(row.ports);
  if (settings === null || gatewayInner === undefined) return null;
  return {
    projectId: row.id,
    localListen: { address: settings.bindAddress, port: gateway },
    gatewayUpstream: `127.0.0.1:${gatewayInner}`,
    domains: (await Promise.all(row.domains.map((domain) => toEdgeDomain(db, keys, domain)))).filter((domain) => domain !== null),
    isPaused: row.wish === "pause",
    studio: toEdgeStudio(row, settings, studio),
    allowedNetworks: null,
  };
}

/** The others are not served: an authority would be asked for their certificates at once. */
const servedStates: ReadonlySet<string> = new Set<DomainState>(["rehearsing", "waiting", "open"]);

/** null for a name that is not served yet, and where the certificate's key cannot be opened: that name alone is left out. */
async function toEdgeDomain(db: Db, keys: CertificateKeys, row: DomainRow): Promise<EdgeDomain | null> {
  if (!servedStates.has(row.state)) return null;
  const tls = await toTls(db, keys, row).catch(() => null);
  if (tls === null) return null;
  return {
    hostname: row.hostname,
    kind: row.kind === "studio" ? "studio" : "api",
    tls,
    redirectsHttp: row.redirectsHttp,
    hsts: row.hstsSeconds === null ? null : { maxAgeSeconds: row.hstsSeconds, includesSubdomains: false },
    isOpen: row.state === "open",
  };
}

async function toTls(db: Db, keys: CertificateKeys, row: DomainRow): Promise<EdgeTls> {
  if (row.tls === "internal") return { kind: "internal" };
  if (row.tls === "acme") return { kind: "acme", directory: row.state === "rehearsing" ? "staging" : "live" };
  return { kind: "uploaded", certificatePem: row.certificatePem ?? "", keyPem: await keys.read(db, row.id) };
}
