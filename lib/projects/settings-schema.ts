import { z } from "zod";
import type { KeySettings, ProjectPorts, ProjectSettings, StudioSettings } from "@/lib/stack/settings";
import { bindAddressSchema, displayNameSchema, smtpSchema } from "./inputs";

export const keySettingsSchema: z.ZodType<KeySettings> = z.object({ legacy: z.enum(["on", "leaving", "off"]), publishableOverlapEndsAt: z.iso.datetime().nullable(), secretOverlapEndsAt: z.iso.datetime().nullable() });

export const studioSettingsSchema: z.ZodType<StudioSettings> = z.object({ allowedNetworks: z.array(z.string()).nullable(), isOnApiNames: z.boolean(), isOnLocalAddress: z.boolean() });

/** The stored form of a project's settings. A row that does not parse is refused rather than half-read. */
const settingsSchema: z.ZodType<ProjectSettings> = z.object({
  displayName: displayNameSchema,
  release: z.string(),
  services: z.array(z.enum(["db", "api-gw", "auth", "rest", "realtime", "storage", "imgproxy", "meta", "functions", "studio", "supavisor"])),
  bindAddress: bindAddressSchema,
  publicUrl: z.string(),
  siteUrl: z.string(),
  redirectUrls: z.array(z.string()),
  smtp: smtpSchema.nullable(),
  isDirectDatabasePortOpen: z.boolean(),
  keys: keySettingsSchema.optional(),
  studio: studioSettingsSchema.optional(),
});

/** Parses `Project.settingsJson`. Throws a ZodError for a row written by something else. */
export function parseSettings(json: string): ProjectSettings {
  return settingsSchema.parse(JSON.parse(json));
}

/** As `parseSettings`, and null for a row that cannot be read: one such row must not take the list of all projects with it. */
export function readSettings(json: string): ProjectSettings | null {
  try {
    return parseSettings(json);
  } catch {
    return null;
  }
}

type PortRow = { purpose: string; port: number };

/** Port rows of a project as the stack wants them. Throws when one of the three fixed ports is missing. */
export function toPorts(rows: readonly PortRow[]): ProjectPorts {
  const find = (purpose: string) => rows.find((row) => row.purpose === purpose)?.port;
  const need = (purpose: string) => {
    const port = find(purpose);
    if (port === undefined) throw new Error(`The project has no ${purpose} port allocated.`);
    return port;
  };
  const inner = find("gateway-inner");
  const beside = find("gateway-beside");
  return {
    gateway: need("gateway"),
    ...(inner === undefined ? {} : { gatewayInner: inner }),
    ...(beside === undefined ? {} : { gatewayBeside: beside }),
    poolerSession: need("pooler-session"),
    poolerTransaction: need("pooler-transaction"),
    database: find("database") ?? null,
  };
}
