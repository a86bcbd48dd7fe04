import type { StackServiceName } from "@/lib/stack/desired";

export type { ApiKeyView, KeysView } from "./keys/key-views";
export type { StudioAddressKind, StudioUserView, StudioView } from "./studio/studio-views";
export type { GatewayDraftView, GatewayRevisionState, GatewayRevisionView, GatewaySwitchView, GatewayView, KongImportView, McpUsesView } from "./gateway/gateway-views";

export type { CertificateView, DnsRecordView, DomainCheckItem, DomainCheckView, DomainPreview, DomainsView, DomainView } from "./domains/domain-views";

/** What pages and the REST API show of a project. None of these ever holds a secret. */

export type ProjectState = "creating" | "ready" | "degraded" | "paused" | "failed" | "deleting" | "deleted" | "unknown";

export type ServiceState = "healthy" | "starting" | "unhealthy" | "stopped" | "missing";

export type ServiceObservation = {
  service: StackServiceName;
  state: ServiceState;
  image: string;
  /** Tag of the image. */
  version: string;
  containerId: string | null;
  startedAt: string | null;
  /** Name of the lab stand-in, or null for the real thing. */
  standIn: string | null;
  memoryBytes: number | null;
  memoryLimitBytes: number | null;
  /** 1 = one core fully used. */
  cpuCores: number | null;
};

export type DriftView = { service: string; kind: string; sentence: string };

export type ProjectListItem = {
  id: string;
  ref: string;
  displayName: string;
  state: ProjectState;
  stateReason: string | null;
  release: string;
  gateway: "envoy" | "kong";
  apiUrl: string;
  memoryBytes: number | null;
  servicesHealthy: number;
  servicesTotal: number;
  hasDrift: boolean;
  hasStandIns: boolean;
  runningOperationId: string | null;
  observedAt: string | null;
  createdAt: string;
  purgeAfter: string | null;
};

export type ContractResultView = {
  id: string;
  title: string;
  method: string;
  path: string;
  credential: string;
  expected: string;
  received: string;
  isPassed: boolean;
  durationMs: number;
};

export type ConnectionView = {
  apiUrl: string;
  /** Host, port, user and database of each way in; the password is a placeholder until revealed. */
  sessionPooler: { host: string; port: number; user: string; database: string } | null;
  transactionPooler: { host: string; port: number; user: string; database: string } | null;
  direct: { host: string; port: number; user: string; database: string } | null;
};

export type ProjectDetail = ProjectListItem & {
  services: ServiceObservation[];
  drift: DriftView[];
  contract: { at: string; isPassed: boolean; results: ContractResultView[] } | null;
  connection: ConnectionView;
  isMailConfigured: boolean;
  driftPolicy: "report" | "enforce";
  /** false: its creation never succeeded, so it can be cleaned up without the trash. */
  wasEverReady: boolean;
  /** The gateway that does not serve, while it stands beside the one that does. `until`: when a kept one ends, ISO 8601. */
  gatewayBeside: { kind: "envoy" | "kong"; state: "candidate" | "kept"; until: string | null } | null;
  settings: import("@/lib/stack/settings").ProjectSettings;
  ports: import("@/lib/stack/settings").ProjectPorts;
  /** Permissions that the asking actor holds here, so that the page shows no button that would be refused. */
  may: string[];
};

/** A project whose settings cannot be read: what its page can still show, and offer. */
export type UnreadableProject = Pick<ProjectListItem, "ref" | "displayName" | "state" | "runningOperationId"> & {
  reason: string;
  /** Names of the services last seen. */
  services: string[];
  /** Host ports reserved for it. */
  ports: number[];
  wasEverReady: boolean;
  may: string[];
};

export type OperationView = {
  id: string;
  kind: string;
  title: string;
  projectId: string | null;
  projectRef: string | null;
  status: "queued" | "running" | "compensating" | "waiting" | "done" | "failed" | "cancelled" | "undone";
  actorName: string;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  isCancellable: boolean;
  isRetryable: boolean;
  isPastPointOfNoReturn: boolean;
  steps: { key: string; title: string; status: string; startedAt: string | null; finishedAt: string | null; note: string | null }[];
  failure: { sentence: string; service: string | null; evidence: string[] } | null;
  lastSeq: number;
};

/** One operation by itself. `summary`: what was asked for, in the words of the activity page; null where nobody wrote it down, or for whom that page does not show it. */
export type OperationDetail = OperationView & { summary: string | null };

/** A line of the activity page: an operation or an audited act. */
export type ActivityItem = {
  id: string;
  at: string;
  actorName: string;
  actorKind: string;
  action: string;
  summary: string;
  projectRef: string | null;
  operationId: string | null;
  /** Status of the operation, when there is one. */
  operationStatus: OperationView["status"] | null;
  ip: string | null;
};

export type PreflightItem = { id: string; title: string; state: "ok" | "warn" | "stop" | "unknown"; sentence: string };

export type ProjectPreview = {
  ref: string;
  preflight: PreflightItem[];
  planText: string;
  memoryBytes: number;
  diskBytes: number;
  ports: import("@/lib/stack/settings").ProjectPorts;
};

export type FunctionView = { name: string; version: number; sizeBytes: number; deployedAt: string | null; createdAt: string; files: { path: string; contentBase64: string }[] };

export type OperationEventView = { seq: number; at: string; level: "info" | "warn" | "error" | "progress"; stepKey: string | null; message: string; current: number | null; total: number | null };
