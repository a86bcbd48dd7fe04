import { execFileSync, spawnSync } from "node:child_process";
import { StartFailure } from "./failure.mjs";

const userName = "basehold";

/**
 * The user that the web process runs as. Root gives it one of its own, made when missing; a plain user has only its own, and the
 * separation of web and worker is then by process alone.
 * @returns {{ uid: number, gid: number, isSeparate: boolean }}
 */
export function ensureWebUser({ say = console.log } = {}) {
  if (process.getuid() !== 0) return { uid: process.getuid(), gid: process.getgid(), isSeparate: false };
  if (idOf("-u") === null) {
    say(`Making the system user ${userName}: the web process runs as it, away from the Docker socket and the key file.`);
    try {
      execFileSync("useradd", ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", userName], { stdio: ["ignore", "ignore", "pipe"] });
    } catch (error) {
      throw new StartFailure(`The system user ${userName} could not be made: ${String(error.stderr ?? error.message).trim()}`);
    }
  }
  return { uid: idOf("-u"), gid: idOf("-g"), isSeparate: true };
}

function idOf(flag) {
  const answer = spawnSync("id", [flag, userName], { encoding: "utf8" });
  return answer.status === 0 ? Number(answer.stdout) : null;
}

/** Whether that user may enter a folder or run a program, asked of the kernel and not worked out from modes. */
export function mayUse(user, path) {
  if (!user.isSeparate) return true;
  return spawnSync("test", ["-x", path], { uid: user.uid, gid: user.gid, cwd: "/" }).status === 0;
}
