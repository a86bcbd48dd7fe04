import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import Docker from "dockerode";
import { removeNetwork } from "@/lib/adapters/docker/remove-network";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { root } from "./panel/where";

/** The panel in containers, as docs/operating.md says: one image, web without the socket and the key file, a project created through it. */

const run = promisify(execFile);
const name = "basehold-e2e-containers";
/** A base image of the lab: Debian with Node 24. Its containers have no network while they are built. */
const baseImage = "127.0.0.1:5055/supabase/postgres-meta:v0.99.0";

let composePath: string;
let environment: NodeJS.ProcessEnv;
let gatewayPort: string | null = null;
const compose = async (...args: string[]) => (await run(composePath, ["--project-name", name, "--file", join(root, "docker-compose.panel.yml"), ...args], { env: environment, maxBuffer: 16 << 20 })).stdout.trim();
const basehold = (...args: string[]) => compose("exec", "--no-TTY", "worker", "node", "dist/cli.mjs", ...args);

/** Asked inside the container of web: what opens, what does not. */
const tryAll = `
  const fs = require("node:fs"), net = require("node:net");
  const read = (path) => { try { fs.readFileSync(path); return "read"; } catch (error) { return error.code; } };
  const write = (path) => { try { fs.writeFileSync(path, ""); return "written"; } catch (error) { return error.code; } };
  const connect = (path) => new Promise((resolve) => { const socket = net.connect(path); socket.once("connect", () => { socket.destroy(); resolve("connected"); }); socket.once("error", (error) => resolve(error.code)); });
  (async () => console.log(JSON.stringify({
    uid: process.getuid(), docker: await connect("/var/run/docker.sock"), keyFile: read("/data/worker/key-file"), program: write("/app/web/server.js"),
    worker: await connect("/data/run/worker.sock"), ownSecret: read("/data/web-secret"), capabilities: /CapEff:\\s*(\\w+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1],
  })))();`;

test.beforeAll(async () => {
  test.setTimeout(600_000);
  environment = { ...process.env, PORT: String(await freePort()), BASE_IMAGE: baseImage, BASEHOLD_URL: "", DATABASE_URL: "" };
  composePath = (await run(process.execPath, [join(root, "bench/build-compose.mjs")])).stdout.trim();
  await run("docker", ["pull", "--quiet", baseImage]);
  await run(process.execPath, [join(root, "bin/image.mjs")], { env: environment, cwd: root });
  await compose("down", "--volumes");
  await compose("up", "--detach", "--wait", "--wait-timeout", "180");
});

/** Projects outlive the panel on purpose; those of this test are told by its installation's label. */
async function removeProjects(gatewayPort: string): Promise<void> {
  const [front] = await list("ps", "--all", "--filter", `publish=${gatewayPort}`, "--filter", "label=io.basehold.instance");
  if (front === undefined) throw new Error(`No container publishes ${gatewayPort}.`);
  const { stdout } = await run("docker", ["inspect", "--format", '{{index .Config.Labels "io.basehold.instance"}}', front]);
  const filter = ["--filter", `label=io.basehold.instance=${stdout.trim()}`];
  for (const id of await list("ps", "--all", ...filter)) await run("docker", ["rm", "--force", "--volumes", id]);
  for (const id of await list("network", "ls", ...filter)) await removeNetwork(new Docker(), id, { pauseMs: 200 });
  for (const id of await list("volume", "ls", ...filter)) await run("docker", ["volume", "rm", id]);
}

const list = async (...args: string[]) => (await run("docker", [...args, "--quiet"])).stdout.split("\n").filter((line) => line !== "");

test.afterAll(async () => {
  await compose("down", "--volumes");
  if (gatewayPort !== null) await removeProjects(gatewayPort);
});

test("web answers on 127.0.0.1, and prints the set-up page that a link from the worker's container opens", async ({ page }) => {
  const link = await basehold("setup-link");
  expect(link).toMatch(/^http:\/\/panel\.localhost:\d+\/set-up#/);
  await page.goto(link);
  await expect(page.getByLabel("Name")).toBeVisible();
});

test("web's container holds no Docker socket, no key file, no capability and cannot change its own program", async () => {
  const found: unknown = JSON.parse(await compose("exec", "--no-TTY", "web", "node", "-e", tryAll));
  expect(found).toEqual({ uid: 10001, docker: "ENOENT", keyFile: "ENOENT", program: "EROFS", worker: "connected", ownSecret: "read", capabilities: "0000000000000000" });
});

test("a project created from the worker's container is proven from outside", async () => {
  test.setTimeout(600_000);
  await basehold("image-source", "set", "lab");
  const created = JSON.parse((await basehold("create", "hello", "db", "api-gw", "auth", "rest", "--wait")).split("\n").at(-1) ?? "") as { ref: string; url: string; publishableKey: string };
  gatewayPort = new URL(created.url).port;
  const answer = await fetch(`${created.url}/auth/v1/settings`, { headers: { apikey: created.publishableKey } });
  expect(answer.status).toBe(200);
  expect(await basehold("projects")).toContain("ready");
});
