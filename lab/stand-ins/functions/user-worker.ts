import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { fileURLToPath } from "node:url";
import { deno } from "./deno";
import { addressHeader, portOfStartLine } from "./start-line";

export interface WorkerOptions {
  servicePath: string;
  memoryLimitMb: number;
  workerTimeoutMs: number;
  envVars: [string, string][];
}

const startDeadlineMs = 30_000;
const keptErrorLines = 20;
/** Headers that belong to one connection and are made anew on the next. */
const connectionHeaders = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "proxy-authorization", "proxy-authenticate"]);

/** A function in a process of its own, with nothing in its environment but what it was given. */
export class UserWorker {
  private openRequests = 0;
  private isRetired = false;
  isAlive = true;

  private constructor(
    private readonly process: ChildProcess,
    private readonly port: number,
    lifetimeMs: number,
  ) {
    process.once("exit", () => {
      this.isAlive = false;
    });
    setTimeout(() => {
      this.retire(lifetimeMs);
    }, lifetimeMs).unref();
  }

  /** Starts a function's process and waits until it listens; throws with its last words when it does not. */
  static async start(options: WorkerOptions): Promise<UserWorker> {
    if (!existsSync(`${options.servicePath}/index.ts`)) throw new Error(`could not find an appropriate entrypoint in ${options.servicePath}`);
    const child = spawn(deno.execPath(), commandLine(options), { env: environmentOf(options), stdio: ["ignore", "pipe", "pipe"] });
    const port = await waitForPort(child);
    return new UserWorker(child, port, options.workerTimeoutMs);
  }

  get takesRequests(): boolean {
    return this.isAlive && !this.isRetired;
  }

  /** Hands a request to the function and answers with its response. */
  async fetch(request: Request): Promise<Response> {
    this.openRequests += 1;
    const done = (): void => {
      this.openRequests -= 1;
      if (this.isRetired && this.openRequests === 0) this.process.kill();
    };
    try {
      const message = await this.send(request);
      message.once("close", done);
      return responseOf(message);
    } catch (error) {
      done();
      throw error;
    }
  }

  private send(request: Request): Promise<IncomingMessage> {
    const headers = Object.fromEntries([...request.headers].filter(([name]) => !connectionHeaders.has(name)));
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        { host: "127.0.0.1", port: this.port, method: request.method, path: "/", headers: { ...headers, [addressHeader]: request.url } },
        resolve,
      );
      outgoing.once("error", reject);
      if (request.body === null) outgoing.end();
      else Readable.fromWeb(request.body as NodeReadableStream).on("error", reject).pipe(outgoing);
    });
  }

  /** Ends the process at once. */
  stop(): void {
    this.isRetired = true;
    this.process.kill("SIGKILL");
  }

  /** Takes no further requests; open ones have as long again before the process is ended. */
  private retire(graceMs: number): void {
    this.isRetired = true;
    if (this.openRequests === 0) this.process.kill();
    else setTimeout(() => this.process.kill("SIGKILL"), graceMs).unref();
  }
}

function commandLine({ servicePath, memoryLimitMb }: WorkerOptions): string[] {
  const config = ["deno.json", "deno.jsonc"].map((name) => `${servicePath}/${name}`).find(existsSync);
  const configFlags = config === undefined ? ["--no-config"] : ["--config", config];
  return ["run", "-A", "--no-check", "--no-lock", "--quiet", ...configFlags, `--v8-flags=--max-old-space-size=${String(memoryLimitMb)}`, fileURLToPath(new URL("./worker.mjs", import.meta.url)), servicePath];
}

/** What Deno itself needs, then what the function was given. */
function environmentOf({ envVars }: WorkerOptions): NodeJS.ProcessEnv {
  const { DENO_DIR, HOME, PATH, NODE_ENV } = process.env;
  return { NODE_ENV, DENO_DIR, HOME, PATH, NO_COLOR: "1", ...Object.fromEntries(envVars) };
}

/** Passes the process's output on, all but the line that tells its port. */
function waitForPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const lastErrors: string[] = [];
    const deadline = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error("worker boot error: the function did not start to serve in time"));
    }, startDeadlineMs);
    if (child.stdout === null || child.stderr === null) throw new Error("a worker needs its output");
    createInterface({ input: child.stdout }).on("line", (line) => {
      const port = portOfStartLine(line);
      if (port === undefined) process.stdout.write(`${line}\n`);
      else {
        clearTimeout(deadline);
        resolve(port);
      }
    });
    createInterface({ input: child.stderr }).on("line", (line) => {
      process.stderr.write(`${line}\n`);
      lastErrors.push(line);
      if (lastErrors.length > keptErrorLines) lastErrors.shift();
    });
    // `close` comes after the last line was read, `exit` may come before.
    child.once("close", () => {
      clearTimeout(deadline);
      reject(new Error(`worker boot error: ${lastErrors.join("\n") || "the function ended before it served"}`));
    });
    child.once("error", reject);
  });
}

const bodilessStatuses = new Set([101, 204, 205, 304]);

function responseOf(message: IncomingMessage): Response {
  const headers = new Headers();
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    const name = message.rawHeaders[index] ?? "";
    if (!connectionHeaders.has(name.toLowerCase())) headers.append(name, message.rawHeaders[index + 1] ?? "");
  }
  const status = message.statusCode ?? 502;
  if (bodilessStatuses.has(status)) {
    message.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(message) as unknown as ReadableStream<Uint8Array>, { status, headers });
}
