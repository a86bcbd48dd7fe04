import type { GatewayKind } from "@/lib/gateway/contract";
import type { DesiredService, HealthCheck, Readiness, ServiceName } from "./desired";
import type { OptionalSecretName, SecretName, StackInput } from "./settings";

/** What one service of a stack is, independent of the release's image. */
export type ServiceDefinition = {
  name: ServiceName;
  /** For people. */
  label: string;
  /** Resident memory of the idle service, measured on a full stack. */
  memoryBytes: number;
  /** true: no project runs without it. */
  isRequired: boolean;
  /** Services that must be chosen with it. */
  requires: ServiceName[];
  /** What stops working without it, in one sentence. */
  withoutIt: string;
  /** What upstream's Compose file waits for. The panel's own start waits for `build().dependsOn` only. */
  composeDependsOn: Dependency[];
  build(context: ServiceContext): ServiceParts;
};

export type Dependency = DesiredService["dependsOn"][number];

/** The part of a desired service that its definition decides; the rest is the same for all. */
export type ServiceParts = Pick<DesiredService, "environment"> &
  Partial<Pick<DesiredService, "entrypoint" | "command" | "files" | "reload" | "mounts" | "aliases" | "hostname" | "publishedPorts" | "healthcheck" | "dependsOn" | "replace">> & {
    readiness: Readiness;
    pids: number;
  };

/** Plain secrets, revealed once per build. They go into environments and files of the desired stack and nowhere else. */
export type PlainSecrets = Record<Exclude<SecretName, OptionalSecretName>, string> & Record<OptionalSecretName, string | null>;

export type ServiceContext = {
  input: StackInput;
  secrets: PlainSecrets;
  release: { name: string; restrictsMetaCors: boolean; defaultGateway: GatewayKind };
  has(service: ServiceName): boolean;
};

const seconds = 1000;

/** Docker's health check in upstream's rhythm of 5 s unless told otherwise. */
export function healthCheck(test: string[], timing: Partial<{ intervalS: number; timeoutS: number; retries: number; startPeriodS: number }> = {}): HealthCheck {
  const { intervalS = 5, timeoutS = 5, retries = 3, startPeriodS = 0 } = timing;
  return { test, intervalMs: intervalS * seconds, timeoutMs: timeoutS * seconds, retries, startPeriodMs: startPeriodS * seconds };
}

/** Own probe; a slow machine pulling at its limits still gets there within the deadline. */
export function readyWhen(argv: string[], deadlineS = 120): Readiness {
  return { argv, deadlineMs: deadlineS * seconds };
}

export const afterDatabase: Dependency[] = [{ service: "db", condition: "healthy" }];

/** Exits 0 when the URL answers with a 2xx. For images that hold Node and neither curl nor wget. */
export function nodeFetch(url: string): string[] {
  return ["node", "-e", `fetch(${JSON.stringify(url)}).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))`];
}

export const mebibyte = 1024 * 1024;

/** Inside a project's network every service knows the database under this name and port. */
export const database = { host: "db", port: 5432, name: "postgres" };

/**
 * The keys with which services inside the project ask its own gateway. Where the legacy keys are off or leaving, the publishable and the
 * secret key stand in their places: programs that read the old names go on working.
 */
export function innerKeys({ input, secrets }: Pick<ServiceContext, "input" | "secrets">): { anon: string; serviceRole: string } {
  const isLegacyOn = (input.settings.keys?.legacy ?? "on") === "on";
  return isLegacyOn ? { anon: secrets.anonKey, serviceRole: secrets.serviceRoleKey } : { anon: secrets.publishableKey, serviceRole: secrets.secretKey };
}

/** Connection URL of a database role. The password is letters and digits by rule, so it needs no escaping. */
export function databaseUrl(scheme: string, role: string, password: string, name = database.name): string {
  return `${scheme}://${role}:${password}@${database.host}:${database.port}/${name}`;
}

export const apiKeyLifetimes = { jwtExpirySeconds: 3600 };
