import type { Db, Store } from "@/lib/adapters/store/types";
import type { EnginePort } from "@/lib/engine/port";
import type { ContractProbe } from "@/lib/gateway/contract";
import type { NameProbe } from "@/lib/gateway/name-probe";
import type { Secret } from "@/lib/stack/secret-value";
import type { DashboardUserSecret, ProjectSecrets, SecretName } from "@/lib/stack/settings";
import type { DomainPorts } from "../domains/name-ports";
import type { EdgeKeeper } from "../edge/edge-keeper";
import type { CertificateKeys } from "../edge/load-edge-input";
import type { ImageSource } from "../installation";

/** Secrets of projects as the workflows need them. Implemented by the vault adapter; only the worker has one. */
export interface SecretsPort {
  /** Throws when a secret is missing or cannot be opened. */
  readAll(db: Db, projectId: string): Promise<ProjectSecrets>;
  /** Names already stored for the project. */
  listNames(db: Db, projectId: string): Promise<string[]>;
  write(tx: Db, projectId: string, name: SecretName, value: Secret): Promise<void>;
  /** Re-encrypts values that web sealed to the worker with the project's data key. Idempotent. */
  unsealPending(projectId: string): Promise<void>;
  /** Users of Studio beside the first, by name; those of `rows` where they are given. Throws when a password cannot be opened. */
  readDashboardUsers(db: Db, projectId: string, rows?: readonly { id: string; username: string; passwordCiphertext: string }[]): Promise<DashboardUserSecret[]>;
  /** Makes the user, or gives the one with this id another password. */
  writeDashboardUser(tx: Db, user: { id: string; projectId: string; username: string; now: Date }, password: Secret): Promise<void>;
  /** Opens a text that web sealed to the worker. Throws when it was made for another key. */
  openSealed(sealed: string): Promise<Secret>;
}

export type ArchiveFile = { path: string; content: Uint8Array; mode: number };

/** Everything a project workflow may reach. Wired in lib/worker; replaced by fakes in tests. */
export type WorkflowTools = {
  store: Store;
  engine: EnginePort;
  secrets: SecretsPort;
  probe: ContractProbe;
  /** Asks under names at the edge's own address. */
  names: NameProbe;
  /** Where a name leads, and what is shown and permitted under it. */
  domains: DomainPorts;
  certificateKeys: CertificateKeys;
  /** Addresses of a host name, by the resolver of the worker's machine; empty when there is none. Rejects when the resolver does not answer. */
  resolveHost(host: string, signal: AbortSignal): Promise<string[]>;
  /** True when nothing listens on the address and it can be bound. */
  isPortFree(hostIp: string, port: number): Promise<boolean>;
  /** CIDRs that the engine's host already routes, so that a project network never hides one. */
  hostRoutes(): Promise<string[]>;
  /** What stands in front of the projects, where the installation has it on. */
  edge: EdgeKeeper;
  /** Keyed hash for spec labels: a label must not be a guessable hash of a secret. */
  hash(text: string): string;
  randomBytes(length: number): Uint8Array;
  newId(): string;
  now(): Date;
  /** Waits. Rejects with the abort reason. */
  pause(durationMs: number, signal: AbortSignal): Promise<void>;
  instanceId: string;
  imageSource(): Promise<ImageSource>;
  /** Containers that this worker has found ready by their own probe and that have not ended since; the engine's first health check comes later. */
  readyContainers: Set<string>;
  packTar(files: readonly ArchiveFile[]): Promise<Uint8Array>;
  packTarGz(files: readonly ArchiveFile[]): Promise<Uint8Array>;
  /** Stores the archive of an export and returns where; 0600, worker only. */
  saveExport(operationId: string, name: string, archive: Uint8Array): Promise<{ sizeBytes: number }>;
};
