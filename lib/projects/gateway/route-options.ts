import type { GatewayOptions } from "@/lib/gateway/routes";
import { getRelease } from "@/lib/stack/releases";
import { parseSettings } from "../settings-schema";

/** What of a project's settings decides its built-in routes. @throws ZodError for settings that cannot be read. */
export function routeOptionsOf(project: { settingsJson: string }): GatewayOptions & { publicUrl: string; isLegacyOff?: boolean } {
  const { services, release, publicUrl, keys } = parseSettings(project.settingsJson);
  return { enabledServices: services, release: { restrictsMetaCors: getRelease(release)?.restrictsMetaCors ?? true }, publicUrl, isLegacyOff: keys?.legacy === "off" };
}
