import { once } from "node:events";
import { request as httpsRequest } from "node:https";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { contractKeys, failedContract, startContractUpstreams, type ContractUpstreams } from "../contract-upstreams.fixture";
import { renderEnvoy } from "../envoy";
import { send, startEnvoy, type RunningEnvoy } from "../envoy-process.fixture";
import { builtInRoutes } from "../routes";
import { NginxScene } from "./nginx-process.fixture";

/** A proxy of a person's own, as it stands in front of a project: client, Nginx, Envoy, services. */
const servername = "shop.test";
/** Nginx ends a silent connection to an upstream after a minute unless told otherwise. */
const silenceMs = 75_000;
const uploadBytes = 200 << 20;
const chunk = Buffer.alloc(1 << 20, "x");

let arrivedBytes = 0;
let upstreams: ContractUpstreams;
let envoy: RunningEnvoy;
let nginx: NginxScene;

beforeAll(async () => {
  upstreams = await startContractUpstreams({ onBody: (bytes) => (arrivedBytes += bytes) });
  envoy = await startEnvoy(renderEnvoy({ routes: builtInRoutes({ enabledServices: allServices, release: { restrictsMetaCors: true } }), keys: contractKeys, publicUrl: `https://${servername}` }), upstreams.ports);
  nginx = new NginxScene({ http: await freePort(), https: await freePort() });
  await nginx.makeCertificate();
  await nginx.start(envoy.port);
});

afterAll(async () => {
  await nginx?.stop();
  await envoy?.stop();
  upstreams?.stop();
});

test("the contract passes through Nginx", async () => {
  expect(await failedContract((path, sent) => send(nginx.ports.https, path, { ...sent, servername, headers: { ...sent.headers, host: servername } }), allServices)).toEqual([]);
});

test("a socket of Realtime that is silent for longer than Nginx waits by default is still open", { timeout: silenceMs + 30_000 }, async () => {
  const socket = new WebSocket(`wss://127.0.0.1:${String(nginx.ports.https)}/realtime/v1/websocket?vsn=1.0.0&apikey=${contractKeys.publishable}`, { rejectUnauthorized: false, headers: { host: servername } });
  await once(socket, "message");
  const ended = once(socket, "close").then(() => "closed");
  expect(await Promise.race([ended, sleep(silenceMs, "open")])).toBe("open");
  const answered = once(socket, "message");
  socket.send("still here");
  expect(String((await answered)[0])).toBe("still here");
  socket.terminate();
});

test("an upload of 200 MB passes as it comes: the service has the first bytes before the last are sent, and all in the end", { timeout: 120_000 }, async () => {
  arrivedBytes = 0;
  const sent = httpsRequest({ host: "127.0.0.1", port: nginx.ports.https, servername, rejectUnauthorized: false, agent: false, method: "POST", path: "/storage/v1/object/pictures/large.bin", headers: { host: servername, apikey: contractKeys.secret, "content-length": String(uploadBytes) } });
  const answered = once(sent, "response") as Promise<[IncomingMessage]>;
  sent.write(chunk);
  await expect.poll(() => arrivedBytes, { timeout: 30_000 }).toBeGreaterThan(0);
  for (let left = uploadBytes - chunk.length; left > 0; left -= chunk.length) if (!sent.write(chunk)) await once(sent, "drain");
  sent.end();
  const [response] = await answered;
  response.resume();
  expect([response.statusCode, arrivedBytes]).toEqual([200, uploadBytes]);
});
