import type { GatewayKind } from "@/lib/gateway/contract";
import { renderEnvoy, renderEnvoyForValidation } from "@/lib/gateway/envoy";
import { parseVersions, readVersionsArgv, validationProblem } from "@/lib/gateway/envoy-control";
import { kongFile } from "@/lib/gateway/kong";
import { kongCheckArgv, kongProblem, kongVersionArgv, readKongVersion } from "@/lib/gateway/kong-control";
import { kongPlugins } from "@/lib/gateway/kong-plugins";
import { openStackContext } from "./build-desired-stack";
import type { ConfigFile, StackServiceName } from "./desired";
import { gatewayNames, gatewayServices } from "./gateways";
import { gatewayInput } from "./services/gateway";
import { renderKongOf } from "./services/kong-gateway";
import type { StackInput } from "./settings";

/** How a gateway is asked, inside its container, whether what it should do is in force. */
export type GatewayCheck = {
  service: StackServiceName;
  /** For people. */
  name: string;
  /** What is to be in force, in a few characters. */
  version: string;
  argv: readonly string[];
  isInForce(stdout: string): boolean;
};

/**
 * The check of one gateway of the stack that `input` describes.
 * @throws StackInputError as `buildDesiredStack`.
 */
export function gatewayCheck(input: StackInput, kind: GatewayKind): GatewayCheck {
  const who = { service: gatewayServices[kind], name: gatewayNames[kind] };
  if (kind === "kong") {
    const { version } = renderKongOf(openStackContext(input));
    return { ...who, version, argv: kongVersionArgv, isInForce: (stdout) => readKongVersion(stdout) === version };
  }
  const wanted = renderEnvoy(gatewayInput(openStackContext(input)));
  return {
    ...who, version: wanted.rdsVersion, argv: readVersionsArgv,
    isInForce: (stdout) => {
      const seen = parseVersions(stdout);
      const isFilterOld = seen.filters !== null && seen.filters !== wanted.ecdsVersion;
      return seen.routes === wanted.rdsVersion && seen.clusters === wanted.cdsVersion && !isFilterOld;
    },
  };
}

/** A run of the gateway's own checker in a one-off container of its image, and what it says of a configuration that it refuses. */
export type GatewayValidation = { argv: string[]; file: ConfigFile; tell(output: string): string };

const envoyFileToCheck = "/tmp/basehold-validate.yaml";

/**
 * The validation of what `input` would give the gateway.
 * @throws StackInputError as `buildDesiredStack`.
 */
export function gatewayValidation(input: StackInput, kind: GatewayKind): GatewayValidation {
  const file = (path: string, content: string): ConfigFile => ({ path, content, mode: 0o444, uid: 0, gid: 0, reloadable: false });
  const context = openStackContext(input);
  if (kind === "envoy") {
    return { argv: ["envoy", "--mode", "validate", "-c", envoyFileToCheck], file: file(envoyFileToCheck, renderEnvoyForValidation(gatewayInput(context))), tell: validationProblem };
  }
  const settings = ["KONG_DATABASE=off", "KONG_ROUTER_FLAVOR=expressions", `KONG_PLUGINS=${kongPlugins.join(",")}`];
  return { argv: ["env", ...settings, ...kongCheckArgv(kongFile)], file: file(kongFile, renderKongOf(context).config), tell: kongProblem };
}
