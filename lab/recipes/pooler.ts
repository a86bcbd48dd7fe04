import { join } from "node:path";
import { nodeProgram, standInFolder } from "../image";
import { entriesLayer, type LayerEntry } from "../layers";
import { sourceFolder } from "../paths";
import type { Recipe } from "../recipe";
import { standIn } from "../stand-ins/supavisor/image";
import { programEntries } from "./base-programs";
import { bundle } from "./bundle";
import { debianBase, defaultPath } from "./debian-root";
import { nodeLayer } from "./package-layers";
import { bundleEntries } from "./stand-in";
import { userEntries } from "./users";

const program = `${standInFolder}/pooler.mjs`;

function command(name: string, content: string): LayerEntry {
  return { kind: "file", path: `/app/bin/${name}`, content: `#!/bin/sh\n${content}\n`, mode: 0o755 };
}

async function layer() {
  return entriesLayer("supabase/supavisor", [
    ...userEntries(),
    ...(await bundleEntries(standIn)),
    { kind: "file", path: program, content: await bundle(join(sourceFolder, "images/pooler/main.ts"), "node"), mode: 0o644 },
    command("migrate", `exec ${nodeProgram} ${program} migrate`),
    command("supavisor", `exec ${nodeProgram} ${program} "$@"`),
    command("server", `exec ${nodeProgram} ${program} server`),
    ...programEntries(standIn.programs),
  ]);
}

/** Debian's pgbouncer on both of Supavisor's ports, with the commands that Supavisor's container is started with. */
export const poolerRecipe: Recipe = {
  repository: standIn.repository,
  plan: async () => ({
    source: standIn.source,
    standIn: standIn.name,
    layers: [debianBase, nodeLayer, await layer()],
    // pgbouncer refuses to run as root.
    config: { Env: [defaultPath], Cmd: ["/app/bin/server"], User: "65534:65534", WorkingDir: "/app", ExposedPorts: Object.fromEntries([4000, 5432, 6543].map((port) => [`${String(port)}/tcp`, {}])) },
  }),
};
