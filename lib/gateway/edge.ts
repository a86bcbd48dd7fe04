import type { EdgeDomain, EdgeHost, EdgeInput, EdgeListen, EdgeProject } from "./edge-input";
import { checkEdgeInput } from "./edge-input";
import { panelRequestHeaders } from "./edge-panel";
import { apiExpression, dropForgedHeaders, hstsHandler, notOpenYet, projectRoutes, proxyTo, redirectToHttps, toNs, unknownOverHttp, unknownOverHttps, unreachableErrors, type CaddyJson } from "./edge-routes";
import { acmeRootFile, tlsApp } from "./edge-tls";

/** The whole configuration of the installation's edge, as Caddy takes it. */
export type CaddyConfig = { admin: CaddyJson; logging: CaddyJson; apps: CaddyJson };

export type RenderedEdge = {
  document: CaddyConfig;
  /** Files that the document names; they must be in the container before it is loaded. */
  files: readonly { path: string; content: string }[];
  /**
   * Path → content of what the document names as files, which are read anew for each request: the address of each project's gateway, the
   * paths that its own routes add to its API, and for each name whether it is open. An empty one need not be there. A change of these alone needs no load.
   */
  liveFiles: Readonly<Record<string, string>>;
};

/** The document of an edge that serves nothing: what it starts with, and what it is given when it cannot start with anything else. */
export function emptyEdge(adminSocket: string): CaddyConfig {
  return { admin: adminPart(adminSocket), logging: loggingPart, apps: {} };
}

/**
 * One document for everything the edge serves: the panel under its name, each project under its domains and on its own address.
 * The order of the input does not matter.
 * @throws RangeError when two projects share a name, a listener or a gateway, or a value is outside of its grammar.
 */
export function renderEdge(unordered: EdgeInput): RenderedEdge {
  checkEdgeInput(unordered);
  const input = inOrder(unordered);
  const hosts = [...(input.panel === null ? [] : [input.panel]), ...input.projects.flatMap(({ domains }) => domains)];
  const isEncrypted = hosts.some(({ tls }) => tls.kind !== "none");
  const servers = {
    ...(hosts.length === 0 ? {} : { http: publicServer(input, "http") }),
    ...(isEncrypted ? { https: publicServer(input, "https") } : {}),
    ...Object.fromEntries(input.projects.flatMap((project) => localServer(project, input))),
  };
  const { httpPort, httpsPort } = input.publicListen;
  const apps = {
    http: { http_port: httpPort, https_port: httpsPort, servers },
    ...(isEncrypted ? { tls: tlsApp(hosts, input) } : {}),
    ...(hosts.some(({ tls }) => tls.kind === "internal") ? { pki: { certificate_authorities: { local: { name: "Basehold", install_trust: false } } } } : {}),
  };
  const { caRootPem } = input.acme;
  return {
    document: { ...emptyEdge(input.adminSocket), apps },
    liveFiles: liveFilesOf(unordered),
    files: caRootPem === null || !isEncrypted ? [] : [{ path: acmeRootFile(caRootPem), content: caRootPem }],
  };
}

/** Those that the document names: a project that is served nowhere has none. */
function liveFilesOf({ liveFolder, projects }: EdgeInput): Record<string, string> {
  if (liveFolder === null) return {};
  const served = projects.filter(({ localListen, domains, isPaused }) => isPaused !== true && (localListen !== null || domains.length > 0));
  const gateways = served.map(({ projectId, gatewayUpstream }) => [gatewayFile(liveFolder, projectId), gatewayUpstream]);
  const paths = served.flatMap(({ projectId, studio, localListen, domains }) => {
    const isAsked = studio !== null && (localListen !== null || domains.some(({ kind }) => kind === "api"));
    return isAsked ? [[pathsFile(liveFolder, projectId), apiExpression(studio.ownApiRoutes)]] : [];
  });
  const names = projects.flatMap(({ domains }) => domains).map(({ hostname, isOpen }) => [nameFile(liveFolder, hostname), isOpen ? openWord : ""]);
  return Object.fromEntries([...gateways, ...paths, ...names]) as Record<string, string>;
}

const openWord = "open";
const gatewayFile = (liveFolder: string, projectId: string) => `${liveFolder}/gateways/${projectId}`;
const pathsFile = (liveFolder: string, projectId: string) => `${liveFolder}/paths/${projectId}`;
const nameFile = (liveFolder: string, hostname: string) => `${liveFolder}/names/${hostname.replace("*", "_")}`;

const expressionFileOf = ({ projectId }: EdgeProject, { liveFolder }: EdgeInput) => (liveFolder === null ? null : pathsFile(liveFolder, projectId));

/** Caddy's placeholder for the content of a file, read anew for each request. */
const contentOf = (path: string) => `{file.${path}}`;

const dialOf = ({ projectId, gatewayUpstream }: EdgeProject, { liveFolder }: EdgeInput) => (liveFolder === null ? gatewayUpstream : contentOf(gatewayFile(liveFolder, projectId)));

function inOrder(input: EdgeInput): EdgeInput {
  const by = <T>(key: (item: T) => string) => (a: T, b: T) => (key(a) < key(b) ? -1 : 1);
  const projects = input.projects.map((project) => ({ ...project, gatewayUpstream: dialOf(project, input), domains: [...project.domains].sort(by(({ hostname }) => hostname)) }));
  return { ...input, projects: projects.sort(by(({ projectId }) => projectId)) };
}

/** Only the socket, which only root in the container opens: whoever reaches it owns TLS for every project. */
function adminPart(socket: string): CaddyJson {
  return { listen: `unix/${socket}|0600`, config: { persist: true } };
}

/**
 * JSON on stdout with all request and response headers and every query left out, in access and error lines alike: keys, tokens and
 * cookies travel in them.
 */
const loggingPart: CaddyJson = {
  logs: {
    default: {
      writer: { output: "stdout" },
      // A line per project at every load, to say that automatic HTTPS is off.
      exclude: ["http.auto_https"],
      encoder: {
        format: "filter",
        wrap: { format: "json" },
        fields: {
          "request>headers": { filter: "delete" },
          "request>tls": { filter: "delete" },
          "request>uri": { filter: "regexp", regexp: "\\?.*$", value: "" },
          resp_headers: { filter: "delete" },
          user_id: { filter: "delete" },
        },
      },
    },
  },
};

const joinPort = ({ address, port }: EdgeListen) => `${address.includes(":") ? `[${address}]` : address}:${String(port)}`;

/** What every server has. Nothing limits how long an answer or a socket may be silent; a client that stops in the middle of a message is let go. */
function serverBase(input: EdgeInput, listens: readonly string[], protocols: readonly string[]): CaddyJson {
  const trusted = input.trustedProxies.length === 0 ? {} : { trusted_proxies: { source: "static", ranges: input.trustedProxies }, trusted_proxies_strict: 1 };
  return {
    listen: listens,
    protocols,
    read_header_timeout: toNs(30_000),
    read_idle_timeout: toNs(300_000),
    write_idle_timeout: toNs(300_000),
    idle_timeout: toNs(300_000),
    // Envoy's own limit is 60 KiB; Caddy's default of 16 KiB is less than a browser with a few large session cookies sends.
    max_header_bytes: 65_536,
    // Names, redirects and certificates are all written out here.
    automatic_https: { disable: true },
    errors: unreachableErrors,
    logs: {},
    ...trusted,
  };
}

function localServer(project: EdgeProject, input: EdgeInput): [string, CaddyJson][] {
  const { localListen, projectId } = project;
  if (localListen === null) return [];
  const routes = [...dropForgedHeaders(input.trustedProxies), ...projectRoutes(project, "local", expressionFileOf(project, input))];
  return [[`project-${projectId}`, { ...serverBase(input, [joinPort(localListen)], ["h1"]), routes }]];
}

type Served = { host: EdgeHost; group: string; handle: readonly CaddyJson[] };

function publicServer(input: EdgeInput, scheme: "http" | "https"): CaddyJson {
  const { addresses, httpPort, httpsPort } = input.publicListen;
  const port = scheme === "http" ? httpPort : httpsPort;
  const listens = addresses.length === 0 ? [`:${String(port)}`] : addresses.map((address) => joinPort({ address, port }));
  const served = [...servedPanel(input), ...input.projects.flatMap((project) => servedProject(project, input))].map((each) => onScheme(each, scheme, httpsPort));
  const routes = [...dropForgedHeaders(input.trustedProxies), ...hostRoutes(served), { handle: [scheme === "http" ? unknownOverHttp : unknownOverHttps] }];
  const encrypted = scheme === "http" ? {} : { tls_connection_policies: [{}], strict_sni_host: true };
  return { ...serverBase(input, listens, scheme === "http" ? ["h1"] : ["h1", "h2"]), ...encrypted, routes };
}

/** What becomes of a name on one of the two ports. One without TLS is refused by name over TLS: another project's wildcard may hold it. */
function onScheme(served: Served, scheme: "http" | "https", httpsPort: number): Served {
  const { host } = served;
  if (scheme === "http") return host.redirectsHttp && host.tls.kind !== "none" ? { host, group: "redirect", handle: [redirectToHttps(httpsPort)] } : served;
  if (host.tls.kind === "none") return { host, group: "unknown", handle: [unknownOverHttps] };
  return host.hsts === null ? served : { host, group: `${served.group} ${JSON.stringify(host.hsts)}`, handle: [hstsHandler(host.hsts), ...served.handle] };
}

function servedPanel({ panel, publicListen }: EdgeInput): Served[] {
  if (panel === null) return [];
  const headers = { request: { set: panelRequestHeaders(panel, publicListen.httpsPort) } };
  return [{ host: panel, group: "panel", handle: [proxyTo(panel.upstream, { headers })] }];
}

function servedProject(project: EdgeProject, input: EdgeInput): Served[] {
  const { liveFolder } = input;
  const made = new Map<string, readonly CaddyJson[]>();
  return project.domains.map((domain) => {
    const isClosed = liveFolder === null && !domain.isOpen;
    const group = `${project.projectId} ${isClosed ? "waiting" : domain.kind}`;
    const handle = made.get(group) ?? (isClosed ? [notOpenYet] : [{ handler: "subroute", routes: [...gatesOf(project, domain.kind, liveFolder), ...projectRoutes(project, domain.kind, expressionFileOf(project, input))] }]);
    made.set(group, handle);
    return { host: domain, group, handle };
  });
}

/** A name is let through while its file says so: opening it, and closing it again, needs no load. */
function gatesOf({ domains }: EdgeProject, kind: EdgeDomain["kind"], liveFolder: string | null): CaddyJson[] {
  if (liveFolder === null) return [];
  return domains.filter((domain) => domain.kind === kind).map(({ hostname }) => {
    const isOpen = { vars: { [contentOf(nameFile(liveFolder, hostname))]: [openWord] } };
    return { match: [{ host: [hostname], not: [isOpen] }], handle: [notOpenYet], terminal: true };
  });
}

/** One route for all names that are served alike. Wildcards come last: an exact name under one may belong to another project. */
function hostRoutes(served: readonly Served[]): CaddyJson[] {
  const isWildcard = ({ host }: Served) => host.hostname.startsWith("*.");
  return [served.filter((each) => !isWildcard(each)), served.filter(isWildcard)].flatMap((alike) => {
    const groups = new Map<string, Served[]>();
    for (const each of alike) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
    return [...groups.values()].map((group) => ({ match: [{ host: group.map(({ host }) => host.hostname) }], handle: group[0]?.handle ?? [], terminal: true }));
  });
}
