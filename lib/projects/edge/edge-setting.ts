import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";
import { readSetting } from "../installation";

export const edgeSettingKey = "edge";

const port = z.number().int().min(1).max(65_535);

export const edgeSettingSchema = z.object({
  isOn: z.boolean(),
  /** When it was turned on or off last, ISO 8601: a project that could not follow is not moved again by itself. */
  changedAt: z.iso.datetime().nullable().default(null),
  /** null: Let's Encrypt, without an address for its notices. */
  acme: z.object({ directoryUrl: z.url({ protocol: /^https$/ }), email: z.email().nullable() }).nullable(),
  /** Where names are served; other ports than 80 and 443 only behind something that forwards to them. */
  httpPort: port.default(80),
  httpsPort: port.default(443),
});

export type EdgeSetting = z.infer<typeof edgeSettingSchema>;

/** What the installation wants of its edge: none, unless somebody turned it on. */
export async function readEdgeSetting(db: Db): Promise<EdgeSetting> {
  return (await readSetting(db, edgeSettingKey, (json) => edgeSettingSchema.parse(json))) ?? edgeSettingSchema.parse({ isOn: false, acme: null });
}
