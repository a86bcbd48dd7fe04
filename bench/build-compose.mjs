/**
 * Builds Docker Compose v5 with Go, once per machine: the peer that creation times are measured against, and the judge of exported
 * folders. Prints where the binary is. Compose comes as a Go module, so no release download is needed.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const version = "v5.5.1";
const module = "github.com/docker/compose/v5/cmd";
const folder = join(process.env.BASEHOLD_LAB_DATA ?? "/var/lib/basehold-lab", `tools/compose-${version}`);

/** Path of the binary, whether or not it is there yet. */
export const composePath = join(folder, "docker-compose");

/** Builds it unless it is there. @throws when Go is missing or too old */
export function ensureCompose() {
  if (existsSync(composePath)) return composePath;
  const source = join(folder, `source-${process.pid}`);
  mkdirSync(source, { recursive: true });
  const go = (...args) => execFileSync("go", args, { cwd: source, env: { ...process.env, GOFLAGS: "-mod=mod", CGO_ENABLED: "0" }, stdio: ["ignore", "ignore", "pipe"], maxBuffer: 64 << 20 });
  try {
    writeFileSync(join(source, "go.mod"), "module composebuild\n\ngo 1.25\n");
    go("get", `${module}@${version}`);
    go("build", "-trimpath", "-ldflags=-s -w", "-o", "docker-compose", module);
    renameSync(join(source, "docker-compose"), composePath);
  } catch (error) {
    if (error.code === "ENOENT") throw new Error("Docker Compose is built with Go 1.24 or newer, and there is no `go` on the path.", { cause: error });
    throw new Error(`Docker Compose ${version} could not be built:\n${String(error.stderr ?? error.message)}`, { cause: error });
  } finally {
    rmSync(source, { recursive: true, force: true });
  }
  return composePath;
}

if (process.argv[1] === import.meta.filename) console.log(ensureCompose());
