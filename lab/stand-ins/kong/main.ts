import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Server } from "node:http";
import { describeError } from "../serving/http";
import { DeclarativeError, parseDeclarative } from "./declarative";
import { readEnvironment, readNginx, type Address, type Environment } from "./environment";
import { Gateway } from "./gateway";
import { adminServer, statusServer } from "./listeners";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

function fail(error: unknown): void {
  complain(`Error: ${describeError(error)}`);
  process.exitCode = 1;
}

/** Tests wait for it. */
const inForceLine = "[notice] lab stand-in of Kong: the document is in force";

const pidFileOf = ({ prefix }: Environment) => join(prefix, "pids", "nginx.pid");

function readPid(environment: Environment): number {
  const pid = Number(readFileSync(pidFileOf(environment), "utf8"));
  process.kill(pid, 0);
  return pid;
}

function listen(server: Server, address: Address | null): Promise<void> {
  if (address === null) return Promise.resolve();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(address.port, address.host, resolve);
  });
}

/** As Kong says which file it was that is not well. */
function inFile<T>(prefix: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof DeclarativeError ? new Error(`${prefix}:\n${error.message}`) : error;
  }
}

async function start(environment: Environment): Promise<void> {
  const gateway = new Gateway({ ...environment, ...readNginx(process.env, environment.prefix), inForce: () => complain(inForceLine), writeLog: say, nowMs: () => Date.now() });
  const load = (): void => {
    gateway.configuration = inFile(`error parsing declarative config file ${environment.configFile}`, () => parseDeclarative(readFileSync(environment.configFile, "utf8"), environment));
  };
  if (environment.configFile !== "") load();
  const servers = [gateway.server, adminServer(gateway, environment), statusServer(gateway)] as const;
  const [proxy, admin, status] = servers;
  process.on("SIGHUP", () => {
    try {
      load();
      complain("[notice] reconfiguring");
    } catch (error) {
      complain(`[error] the configuration in force stays: ${describeError(error)}`);
    }
  });
  const stop = (): void => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
    rmSync(pidFileOf(environment), { force: true });
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) process.once(signal, stop);
  await Promise.all([listen(proxy, environment.proxy), listen(admin, environment.admin), listen(status, environment.status)]);
  mkdirSync(dirname(pidFileOf(environment)), { recursive: true });
  writeFileSync(pidFileOf(environment), String(process.pid));
  complain("[notice] lab stand-in of Kong: ready");
}

/** Reads a file as Kong would and says what is wrong with it. */
function parseFile(file: string, environment: Environment): void {
  inFile("Failed parsing", () => parseDeclarative(readFileSync(file, "utf8"), environment));
  say("parse successful");
}

function health(environment: Environment): void {
  readPid(environment);
  say("nginx.......running\n\nKong is healthy at " + environment.prefix);
}

function run([command = "docker-start", ...rest]: readonly string[]): void {
  if (command === "version") return say("3.9.3");
  const environment = readEnvironment(process.env);
  if (command === "docker-start" || command === "start") void start(environment).catch(fail);
  else if (command === "health") health(environment);
  else if (command === "reload") {
    process.kill(readPid(environment), "SIGHUP");
    say("Kong reloaded");
  } else if (command === "config" && rest[0] === "parse" && rest[1] !== undefined) parseFile(rest[1], environment);
  else throw new Error(`No such command: ${[command, ...rest].join(" ")}. The lab stand-in has docker-start, start, health, reload, config parse and version.`);
}

try {
  run(process.argv.slice(2));
} catch (error) {
  fail(error);
}
