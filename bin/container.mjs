/**
 * What a container of the panel runs (docker-compose.panel.yml): `worker` prepares the shared folder, migrates and becomes the worker; `web` becomes the web
 * process; `healthy worker|web` asks whether it is up.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureWebSecret, giveStoreTo, ownFolder } from "./start/data-folder.mjs";
import { answersSocket, askHealth, removeStaleSocket } from "./start/supervise.mjs";

const root = resolve(import.meta.dirname, "..");
const need = (name) => {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set.`);
  return value;
};

const [role, part] = process.argv.slice(2);
if (role === "worker") await runWorker();
else if (role === "web") await runWeb();
else if (role === "healthy") process.exitCode = (await isUp(part)) ? 0 : 1;
else throw new Error("Say worker, web, or healthy worker|web.");

async function runWorker() {
  const data = need("BASEHOLD_DATA");
  // Volumes keep a socket that a killed worker left.
  await removeStaleSocket(need("BASEHOLD_WORKER_SOCKET"));
  const user = { uid: Number(need("BASEHOLD_WEB_UID")), gid: Number(need("BASEHOLD_WEB_UID")), isSeparate: true };
  mkdirSync(data, { recursive: true });
  chmodSync(data, 0o711);
  ownFolder(join(data, "store"), 0o700, user);
  for (const name of ["worker", "first-project"]) ownFolder(join(data, name), 0o700, null);
  ownFolder(join(data, "run"), 0o755, null);
  ensureWebSecret(need("BASEHOLD_WEB_SECRET_FILE"), user);
  execFileSync(process.execPath, [join(root, "dist/cli.mjs"), "migrate"], { stdio: "inherit" });
  giveStoreTo(user, { store: join(data, "store") });
  await import(pathToFileURL(join(root, "dist/worker.mjs")).href);
}

async function runWeb() {
  // Inside the container; outside, Compose publishes it on 127.0.0.1.
  process.env.HOSTNAME = "0.0.0.0";
  delete process.env.BASEHOLD_KEY_FILE;
  process.chdir(join(root, "web"));
  await import(pathToFileURL(join(root, "web/server.js")).href);
}

async function isUp(name) {
  return name === "worker" ? answersSocket(need("BASEHOLD_WORKER_SOCKET")) : (await askHealth(need("PORT"), "127.0.0.1")) === true;
}
