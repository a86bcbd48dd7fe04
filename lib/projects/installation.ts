import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";

/** Reads a setting of the installation; undefined when it was never written. */
export async function readSetting<T>(db: Db, key: string, parse: (json: unknown) => T): Promise<T | undefined> {
  const row = await db.installationSetting.findUnique({ where: { key } });
  return row === null ? undefined : parse(JSON.parse(row.valueJson));
}

/** Writes a setting of the installation. */
export async function writeSetting(db: Db, key: string, value: unknown, now: Date): Promise<void> {
  const valueJson = JSON.stringify(value);
  await db.installationSetting.upsert({ where: { key }, create: { key, valueJson, updatedAt: now }, update: { valueJson, updatedAt: now } });
}

/** Id of this installation: the label of every Docker object it makes. Written by the worker at its first start. */
export async function readInstanceId(db: Db): Promise<string> {
  const id = await readSetting(db, "instanceId", String);
  if (id === undefined) throw new Error("The installation has no id yet: the worker writes it at its first start.");
  return id;
}

export const imageSourceKey = "imageSource";

/** `prefix` is empty for the official registries; otherwise a registry's host, with port and path if any, that ends with `/`. */
export const imageSourceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("official"), prefix: z.literal("") }),
  z.object({ kind: z.enum(["mirror", "lab"]), prefix: z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?\/([a-z0-9]+([._-][a-z0-9]+)*\/)*$/, "A prefix looks like registry.example.com:5000/path/.") }),
]);
export type ImageSource = z.infer<typeof imageSourceSchema>;

/** Where images come from: the official registries unless set otherwise. */
export async function readImageSource(db: Db): Promise<ImageSource> {
  return (await readSetting(db, imageSourceKey, (json) => imageSourceSchema.parse(json))) ?? { kind: "official", prefix: "" };
}
