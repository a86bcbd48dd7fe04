import { clustersFile, renderEnvoy, routesFile } from "@/lib/gateway/envoy";
import { effectiveRoutes } from "@/lib/gateway/precedence";
import type { GatewaySettings } from "@/lib/gateway/route-model";
import type { GatewayView } from "@/lib/projects/views";

/** Names in the place of keys: what differs between two renderings is then the routes alone. */
const keys = {
  anon: "‹anon key›",
  serviceRole: "‹service_role key›",
  publishable: "‹publishable key›",
  secret: "‹secret key›",
  anonToken: "‹anon token›",
  serviceRoleToken: "‹service_role token›",
  dashboardHtpasswd: "‹dashboard login›",
};

/** The gateway's files that follow the routes, without any key of the project. */
export function renderForReading(settings: GatewaySettings, options: Pick<GatewayView["options"], "enabledServices" | "release" | "publicUrl">): { name: string; text: string }[] {
  const external = { addresses: {}, allowedNetworks: settings.allowedUpstreamNetworks };
  const { rds, cds } = renderEnvoy({ routes: effectiveRoutes(settings, options), keys, publicUrl: options.publicUrl, jwks: '{"keys":[]}', external });
  const withoutVersion = (text: string) => text.replace(/^\s*"version_info".*\n/m, "");
  return [
    { name: routesFile, text: withoutVersion(rds) },
    { name: clustersFile, text: withoutVersion(cds) },
  ];
}
