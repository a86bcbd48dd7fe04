import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Secret } from "@/lib/stack/secret-value";
import { checkUserAgent, type ContractCredentials, type ContractRequest } from "@/lib/gateway/contract";
import { sampleSecrets } from "@/lib/stack/sample-input.fixture";
import { HttpContractProbe } from "./contract-probe";
import { isPortFree } from "./is-port-free";

const credentials: ContractCredentials = { ...sampleSecrets, publishableKey: new Secret("sb_publishable_probe") };
const never = new AbortController().signal;
const servers: Server[] = [];
const probe = new HttpContractProbe();

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<{ server: Server; baseUrl: string; port: number }> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { server, port, baseUrl: `http://127.0.0.1:${port}` };
}

function ask(extra: Partial<ContractRequest> = {}): ContractRequest {
  return { id: "x", title: "x", method: "GET", path: "/auth/v1/health", credential: "publishable", headers: {}, isWebSocket: false, expected: { statuses: [200] }, ...extra };
}

test("the key travels in its header and the answer comes back with its status and the start of its body", async () => {
  const { baseUrl } = await serve((request, response) => response.writeHead(403).end(`${request.method} ${request.url} ${String(request.headers["apikey"])} ${"x".repeat(5000)}`));
  const answer = await probe.send(baseUrl, ask(), credentials, never);
  expect(answer.status).toBe(403);
  expect(answer.bodySnippet).toMatch(/^GET \/auth\/v1\/health sb_publishable_probe x+$/);
  expect(answer.bodySnippet.length).toBe(512);
});

test("every request says that the panel checks, also one for a WebSocket", async () => {
  const programs: (string | undefined)[] = [];
  const { server, baseUrl } = await serve((request, response) => {
    programs.push(request.headers["user-agent"]);
    response.end();
  });
  server.on("upgrade", (request, socket) => {
    programs.push(request.headers["user-agent"]);
    socket.end("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n");
  });
  for (const credential of ["none", "anon", "service", "dashboard"] as const) await probe.send(baseUrl, ask({ credential }), credentials, never);
  await probe.send(baseUrl, ask({ isWebSocket: true, credential: "anon" }), credentials, never);
  expect(programs).toEqual(Array.from({ length: 5 }, () => checkUserAgent));
});

test("a redirect is an answer and is not followed", async () => {
  let asked = 0;
  const { baseUrl } = await serve((_request, response) => {
    asked++;
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  expect((await probe.send(baseUrl, ask(), credentials, never)).status).toBe(307);
  expect(asked).toBe(1);
});

test("a body is sent as it stands in the contract", async () => {
  const { baseUrl } = await serve((request, response) => void request.pipe(response));
  const answer = await probe.send(baseUrl, ask({ method: "POST", body: '{"query":"{ a }"}' }), credentials, never);
  expect(answer.bodySnippet).toBe('{"query":"{ a }"}');
});

test("nobody listening is told in words, without the address", async () => {
  const { server, baseUrl } = await serve(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  const answer = await probe.send(baseUrl, ask(), credentials, never);
  expect(answer).toMatchObject({ status: null, error: "connection refused", bodySnippet: "" });
});

test("a connection that is closed without an answer is told in words", async () => {
  const { baseUrl } = await serve((request) => request.socket.destroy());
  expect(await probe.send(baseUrl, ask(), credentials, never)).toMatchObject({ status: null, error: "connection closed" });
});

test("a cancelled probe rejects with the reason and does not wait for the answer", async () => {
  const cancel = new AbortController();
  const { baseUrl } = await serve(() => cancel.abort(new Error("cancelled by hand")));
  await expect(probe.send(baseUrl, ask(), credentials, cancel.signal)).rejects.toThrow("cancelled by hand");
});

test("an accepted WebSocket answers 101, its key in the query", async () => {
  const { server, baseUrl } = await serve(() => undefined);
  let url = "";
  server.on("upgrade", (request, socket) => {
    url = request.url ?? "";
    socket.end("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n");
  });
  const answer = await probe.send(baseUrl, ask({ isWebSocket: true, path: "/realtime/v1/websocket?vsn=1.0.0" }), credentials, never);
  expect(answer.status).toBe(101);
  expect(url).toBe("/realtime/v1/websocket?vsn=1.0.0&apikey=sb_publishable_probe");
});

test("a refused WebSocket answers with the status and body of the refusal", async () => {
  const { server, baseUrl } = await serve((_request, response) => response.writeHead(401).end("Unauthorized"));
  server.on("upgrade", (_request, socket) => socket.end("HTTP/1.1 401 Unauthorized\r\ncontent-length: 12\r\n\r\nUnauthorized"));
  expect(await probe.send(baseUrl, ask({ isWebSocket: true, credential: "none" }), credentials, never)).toMatchObject({ status: 401, bodySnippet: "Unauthorized" });
});

test("a port that a program holds is not free, on its address and on all addresses; afterwards it is", async () => {
  const { server, port } = await serve(() => undefined);
  expect(await isPortFree("127.0.0.1", port)).toBe(false);
  expect(await isPortFree("0.0.0.0", port)).toBe(false);
  await new Promise((resolve) => server.close(resolve));
  expect(await isPortFree("127.0.0.1", port)).toBe(true);
});
