import { clusterResources, externalClusterResources } from "./envoy-clusters";
import { httpFilters, userTokenFilterResource } from "./envoy-filters";
import { routeConfiguration, routeConfigurationName, type RouteConfigurationInput } from "./envoy-routes";
import { toYaml } from "./envoy-yaml";
import { fingerprint } from "./htpasswd";
import { upstreamsOf } from "./routes";

/** Port on which every project's gateway listens inside its container. */
export const gatewayContainerPort = 8000;
const adminPort = 9901;

/** Folder of the gateway's configuration inside its container. */
export const envoyFolder = "/etc/envoy";
export const bootstrapFile = "envoy.yaml";
export const routesFile = "rds.json";
export const clustersFile = "cds.json";
export const filtersFile = "ecds.json";

export type RenderedEnvoy = {
  /** Listener and filters: a change replaces the container. */
  bootstrap: string;
  /** Routes and keys: Envoy takes a new version while running. */
  rds: string;
  /** Upstreams: Envoy takes a new version while running. */
  cds: string;
  /** The filter that verifies users' tokens, with the project's keys: Envoy takes a new version while running. */
  ecds: string;
  /** Versions as Envoy reports them once they are in force. */
  rdsVersion: string;
  cdsVersion: string;
  ecdsVersion: string;
};

const typed = (name: string) => `type.googleapis.com/${name}`;

/**
 * The four files of a project's Envoy. The bootstrap is the same in every project behind as many proxies. What changes is JSON: it is
 * rendered for every project at every resync, and the YAML serializer takes a hundred times as long.
 */
export function renderEnvoy(input: RouteConfigurationInput): RenderedEnvoy {
  const routes = discoveryResponse([routeConfiguration(input)]);
  const clusters = discoveryResponse(allClusters(input));
  const filters = discoveryResponse([userTokenFilterResource(input.jwks)]);
  return {
    bootstrap: projectBootstrap(input.trustedHops ?? 0),
    rds: toJson(routes),
    cds: toJson(clusters),
    ecds: toJson(filters),
    rdsVersion: routes.version_info,
    cdsVersion: clusters.version_info,
    ecdsVersion: filters.version_info,
  };
}

function allClusters({ routes, external }: RouteConfigurationInput) {
  return [...clusterResources(upstreamsOf(routes)), ...externalClusterResources(routes, external ?? { addresses: {}, allowedNetworks: [] })];
}

const renderedBootstraps = new Map<number, string>();

function projectBootstrap(trustedHops: number): string {
  const known = renderedBootstraps.get(trustedHops);
  if (known !== undefined) return known;
  const text = toYaml(
    bootstrap({
      routeSource: { rds: { route_config_name: routeConfigurationName, config_source: fileSource(routesFile) } },
      filters: httpFilters({ userTokens: { source: fileSource(filtersFile) } }),
      dynamic_resources: { cds_config: fileSource(clustersFile) },
      trustedHops,
    }),
  );
  renderedBootstraps.set(trustedHops, text);
  return text;
}

const toJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/**
 * The same configuration as one static file, for `envoy --mode validate`, which does not look into files that a discovery
 * service would read.
 */
export function renderEnvoyForValidation(input: RouteConfigurationInput): string {
  const { "@type": _, ...routes } = routeConfiguration(input);
  const clusters = allClusters(input).map(({ "@type": __, ...cluster }) => cluster);
  const filters = httpFilters({ userTokens: { config: userTokenFilterResource(input.jwks).typed_config } });
  return toYaml(bootstrap({ routeSource: { route_config: routes }, filters, clusters, trustedHops: input.trustedHops ?? 0 }));
}

function discoveryResponse(resources: object[]) {
  return { version_info: fingerprint(JSON.stringify(resources)), resources };
}

function fileSource(file: string) {
  return { resource_api_version: "V3", path_config_source: { path: `${envoyFolder}/${file}`, watched_directory: { path: envoyFolder } } };
}

type ListenerParts = { routeSource: object; filters: object[]; trustedHops: number };
type BootstrapParts = ListenerParts & { dynamic_resources?: object; clusters?: object[] };

function bootstrap({ dynamic_resources, clusters, ...parts }: BootstrapParts) {
  return {
    node: { id: "gateway", cluster: "project" },
    // Loopback inside the container: the admin page shows every key and can shut Envoy down.
    admin: { address: { socket_address: { address: "127.0.0.1", port_value: adminPort } } },
    ...(dynamic_resources === undefined ? {} : { dynamic_resources }),
    // The model has judged an expression's size before; Envoy's own limit of 100 refuses what people write by hand.
    layered_runtime: { layers: [{ name: "static", static_layer: { "re2.max_program_size.error_level": 20_000 } }] },
    static_resources: { listeners: [listener(parts)], ...(clusters === undefined ? {} : { clusters }) },
    overload_manager: {
      resource_monitors: [
        {
          name: "envoy.resource_monitors.global_downstream_max_connections",
          typed_config: { "@type": typed("envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig"), max_active_downstream_connections: 30_000 },
        },
      ],
    },
  };
}

function listener(parts: ListenerParts) {
  return {
    name: "project",
    address: { socket_address: { address: "0.0.0.0", port_value: gatewayContainerPort } },
    per_connection_buffer_limit_bytes: 32_768,
    filter_chains: [{ filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: connectionManager(parts) }] }],
  };
}

function connectionManager({ routeSource, filters, trustedHops }: ListenerParts) {
  return {
    "@type": typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: "project",
    codec_type: "AUTO",
    use_remote_address: true,
    xff_num_trusted_hops: trustedHops,
    // Nobody is internal: from such an address Envoy would obey headers that change retries and timeouts. An empty list would mean
    // private addresses; this one is documentation's (RFC 5737) and never connects.
    internal_address_config: { cidr_ranges: [{ address_prefix: "192.0.2.255", prefix_len: 32 }] },
    normalize_path: true,
    merge_slashes: true,
    path_with_escaped_slashes_action: "REJECT_REQUEST",
    common_http_protocol_options: { headers_with_underscores_action: "REJECT_REQUEST" },
    upgrade_configs: [{ upgrade_type: "websocket" }],
    access_log: [accessLog()],
    ...routeSource,
    http_filters: filters,
  };
}

/** Named fields only, and the path without its query: keys and tokens travel in headers and queries. */
function accessLog() {
  return {
    name: "envoy.access_loggers.stdout",
    typed_config: {
      "@type": typed("envoy.extensions.access_loggers.stream.v3.StdoutAccessLog"),
      log_format: {
        json_format: {
          time: "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
          method: "%REQ(:METHOD)%",
          path: "%PATH(NQ:ORIG_OR_PATH)%",
          protocol: "%PROTOCOL%",
          status: "%RESPONSE_CODE%",
          flags: "%RESPONSE_FLAGS%",
          route: "%ROUTE_NAME%",
          upstream: "%UPSTREAM_CLUSTER%",
          durationMs: "%DURATION%",
          bytesReceived: "%BYTES_RECEIVED%",
          bytesSent: "%BYTES_SENT%",
          client: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
          requestId: "%REQ(X-REQUEST-ID)%",
          // Which kind of key, as the Lua filter recognised it; never the key.
          key: "%DYNAMIC_METADATA(basehold:key)%",
          userAgent: "%REQ(USER-AGENT)%",
        },
      },
    },
  };
}
