/** From a prepared folder to two running processes: what each is given, and what the command line of Basehold is asked. */
import { execFile } from "node:child_process";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { StartFailure } from "./failure.mjs";
import { memoryEnvironment, nodeFlags } from "./lean-node.mjs";

const execFileAsync = promisify(execFile);

/** The environment of the worker and of the command line. Both may read everything the person set. */
export function workerEnvironment(settings, paths, user, engine) {
  return {
    ...process.env,
    NODE_ENV: "production",
    BASEHOLD_DATA: paths.data,
    BASEHOLD_STORE_URL: storeUrlOf(settings, paths),
    BASEHOLD_KEY_FILE: paths.keyFile,
    BASEHOLD_WORKER_SOCKET: paths.socket,
    BASEHOLD_URL: settings.url.origin,
    BASEHOLD_WEB_SECRET_FILE: paths.webSecret,
    BASEHOLD_PANEL_UPSTREAM: upstreamOf(settings),
    ...(user.isSeparate ? { BASEHOLD_WEB_UID: String(user.uid) } : {}),
    ...(engine === null || engine.address === "unix:///var/run/docker.sock" ? {} : { DOCKER_HOST: engine.address }),
  };
}

/** Where the edge finds web: an address that stands for every one is asked at the loopback. */
function upstreamOf({ listen, port }) {
  if (listen === "0.0.0.0") return `127.0.0.1:${port}`;
  if (listen === "::") return `[::1]:${port}`;
  return `${listen.includes(":") ? `[${listen}]` : listen}:${port}`;
}

/** The environment of web: named one by one, so that nothing that root has in its own reaches the process that faces browsers. */
export function webEnvironment(settings, paths) {
  const passedOn = ["PATH", "LANG", "TZ", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "BASEHOLD_TRUSTED_PROXIES", "BASEHOLD_LOG_LEVEL"];
  return {
    ...Object.fromEntries(passedOn.filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]])),
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    PORT: String(settings.port),
    HOSTNAME: settings.listen,
    BASEHOLD_STORE_URL: storeUrlOf(settings, paths),
    BASEHOLD_DATA: paths.data,
    BASEHOLD_WEB_SECRET_FILE: paths.webSecret,
    BASEHOLD_WORKER_SOCKET: paths.socket,
    BASEHOLD_URL: settings.url.origin,
  };
}

export function storeUrlOf(settings, paths) {
  return settings.databaseUrl ?? `file:${join(paths.store, "basehold.sqlite")}`;
}

/** The two programs, for the supervisor. */
export function programsOf(settings, paths, user, web, environment) {
  return [
    { name: "worker", command: [process.execPath, ...nodeFlags.worker, join(settings.root, "dist/worker.mjs")], cwd: settings.root, env: { ...memoryEnvironment, ...environment } },
    {
      name: "web",
      command: [web.node, ...nodeFlags.web, join(web.folder, "server.js")],
      cwd: web.folder,
      env: { ...memoryEnvironment, ...webEnvironment(settings, paths) },
      ...(user.isSeparate ? { user: { uid: user.uid, gid: user.gid } } : {}),
    },
  ];
}

/** Runs one command of `basehold` and returns what it printed. @throws StartFailure with its own sentence */
export async function askCli(settings, environment, args) {
  try {
    const { stdout } = await execFileAsync(process.execPath, ["--enable-source-maps", join(settings.root, "dist/cli.mjs"), ...args], { cwd: settings.root, env: environment, maxBuffer: 16 << 20 });
    return stdout.trim();
  } catch (error) {
    throw new StartFailure(String(error.stderr ?? "").trim() || String(error.stdout ?? "").trim() || error.message);
  }
}

/** What a person needs once it runs. */
export function welcome({ settings, paths, user, setUpLink, imageSource }) {
  const address = settings.url.origin;
  const name = userInfo().username;
  const rows = [["Address", address]];
  if (setUpLink !== "") rows.push(["Set-up link", `${setUpLink}  (works once)`]);
  if (settings.listen === "127.0.0.1") rows.push(["From afar", `ssh -L ${settings.port}:127.0.0.1:${settings.port} ${name}@${hostname()}  then open the address above`]);
  rows.push(["Data", paths.data]);
  if (imageSource === "lab") rows.push(["Images", "from the lab: for trying and testing, with stand-ins"]);
  if (!user.isSeparate) rows.push(["Separation", "web and worker are apart by process only: start as root to give web a user of its own"]);
  return rows.map(([label, text]) => `  ${label.padEnd(12)} ${text}`).join("\n");
}
