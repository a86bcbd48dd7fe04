import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { entriesLayer, type LayerEntry } from "../layers";
import { sourceFolder } from "../paths";
import type { Recipe } from "../recipe";
import { databaseBase, defaultPath } from "./debian-root";

const folder = join(sourceFolder, "images/postgres");
const binFolder = "/usr/lib/postgresql/17/bin";
const extensionFolder = "/usr/share/postgresql/17/extension";
const read = (name: string) => readFileSync(join(folder, name), "utf8");

function filesOf(from: string, to: string): LayerEntry[] {
  return readdirSync(join(folder, from)).sort().map((name) => ({ kind: "file", path: `${to}/${name}`, content: read(`${from}/${name}`), mode: 0o644 }));
}

const layer = () => entriesLayer("supabase/postgres: configuration, scripts, stand-in extensions", [
  { kind: "file", path: "/usr/local/bin/docker-entrypoint.sh", content: read("docker-entrypoint.sh"), mode: 0o755 },
  ...["postgresql.conf", "pg_hba.conf", "pg_ident.conf"].map((name): LayerEntry => ({ kind: "file", path: `/etc/postgresql/${name}`, content: read(name), mode: 0o644 })),
  ...filesOf("init-scripts", "/docker-entrypoint-initdb.d/init-scripts"),
  ...filesOf("migrations", "/docker-entrypoint-initdb.d/migrations"),
  ...filesOf("extensions", extensionFolder),
  ...["psql", "pg_isready", "pg_dump", "pg_dumpall", "pg_restore", "pg_basebackup"].map((name): LayerEntry => ({ kind: "link", path: `/usr/local/bin/${name}`, target: `${binFolder}/${name}` })),
]);

/** The real PostgreSQL 17 with the roles, schemas, databases and order of scripts of the official image. */
export const postgresRecipe: Recipe = {
  repository: "supabase/postgres",
  plan: () => ({
    source: "PostgreSQL 17 of Debian trixie with pg_cron, pgvector, pgaudit and wal2json; pg_net, supabase_vault, pgsodium and pg_graphql are stand-in extensions",
    layers: [databaseBase, layer()],
    config: {
      Env: [`PATH=${binFolder}:${defaultPath.slice("PATH=".length)}`, "LANG=C.UTF-8", "PGDATA=/var/lib/postgresql/data", "POSTGRES_USER=supabase_admin", "POSTGRES_DB=postgres", "POSTGRES_HOST=/var/run/postgresql"],
      Entrypoint: ["docker-entrypoint.sh"],
      Cmd: ["postgres", "-D", "/etc/postgresql"],
      // Ends sessions and stops at once, as the official image does.
      StopSignal: "SIGINT",
      ExposedPorts: { "5432/tcp": {} },
    },
  }),
};
