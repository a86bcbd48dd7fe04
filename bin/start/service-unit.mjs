/** The systemd unit of `npm run up -- --service`. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasSystemd } from "./engine.mjs";
import { StartFailure } from "./failure.mjs";
import { shortNameOf } from "./settings.mjs";

const passedOn = ["PORT", "BASEHOLD_LISTEN", "BASEHOLD_URL", "BASEHOLD_TLS_PROXY", "BASEHOLD_TRUSTED_PROXIES", "BASEHOLD_DNS_SERVERS", "DOCKER_HOST", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"];
/** They hold a password: what stands in a unit itself, `systemctl show` tells every user of the machine. */
const secret = ["BASEHOLD_STORE_URL", "DATABASE_URL"];
const folder = "/etc/systemd/system";

const given = (names, env) => names.filter((name) => (env[name] ?? "") !== "").map((name) => [name, env[name]]);

/** Where the unit's secret variables stand, beside the key file. */
const environmentFileOf = (paths) => join(paths.worker, "service.env");

/** Text of the file with the unit's secret variables; empty when there is none. Values are quoted as systemd reads them there. */
export function environmentText(env = process.env) {
  return given(secret, env).map(([name, value]) => `${name}="${value.replace(/[\\"$`]/g, "\\$&")}"\n`).join("");
}

/** The text of the unit. Values are quoted as systemd reads them. */
export function unitText(settings, paths, env = process.env) {
  const variables = { ...Object.fromEntries(given(passedOn, env)), BASEHOLD_DATA: paths.data, ...(settings.isProxied ? { BASEHOLD_TLS_PROXY: "in-front" } : {}) };
  return [
    "[Unit]",
    "Description=Basehold, a panel for self-hosted Supabase projects",
    "After=network-online.target docker.service",
    "Wants=network-online.target",
    "",
    "[Service]",
    "Type=exec",
    `WorkingDirectory=${escapePercent(settings.root)}`,
    `ExecStart=${quote(process.execPath)} ${quote(join(settings.root, "bin/up.mjs"))} --no-install${settings.lab === "never" ? " --no-lab" : ""}`,
    `Environment=${quote(`PATH=${env.PATH ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}`)}`,
    ...Object.entries(variables).map(([name, value]) => `Environment=${quote(`${name}=${value}`)}`),
    ...(environmentText(env) === "" ? [] : [`EnvironmentFile=${escapePercent(environmentFileOf(paths))}`]),
    "KillMode=mixed",
    "TimeoutStartSec=infinity",
    "TimeoutStopSec=60",
    "Restart=on-failure",
    "RestartSec=5",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
}

function quote(text) {
  return `"${escapePercent(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("$", "$$$$")}"`;
}

function escapePercent(text) {
  return text.replaceAll("%", "%%");
}

/**
 * Writes the unit, starts it and has it started after each reboot. Returns its name.
 * @throws StartFailure where there is no systemd, or this is not root
 */
export function installUnit(settings, paths) {
  if (!hasSystemd()) throw new StartFailure("There is no systemd on this machine: `npm run up -- --detach` leaves Basehold in the background, and whatever starts programs at boot here can run the same command.");
  if (process.getuid() !== 0) throw new StartFailure("A systemd unit needs root: `sudo npm run up -- --service`.");
  const text = unitText(settings, paths);
  const name = nameFor(settings, paths);
  writeEnvironmentFile(environmentFileOf(paths), environmentText());
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  execFileSync("systemctl", ["daemon-reload"], { stdio: "inherit" });
  execFileSync("systemctl", ["enable", name], { stdio: ["ignore", "ignore", "inherit"] });
  execFileSync("systemctl", ["restart", name], { stdio: "inherit" });
  return name;
}

/** Made anew each time: a file that is there would keep its mode. */
export function writeEnvironmentFile(path, text) {
  rmSync(path, { force: true });
  if (text !== "") writeFileSync(path, text, { mode: 0o600, flag: "wx" });
}

/** `basehold.service`, or a name of its own when another installation on this machine has that one. */
function nameFor(settings, paths) {
  const usual = join(folder, "basehold.service");
  const isFree = !existsSync(usual) || readFileSync(usual, "utf8").includes(`BASEHOLD_DATA=${escapePercent(paths.data)}"`);
  return isFree ? "basehold.service" : `basehold-${shortNameOf(paths.data)}.service`;
}
