import { join, relative } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "../../..");

/** Bundles a program once, as `npm run build` does, for tests that start it as a process: that starts in a tenth of the time. */
export async function bundleProgram(path: string): Promise<string> {
  const name = relative(root, path).replaceAll("/", "-").replace(/\.ts$/, "");
  // Inside node_modules, where the packages that are not bundled are found.
  const outfile = join(root, "node_modules/.cache/basehold-tests", `${name}-${process.pid}.mjs`);
  await build({ absWorkingDir: root, entryPoints: [path], outfile, bundle: true, platform: "node", format: "esm", target: "node20", packages: "external", tsconfig: join(root, "tsconfig.json"), logLevel: "silent" });
  return outfile;
}
