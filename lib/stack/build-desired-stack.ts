import type { GatewayKind } from "@/lib/gateway/contract";
import type { RouteConfigurationInput } from "@/lib/gateway/envoy-routes";
import type { DesiredService, DesiredStack, DesiredVolume } from "./desired";
import { gatewayChoice, gatewayServices, runningGateways } from "./gateways";
import { getRelease, validateServices, type Release, type ReleaseService } from "./releases";
import { checkSecret } from "./secret-rules";
import { gatewayInput } from "./services/gateway";
import { kongGatewayParts } from "./services/kong-gateway";
import { mebibyte, type PlainSecrets, type ServiceContext } from "./service-definition";
import type { GatewayChoice, ProjectSecrets, SecretName, StackInput } from "./settings";

const logLimits = { logMaxSizeBytes: 10 * mebibyte, logMaxFiles: 3 };

/** Raised when settings or secrets cannot make a stack. The message never holds a secret. */
export class StackInputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StackInputError";
  }
}

/**
 * The desired stack of a project: a function of its input and of nothing else. Services come in the release's order, volumes
 * in the order of their first use, so equal input gives equal output.
 * @throws StackInputError for an unknown release, services that cannot run together, or a secret outside of its rule.
 */
export function buildDesiredStack(input: StackInput): DesiredStack {
  const release = requireRelease(input);
  const context = openStackContext(input);
  const services = wishedServices(input.settings, release, gatewayChoice(input, release)).map((service) => buildService(service, context));
  return {
    projectId: input.projectId,
    projectRef: input.projectRef,
    release: release.name,
    revision: input.revision,
    network: { name: "default", subnet: input.subnet },
    volumes: listVolumes(services),
    services,
    variables: exportVariables(context),
  };
}

/**
 * What the gateway of this stack is to do, as its configuration is rendered from.
 * @throws StackInputError as `buildDesiredStack`.
 */
export function buildGatewayInput(input: StackInput): RouteConfigurationInput {
  return gatewayInput(openStackContext(input));
}

/**
 * The input with its release looked up and its secrets revealed: what services are built from. It never leaves worker memory.
 * @throws StackInputError as `buildDesiredStack`.
 */
export function openStackContext(input: StackInput): ServiceContext {
  return createContext(input, requireRelease(input));
}

/**
 * The services that the stack of these settings has, without what only secrets tell.
 * @throws StackInputError for an unknown release, or services that cannot run together.
 */
export function listServices(settings: StackInput["settings"], gateways?: GatewayChoice): Pick<DesiredService, "name" | "image">[] {
  const release = requireRelease({ settings });
  return wishedServices(settings, release, gatewayChoice({ gateways }, release)).map(({ name, image }) => ({ name, image }));
}

type WishedService = Pick<ReleaseService, "image" | "build"> & { name: DesiredService["name"] };

/** The services that were chosen, in the release's order; in the gateway's place the gateways that run. */
function wishedServices({ services }: StackInput["settings"], release: Release, choice: GatewayChoice): WishedService[] {
  const kinds = runningGateways(choice);
  return release.services
    .filter(({ name }) => services.includes(name))
    .flatMap((service) => (service.name === gatewayServices.envoy ? kinds.map((kind) => gatewayOf(kind, service, release)) : [service]));
}

function gatewayOf(kind: GatewayKind, envoy: ReleaseService, { kongImage }: Release): WishedService {
  return kind === "envoy" ? envoy : { name: gatewayServices.kong, image: kongImage, build: (context) => kongGatewayParts(context) };
}

function requireRelease({ settings }: Pick<StackInput, "settings">): Release {
  const release = getRelease(settings.release);
  if (release === undefined) throw new StackInputError(`There is no release ${settings.release} here.`);
  const problems = validateServices(settings.services, release);
  if (problems.length > 0) throw new StackInputError(problems.join(" "));
  return release;
}

function createContext(input: StackInput, release: Release): ServiceContext {
  return {
    input,
    secrets: revealSecrets(input.secrets),
    release: { name: release.name, restrictsMetaCors: release.restrictsMetaCors, defaultGateway: release.defaultGateway },
    has: (service) => input.settings.services.includes(service),
  };
}

function revealSecrets(secrets: ProjectSecrets): PlainSecrets {
  const entries = Object.entries(secrets).map(([name, secret]) => {
    const text = secret === null ? null : secret.reveal();
    const problem = text === null ? null : checkSecret(name as SecretName, text);
    if (problem !== null) throw new StackInputError(`The secret ${name} does not meet its rule: ${problem}`);
    return [name, text];
  });
  return Object.fromEntries(entries) as PlainSecrets;
}

function buildService(service: WishedService, context: ServiceContext): DesiredService {
  const { pids, ...parts } = service.build(context);
  return {
    name: service.name,
    image: service.image,
    entrypoint: parts.entrypoint,
    command: parts.command,
    environment: parts.environment,
    files: parts.files ?? [],
    ...(parts.reload === undefined ? {} : { reload: parts.reload }),
    mounts: parts.mounts ?? [],
    aliases: parts.aliases ?? [],
    hostname: parts.hostname,
    publishedPorts: parts.publishedPorts ?? [],
    healthcheck: parts.healthcheck,
    readiness: parts.readiness,
    dependsOn: (parts.dependsOn ?? []).filter((dependency) => context.has(dependency.service)),
    limits: { pids, ...logLimits },
    replace: parts.replace ?? "start-first",
    singleHost: { noNewPrivileges: true },
  };
}

function listVolumes(services: readonly DesiredService[]): DesiredVolume[] {
  const names = new Set(services.flatMap((service) => service.mounts.map((mount) => mount.volume)));
  return [...names].map((name) => ({ name }));
}

/** Upstream's `.env` names of what the export writes into its `.env`. */
function exportVariables({ secrets, input }: ServiceContext): Record<string, string> {
  return {
    SUPABASE_PUBLIC_URL: input.settings.publicUrl,
    POSTGRES_PASSWORD: secrets.postgresPassword,
    JWT_SECRET: secrets.jwtSecret,
    ANON_KEY: secrets.anonKey,
    SERVICE_ROLE_KEY: secrets.serviceRoleKey,
    SUPABASE_PUBLISHABLE_KEY: secrets.publishableKey,
    SUPABASE_SECRET_KEY: secrets.secretKey,
    ...(secrets.publishableKeyPrevious === null ? {} : { SUPABASE_PUBLISHABLE_KEY_PREVIOUS: secrets.publishableKeyPrevious }),
    ...(secrets.secretKeyPrevious === null ? {} : { SUPABASE_SECRET_KEY_PREVIOUS: secrets.secretKeyPrevious }),
    JWT_KEYS: secrets.jwtKeys,
    JWT_JWKS: secrets.jwtJwks,
    ANON_KEY_ASYMMETRIC: secrets.anonKeyAsymmetric,
    SERVICE_ROLE_KEY_ASYMMETRIC: secrets.serviceRoleKeyAsymmetric,
    DASHBOARD_USERNAME: secrets.dashboardUsername,
    DASHBOARD_PASSWORD: secrets.dashboardPassword,
    SECRET_KEY_BASE: secrets.secretKeyBase,
    VAULT_ENC_KEY: secrets.vaultEncKey,
    PG_META_CRYPTO_KEY: secrets.pgMetaCryptoKey,
    REALTIME_DB_ENC_KEY: secrets.realtimeDbEncKey,
    S3_PROTOCOL_ACCESS_KEY_ID: secrets.s3AccessKeyId,
    S3_PROTOCOL_ACCESS_KEY_SECRET: secrets.s3AccessKeySecret,
    ...(secrets.smtpPassword === null ? {} : { SMTP_PASS: secrets.smtpPassword }),
  };
}
