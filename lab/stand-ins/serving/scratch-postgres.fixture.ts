import { execFile, spawn } from "node:child_process";
import { readdirSync, mkdtempSync, rmSync, chownSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { freePort } from "@/lib/adapters/host/free-port.fixture";

const run = promisify(execFile);

/** Roles and schemas that stand-ins expect of a project's database; without passwords, on loopback only. */
const rolesSql = `
  create role anon nologin noinherit;
  create role authenticated nologin noinherit;
  create role service_role nologin noinherit bypassrls;
  create role authenticator login noinherit;
  grant anon, authenticated, service_role to authenticator;
  create role postgres login createrole createdb bypassrls;
  create role dashboard_user nologin;
  create role supabase_auth_admin login noinherit createrole;
  create role supabase_storage_admin login noinherit createrole;
  grant authenticator to supabase_storage_admin;
  create schema auth authorization supabase_auth_admin;
  create schema storage authorization supabase_storage_admin;
  create schema _realtime authorization supabase_admin;
  grant usage on schema auth, storage to anon, authenticated, service_role, postgres;
  grant create on database postgres to supabase_auth_admin, supabase_storage_admin;
`;

export interface ScratchPostgres {
  url(role: string): string;
  stop(): Promise<void>;
}

function programFolder(): string {
  const root = "/usr/lib/postgresql";
  const newest = readdirSync(root).sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) throw new Error("PostgreSQL is not installed: apt-get install postgresql");
  return join(root, newest, "bin");
}

/** A PostgreSQL of its own from Debian's package, with the roles of a project's database. */
export async function startScratchPostgres(): Promise<ScratchPostgres> {
  const folder = mkdtempSync(join(tmpdir(), "lab-postgres-"));
  const port = await freePort();
  const programs = programFolder();
  // PostgreSQL refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  const uid = isRoot ? Number((await run("id", ["-u", "postgres"])).stdout) : undefined;
  if (uid !== undefined) chownSync(folder, uid, -1);
  const as = uid === undefined ? {} : { uid };
  const data = join(folder, "data");
  await run(join(programs, "initdb"), ["-D", data, "-U", "supabase_admin", "-A", "trust", "-E", "UTF8", "--no-sync"], as);
  const settings = { listen_addresses: "127.0.0.1", port: String(port), unix_socket_directories: folder, fsync: "off" };
  const server = spawn(join(programs, "postgres"), ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])], { ...as, stdio: "ignore" });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const url = (role: string) => `postgres://${role}@127.0.0.1:${String(port)}/postgres`;
  const stop = async (): Promise<void> => {
    server.kill("SIGQUIT");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await makeRoles(url("supabase_admin"), server.pid);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function makeRoles(url: string, pid: number | undefined): Promise<void> {
  const untilMs = Date.now() + 30_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.query(rolesSql);
      return;
    } catch (error) {
      if (Date.now() > untilMs || pid === undefined) throw error;
      const isStarting = error instanceof Error && ("code" in error ? ["ECONNREFUSED", "57P03"].includes(String(error.code)) : false);
      if (!isStarting) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
