import { networksWithin } from "./addresses";
import type { GatewaySettings } from "./route-model";
import type { GatewayRoute } from "./routes";

/** What was wished for Studio, as far as a gateway by itself can hold to it. */
export type StudioRules = { allowedNetworks: readonly string[] | null; isOnLocalAddress: boolean };

/**
 * What is wished for Studio as a policy of the dashboard's route. Without an edge in front the gateway knows one address, so Studio is closed
 * where it is to answer at names only. An edge keeps to networks and addresses by itself; the gateway keeps to the networks again, because the
 * edge tells some own routes more widely than they take (`edge-studio.ts`), and what comes through there may still be Studio's. Both lists of
 * networks count where there are two.
 */
export function withStudioRules(settings: GatewaySettings, rules: StudioRules | undefined, { isBehindEdge }: { isBehindEdge: boolean }): GatewaySettings {
  if (rules === undefined) return settings;
  const isHere = isBehindEdge || rules.isOnLocalAddress;
  if (rules.allowedNetworks === null && isHere) return settings;
  const own = settings.builtInOverrides["dashboard"] ?? {};
  const networks = own.ipAllow === undefined || rules.allowedNetworks === null ? (rules.allowedNetworks ?? own.ipAllow) : networksWithin(own.ipAllow, rules.allowedNetworks);
  const isClosed = !isHere || networks?.length === 0;
  const dashboard = isClosed ? { ...own, isClosed: true } : { ...own, ipAllow: [...(networks ?? [])] };
  return { ...settings, builtInOverrides: { ...settings.builtInOverrides, dashboard } };
}

/** Set by the edge, and by nobody else, on requests at addresses where Studio does not answer. */
export const studioOffHeader = "x-basehold-studio-off";

/** Routes of a gateway behind the edge: where the edge says so, what would be the dashboard's is refused. */
export function withStudioOff(routes: readonly GatewayRoute[], rules: { isOnApiNames: boolean; isOnLocalAddress: boolean } | undefined): GatewayRoute[] {
  if (rules === undefined || (rules.isOnApiNames && rules.isOnLocalAddress)) return [...routes];
  const refusal = ({ match, forwardedPrefix }: GatewayRoute): GatewayRoute => ({
    id: "studio-off", match: { ...match, headers: [{ kind: "present", name: studioOffHeader }] }, access: "open", forwardedPrefix,
    target: { kind: "answer", status: 403, body: "Studio is not served at this address." },
  });
  return routes.flatMap((route) => (route.id === "dashboard" ? [refusal(route), route] : [route]));
}
