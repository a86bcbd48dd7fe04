import { clustersFile, envoyFolder, routesFile } from "@/lib/gateway/envoy";
import { readHealthArgv, readVersionsArgv } from "@/lib/gateway/envoy-control";
import { fingerprint } from "@/lib/gateway/htpasswd";
import { kongFile } from "@/lib/gateway/kong";
import { kongApplyArgv, kongStatusArgv, kongVersionArgv } from "@/lib/gateway/kong-control";
import type { ExecResult } from "../port";
import { readFile, removePath, writeFile } from "./files";
import type { FakeContainer, FakeWorld } from "./world";

const done = (stdout = ""): ExecResult => ({ exitCode: 0, stdout, stderr: "" });
const failed = (exitCode: number, stderr: string): ExecResult => ({ exitCode, stdout: "", stderr });

/** Runs one of the few programs that the fake knows. The container's own probe is the first of them. */
export function runProgram(world: FakeWorld, container: FakeContainer, argv: readonly string[], stdin = ""): ExecResult {
  if (isProbe(container, argv)) return probe(world, container);
  const [program, ...args] = argv;
  const paths = args.filter((arg) => !arg.startsWith("-"));
  switch (program) {
    case "true":
      return done();
    case "false":
      return failed(1, "");
    case "echo":
      return done(`${args.join(" ")}\n`);
    case "cat":
      return paths.length === 0 ? done(stdin) : readText(world, container, paths);
    case "mkdir":
      return done();
    case "rm":
      for (const path of paths) if (!removePath(world, container, path) && !args.includes("-rf") && !args.includes("-f")) return failed(1, `rm: can't remove '${path}': No such file or directory\n`);
      return done();
    case "mv":
      return move(world, container, paths);
    case "sh":
      return runShell(args);
    case "env":
    case "envoy":
      return world.refusesConfiguration ? failed(1, "error initializing configuration: the fake was told to refuse it\n") : done("configuration OK\n");
    case "psql":
      return done();
    case "bash":
      return runBash(world, container, argv.join(" "));
    default:
      return failed(127, `${program ?? ""}: not found\n`);
  }
}

/** The scripts by which gateways are asked and told. */
function runBash(world: FakeWorld, container: FakeContainer, script: string): ExecResult {
  if (script === readVersionsArgv.join(" ")) return done(printVersions(world, container));
  if (script === kongVersionArgv.join(" ")) return done(printKongVersion(world, container));
  if (script === readHealthArgv.join(" ")) return done(`HTTP/1.1 200 OK\r\n\r\nLIVE\n---\n${printVersions(world, container)}http.project.downstream_cx_active: 3\n---\n${programOf(world, container).upstreams ?? ""}`);
  if (script === kongStatusArgv("/status").join(" ")) return done(`HTTP/1.1 200 OK\r\n\r\n{"configuration_hash":"${loadedHash}"}`);
  if (script === kongStatusArgv("/metrics").join(" ")) return done(`HTTP/1.1 200 OK\r\n\r\n${programOf(world, container).metrics ?? ""}`);
  if (script === kongApplyArgv.join(" ")) return world.refusesConfiguration ? failed(1, "Kong answered 400\n") : done();
  return failed(127, "bash: the fake engine has no shell\n");
}

const loadedHash = "d41d8cd98f00b204e9800998ecf8427e";

/** Kong has always loaded the file that is there. */
function printKongVersion(world: FakeWorld, container: FakeContainer): string {
  const config = Buffer.from(readFile(world, container, kongFile) ?? "", "base64").toString("utf8");
  return `{"configuration_hash":"${loadedHash}"}\nmd5 ${loadedHash}  -\nsha1 ${fingerprint(config)}  -\n`;
}

/** As Envoy's admin page prints them, out of the files that it would have read. */
function printVersions(world: FakeWorld, container: FakeContainer): string {
  const versionOf = (file: string) => {
    const content = readFile(world, container, `${envoyFolder}/${file}`);
    const parsed = content === undefined ? {} : (JSON.parse(Buffer.from(content, "base64").toString("utf8")) as { version_info?: string });
    return parsed.version_info ?? "";
  };
  return `cluster_manager.cds.version_text: "${versionOf(clustersFile)}"\nhttp.project.rds.project.version_text: "${versionOf(routesFile)}"\n`;
}

function isProbe(container: FakeContainer, argv: readonly string[]): boolean {
  return argv.length === container.readinessArgv.length && argv.every((arg, index) => arg === container.readinessArgv[index]);
}

function probe(world: FakeWorld, container: FakeContainer): ExecResult {
  container.probes++;
  if (container.probes <= (programOf(world, container).failingProbes ?? 0)) return failed(1, "not ready yet\n");
  if (container.hasHealthcheck) container.health = "healthy";
  return done();
}

/** What the container's program does. */
export function programOf(world: FakeWorld, container: FakeContainer) {
  return world.programs[container.labels["io.basehold.service"] ?? ""] ?? world.programs[container.imageRef] ?? {};
}

function readText(world: FakeWorld, container: FakeContainer, paths: readonly string[]): ExecResult {
  const contents = paths.map((path) => readFile(world, container, path));
  const missing = paths.find((_, index) => contents[index] === undefined);
  if (missing !== undefined) return failed(1, `cat: can't open '${missing}': No such file or directory\n`);
  return done(contents.map((content) => Buffer.from(content ?? "", "base64").toString("utf8")).join(""));
}

function move(world: FakeWorld, container: FakeContainer, [from, to]: readonly string[]): ExecResult {
  const content = from === undefined ? undefined : readFile(world, container, from);
  if (from === undefined || to === undefined || content === undefined) return failed(1, `mv: can't rename '${from ?? ""}': No such file or directory\n`);
  removePath(world, container, from);
  writeFile(world, container, to, content);
  return done();
}

function runShell([flag, script]: readonly string[]): ExecResult {
  const code = /^exit (\d+)$/.exec(script ?? "")?.[1];
  return flag === "-c" && code !== undefined ? failed(Number(code), "") : failed(127, "sh: the fake engine has no shell\n");
}
