import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { WebSocket } from "ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import { caddyProgram, ensureGoProgram } from "@/lab/go-programs";
import { run } from "@/lab/run";
import { EdgeScene, readAll, send, type Echo } from "@/lib/adapters/edge/edge-scene.fixture";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { renderExternalCaddy } from "./caddy";
import { renderExternalNginx } from "./nginx";
import { NginxScene } from "./nginx-process.fixture";

/** Debian's Nginx and the lab's Caddy with what the product renders for them; only the ports differ. */
let nginx: NginxScene;
/** Upstreams only: its Caddy is not started. */
const scene = new EdgeScene();
const uploadBytes = 200 << 20;
let uploaded = { bytes: 0 };

beforeAll(async () => {
  nginx = new NginxScene({ http: await freePort(), https: await freePort() });
  await nginx.makeCertificate();
  const upstream = await scene.upstream("shop", (request, response) => {
    if (request.url === "/upload") return void takeUpload(request).then(() => response.end(String(uploaded.bytes)));
    response.end(JSON.stringify({ upstream: "shop", method: request.method, url: request.url, headers: request.headers, body: "" } satisfies Partial<Echo>));
  });
  await nginx.start(Number(upstream.split(":")[1]));
});

afterAll(async () => {
  await nginx.stop();
  await scene.stop();
});

let firstBytes: () => void = () => undefined;

async function takeUpload(request: IncomingMessage): Promise<void> {
  for await (const chunk of request) {
    uploaded.bytes += (chunk as Buffer).length;
    firstBytes();
  }
}

function overTls(path: string, method = "GET", headers: Record<string, string> = {}) {
  return httpsRequest({ host: "127.0.0.1", port: nginx.ports.https, servername: "shop.test", rejectUnauthorized: false, path, method, headers: { host: "shop.test", ...headers }, agent: false });
}

test("Nginx accepts what is rendered, with and without a certificate, a limit and a redirect", async () => {
  const variants = [{}, { certificate: null }, { redirectsHttp: false }, { maxBodyBytes: 1_000_000, hostnames: ["one.test"] }, { upstream: { host: "::1", port: 8001 } }];
  for (const variant of variants) await nginx.validate(renderExternalNginx(nginx.inputFor(8001, variant)));
});

test("Caddy accepts what is rendered, with and without a certificate, a limit and a redirect", async () => {
  const caddy = await ensureGoProgram(caddyProgram);
  for (const variant of [{}, { certificate: null, hostnames: ["one.test"] }, { redirectsHttp: false }, { maxBodyBytes: 1_000_000 }, { upstream: { host: "::1", port: 8001 } }]) {
    const path = join(nginx.folder, "site.caddy");
    writeFileSync(path, renderExternalCaddy(nginx.inputFor(8001, variant)).files[0]?.content ?? "");
    await run(caddy, ["validate", "--adapter", "caddyfile", "--config", path], { env: { XDG_CONFIG_HOME: nginx.folder, XDG_DATA_HOME: nginx.folder } });
  }
});

test("Nginx sends plain HTTP to HTTPS under the same path", async () => {
  expect(await send({ port: nginx.ports.http, host: "shop.test", path: "/rest/v1/x?a=1" })).toMatchObject({ status: 308, headers: { location: "https://shop.test/rest/v1/x?a=1" } });
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
  const socket = new WebSocket(`wss://127.0.0.1:${String(nginx.ports.https)}/realtime/v1/websocket`, { rejectUnauthorized: false, headers: { host: "shop.test" } });
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
