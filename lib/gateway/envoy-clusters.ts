import { upstreamAddresses, type UpstreamService } from "./routes";

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
