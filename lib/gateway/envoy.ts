import { clusterResources } from "./envoy-clusters";
import { luaFilterName, luaSource } from "./envoy-lua";
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

export type RenderedEnvoy = {
  /** Listener and filters: a change replaces the container. */
  bootstrap: string;
  /** Routes and keys: Envoy takes a new version while running. */
  rds: string;
  /** Upstreams: Envoy takes a new version while running. */
  cds: string;
  /** Versions as Envoy reports them once they are in force. */
  rdsVersion: string;
  cdsVersion: string;
};

const typed = (name: string) => `type.googleapis.com/${name}`;

/**
 * The three files of a project's Envoy. The bootstrap is the same in every project. What changes is JSON: it is rendered for
 * every project at every resync, and the YAML serializer takes a hundred times as long.
 */
export function renderEnvoy(input: RouteConfigurationInput): RenderedEnvoy {
  const routes = discoveryResponse([routeConfiguration(input)]);
  const clusters = discoveryResponse(clusterResources(upstreamsOf(input.routes)));
  return {
    bootstrap: projectBootstrap(),
    rds: toJson(routes),
    cds: toJson(clusters),
    rdsVersion: routes.version_info,
    cdsVersion: clusters.version_info,
  };
}

let renderedBootstrap: string | undefined;

function projectBootstrap(): string {
  renderedBootstrap ??= toYaml(
    bootstrap({
      routeSource: { rds: { route_config_name: routeConfigurationName, config_source: fileSource(routesFile) } },
      dynamic_resources: { cds_config: fileSource(clustersFile) },
    }),
  );
  return renderedBootstrap;
}

const toJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/**
 * The same configuration as one static file, for `envoy --mode validate`, which does not look into files that a discovery
 * service would read.
 */
export function renderEnvoyForValidation(input: RouteConfigurationInput): string {
  const { "@type": _, ...routes } = routeConfiguration(input);
  const clusters = clusterResources(upstreamsOf(input.routes)).map(({ "@type": __, ...cluster }) => cluster);
  return toYaml(bootstrap({ routeSource: { route_config: routes }, clusters }));
}

function discoveryResponse(resources: object[]) {
  return { version_info: fingerprint(JSON.stringify(resources)), resources };
}

function fileSource(file: string) {
  return { resource_api_version: "V3", path_config_source: { path: `${envoyFolder}/${file}`, watched_directory: { path: envoyFolder } } };
}

type BootstrapParts = { routeSource: object; dynamic_resources?: object; clusters?: object[] };

function bootstrap({ routeSource, dynamic_resources, clusters }: BootstrapParts) {
  return {
    node: { id: "gateway", cluster: "project" },
    // Loopback inside the container: the admin page shows every key and can shut Envoy down.
    admin: { address: { socket_address: { address: "127.0.0.1", port_value: adminPort } } },
    ...(dynamic_resources === undefined ? {} : { dynamic_resources }),
    static_resources: { listeners: [listener(routeSource)], ...(clusters === undefined ? {} : { clusters }) },
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

function listener(routeSource: object) {
  return {
    name: "project",
    address: { socket_address: { address: "0.0.0.0", port_value: gatewayContainerPort } },
    per_connection_buffer_limit_bytes: 32_768,
    filter_chains: [{ filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: connectionManager(routeSource) }] }],
  };
}

function connectionManager(routeSource: object) {
  return {
    "@type": typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: "project",
    codec_type: "AUTO",
    use_remote_address: true,
    normalize_path: true,
    merge_slashes: true,
    path_with_escaped_slashes_action: "REJECT_REQUEST",
    common_http_protocol_options: { headers_with_underscores_action: "REJECT_REQUEST" },
    upgrade_configs: [{ upgrade_type: "websocket" }],
    access_log: [accessLog()],
    ...routeSource,
    http_filters: httpFilters(),
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
        },
      },
    },
  };
}

/** Nobody's password hashes to this; the route configuration brings the real line, and without it the dashboard stays shut. */
const nobody = "nobody:{SHA}AAAAAAAAAAAAAAAAAAAAAAAAAAA=";

function httpFilters() {
  return [
    { name: "envoy.filters.http.cors", typed_config: { "@type": typed("envoy.extensions.filters.http.cors.v3.Cors") } },
    { name: "envoy.filters.http.basic_auth", typed_config: { "@type": typed("envoy.extensions.filters.http.basic_auth.v3.BasicAuth"), users: { inline_string: nobody } } },
    { name: luaFilterName, typed_config: { "@type": typed("envoy.extensions.filters.http.lua.v3.Lua"), default_source_code: { inline_string: luaSource }, clear_route_cache: false } },
    { name: "envoy.filters.http.router", typed_config: { "@type": typed("envoy.extensions.filters.http.router.v3.Router") } },
  ];
}
