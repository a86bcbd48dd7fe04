import { isAddress, isPermittedUpstreamAddress } from "./addresses";
import { hostOfOrigin } from "./route-fields";
import { upstreamAddresses, type GatewayRoute, type UpstreamService } from "./routes";

const httpOptions = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/**
 * How long a connection to a service is kept without a request. Node's servers close theirs after 5 s, and a request that is written into a
 * connection at that very moment is answered 503: the gateway lets go first. Open sockets are requests and stay.
 */
const idleTimeout = "4s";

/**
 * One cluster per upstream, by DNS name. No active health checks: with one endpoint each they change nothing about where a
 * request goes (Envoy sends to an unhealthy only host too), and cost seven probes every five seconds in every project.
 */
export function clusterResources(services: readonly UpstreamService[]) {
  return services.map((service) => {
    const { host, port } = upstreamAddresses[service];
    return {
      "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster",
      name: service,
      type: "STRICT_DNS",
      dns_lookup_family: "V4_ONLY",
      dns_refresh_rate: "2s",
      // A service that starts after the gateway is found at once, not at the next regular refresh.
      dns_failure_refresh_rate: { base_interval: "0.25s", max_interval: "1s" },
      connect_timeout: "5s",
      typed_extension_protocol_options: { [httpOptions]: { "@type": `type.googleapis.com/${httpOptions}`, common_http_protocol_options: { idle_timeout: idleTimeout }, explicit_http_config: { http_protocol_options: {} } } },
      lb_policy: "ROUND_ROBIN",
      circuit_breakers: { thresholds: [{ max_connections: 10_000, max_pending_requests: 10_000, max_requests: 10_000 }] },
      load_assignment: {
        cluster_name: service,
        endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: host, port_value: port } } } }] }],
      },
    };
  });
}

/** Name of the cluster of an external origin; no service is called so. */
export function externalClusterName(origin: string): string {
  return `external:${new URL(origin).host}`;
}

export type ExternalUpstreams = {
  /**
   * Addresses of each external host, looked up and renewed by the caller. A gateway never looks them up itself: what was judged is what
   * it connects to, so an answer of DNS that changes afterwards leads nowhere. A host without an address answers 503.
   */
  addresses: Readonly<Record<string, readonly string[]>>;
  /** Private networks that an owner opened. */
  allowedNetworks: readonly string[];
};

/** One cluster per external origin, over TLS with the name checked; addresses that may not be reached are left out. */
export function externalClusterResources(routes: readonly GatewayRoute[], { addresses, allowedNetworks }: ExternalUpstreams) {
  return externalOriginsOf(routes).map((origin) => {
    const host = hostOfOrigin(origin);
    const isLiteral = isAddress(host);
    const reachable = (isLiteral ? [host] : (addresses[host] ?? [])).filter((address) => isPermittedUpstreamAddress(address, allowedNetworks));
    const port = new URL(origin).port;
    return {
      "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster",
      name: externalClusterName(origin),
      type: "STATIC",
      connect_timeout: "5s",
      lb_policy: "ROUND_ROBIN",
      load_assignment: {
        cluster_name: externalClusterName(origin),
        endpoints: [{ lb_endpoints: reachable.map((address) => ({ endpoint: { address: { socket_address: { address, port_value: port === "" ? 443 : Number(port) } } } })) }],
      },
      transport_socket: { name: "envoy.transport_sockets.tls", typed_config: upstreamTls(host, isLiteral) },
    };
  });
}

/** Where the official image keeps the authorities that its distribution trusts. Envoy does not count `system_root_certs` as an authority beside a name to check. */
const publicAuthorities = "/etc/ssl/certs/ca-certificates.crt";

function upstreamTls(host: string, isLiteral: boolean) {
  return {
    "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
    // Names alone travel in SNI (RFC 6066).
    ...(isLiteral ? {} : { sni: host }),
    common_tls_context: {
      validation_context: { trusted_ca: { filename: publicAuthorities }, match_typed_subject_alt_names: [{ san_type: isLiteral ? "IP_ADDRESS" : "DNS", matcher: { exact: host } }] },
    },
  };
}

/** External origins that the routes name, each once, in the order of the routes. */
export function externalOriginsOf(routes: readonly GatewayRoute[]): string[] {
  return [...new Set(routes.flatMap(({ target }) => (target.kind === "external" ? [target.origin] : [])))];
}

/** External hosts whose addresses have to be looked up. */
export function externalHostsOf(routes: readonly GatewayRoute[]): string[] {
  return [...new Set(externalOriginsOf(routes).map(hostOfOrigin))].filter((host) => !isAddress(host));
}
