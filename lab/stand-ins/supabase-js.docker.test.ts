import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SignJWT } from "jose";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ServiceName } from "@/lib/stack/desired";
import { nodeProgram } from "../image";
import { startLabStack, type RunningStack } from "../running-stack.fixture";

const run = promisify(execFile);
const services: ServiceName[] = ["db", "api-gw", "auth", "rest", "realtime", "storage", "functions", "supavisor"];
const firstPort = 30_000 + randomInt(200) * 10;
const walk = fileURLToPath(new URL("../../e2e/supabase-js-walk.mts", import.meta.url));
let stack: RunningStack;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lab-walk-"));
  stack = await startLabStack({ release: "v0.8.2", services, subnet: `10.213.${String(130 + randomInt(50))}.0/26`, firstPort });
  await Promise.all(services.map((service) => stack.ready(service)));
  // The gateway looks each service up by itself, up to a second after it answers.
  const headers = { apikey: stack.secrets.publishableKey.reveal() };
  const statuses = () => Promise.all(["auth/v1/settings", "rest/v1/none", "realtime/v1/api/ping", "storage/v1/status", "functions/v1/none"].map(async (path) => (await fetch(`http://127.0.0.1:${String(firstPort)}/${path}`, { headers })).status));
  await vi.waitFor(async () => expect(await statuses()).not.toContain(503), { timeout: 60_000, interval: 250 });
});

afterAll(async () => {
  await stack.remove();
  await rm(folder, { recursive: true, force: true });
});

test("supabase-js signs up, reads and writes under row level security, stores a file, hears a broadcast and calls a function", async () => {
  // supabase-js wants a newer Node than the one that tests run on; the images bring it.
  const node = join(folder, "node");
  await run("docker", ["cp", `${stack.containerId("auth")}:${nodeProgram}`, node]);
  const { publishableKey, secretKey, postgresPassword } = stack.secrets;
  const env = {
    ...process.env,
    SUPABASE_URL: `http://127.0.0.1:${String(firstPort)}`,
    PUBLISHABLE_KEY: publishableKey.reveal(),
    SECRET_KEY: secretKey.reveal(),
    DATABASE_URL: `postgres://postgres.${stack.stack.projectRef}:${postgresPassword.reveal()}@127.0.0.1:${String(firstPort + 1)}/postgres`,
  };
  const { stdout } = await run(node, [walk], { env, timeout: 120_000 });
  expect(stdout.trim().split("\n").every((line) => line.startsWith("ok "))).toBe(true);
  expect(stdout).toContain("an edge function answers");
});

test("the pooler's tenant is told to those who hold the JWT secret and to nobody else", async () => {
  const token = await new SignJWT({ role: "service_role" }).setProtectedHeader({ alg: "HS256" }).setExpirationTime("1m").sign(new TextEncoder().encode(stack.secrets.jwtSecret.reveal()));
  const ask = async (header: string[]) => (await stack.exec("supavisor", ["curl", "-s", ...header, `http://127.0.0.1:4000/api/tenants/${stack.stack.projectRef}`])).stdout;
  expect(JSON.parse(await ask(["-H", `Authorization: Bearer ${token}`]))).toMatchObject({ data: { external_id: stack.stack.projectRef, db_host: "db" } });
  expect(await ask([])).toBe("");
});

test("a function sees its project's keys but not the JWT secret; one that cannot start says why and leaves the others working", async () => {
  const write = (name: string, content: string) => stack.exec("functions", ["sh", "-c", 'mkdir -p "$0" && printf %s "$1" > "$0/index.ts"', `/home/deno/functions/${name}`, content]);
  await write("environment", "Deno.serve(() => Response.json(Object.keys(Deno.env.toObject())))");
  await write("broken", 'throw new Error("the cause")');
  await write("crash", "Deno.serve(() => Deno.exit(3))");
  const call = async (name: string) => {
    const response = await fetch(`http://127.0.0.1:${String(firstPort)}/functions/v1/${name}`);
    return { status: response.status, text: await response.text() };
  };
  const names = JSON.parse((await call("environment")).text) as string[];
  expect(names).toContain("SUPABASE_URL");
  expect(names).not.toContain("JWT_SECRET");
  const broken = await call("broken");
  expect(broken.status).toBe(500);
  expect(broken.text).toContain("the cause");
  expect((await call("crash")).status).toBe(500);
  expect((await call("environment")).status).toBe(200);
  expect((await call("crash")).status).toBe(500);
  expect((await call("nobody")).status).toBe(404);
});

test("every stand-in ends by itself when it is asked to, not by force", async () => {
  for (const service of ["auth", "realtime", "storage", "functions"] as const) {
    const id = stack.containerId(service);
    await run("docker", ["stop", "--time", "10", id]);
    const { stdout } = await run("docker", ["inspect", "--format", "{{.State.ExitCode}}", id]);
    expect(`${service} ${stdout.trim()}`).toBe(`${service} 0`);
  }
});
