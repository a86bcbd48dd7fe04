/**
 * The desired stack: what one project should look like on its engine. It holds only what a Swarm service could
 * hold too (configuration files as content, named volumes, one network, health checks, limits); what only a
 * single host can express stands in fields that say so (`hostIp` of a port, `singleHost`).
 *
 * The shape cannot express a privileged container, a host namespace, a bind mount or an added capability:
 * there is no field for them. `parseDesiredStack` in `desired-schema.ts` is the check of the values.
 */

export type ServiceName =
  | "db"
  | "api-gw"
  | "auth"
  | "rest"
  | "realtime"
  | "storage"
  | "imgproxy"
  | "meta"
  | "functions"
  | "studio"
  | "supavisor";

/** What runs: the services that people choose, with Kong in the place of `api-gw` or beside it. */
export type StackServiceName = ServiceName | "kong";

export type DesiredStack = {
  /** Immutable id of the project (`^[a-z0-9]{12}$`); every Docker object's name is derived from it. */
  projectId: string;
  /** Slug, for people's eyes only (compose grouping label, host names). */
  projectRef: string;
  /** Upstream self-hosted release, for example `v0.8.2`. */
  release: string;
  revision: number;
  network: DesiredNetwork;
  volumes: DesiredVolume[];
  services: DesiredService[];
  /** Upstream's `.env` names and the plain values that an export writes there. Reaches no container by itself and enters no hash. */
  variables?: Record<string, string>;
};

export type DesiredNetwork = {
  /** Short name inside the project: `default`. */
  name: string;
  /** CIDR of a /26, for example `10.213.4.64/26`. */
  subnet: string;
};

export type DesiredVolume = {
  /** Short name inside the project: `db-data`, `db-config`, `storage`, `functions`, `snippets`, `deno-cache`. */
  name: string;
};

export type DesiredService = {
  name: StackServiceName;
  /** Official reference with tag, for example `supabase/gotrue:v2.196.0`; the image source prefixes it. */
  image: string;
  /** undefined keeps the image's own. */
  entrypoint?: string[];
  command?: string[];
  /** Complete environment given to the container. Values are plain here: the type never leaves worker memory. */
  environment: Record<string, string>;
  files: ConfigFile[];
  /** Run inside the running container after changed reloadable files were put in place, for a program that does not watch them; exit 0 means that they are in force. */
  reload?: string[];
  mounts: VolumeMount[];
  /** Extra DNS names on the project network, beside the service name. */
  aliases: string[];
  /** Container host name, where the program reads it. */
  hostname?: string;
  publishedPorts: PublishedPort[];
  /** Docker's own health check, as upstream has it; undefined where upstream has none. */
  healthcheck?: HealthCheck;
  /** Own probe: argv run inside the container; exit 0 means ready. Polled, so a start never waits for Docker's health ticks. */
  readiness: Readiness;
  dependsOn: { service: ServiceName; condition: "started" | "healthy" }[];
  limits: Limits;
  /** `stop-first` for what holds a host port or a data directory. */
  replace: "stop-first" | "start-first";
  singleHost: { noNewPrivileges: true };
};

export type ConfigFile = {
  /** Absolute path inside the container. */
  path: string;
  content: string;
  /** For example 0o644. */
  mode: number;
  uid: number;
  gid: number;
  /** true: the program reloads it while running, a change of its content alone does not replace the container. */
  reloadable: boolean;
};

export type VolumeMount = { volume: string; path: string; readOnly: boolean };

export type PublishedPort = {
  containerPort: number;
  /** `127.0.0.1` by default; `0.0.0.0` only when the person asked for it. */
  hostIp: string;
  hostPort: number;
};

export type HealthCheck = {
  /** Docker form: `["CMD", …]` or `["CMD-SHELL", constant]`; never holds a value from a person. */
  test: string[];
  intervalMs: number;
  timeoutMs: number;
  retries: number;
  startPeriodMs: number;
};

export type Readiness = { argv: string[]; deadlineMs: number };

export type Limits = {
  /** undefined: no limit. */
  memoryBytes?: number;
  pids: number;
  logMaxSizeBytes: number;
  logMaxFiles: number;
};
