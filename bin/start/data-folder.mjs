/** The one folder that holds an installation: who may open what in it is decided here. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, copyFileSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { StartFailure } from "./failure.mjs";
import { shortNameOf } from "./settings.mjs";
import { mayUse } from "./web-user.mjs";

const socketPathLimit = 107;

/**
 * Makes the folder and what belongs in it; changes nothing where it is as it should be.
 * @returns paths of the installation
 */
export function prepareDataFolder({ dataFolder, isOwnDataFolder }, user, { say = console.log } = {}) {
  const real = placeDataFolder(dataFolder, isOwnDataFolder, user, say);
  const paths = {
    data: real,
    store: join(real, "store"),
    worker: join(real, "worker"),
    run: join(real, "run"),
    logs: join(real, "logs"),
    webCopies: join(real, "web"),
    keyFile: join(real, "worker/key-file"),
    socket: join(real, "run/worker.sock"),
    webSecret: join(real, "web-secret"),
  };
  if (Buffer.byteLength(paths.socket) > socketPathLimit) throw new StartFailure(`BASEHOLD_DATA is too long a path (${real}): a unix socket in it must fit in ${socketPathLimit} bytes. Choose a shorter one.`);
  ownFolder(paths.store, 0o700, user);
  for (const path of [paths.worker, paths.logs, join(real, "first-project")]) ownFolder(path, 0o700, null);
  for (const path of [paths.run, paths.webCopies]) ownFolder(path, 0o755, null);
  ensureWebSecret(paths.webSecret, user);
  return paths;
}

/**
 * A clone in root's home cannot hold a folder that another user must enter: the data then lies in /var/lib, and a link stands where people look.
 */
function placeDataFolder(wanted, isOwn, user, say) {
  if (existsSync(wanted)) {
    const real = realpathSync(wanted);
    if (!mayUse(user, dirname(real))) throw new StartFailure(`The data folder ${real} lies where the user of the web process cannot enter. Choose another place with BASEHOLD_DATA, for example /var/lib/basehold.`);
    chmodSync(real, 0o711);
    return real;
  }
  if (lstatSync(wanted, { throwIfNoEntry: false }) !== undefined) throw new StartFailure(`${wanted} is a link to a folder that is gone. Put the folder back, or remove the link for a new installation.`);
  if (!isOwn || mayUse(user, dirname(wanted))) {
    mkdirSync(wanted, { recursive: true, mode: 0o711 });
    chmodSync(wanted, 0o711);
    if (!mayUse(user, wanted)) {
      rmSync(wanted, { recursive: true });
      throw new StartFailure(`BASEHOLD_DATA=${wanted} lies where the user of the web process cannot enter. Choose another place, for example /var/lib/basehold.`);
    }
    return realpathSync(wanted);
  }
  const elsewhere = `/var/lib/basehold-${shortNameOf(wanted)}`;
  say(`Only root may enter ${dirname(wanted)}: the data lies in ${elsewhere}, and ${wanted} is a link to it.`);
  mkdirSync(elsewhere, { recursive: true, mode: 0o711 });
  chmodSync(elsewhere, 0o711);
  symlinkSync(elsewhere, wanted);
  return elsewhere;
}

export function ownFolder(path, mode, user) {
  mkdirSync(path, { recursive: true, mode });
  chmodSync(path, mode);
  if (user !== null && user.isSeparate) chownSync(path, user.uid, user.gid);
}

export function ensureWebSecret(path, user) {
  if (existsSync(path)) return;
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  writeFileSync(draft, `${randomBytes(48).toString("base64url")}\n`, { mode: 0o400, flag: "wx" });
  if (user.isSeparate) chownSync(draft, user.uid, user.gid);
  renameSync(draft, path);
}

/** Gives web what root wrote into the store's folder. SQLite gives files that it makes later the owner of the database. */
export function giveStoreTo(user, paths) {
  if (!user.isSeparate) return;
  for (const entry of readdirSync(paths.store, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (lstatSync(path).uid !== user.uid) chownSync(path, user.uid, user.gid);
  }
}

/**
 * Copies the built web process into the data folder: there its user can read it, and a later build does not pull the files away
 * from under a running panel. Returns where it is, and with which Node it starts.
 */
export function placeWeb(root, hash, user, paths) {
  const target = join(paths.webCopies, hash.slice(0, 16));
  if (!existsSync(target)) {
    const draft = `${target}.${process.pid}`;
    cpSync(join(root, ".next/standalone"), draft, { recursive: true, verbatimSymlinks: true });
    // A clone made under a strict umask is closed to the user of the web process; what is built holds no secret.
    execFileSync("chmod", ["-R", "a+rX", draft]);
    renameSync(draft, target);
  }
  for (const name of readdirSync(paths.webCopies)) if (name !== basename(target) && name !== "node") rmSync(join(paths.webCopies, name), { recursive: true, force: true });
  return { folder: target, node: nodeFor(user, paths) };
}

function nodeFor(user, paths) {
  if (mayUse(user, process.execPath)) return process.execPath;
  const copy = join(paths.webCopies, "node");
  copyFileSync(process.execPath, copy);
  chmodSync(copy, 0o755);
  return copy;
}
