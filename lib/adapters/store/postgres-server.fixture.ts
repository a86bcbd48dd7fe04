import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "@/lib/adapters/host/free-port.fixture";

/** Where Debian puts the programs of each major version. */
const debianFolder = "/usr/lib/postgresql";

export type PostgresServer = {
  /** Makes an empty database and returns its address. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
};

/** Starts a PostgreSQL of the test's own in a temporary folder, on a free port of the loopback. */
export async function startPostgres(): Promise<PostgresServer> {
  const programs = findPrograms();
  const folder = mkdtempSync(join(tmpdir(), "basehold-postgres-"));
  const user = unprivilegedUser();
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const asUser = user ?? {};
  const data = join(folder, "data");
  execFileSync(join(programs, "initdb"), ["-D", data, "-U", "basehold", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"], { ...asUser, cwd: folder, stdio: "pipe" });
  const port = await freePort();
  const child = spawn(join(programs, "postgres"), ["-D", data, "-p", String(port), "-k", folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"], { ...asUser, cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  await untilReady(child);
  let count = 0;
  const addressOf = (database: string) => `postgres://basehold:unused@127.0.0.1:${port}/${database}`;
  return {
    async createDatabase() {
      const name = `store_${++count}`;
      const client = new pg.Client({ connectionString: addressOf("postgres") });
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      return addressOf(name);
    },
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGINT");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findPrograms(): string {
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder).sort((a, b) => Number(b) - Number(a)) : [];
  const folder = versions.map((version) => join(debianFolder, version, "bin")).find((candidate) => existsSync(join(candidate, "initdb")));
  if (folder === undefined) throw new Error("These tests need PostgreSQL's server programs. On Debian and Ubuntu: apt-get install postgresql.");
  return folder;
}

/** PostgreSQL refuses to run as root: then it runs as Debian's own user for it. */
function unprivilegedUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const [, , uid, gid] = readFileSync("/etc/passwd", "utf8").split("\n").find((line) => line.startsWith("postgres:"))?.split(":") ?? [];
  if (uid === undefined || gid === undefined) throw new Error("There is no user `postgres` to run PostgreSQL as.");
  return { uid: Number(uid), gid: Number(gid) };
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("database system is ready to accept connections")) resolve();
    });
    child.once("exit", () => reject(new Error(`PostgreSQL did not start:\n${text}`)));
  });
}
