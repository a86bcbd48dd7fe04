import { bootstrapFile, clustersFile, envoyFolder, filtersFile, gatewayContainerPort, renderEnvoy, routesFile } from "@/lib/gateway/envoy";
import { htpasswdLine } from "@/lib/gateway/htpasswd";
import type { RouteConfigurationInput } from "@/lib/gateway/envoy-routes";
import { effectiveRoutes } from "@/lib/gateway/precedence";
import { defaultGatewaySettings } from "@/lib/gateway/route-model";
import { withStudioOff, withStudioRules } from "@/lib/gateway/studio-rules";
import type { GatewayKind } from "@/lib/gateway/contract";
import type { ConfigFile, PublishedPort } from "../desired";
import { gatewayChoice } from "../gateways";
import { healthCheck, mebibyte, readyWhen, type ServiceContext, type ServiceDefinition } from "../service-definition";

/** User that the official image runs Envoy as. */
const envoyUser = 101;

function configFile(name: string, content: string, reloadable: boolean): ConfigFile {
  return { path: `${envoyFolder}/${name}`, content, mode: reloadable ? 0o440 : 0o444, uid: envoyUser, gid: envoyUser, reloadable };
}

/** A key and, while they overlap, the one before it. */
function validKeys(present: string, previous: string | null): string[] {
  return previous === null ? [present] : [present, previous];
}

/** Who may sign in at Studio: the first user, whom every project has, then the others. A name counts once. */
export function dashboardUsers({ input, secrets }: Pick<ServiceContext, "input" | "secrets">): { username: string; password: string }[] {
  const first = { username: secrets.dashboardUsername, password: secrets.dashboardPassword };
  const others = (input.dashboardUsers ?? []).filter(({ username }) => username !== first.username);
  return [first, ...others.map(({ username, password }) => ({ username, password: password.reveal() }))];
}

/** What the gateway is to do, whichever program it is. */
export function gatewayInput({ input, secrets, release }: Pick<ServiceContext, "input" | "secrets" | "release">): RouteConfigurationInput {
  const wished = input.gateway ?? defaultGatewaySettings;
  const isBehindEdge = input.ports.gatewayInner !== undefined;
  const { studio } = input.settings;
  const settings = withStudioRules(wished, studio, { isBehindEdge });
  const routes = effectiveRoutes(settings, { enabledServices: input.settings.services, release });
  const isLegacyOff = input.settings.keys?.legacy === "off";
  return {
    routes: isBehindEdge ? withStudioOff(routes, studio) : routes,
    publicUrl: input.settings.publicUrl,
    // The edge says who the client is.
    trustedHops: isBehindEdge ? 1 : 0,
    jwks: secrets.jwtJwks,
    external: { addresses: input.externalAddresses ?? {}, allowedNetworks: settings.allowedUpstreamNetworks },
    keys: {
      anon: isLegacyOff ? null : secrets.anonKey,
      serviceRole: isLegacyOff ? null : secrets.serviceRoleKey,
      publishable: validKeys(secrets.publishableKey, secrets.publishableKeyPrevious),
      secret: validKeys(secrets.secretKey, secrets.secretKeyPrevious),
      ...(isLegacyOff ? { revoked: { "legacy-anon": [secrets.anonKey], "legacy-service": [secrets.serviceRoleKey] } } : {}),
      anonToken: secrets.anonKeyAsymmetric,
      serviceRoleToken: secrets.serviceRoleKeyAsymmetric,
      dashboardHtpasswd: dashboardUsers({ input, secrets }).map(({ username, password }) => htpasswdLine(username, password)).join("\n"),
    },
  };
}

/**
 * Where a gateway is published: on the project's own address, on loopback behind the edge, or on a loopback port of its own beside the
 * gateway that serves; undefined while it has none.
 */
export function gatewayDoor({ input, release }: Pick<ServiceContext, "input" | "release">, kind: GatewayKind): { hostIp: string; hostPort: number } | undefined {
  const { settings, ports } = input;
  if (gatewayChoice(input, release).serving !== kind) return ports.gatewayBeside === undefined ? undefined : { hostIp: "127.0.0.1", hostPort: ports.gatewayBeside };
  return ports.gatewayInner === undefined ? { hostIp: settings.bindAddress, hostPort: ports.gateway } : { hostIp: "127.0.0.1", hostPort: ports.gatewayInner };
}

/** The published port of a gateway, as a service has it. */
export function publishedGateway(context: Pick<ServiceContext, "input" | "release">, kind: GatewayKind): PublishedPort[] {
  const door = gatewayDoor(context, kind);
  return door === undefined ? [] : [{ containerPort: gatewayContainerPort, ...door }];
}

function renderFiles(context: ServiceContext): ConfigFile[] {
  const rendered = renderEnvoy(gatewayInput(context));
  // Clusters before routes: a route must never name an upstream that is not there yet.
  return [configFile(bootstrapFile, rendered.bootstrap, false), configFile(clustersFile, rendered.cds, true), configFile(filtersFile, rendered.ecds, true), configFile(routesFile, rendered.rds, true)];
}

export const gateway: ServiceDefinition = {
  name: "api-gw",
  label: "API gateway",
  memoryBytes: 94 * mebibyte,
  isRequired: true,
  requires: [],
  withoutIt: "Nothing is reachable: every request comes in here and its key is checked here.",
  composeDependsOn: [{ service: "studio", condition: "healthy" }],
  build: (context) => ({
    // Two workers carry thousands of requests a second; one per core of a large host would only cost memory in every project.
    command: ["envoy", "-c", `${envoyFolder}/${bootstrapFile}`, "--concurrency", "2", "--disable-hot-restart"],
    environment: {},
    files: renderFiles(context),
    aliases: ["kong", "envoy"],
    publishedPorts: publishedGateway(context, "envoy"),
    healthcheck: healthCheck(["CMD-SHELL", "timeout 1 bash -c '</dev/tcp/127.0.0.1/8000'"], { intervalS: 10 }),
    readiness: readyWhen(["bash", "-c", "</dev/tcp/127.0.0.1/8000"]),
    // Upstreams that are not there yet answer 503 on their routes only, so the gateway waits for nobody.
    dependsOn: [],
    replace: "stop-first",
    pids: 256,
  }),
};
