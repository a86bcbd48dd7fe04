import { kongFile, renderKong, type RenderedKong } from "@/lib/gateway/kong";
import type { KongKeys } from "@/lib/gateway/kong-consumers";
import { kongApplyArgv } from "@/lib/gateway/kong-control";
import type { ConfigFile } from "../desired";
import { healthCheck, readyWhen, type ServiceContext, type ServiceParts } from "../service-definition";
import { dashboardUsers, gatewayInput, publishedGateway } from "./gateway";
import { kongEnvironment, logConfiguration, logFile, requestConfiguration, requestFile } from "./kong-environment";

export type KongOptions = {
  /** Networks of proxies in front whose `X-Forwarded-*` count. Empty: clients connect to the gateway themselves. Left out: the edge, where it stands in front. */
  trustedProxies?: readonly string[];
};

/** Readable by whoever Kong runs as: the official image promises no user id. */
function configFile(path: string, content: string, reloadable: boolean): ConfigFile {
  return { path, content, mode: 0o444, uid: 0, gid: 0, reloadable };
}

function kongKeys(context: Pick<ServiceContext, "input" | "secrets" | "release">): KongKeys {
  const { secrets } = context;
  const { anon, serviceRole, publishable, secret, revoked = {}, anonToken, serviceRoleToken } = gatewayInput(context).keys;
  return {
    anon,
    serviceRole,
    publishable: [publishable].flat(),
    secret: [secret].flat(),
    revoked: Object.values(revoked).flat(),
    anonToken,
    serviceRoleToken,
    dashboardUsers: dashboardUsers(context),
    jwks: secrets.jwtJwks,
  };
}

/** Kong's document for a project. */
export function renderKongOf(context: Pick<ServiceContext, "input" | "secrets" | "release">): RenderedKong {
  return renderKong({ routes: gatewayInput(context).routes, publicUrl: context.input.settings.publicUrl, keys: kongKeys(context) });
}

/** What the edge sends arrives from the address that the host has in the project's network. */
function edgeNetworks({ input }: Pick<ServiceContext, "input">): string[] {
  return input.ports.gatewayInner === undefined ? [] : [input.subnet];
}

/**
 * The service `kong`, in place of the Envoy that `services/gateway.ts` describes or beside it: the same routes, keys and names, in the release's `kongImage`.
 */
export function kongGatewayParts(context: Pick<ServiceContext, "input" | "secrets" | "release">, { trustedProxies = edgeNetworks(context) }: KongOptions = {}): ServiceParts {
  const { publicUrl } = context.input.settings;
  const { config } = renderKongOf(context);
  return {
    command: ["kong", "docker-start"],
    environment: kongEnvironment(publicUrl, trustedProxies),
    files: [configFile(logFile, logConfiguration, false), configFile(requestFile, requestConfiguration, false), configFile(kongFile, config, true)],
    // Kong does not watch its file.
    reload: [...kongApplyArgv],
    aliases: ["api-gw", "envoy"],
    publishedPorts: publishedGateway(context, "kong"),
    healthcheck: healthCheck(["CMD", "kong", "health"], { retries: 5 }),
    readiness: readyWhen(["kong", "health"]),
    dependsOn: [],
    replace: "stop-first",
    pids: 256,
  };
}
