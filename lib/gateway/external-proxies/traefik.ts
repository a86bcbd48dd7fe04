import { Document } from "yaml";
import { header } from "./directives";
import { checkExternalProxyInput, joinHostPort, readTimeoutSeconds, type ExternalProxyConfig, type ExternalProxyInput } from "./input";

const toYaml = (value: unknown) => header + new Document(value, { aliasDuplicateObjects: false }).toString({ lineWidth: 0 });

/** One rule for all names; a wildcard becomes a pattern of one label. */
function ruleOf(hostnames: readonly string[]): string {
  const escaped = (text: string) => text.replaceAll(".", "\\.");
  return hostnames.map((hostname) => (hostname.startsWith("*.") ? `HostRegexp(\`^[a-z0-9-]+${escaped(hostname.slice(1))}$\`)` : `Host(\`${hostname}\`)`)).join(" || ");
}

/** What one project adds to Traefik 3's dynamic configuration. Traefik upgrades WebSockets, streams, and replaces forwarded headers by itself. */
function dynamicPart({ certificate, hostnames, projectRef, redirectsHttp, upstream }: ExternalProxyInput) {
  const name = `basehold-${projectRef}`;
  const rule = ruleOf(hostnames);
  return {
    http: {
      routers: {
        [name]: { rule, entryPoints: ["websecure"], service: name, tls: certificate === null ? { certResolver: "letsencrypt" } : {} },
        [`${name}-http`]: redirectsHttp ? { rule, entryPoints: ["web"], service: name, middlewares: [`${name}-https`] } : { rule, entryPoints: ["web"], service: name },
      },
      ...(redirectsHttp ? { middlewares: { [`${name}-https`]: { redirectScheme: { scheme: "https", permanent: true } } } } : {}),
      services: { [name]: { loadBalancer: { passHostHeader: true, serversTransport: name, servers: [{ url: `http://${joinHostPort(upstream)}` }] } } },
      serversTransports: { [name]: { forwardingTimeouts: { dialTimeout: "3s", responseHeaderTimeout: "0s" } } },
    },
    ...(certificate === null ? {} : { tls: { certificates: [{ certFile: certificate.certificatePath, keyFile: certificate.keyPath }] } }),
  };
}

/** The entry points that Traefik itself has to be started with. Its default ends every upload after a minute. */
function staticPart() {
  const transport = { respondingTimeouts: { readTimeout: `${String(readTimeoutSeconds)}s`, writeTimeout: "0s", idleTimeout: `${String(readTimeoutSeconds)}s` } };
  return { entryPoints: { web: { address: ":80", transport }, websecure: { address: ":443", transport } }, providers: { file: { directory: "/etc/traefik/dynamic", watch: true } } };
}

/** Traefik 3: a file of its dynamic configuration for one project, and the entry points of the static one. */
export function renderExternalTraefik(input: ExternalProxyInput): ExternalProxyConfig {
  checkExternalProxyInput(input);
  return {
    files: [
      { path: `/etc/traefik/dynamic/basehold-${input.projectRef}.yml`, content: toYaml(dynamicPart(input)) },
      { path: "/etc/traefik/traefik.yml", content: toYaml(staticPart()) },
    ],
    hints: [
      "Merge the entry points into your own traefik.yml and restart Traefik; the other file is picked up by itself.",
      ...(input.certificate === null ? ["The router asks the certificate resolver `letsencrypt`. Name yours if it is called differently."] : []),
      ...(input.maxBodyBytes === null ? [] : ["Traefik limits bodies only by buffering them, so no limit is set here; the project's gateway has its own."]),
    ],
  };
}
