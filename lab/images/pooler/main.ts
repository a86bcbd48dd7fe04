import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { nodeProgram, standInFolder } from "../../image";
import { pgbouncerConfig, poolPorts, userList, type PoolMode } from "./pgbouncer-config";
import { createTenant, migrate, readTenant, withDatabase, type Tenant } from "./tenants";

/** The three programs that the start command of Supavisor's container calls: `migrate`, `eval` and `server`. */

function need(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set.`);
  return value;
}

const tenantFromEnvironment = (): Tenant => ({
  externalId: need("POOLER_TENANT_ID"),
  host: process.env.POSTGRES_HOST ?? "db",
  port: Number(need("POSTGRES_PORT")),
  database: need("POSTGRES_DB"),
  maxClients: Number(need("POOLER_MAX_CLIENT_CONN")),
  poolSize: Number(need("POOLER_DEFAULT_POOL_SIZE")),
  manager: "pgbouncer",
  managerPassword: need("POSTGRES_PASSWORD"),
});

/** No Elixir runs here: the one script that Supavisor is given makes the tenant out of the environment, and so does this. */
async function evaluate(script: string | undefined): Promise<void> {
  if (script === undefined || !script.includes("Supavisor.Tenants.create_tenant")) throw new Error("The lab's pooler only knows the script that makes the tenant.");
  await withDatabase(need("DATABASE_URL"), (client) => createTenant(client, tenantFromEnvironment(), need("VAULT_ENC_KEY")));
}

function opens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false)).once("close", () => socket.destroy());
    socket.once("connect", () => socket.end());
  });
}

function startPgbouncer(tenant: Tenant, mode: PoolMode, folder: string): ChildProcess {
  const file = join(folder, `${mode}.ini`);
  writeFileSync(file, pgbouncerConfig(tenant, mode, folder), { mode: 0o600 });
  return spawn("pgbouncer", ["--quiet", file], { stdio: "inherit" });
}

/** Two poolers and the HTTP interface beside them. Whichever ends takes the container with it. */
async function serve(): Promise<void> {
  const tenant = await withDatabase(need("DATABASE_URL"), (client) => readTenant(client, need("POOLER_TENANT_ID"), need("VAULT_ENC_KEY")));
  const folder = mkdtempSync(join(tmpdir(), "pooler-"));
  writeFileSync(join(folder, "users.txt"), userList(tenant), { mode: 0o600 });
  const children = [startPgbouncer(tenant, "session", folder), startPgbouncer(tenant, "transaction", folder)];
  const stop = (code: number) => {
    for (const child of children) child.kill("SIGTERM");
    process.exit(code);
  };
  const watch = (child: ChildProcess) => child.once("exit", (code) => stop(code ?? 1)).once("error", () => stop(1));
  children.forEach(watch);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop(0));
  // Health is answered by the HTTP interface, so it must not be there before the poolers are.
  for (const port of Object.values(poolPorts)) while (!(await opens(port))) await delay(20);
  const api = spawn(nodeProgram, [`${standInFolder}/main.mjs`], { stdio: "inherit" });
  children.push(api);
  watch(api);
}

const commands: Record<string, (argument: string | undefined) => Promise<void>> = {
  migrate: () => withDatabase(need("DATABASE_URL"), migrate),
  eval: evaluate,
  server: serve,
};

const [, , name = "", argument] = process.argv;
const command = commands[name];
if (command === undefined) throw new Error(`The lab's pooler has no command ${name}.`);
command(argument).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
