/** Reads how the person wants Basehold to run: flags and environment, each checked, each refusal with its way out. */
import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { StartFailure } from "./failure.mjs";

export const usage = `npm run up -- [options]

  --detach               leave it running in the background
  --stop                 stop what runs in the background
  --service              install a systemd unit: it starts now and after each reboot
  --first-project NAME   also create a project and print its URL and publishable key
  --no-install           install nothing on this machine (no Docker engine, no packages of the system)
  --lab                  use the lab's images without asking whether a registry answers
  --no-lab               never use the lab
  --tls-proxy-in-front   a proxy with TLS stands in front: plain HTTP beyond this machine is wanted
  --help

Environment: BASEHOLD_DATA (folder), PORT (3000), BASEHOLD_LISTEN (127.0.0.1), BASEHOLD_URL (the address that people type),
DATABASE_URL (PostgreSQL instead of SQLite), DOCKER_HOST.`;

const flags = {
  detach: { type: "boolean", default: false },
  stop: { type: "boolean", default: false },
  service: { type: "boolean", default: false },
  "first-project": { type: "string" },
  "no-install": { type: "boolean", default: false },
  lab: { type: "boolean", default: false },
  "no-lab": { type: "boolean", default: false },
  "tls-proxy-in-front": { type: "boolean", default: false },
  help: { type: "boolean", default: false },
};

/**
 * @param {string} root folder of the clone
 * @throws StartFailure that names the setting and what it must be
 */
export function readSettings(root, args = process.argv.slice(2), env = process.env) {
  const options = readFlags(args);
  const port = readPort(env.PORT);
  const listen = readListen(env.BASEHOLD_LISTEN);
  const url = readUrl(env.BASEHOLD_URL, port);
  const isProxied = options["tls-proxy-in-front"] || env.BASEHOLD_TLS_PROXY === "in-front";
  refusePlainHttp({ listen, url, isProxied, hasUrl: (env.BASEHOLD_URL ?? "") !== "" });
  if (options.lab && options["no-lab"]) throw new StartFailure("--lab and --no-lab contradict each other.");
  return {
    root,
    dataFolder: resolve((env.BASEHOLD_DATA ?? "") === "" ? join(root, ".basehold") : env.BASEHOLD_DATA),
    isOwnDataFolder: (env.BASEHOLD_DATA ?? "") === "",
    port,
    listen,
    url,
    isProxied,
    databaseUrl: readDatabaseUrl(env),
    isDetached: options.detach,
    isStop: options.stop,
    isService: options.service,
    isHelp: options.help,
    firstProject: options["first-project"],
    mayInstallPackages: !options["no-install"],
    lab: options.lab ? "always" : options["no-lab"] ? "never" : "when-needed",
  };
}

function readFlags(args) {
  try {
    return parseArgs({ args, options: flags, strict: true }).values;
  } catch (error) {
    throw new StartFailure(`${error.message}\n\n${usage}`);
  }
}

function readPort(text = "3000") {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new StartFailure(`PORT is ${JSON.stringify(text)}; it must be a number from 1 to 65535.`);
  return port;
}

function readListen(text = "127.0.0.1") {
  if (isIP(text) === 0) throw new StartFailure(`BASEHOLD_LISTEN is ${JSON.stringify(text)}; it must be an IP address such as 127.0.0.1 or 0.0.0.0.`);
  return text;
}

function readUrl(text = "", port) {
  if (text === "") return new URL(`http://panel.localhost:${port}`);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.pathname !== "/" || url.search !== "" || url.username !== "")
    throw new StartFailure(`BASEHOLD_URL is ${JSON.stringify(text)}; it must be a full address without a path, such as https://panel.example.com.`);
  return url;
}

/** A session cookie over plain HTTP is readable for everyone on the way. */
function refusePlainHttp({ listen, url, isProxied, hasUrl }) {
  if (url.protocol === "http:" && !isLoopbackName(url.hostname))
    throw new StartFailure(`BASEHOLD_URL is ${url.origin}: plain HTTP beyond this machine sends passwords in the open. Put a proxy with TLS in front and give its https:// address, or keep 127.0.0.1 and come in by ssh -L.`);
  if (isLoopbackName(listen)) return;
  if (!hasUrl) throw new StartFailure(`BASEHOLD_LISTEN is ${listen}: then BASEHOLD_URL must say under which address people reach the panel, since links are built from it alone.`);
  if (!isProxied)
    throw new StartFailure(`BASEHOLD_LISTEN is ${listen}: plain HTTP beyond this machine is refused. When a proxy with TLS stands in front and nobody else reaches this port, say so with --tls-proxy-in-front.`);
}

function isLoopbackName(name) {
  return name === "localhost" || name.endsWith(".localhost") || /^127(\.\d{1,3}){3}$/.test(name) || name === "::1" || name === "[::1]";
}

function readDatabaseUrl(env) {
  const text = env.BASEHOLD_STORE_URL ?? env.DATABASE_URL ?? "";
  if (text !== "" && !/^(postgres(ql)?|file):/.test(text)) throw new StartFailure(`DATABASE_URL must start with postgres:// (or file: for a SQLite file).`);
  return text === "" ? null : text;
}

/** A short name for an installation, the same for the same data folder: two on one machine keep apart by it. */
export function shortNameOf(dataFolder) {
  return createHash("sha256").update(dataFolder).digest("hex").slice(0, 8);
}
