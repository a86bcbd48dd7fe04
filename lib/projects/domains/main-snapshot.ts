import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";
import { localUrl as localUrlOf } from "../create-project";
import { parseSettings, toPorts } from "../settings-schema";
import type { AddressSettings } from "./main-address";

const addressSettings: z.ZodType<AddressSettings> = z.object({ publicUrl: z.string(), siteUrl: z.string(), redirectUrls: z.array(z.string()) });

/** What an operation on the main domain goes back to: the address settings, and what every domain of the project is to them. */
export const mainSnapshotSchema = z.object({ settings: addressSettings, domains: z.array(z.object({ id: z.string(), isMain: z.boolean(), replacedJson: z.string().nullable() })) });
export type MainSnapshot = z.infer<typeof mainSnapshotSchema>;

/** What a project's services are told of its address, and the address that it has by itself. */
export async function readAddressSettings(db: Db, projectId: string): Promise<{ settings: AddressSettings; localUrl: string }> {
  const row = await db.project.findUniqueOrThrow({ where: { id: projectId }, select: { settingsJson: true, ports: true } });
  const { publicUrl, siteUrl, redirectUrls, bindAddress } = parseSettings(row.settingsJson);
  return { settings: { publicUrl, siteUrl, redirectUrls }, localUrl: localUrlOf(bindAddress, toPorts(row.ports).gateway) };
}

export async function takeSnapshot(db: Db, projectId: string): Promise<MainSnapshot> {
  const { settings } = await readAddressSettings(db, projectId);
  return { settings, domains: await db.domain.findMany({ where: { projectId }, select: { id: true, isMain: true, replacedJson: true }, orderBy: { hostname: "asc" } }) };
}

/** Writes them as a new revision, unless they are so already, and leaves all other settings as they are. Whether it wrote. */
export async function writeAddressSettings(tx: Db, projectId: string, settings: AddressSettings): Promise<boolean> {
  const row = await tx.project.findUniqueOrThrow({ where: { id: projectId }, select: { settingsJson: true } });
  const present = parseSettings(row.settingsJson);
  const after = { ...present, ...settings };
  if (JSON.stringify(after) === JSON.stringify(present)) return false;
  await tx.project.update({ where: { id: projectId }, data: { settingsJson: JSON.stringify(after), revision: { increment: 1 } } });
  return true;
}

/** Brings settings and domains back to the snapshot; whether the settings differed. */
export async function putBack(tx: Db, projectId: string, { settings, domains }: MainSnapshot): Promise<boolean> {
  for (const { id, isMain, replacedJson } of domains) await tx.domain.updateMany({ where: { id }, data: { isMain, replacedJson } });
  return writeAddressSettings(tx, projectId, settings);
}
