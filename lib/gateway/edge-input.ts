import { projectIdPattern } from "@/lib/stack/names";
import { isAddress, parseNetwork } from "./addresses";
import type { EdgeApiRoute } from "./edge-studio";

/** How a name is served over TLS. `none`: plain HTTP only, for a LAN behind another proxy. */
export type EdgeTls =
  | { kind: "none" }
  /** By ACME. `staging` is the dry run: a certificate that nobody trusts and that costs no rate limit. */
  | { kind: "acme"; directory: "live" | "staging" }
  /** By the edge's own authority, for a LAN. */
  | { kind: "internal" }
  /** `certificatePem` holds the chain, leaf first. */
  | { kind: "uploaded"; certificatePem: string; keyPem: string };

export type EdgeHost = {
  /** Lower-case ASCII (IDNA form) without a trailing dot; `*.` in front of it only for uploaded certificates, the internal authority or none. */
  hostname: string;
  tls: EdgeTls;
  /** Plain HTTP is answered by a redirect to HTTPS. */
  redirectsHttp: boolean;
  hsts: { maxAgeSeconds: number; includesSubdomains: boolean } | null;
};

/** The panel behind the edge. `proof` is what both share, so that the panel knows the edge from any other program on the machine. */
export type EdgePanel = EdgeHost & { upstream: string; proof: string };

export type EdgeDomain = EdgeHost & {
  /** `studio`: everything under this name is Studio. */
  kind: "api" | "studio";
  /** false: its certificate is got, but no request passes yet. */
  isOpen: boolean;
};

/**
 * A question to the panel before each request for Studio: any 2xx lets the request pass, every other answer goes to the browser as it is
 * (a redirect to the sign-in, a 403).
 */
export type EdgeForwardAuth = {
  /** `127.0.0.1:PORT` of the panel's internal address. */
  upstream: string;
  /** Path of the question; the request's own method and target travel in `x-forwarded-method` and `x-forwarded-uri`. */
  path: string;
  /** Fixed headers of the question, for example the secret by which the panel knows the edge. */
  headers: Record<string, string>;
  /** Headers of a 2xx answer that are set on the request to the gateway. What a client sent under these names never passes. */
  copyHeaders: readonly { from: string; to: string }[];
  /** A request that brings `authorization: Basic` skips the question: the gateway asks for the dashboard's password itself. */
  letsBasicAuthPass: boolean;
};

/** What stands before Studio at the edge; without it the gateway's own password is all there is. */
export type EdgeStudio = {
  /** The release's API. At names of kind `api` and at the project's own address every path of neither list is Studio's. */
  apiRoutes: readonly EdgeApiRoute[];
  /** What a person added to it, which changes without a load. */
  ownApiRoutes: readonly EdgeApiRoute[];
  /** false: Studio does not answer at names of kind `api`. At names of kind `studio` it always does. */
  isOnApiNames: boolean;
  /** false: Studio does not answer at the project's own address. */
  isOnLocalAddress: boolean;
  /** CIDR networks of clients; null: anyone. */
  allowedNetworks: readonly string[] | null;
  forwardAuth: EdgeForwardAuth | null;
};

export type EdgeListen = { address: string; port: number };

export type EdgeProject = {
  projectId: string;
  /** The project's own address, plain HTTP under any name; null: reached by its domains only. */
  localListen: EdgeListen | null;
  /** Loopback `host:port` on which its gateway is published. */
  gatewayUpstream: string;
  domains: readonly EdgeDomain[];
  /** true: every request is answered 503, because the project is paused. */
  isPaused?: boolean;
  studio: EdgeStudio | null;
  /** CIDR networks of clients that may reach any of it; null: anyone. */
  allowedNetworks: readonly string[] | null;
};

export type EdgeAcme = {
  directoryUrl: string;
  stagingDirectoryUrl: string | null;
  email: string | null;
  /** Root of the ACME server's own certificate, where no public authority signed it. */
  caRootPem: string | null;
};

export type EdgeInput = {
  panel: EdgePanel | null;
  projects: readonly EdgeProject[];
  acme: EdgeAcme;
  /** Path of the admin socket in the edge's container. */
  adminSocket: string;
  /**
   * Folder in the edge's container with a file per project that holds its gateway's address: Caddy reads it for each request, so that another
   * gateway takes over without a load. null: addresses stand in the document.
   */
  liveFolder: string | null;
  /** Where names are served. No address means all of the host's. */
  publicListen: { addresses: readonly string[]; httpPort: number; httpsPort: number };
  /** CIDR networks of proxies in front of the edge, whose forwarded headers are believed. */
  trustedProxies: readonly string[];
};

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether a text is a host name as certificates hold it; `*.` in front counts as part of it. */
export function isHostname(text: string): boolean {
  const labels = text.replace(/^\*\./, "").split(".");
  return text.length <= 253 && labels.every((part) => label.test(part)) && !/^[0-9]+$/.test(labels.at(-1) ?? "");
}

const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= 65_535;
const upstreamPattern = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|[a-z0-9.-]+|\[[0-9a-f:]+\]):(\d{1,5})$/;
const headerName = /^[A-Za-z0-9-]+$/;
const isFixed = (text: string) => /^[\x20-\x7e]*$/.test(text) && !/[{}]/.test(text);

function require(condition: boolean, sentence: string): void {
  if (!condition) throw new RangeError(sentence);
}

function checkHost({ hostname, tls, hsts }: EdgeHost): void {
  require(isHostname(hostname), `"${hostname}" is no host name.`);
  require(!(hostname.startsWith("*.") && tls.kind === "acme"), `A certificate for ${hostname} cannot be got by HTTP; upload one.`);
  require(hsts === null || (Number.isInteger(hsts.maxAgeSeconds) && hsts.maxAgeSeconds >= 0), `HSTS of ${hostname} needs a number of seconds.`);
}

function checkUpstream(upstream: string): void {
  const port = upstreamPattern.exec(upstream)?.[2];
  require(port !== undefined && isPort(Number(port)), `"${upstream}" is no host with a port.`);
}

function checkNetworks(networks: readonly string[] | null): void {
  for (const network of networks ?? []) require(parseNetwork(network) !== undefined, `"${network}" is no network in CIDR form.`);
}

function checkStudio({ apiRoutes, ownApiRoutes, allowedNetworks, forwardAuth }: EdgeStudio): void {
  checkNetworks(allowedNetworks);
  for (const { kind, path } of [...apiRoutes, ...ownApiRoutes]) require((kind === "regex" ? /^[\x20-\x7e]+$/ : /^\/[\x21-\x7e]*$/).test(path), `"${path}" is no path of an API.`);
  if (forwardAuth === null) return;
  checkUpstream(forwardAuth.upstream);
  require(/^\/[A-Za-z0-9/._-]*$/.test(forwardAuth.path), `"${forwardAuth.path}" is no path.`);
  const names = [...Object.keys(forwardAuth.headers), ...forwardAuth.copyHeaders.flatMap(({ from, to }) => [from, to])];
  for (const name of names) require(headerName.test(name), `"${name}" is no header name.`);
  // Braces would be a placeholder: Caddy reads files and its environment by them.
  for (const value of Object.values(forwardAuth.headers)) require(isFixed(value), "A header of the question to the panel holds a character that cannot be sent.");
}

function checkProject(project: EdgeProject): void {
  require(projectIdPattern.test(project.projectId), `"${project.projectId}" is no project id.`);
  checkUpstream(project.gatewayUpstream);
  checkNetworks(project.allowedNetworks);
  if (project.localListen !== null) require(isAddress(project.localListen.address) && isPort(project.localListen.port), `${project.projectId} has no address to listen on.`);
  for (const domain of project.domains) checkHost(domain);
  if (project.studio !== null) checkStudio(project.studio);
}

function requireUnique(values: readonly string[], sentence: (value: string) => string): void {
  const seen = new Set<string>();
  for (const value of values) {
    require(!seen.has(value), sentence(value));
    seen.add(value);
  }
}

const isEveryAddress = (address: string) => address === "0.0.0.0" || address === "::";

/** Two listeners clash when one's address holds the other's: the kernel would choose between two projects. */
function requireApart(listens: readonly EdgeListen[]): void {
  const byPort = new Map<number, string[]>();
  for (const { port, address } of listens) byPort.set(port, [...(byPort.get(port) ?? []), address]);
  for (const [port, addresses] of byPort) {
    const isShared = addresses.length > 1 && (addresses.some(isEveryAddress) || new Set(addresses).size < addresses.length);
    require(!isShared, `Port ${String(port)} is asked for twice.`);
  }
}

/**
 * Checks what a mistake of the caller would turn into a request for the wrong project.
 * @throws RangeError naming the value: a name, listener or gateway of two projects, or a value outside of its grammar.
 */
export function checkEdgeInput(input: EdgeInput): void {
  const { panel, projects, publicListen, adminSocket } = input;
  require(/^(\/[A-Za-z0-9._-]+)+$/.test(adminSocket), "The admin socket needs an absolute path.");
  require(input.liveFolder === null || /^(\/[A-Za-z0-9._-]+)+$/.test(input.liveFolder), "The folder of live files needs an absolute path.");
  require(isPort(publicListen.httpPort) && isPort(publicListen.httpsPort), "The public ports lie between 1 and 65535.");
  for (const address of publicListen.addresses) require(isAddress(address), `"${address}" is no address.`);
  checkNetworks(input.trustedProxies);
  if (panel !== null) {
    checkHost(panel);
    checkUpstream(panel.upstream);
    require(isFixed(panel.proof) && panel.proof.length >= 32, "The panel's proof is too short, or holds a character that cannot be sent.");
  }
  projects.forEach(checkProject);
  const hosts = [...(panel === null ? [] : [panel]), ...projects.flatMap(({ domains }) => domains)];
  requireUnique(projects.map(({ projectId }) => projectId), (id) => `The project ${id} is there twice.`);
  requireUnique(hosts.map(({ hostname }) => hostname), (hostname) => `${hostname} is served twice.`);
  requireUnique([...(panel === null ? [] : [panel.upstream]), ...projects.map(({ gatewayUpstream }) => gatewayUpstream)], (upstream) => `${upstream} is the gateway of two projects.`);
  requireUniqueListens(input, hosts.length > 0);
}

function requireUniqueListens({ projects, publicListen }: EdgeInput, isPublic: boolean): void {
  const addresses = publicListen.addresses.length === 0 ? ["0.0.0.0"] : publicListen.addresses;
  const open = isPublic ? [publicListen.httpPort, publicListen.httpsPort].flatMap((port) => addresses.map((address) => ({ address, port }))) : [];
  requireApart([...open, ...projects.flatMap(({ localListen }) => (localListen === null ? [] : [localListen]))]);
}
