import { randomInt } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HttpContractProbe } from "@/lib/adapters/probe/contract-probe";
import { contractRequests, judgeContract } from "@/lib/gateway/contract";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { startLabStack, type RunningStack } from "./running-stack.fixture";

/** The real images, with exactly what the product gives them, and nobody in between. */
const release = "v0.8.2";
// Neither among the ports that other tests ask for (`freePort`) nor among those that projects are given.
const firstPort = 28_000 + randomInt(150) * 10;
let running: RunningStack;

async function failedRequests(): Promise<string[]> {
  const probe = new HttpContractProbe();
  const requests = contractRequests({ enabledServices: allServices, release });
  const answers = await Promise.all(requests.map(async (request) => ({ request, answer: await probe.send(`http://127.0.0.1:${String(firstPort)}`, request, running.secrets, AbortSignal.timeout(20_000)) })));
  return judgeContract(answers).filter((result) => !result.isPassed).map((result) => `${result.id}: expected ${result.expected}, received ${result.received}`);
}

async function withClient<T>(port: number, user: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ host: "127.0.0.1", port, user, password: running.secrets.postgresPassword.reveal(), database: "postgres" });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const asSuperuser = async (sql: string, database = "postgres") => {
  const result = await running.exec("db", ["psql", "-h", "localhost", "-U", "supabase_admin", "-d", database, "-v", "ON_ERROR_STOP=1", "-AtXc", sql]);
  expect(result.stderr).toBe("");
  return result.stdout.trim();
};

beforeAll(async () => {
  running = await startLabStack({ release, services: allServices, subnet: `10.213.${String(200 + randomInt(50))}.0/26`, firstPort });
  await Promise.all(allServices.map((service) => running.ready(service)));
});

afterAll(async () => {
  await running.remove();
});

describe("a full stack on lab images", () => {
  test("every request of the gateway contract gets the answer it must get", async () => {
    // The gateway looks each service up by itself, up to a second after it answers.
    await expect.poll(failedRequests, { timeout: 60_000, interval: 500 }).toEqual([]);
  });

  test.each([["session", 1], ["transaction", 2]] as const)("the pooler's %s port takes postgres.<tenant> with the project's password and acts as postgres", async (_mode, offset) => {
    const row = await withClient(firstPort + offset, `postgres.${running.stack.projectRef}`, async (client) => (await client.query<{ me: string }>("select current_user as me")).rows[0]);
    expect(row).toEqual({ me: "postgres" });
  });

  test("the pooler refuses another tenant's name and a plain role", async () => {
    await expect(withClient(firstPort + 1, "postgres.other-shop", () => Promise.resolve())).rejects.toThrow();
    await expect(withClient(firstPort + 1, "postgres", () => Promise.resolve())).rejects.toThrow();
  });

  test("supabase_admin is the superuser and postgres is not", async () => {
    expect(await asSuperuser("select string_agg(rolname, ',' order by rolname) from pg_roles where rolsuper")).toBe("supabase_admin");
  });

  test("the JWT settings and the second database with its schemas are there", async () => {
    expect(await asSuperuser("select current_setting('app.settings.jwt_secret')")).toBe(running.secrets.jwtSecret.reveal());
    expect(await asSuperuser("select string_agg(nspname, ',' order by nspname) from pg_namespace where nspname in ('_analytics', '_supavisor')", "_supabase")).toBe("_analytics,_supavisor");
  });

  test("postgres may create the extensions that the official image lets it create", async () => {
    const result = await running.exec("db", ["psql", "-h", "localhost", "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-qAtX", "-c", "create extension vector; create extension pg_cron; create extension pgaudit; create extension pg_graphql cascade; create extension pgsodium"]);
    expect(result.stderr).toBe("");
    expect(result.exitCode).toBe(0);
  });

  test("a vault secret is read back with the root key that lies in the configuration volume", async () => {
    await asSuperuser("select vault.create_secret('open sesame', 'door')");
    expect(await asSuperuser("select decrypted_secret from vault.decrypted_secrets where name = 'door'")).toBe("open sesame");
    expect(await asSuperuser("select secret like '%sesame%' from vault.secrets where name = 'door'")).toBe("f");
    const key = await running.exec("db", ["stat", "-c", "%U %a %s", "/etc/postgresql-custom/pgsodium_root.key"]);
    expect(key.stdout.trim()).toBe("postgres 600 64");
  });

  test("a table that was just made is served over REST", async () => {
    await asSuperuser("create table public.lab_notes (id int primary key, body text); insert into public.lab_notes values (1, 'written')");
    const url = `http://127.0.0.1:${String(firstPort)}/rest/v1/lab_notes?select=body`;
    await expect.poll(async () => (await fetch(url, { headers: { apikey: running.secrets.secretKey.reveal() } })).text(), { timeout: 20_000 }).toBe('[{"body":"written"}]');
  });

  test("no container logs the database password", async () => {
    const logs = await Promise.all(allServices.map((service) => running.logs(service)));
    expect(logs.filter((text) => text.includes(running.secrets.postgresPassword.reveal()))).toEqual([]);
  });
});
