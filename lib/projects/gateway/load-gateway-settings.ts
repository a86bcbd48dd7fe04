import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";
import { defaultGatewaySettings, gatewaySettingsSchema, type GatewaySettings } from "@/lib/gateway/route-model";

/** Host to addresses. */
export type ExternalAddresses = Record<string, string[]>;

const addresses = z.record(z.string(), z.array(z.string()));

/**
 * A revision of a project's gateway with the addresses of its external hosts; null names the release's own routes and nothing else.
 * @throws ZodError when the stored document is not of this program's shape, Prisma's not-found error when there is no such revision.
 */
export async function loadGatewayRevision(db: Db, projectId: string, number: number | null): Promise<{ settings: GatewaySettings; externalAddresses: ExternalAddresses }> {
  if (number === null) return { settings: defaultGatewaySettings, externalAddresses: {} };
  const row = await db.gatewayRevision.findUniqueOrThrow({ where: { projectId_number: { projectId, number } }, select: { settingsJson: true, addressesJson: true } });
  return { settings: gatewaySettingsSchema.parse(JSON.parse(row.settingsJson)), externalAddresses: addresses.parse(JSON.parse(row.addressesJson)) };
}

/** As `loadGatewayRevision`, the settings alone. */
export async function loadGatewaySettings(db: Db, projectId: string, number: number | null): Promise<GatewaySettings> {
  return (await loadGatewayRevision(db, projectId, number)).settings;
}
