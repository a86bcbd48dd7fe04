import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import { caddyProgram, ensureGoProgram } from "@/lab/go-programs";
import { run } from "@/lab/run";
import { EdgeScene, freePort, readAll, send, type Echo } from "@/lib/adapters/edge/edge-scene.fixture";
import { renderExternalCaddy } from "./caddy";
import type { ExternalProxyConfig, ExternalProxyInput } from "./input";
import { renderExternalNginx } from "./nginx";

/** Debian's Nginx and the lab's Caddy with what the product renders for them; only the ports differ. */
const folder = mkdtempSync(join(tmpdir(), "basehold-proxies-"));
/** Upstreams only: its Caddy is not started. */
const scene = new EdgeScene();
const certificate = { certificatePath: join(folder, "own.pem"), keyPath: join(folder, "own.key") };
const uploadBytes = 200 << 20;
let ports = { http: 0, https: 0 };
let nginx: ChildProcess;
let uploaded = { bytes: 0 };

const inputFor = (port: number, parts: Partial<ExternalProxyInput> = {}): ExternalProxyInput => ({ projectRef: "shop-eu", hostnames: ["shop.test", "*.shop.test"], upstream: { host: "127.0.0.1", port }, certificate, maxBodyBytes: null, redirectsHttp: true, ...parts });
const contentOf = ({ files }: ExternalProxyConfig) => files[0]?.content ?? "";

function nginxFile(config: ExternalProxyConfig): string {
  const site = contentOf(config).replace(/^.*listen \[::].*\n/gm, "").replace(/listen 80\b/g, `listen 127.0.0.1:${String(ports.http)}`).replace(/listen 443\b/g, `listen 127.0.0.1:${String(ports.https)}`);
  const path = join(folder, `nginx-${String(Math.random()).slice(2)}.conf`);
  writeFileSync(path, `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr notice; events {} http { access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;\n${site}}\n`);
  return path;
}

beforeAll(async () => {
  ports = { http: await freePort(), https: await freePort() };
  await run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=shop.test", "-addext", "subjectAltName=DNS:shop.test", "-keyout", certificate.keyPath, "-out", certificate.certificatePath]);
  const upstream = await scene.upstream("shop", (request, response) => {
    if (request.url === "/upload") return void takeUpload(request).then(() => response.end(String(uploaded.bytes)));
    response.end(JSON.stringify({ upstream: "shop", method: request.method, url: request.url, headers: request.headers, body: "" } satisfies Partial<Echo>));
  });
  nginx = spawn("nginx", ["-e", "stderr", "-p", folder, "-c", nginxFile(renderExternalNginx(inputFor(Number(upstream.split(":")[1]))))], { stdio: ["ignore", "ignore", "pipe"] });
  await new Promise<void>((resolve, reject) => {
    nginx.stderr?.on("data", (chunk: Buffer) => (String(chunk).includes("start worker process") ? resolve() : undefined));
    nginx.once("exit", () => reject(new Error("Nginx did not start.")));
  });
});

afterAll(async () => {
  const ended = once(nginx, "exit");
  nginx.kill("SIGTERM");
  await ended;
  await scene.stop();
  rmSync(folder, { recursive: true, force: true });
});

let firstBytes: () => void = () => undefined;

async function takeUpload(request: IncomingMessage): Promise<void> {
  for await (const chunk of request) {
    uploaded.bytes += (chunk as Buffer).length;
    firstBytes();
  }
}

function overTls(path: string, method = "GET", headers: Record<string, string> = {}) {
  return httpsRequest({ host: "127.0.0.1", port: ports.https, servername: "shop.test", rejectUnauthorized: false, path, method, headers: { host: "shop.test", ...headers }, agent: false });
}

test("Nginx accepts what is rendered, with and without a certificate, a limit and a redirect", async () => {
  const variants = [{}, { certificate: null }, { redirectsHttp: false }, { maxBodyBytes: 1_000_000, hostnames: ["one.test"] }, { upstream: { host: "::1", port: 8001 } }];
  for (const variant of variants) await run("nginx", ["-t", "-e", "stderr", "-p", folder, "-c", nginxFile(renderExternalNginx(inputFor(8001, variant)))]);
});

test("Caddy accepts what is rendered, with and without a certificate, a limit and a redirect", async () => {
  const caddy = await ensureGoProgram(caddyProgram);
  for (const variant of [{}, { certificate: null, hostnames: ["one.test"] }, { redirectsHttp: false }, { maxBodyBytes: 1_000_000 }, { upstream: { host: "::1", port: 8001 } }]) {
    const path = join(folder, "site.caddy");
    writeFileSync(path, contentOf(renderExternalCaddy(inputFor(8001, variant))));
    await run(caddy, ["validate", "--adapter", "caddyfile", "--config", path], { env: { XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder } });
  }
});

test("Nginx sends plain HTTP to HTTPS under the same path", async () => {
  expect(await send({ port: ports.http, host: "shop.test", path: "/rest/v1/x?a=1" })).toMatchObject({ status: 308, headers: { location: "https://shop.test/rest/v1/x?a=1" } });
});

test("through Nginx the key arrives, and forwarded headers say the truth whatever the client wrote", async () => {
  const sent = overTls("/rest/v1/x?a=1", "GET", { apikey: "sb_publishable_x", authorization: "Bearer t", "x-forwarded-for": "9.9.9.9", "x-forwarded-host": "evil.test", "x-forwarded-prefix": "/evil", forwarded: "for=9.9.9.9", x_forwarded_for: "9.9.9.9" }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const { headers, url } = JSON.parse(await readAll(response)) as Echo;
  expect(url).toBe("/rest/v1/x?a=1");
  expect(headers).toMatchObject({ host: "shop.test", apikey: "sb_publishable_x", authorization: "Bearer t", "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https", "x-forwarded-host": "shop.test", "x-real-ip": "127.0.0.1" });
  expect(JSON.stringify(headers)).not.toMatch(/evil|9\.9\.9\.9/);
});

test("a WebSocket passes Nginx", async () => {
  const socket = new WebSocket(`wss://127.0.0.1:${String(ports.https)}/realtime/v1/websocket`, { rejectUnauthorized: false, headers: { host: "shop.test" } });
  await once(socket, "open");
  const answered = once(socket, "message");
  socket.send("x");
  expect(String((await answered)[0])).toBe("shop:x");
  socket.terminate();
});

test("an upload of 200 MB passes Nginx as it comes: the gateway has the first bytes before the last are sent", async () => {
  uploaded = { bytes: 0 };
  const begun = new Promise<void>((resolve) => (firstBytes = resolve));
  const sent = overTls("/upload", "POST", { "content-length": String(uploadBytes) });
  const chunk = Buffer.alloc(1 << 20, "x");
  sent.write(chunk);
  await begun;
  for (let left = uploadBytes - chunk.length; left > 0; left -= chunk.length) if (!sent.write(chunk)) await once(sent, "drain");
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  expect(await readAll(response)).toBe(String(uploadBytes));
});
