import type { GatewaySettings } from "@/lib/gateway/route-model";
import type { Secret } from "./secret-value";
import type { GatewayKind } from "@/lib/gateway/contract";
import type { ServiceName } from "./desired";

/** What a person chose for a project. Stored as JSON in the project row; holds no secret. */
export type ProjectSettings = {
  displayName: string;
  release: string;
  services: ServiceName[];
  /** Address on which the gateway and the pooler listen: `127.0.0.1` unless opened. */
  bindAddress: string;
  /** The base URL of the project as browsers see it, without trailing slash, for example `http://127.0.0.1:8000`. */
  publicUrl: string;
  /** GoTrue's site URL and extra redirect URLs. */
  siteUrl: string;
  redirectUrls: string[];
  smtp: SmtpSettings | null;
  /** Direct database port opened on `bindAddress`. */
  isDirectDatabasePortOpen: boolean;
  /** Absent: the legacy keys are on, and no key that was replaced is still valid. */
  keys?: KeySettings;
  /** Absent: Studio is served at every address, to everyone who may sign in. */
  studio?: StudioSettings;
};

/** What stands before Studio at the edge. */
export type StudioSettings = {
  /** CIDR networks of clients; null: anyone. */
  allowedNetworks: string[] | null;
  /** Names of the API. Off: Studio answers at a name of its own and at the project's address on the machine. */
  isOnApiNames: boolean;
  /** The project's own address and port on the machine. */
  isOnLocalAddress: boolean;
};

/** Name of the user of Studio that every project is made with. */
export const firstStudioUsername = "supabase";

/** Studio of a project of which nothing was said. */
export const defaultStudioSettings: StudioSettings = { allowedNetworks: null, isOnApiNames: true, isOnLocalAddress: true };

/** Which API keys are valid beside the project's own publishable and secret one. */
export type KeySettings = {
  /**
   * `leaving`: the services inside use the publishable and the secret key already, the gateway still takes the legacy ones. A switch goes
   * through it in both directions, so that no service ever holds a key that the gateway refuses.
   */
  legacy: "on" | "leaving" | "off";
  /** When the publishable key that was replaced ends, ISO 8601; null when there is none. */
  publishableOverlapEndsAt: string | null;
  secretOverlapEndsAt: string | null;
};

/** Keys of a project of which nothing was said. */
export const defaultKeySettings: KeySettings = { legacy: "on", publishableOverlapEndsAt: null, secretOverlapEndsAt: null };

export type SmtpSettings = {
  host: string;
  port: number;
  user: string;
  senderEmail: string;
  senderName: string;
  /** The password is a secret of the project: `smtp_password`. */
};

/** Host ports, allocated in the store under a unique index; `database` only when the direct port is open. */
export type ProjectPorts = {
  /** Where clients reach the project: held by the gateway, or by the edge where `gatewayInner` is given. */
  gateway: number;
  /** Loopback port of the gateway behind the edge. Absent: no edge stands in front, and the gateway holds the project's address itself. */
  gatewayInner?: number;
  /** Loopback port of the other gateway, while it stands beside the one that serves. */
  gatewayBeside?: number;
  poolerSession: number;
  poolerTransaction: number;
  database: number | null;
};

/** Every generated secret of a project, by its name in the `secret` table. */
export type ProjectSecrets = {
  postgresPassword: Secret;
  jwtSecret: Secret;
  anonKey: Secret;
  serviceRoleKey: Secret;
  publishableKey: Secret;
  secretKey: Secret;
  /** JSON array of signing JWKs (GoTrue). */
  jwtKeys: Secret;
  /** JSON `{"keys":[…]}` for verification; holds the symmetric key, so it is a secret. */
  jwtJwks: Secret;
  anonKeyAsymmetric: Secret;
  serviceRoleKeyAsymmetric: Secret;
  dashboardUsername: Secret;
  dashboardPassword: Secret;
  secretKeyBase: Secret;
  vaultEncKey: Secret;
  pgMetaCryptoKey: Secret;
  realtimeDbEncKey: Secret;
  s3AccessKeyId: Secret;
  s3AccessKeySecret: Secret;
  smtpPassword: Secret | null;
  /** The key before the present one, while both are valid. */
  publishableKeyPrevious: Secret | null;
  secretKeyPrevious: Secret | null;
};

export type SecretName = keyof ProjectSecrets;

/** Somebody who may sign in at Studio beside the first user, whose name and password are secrets of the project. */
export type DashboardUserSecret = { username: string; password: Secret };

/** Secrets that a project may be without. */
export const optionalSecretNames = ["smtpPassword", "publishableKeyPrevious", "secretKeyPrevious"] as const satisfies readonly SecretName[];
export type OptionalSecretName = (typeof optionalSecretNames)[number];

/** Which gateway serves a project, and whether the other one stands beside it: on its way in, or kept for the way back. */
export type GatewayChoice = { serving: GatewayKind; isOtherBeside: boolean };

/** All that `buildDesiredStack` needs; nothing else may influence the result. */
export type StackInput = {
  projectId: string;
  projectRef: string;
  revision: number;
  subnet: string;
  settings: ProjectSettings;
  ports: ProjectPorts;
  secrets: ProjectSecrets;
  /** What the operator chose for the gateway; undefined: the release's own routes. */
  gateway?: GatewaySettings;
  /** undefined: the release's own gateway, alone. */
  gateways?: GatewayChoice;
  /** Addresses of the external hosts that its routes lead to, as the worker looked them up. */
  externalAddresses?: Readonly<Record<string, readonly string[]>>;
  /** Users of Studio beside the first, by name. */
  dashboardUsers?: readonly DashboardUserSecret[];
  /** User functions: name → files. Mounted through the functions volume, not through the stack. */
};
