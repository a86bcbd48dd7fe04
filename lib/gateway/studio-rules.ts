import { networksWithin } from "./addresses";
import type { GatewaySettings } from "./route-model";

/** What was wished for Studio, as far as a gateway by itself can hold to it. */
export type StudioRules = { allowedNetworks: readonly string[] | null; isOnLocalAddress: boolean };

/**
 * Settings of a gateway that no edge stands in front of: what is wished for Studio becomes a policy of the dashboard's route. Such a gateway
 * knows one address, so Studio is closed where it is to answer at names only. Both lists of networks count where there are two.
 */
export function withStudioRules(settings: GatewaySettings, rules: StudioRules | undefined): GatewaySettings {
  if (rules === undefined || (rules.allowedNetworks === null && rules.isOnLocalAddress)) return settings;
  const own = settings.builtInOverrides["dashboard"] ?? {};
  const networks = own.ipAllow === undefined || rules.allowedNetworks === null ? (rules.allowedNetworks ?? own.ipAllow) : networksWithin(own.ipAllow, rules.allowedNetworks);
  const isClosed = !rules.isOnLocalAddress || networks?.length === 0;
  const dashboard = isClosed ? { ...own, isClosed: true } : { ...own, ipAllow: [...(networks ?? [])] };
  return { ...settings, builtInOverrides: { ...settings.builtInOverrides, dashboard } };
}
