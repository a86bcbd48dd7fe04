import { spawn, type ChildProcess } from "node:child_process";
import type { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import { WebSocket, WebSocketServer } from "ws";
import { caddyProgram, ensureGoProgram } from "@/lab/go-programs";
import { emptyEdge, renderEdge, type CaddyConfig, type RenderedEdge } from "@/lib/gateway/edge";
import type { EdgeDomain, EdgeInput, EdgeProject } from "@/lib/gateway/edge-input";
import { listenersOf } from "@/lib/gateway/edge-version";
import { freePort } from "@/lib/adapters/host/free-port.fixture";

export type Echo = { upstream: string; method: string; url: string; headers: IncomingHttpHeaders; body: string };
export type Reply = { status: number; headers: IncomingHttpHeaders; body: string };
export type Ask = { port: number; host?: string; path?: string; method?: string; headers?: Record<string, string | string[]>; body?: string };

export const openDomain = (hostname: string, parts: Partial<EdgeDomain> = {}): EdgeDomain => ({ hostname, kind: "api", tls: { kind: "none" }, redirectsHttp: true, hsts: null, isOpen: true, ...parts });

/** Sends a request with exactly these headers. */
export function send({ port, host = "127.0.0.1", path = "/", method = "GET", headers = {}, body }: Ask): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: "127.0.0.1", port, path, method, headers: { host, ...headers }, agent: false }, (response) => void readAll(response).then((text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }), reject));
    sent.once("error", reject);
    sent.end(body);
  });
}

export async function readAll(stream: AsyncIterable<unknown>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

export const echoOf = (reply: Reply) => JSON.parse(reply.body) as Echo;

/** Connects with this name in the TLS hello and asks for `host`; rejects when the handshake fails. */
export function sendOverTls(port: number, servername: string, host = servername): Promise<{ status: number; head: string; certificate: X509Certificate | undefined }> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ host: "127.0.0.1", port, servername, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] }, () => {
      const certificate = socket.getPeerX509Certificate();
      socket.write(`GET /over-tls HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      void readAll(socket).then((head) => resolve({ status: Number(/^HTTP\/1.1 (\d+)/.exec(head)?.[1]), head, certificate }), reject);
    });
    socket.once("error", reject);
  });
}

/**
 * Whether the servers of a document that was replaced still listen beside those of the new one: Caddy closes them a moment after it answered, and
 * what the kernel gave them meanwhile is reset.
 */
function isListenedTwice(ports: readonly number[]): boolean {
  const sockets = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((path) => readFileSync(path, "utf8").split("\n").map((line) => line.trim().split(/\s+/)));
  const listening = sockets.flatMap(([, local = "", , state]) => (state === "0A" && ports.includes(Number.parseInt(local.split(":")[1] ?? "", 16)) ? [local] : []));
  return new Set(listening).size < listening.length;
}

/** Resolves when a load of a Caddy on this machine's network is over for whoever asks on these ports. */
export async function untilListenedOnce(ports: readonly number[], log = ""): Promise<void> {
  for (const deadline = Date.now() + 10_000; isListenedTwice(ports); await pause(5)) if (Date.now() > deadline) throw new Error(`Ports stay listened on twice after a load: ${log}`);
}

/** A real Caddy of the lab as a process, with upstreams that say what reached them. */
export class EdgeScene {
  readonly folder = mkdtempSync(join(tmpdir(), "basehold-edge-"));
  readonly adminSocket = join(this.folder, "admin.sock");
  readonly #servers: Server[] = [];
  #caddy: ChildProcess | null = null;
  log = "";
  httpPort = 0;
  httpsPort = 0;

  async start(): Promise<void> {
    [this.httpPort, this.httpsPort] = [await freePort(), await freePort()];
    const program = await ensureGoProgram(caddyProgram);
    const caddy = spawn(program, ["run", "--config", "-"], { env: this.environment, stdio: ["pipe", "pipe", "pipe"] });
    this.#caddy = caddy;
    const serving = new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        this.log += String(chunk);
        if (this.log.includes("serving initial configuration")) resolve();
      };
      caddy.stdout.on("data", read);
      caddy.stderr.on("data", read);
      caddy.once("exit", () => reject(new Error(this.log)));
    });
    caddy.stdin.end(JSON.stringify(emptyEdge(this.adminSocket)));
    await serving;
  }

  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, XDG_CONFIG_HOME: join(this.folder, "config"), XDG_DATA_HOME: join(this.folder, "data") };
  }

  async stop(): Promise<void> {
    const caddy = this.#caddy;
    if (caddy !== null && caddy.exitCode === null) {
      const ended = once(caddy, "exit");
      caddy.kill("SIGKILL");
      await ended;
    }
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  input(projects: readonly EdgeProject[], parts: Partial<EdgeInput> = {}): EdgeInput {
    return {
      panel: null, projects, adminSocket: this.adminSocket, liveFolder: null, trustedProxies: [],
      acme: { directoryUrl: "https://acme.invalid/directory", stagingDirectoryUrl: null, email: null, caRootPem: null },
      publicListen: { addresses: ["127.0.0.1"], httpPort: this.httpPort, httpsPort: this.httpsPort },
      ...parts,
    };
  }

  /** Renders and loads; resolves when the document is in force. */
  load(projects: readonly EdgeProject[], parts: Partial<EdgeInput> = {}): Promise<void> {
    const { document, liveFiles } = renderEdge(this.input(projects, parts));
    this.writeLive(liveFiles);
    return this.loadDocument(document);
  }

  /** Folder for `EdgeInput.liveFolder`. */
  get liveFolder(): string {
    return join(this.folder, "live");
  }

  writeLive(files: RenderedEdge["liveFiles"]): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }

  async loadDocument(document: CaddyConfig): Promise<void> {
    await this.#postDocument(document);
    await untilListenedOnce(listenersOf(document).map((address) => Number(address.slice(address.lastIndexOf(":") + 1))), this.log.slice(-2000));
  }

  #postDocument(document: CaddyConfig): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest({ socketPath: this.adminSocket, path: "/load", method: "POST", headers: { "content-type": "application/json" } }, (response) => {
        void readAll(response).then((text) => (response.statusCode === 200 ? resolve() : reject(new Error(text))), reject);
      });
      sent.once("error", reject);
      sent.end(JSON.stringify(document));
    });
  }

  /** An upstream that answers with what it was sent and plants a cookie of the panel's; resolves with its `host:port`. */
  async upstream(name: string, listener?: RequestListener, port = 0): Promise<string> {
    const echo = (request: IncomingMessage, response: ServerResponse) => void readAll(request).then((body) => {
      response.writeHead(200, { "content-type": "application/json", "set-cookie": ["own=1; Path=/", "basehold.session=planted", "__Host-basehold.x=planted"] });
      response.end(JSON.stringify({ upstream: name, method: request.method, url: request.url, headers: request.headers, body }));
    });
    const server = createServer(listener ?? echo);
    const sockets = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request, socket, head) => sockets.handleUpgrade(request, socket, head, (client) => {
      client.on("message", (data) => client.send(`${name}:${String(data)}`));
    }));
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    this.#servers.push(server);
    return `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  async project(letter: string, gatewayUpstream: string, parts: Partial<EdgeProject> = {}): Promise<EdgeProject & { localListen: { address: string; port: number } }> {
    const localListen = { address: "127.0.0.1", port: await freePort() };
    return { projectId: letter.repeat(12), gatewayUpstream, domains: [], studio: null, allowedNetworks: null, ...parts, localListen };
  }
}

/** Opens a WebSocket; `say` sends a text and resolves with the answer. */
export async function openSocket(url: string, headers: Record<string, string> = {}): Promise<{ say(text: string): Promise<string>; isOpen(): boolean; close(): void }> {
  const socket = new WebSocket(url, { headers });
  await once(socket, "open");
  return {
    say: async (text) => {
      const answered = once(socket, "message");
      const closed = once(socket, "close").then(() => Promise.reject(new Error("The socket was closed.")));
      socket.send(text);
      return String((await Promise.race([answered, closed]))[0]);
    },
    isOpen: () => socket.readyState === WebSocket.OPEN,
    close: () => socket.terminate(),
  };
}
