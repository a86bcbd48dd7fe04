import { projectRefPattern } from "@/lib/stack/names";
import { isAddress } from "../addresses";
import { isHostname } from "../edge-input";

/** What a proxy of the operator's own in front of one project has to know. */
export type ExternalProxyInput = {
  /** Reference of the project: names of upstreams and routers are made from it, so several projects fit into one proxy. */
  projectRef: string;
  /** At least one; lower-case ASCII. */
  hostnames: readonly string[];
  /** The project's address as the proxy reaches it. */
  upstream: { host: string; port: number };
  /** Files on the proxy's machine; null: the proxy gets certificates by itself where it can (Caddy, Traefik with a resolver). */
  certificate: { certificatePath: string; keyPath: string } | null;
  /** Largest request body in bytes; null: no limit of the proxy's own. */
  maxBodyBytes: number | null;
  redirectsHttp: boolean;
};

export type ExternalProxyFile = {
  /** Where it usually lies. */
  path: string;
  content: string;
};

export type ExternalProxyConfig = {
  files: readonly ExternalProxyFile[];
  /** What the files alone do not do, in words for the operator. */
  hints: readonly string[];
};

/** A Realtime socket may be silent between heartbeats for as long as a proxy lets it; an hour is what upstream asks for. */
export const readTimeoutSeconds = 3600;

/** Nothing that a configuration language gives a meaning to. */
const filePath = /^(\/[A-Za-z0-9._@+~-]+)+$/;

function require(condition: boolean, sentence: string): void {
  if (!condition) throw new RangeError(sentence);
}

/** @throws RangeError naming the value that cannot stand in a configuration file. */
export function checkExternalProxyInput({ projectRef, hostnames, upstream, certificate, maxBodyBytes }: ExternalProxyInput): void {
  require(projectRefPattern.test(projectRef), `"${projectRef}" is no reference of a project.`);
  require(hostnames.length > 0, "Name at least one host name.");
  for (const hostname of hostnames) require(isHostname(hostname), `"${hostname}" is no host name.`);
  require(isAddress(upstream.host) || isHostname(upstream.host), `"${upstream.host}" is neither an address nor a host name.`);
  require(Number.isInteger(upstream.port) && upstream.port >= 1 && upstream.port <= 65_535, "The project's port lies between 1 and 65535.");
  require(maxBodyBytes === null || (Number.isInteger(maxBodyBytes) && maxBodyBytes > 0), "The largest body is a whole number of bytes.");
  for (const path of certificate === null ? [] : [certificate.certificatePath, certificate.keyPath]) require(filePath.test(path), `"${path}" is no absolute path of letters, digits and . _ @ + ~ -`);
}

export const joinHostPort = ({ host, port }: ExternalProxyInput["upstream"]) => `${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
