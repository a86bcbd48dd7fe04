import { build } from "esbuild";
import { basename } from "node:path";
import { sourceFolder } from "../paths";

/** CommonJS packages inside of a bundle still ask for Node's own modules by `require`. */
const requireForBundles = 'import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle(import.meta.url);';

/** One file of JavaScript from a TypeScript file and everything it imports. */
export async function bundle(entry: string, runtime: "node" | "deno"): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    absWorkingDir: sourceFolder,
    tsconfig: `${sourceFolder}/../tsconfig.json`,
    bundle: true,
    write: false,
    format: "esm",
    target: "es2023",
    platform: runtime === "node" ? "node" : "neutral",
    mainFields: runtime === "node" ? undefined : ["module", "main"],
    external: ["pg-native", "node:*"],
    banner: runtime === "node" ? { js: requireForBundles } : {},
    legalComments: "none",
    logLevel: "silent",
  });
  const [file] = result.outputFiles ?? [];
  if (file === undefined) throw new Error(`${basename(entry)} made no bundle.`);
  return file.text;
}
