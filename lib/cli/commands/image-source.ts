import { audit } from "@/lib/access/audit";
import { imageSourceKey, imageSourceSchema, readImageSource, readSetting, writeSetting, type ImageSource } from "@/lib/projects/installation";
import { CliError } from "../cli-error";
import type { Command } from "../command";
import { cliContext, withStore } from "../open-panel";

const labPrefix = "127.0.0.1:5055/";

/** `basehold image-source [set official | set mirror <prefix> | set lab [prefix]]` */
export const imageSourceCommand: Command = {
  usage: "image-source [set official | set mirror <prefix> | set lab [prefix]]",
  summary: "Print where images come from, or set it: the official registries, a mirror, or the lab's registry",
  async run({ environment, positionals: [verb, kind, prefix], print }) {
    await withStore(environment, async (store) => {
      if (verb === undefined) {
        const isSet = (await readSetting(store.db, imageSourceKey, String)) !== undefined;
        return print(JSON.stringify(isSet ? await readImageSource(store.db) : null));
      }
      if (verb !== "set") throw new CliError("Use `image-source` to print it, or `image-source set official|mirror|lab [prefix]`.");
      const source = toSource(kind, prefix);
      const ctx = cliContext(store);
      await store.transaction(async (tx) => {
        await writeSetting(tx, imageSourceKey, source, ctx.now());
        await audit(tx, ctx, { action: "installation.image-source", summary: `Images come from ${source.kind === "official" ? "the official registries" : source.prefix}`, detail: source });
      });
      print(JSON.stringify(source));
    });
  },
};

function toSource(kind: string | undefined, prefix: string | undefined): ImageSource {
  const wished = kind === "official" ? { kind, prefix: "" } : { kind, prefix: withSlash(prefix ?? (kind === "lab" ? labPrefix : "")) };
  const parsed = imageSourceSchema.safeParse(wished);
  if (!parsed.success) throw new CliError(`That is no image source: ${parsed.error.issues[0]?.message ?? ""} For example \`image-source set mirror registry.example.com/docker\`.`);
  return parsed.data;
}

function withSlash(prefix: string): string {
  return prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
}
