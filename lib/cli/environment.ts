import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export type CliEnvironment = {
  dataFolder: string;
  storeUrl: string;
  keyFilePath: string;
  socketPath: string;
  backupsFolder: string;
  /** The panel's address as browsers see it. */
  panelUrl: string;
};

type Variables = Readonly<Record<string, string | undefined>>;

/** Where this installation lies: what the environment says, and the layout of `npm run up` for the rest. */
export function readEnvironment(env: Variables = process.env, start = dirname(fileURLToPath(import.meta.url))): CliEnvironment {
  const given = (name: string) => (env[name] === undefined || env[name] === "" ? undefined : env[name]);
  const dataFolder = resolve(given("BASEHOLD_DATA") ?? join(findClone(start), ".basehold"));
  return {
    dataFolder,
    storeUrl: given("BASEHOLD_STORE_URL") ?? given("DATABASE_URL") ?? `file:${join(dataFolder, "store/basehold.sqlite")}`,
    keyFilePath: given("BASEHOLD_KEY_FILE") ?? join(dataFolder, "worker/key-file"),
    socketPath: given("BASEHOLD_WORKER_SOCKET") ?? join(dataFolder, "run/worker.sock"),
    backupsFolder: join(dataFolder, "worker/backups"),
    panelUrl: given("BASEHOLD_URL") ?? `http://panel.localhost:${given("PORT") ?? "3000"}`,
  };
}

/** The folder of the clone: the first on the way up with a package.json and the migrations beside it. */
function findClone(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json")) && existsSync(join(folder, "prisma/migrations"))) return folder;
    if (dirname(folder) === folder) return process.cwd();
  }
}
