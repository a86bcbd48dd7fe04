import { readFileSync } from "node:fs";
import { join } from "node:path";
import { entriesLayer } from "../layers";
import { sourceFolder } from "../paths";
import type { Recipe } from "../recipe";
import { programEntries } from "./base-programs";
import { debianBase, defaultPath } from "./debian-root";
import { lockedPackagesLayer, nodeLayer, nodeVersion } from "./package-layers";

const folder = join(sourceFolder, "images/postgres-meta");
const packages = () => lockedPackagesLayer("npm @supabase/postgres-meta and what it needs", { folder, lockFile: readFileSync(join(folder, "package-lock.json"), "utf8") });

const layer = () => entriesLayer("supabase/postgres-meta", [{ kind: "link", path: "/usr/src/app/dist", target: "node_modules/@supabase/postgres-meta/dist" }, ...programEntries(["node"])]);

/** The real postgres-meta of npm; one version serves both releases. */
export const metaRecipe: Recipe = {
  repository: "supabase/postgres-meta",
  plan: () => ({
    source: `@supabase/postgres-meta 0.99.0 of npm on Node ${nodeVersion}`,
    layers: [debianBase, nodeLayer, packages(), layer()],
    config: { Env: [defaultPath, "PG_META_PORT=8080"], Cmd: ["node", "dist/server/server.js"], WorkingDir: "/usr/src/app", ExposedPorts: { "8080/tcp": {} } },
  }),
};
