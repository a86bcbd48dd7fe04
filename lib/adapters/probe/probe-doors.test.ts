import { createServer, type AddressInfo, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { probeDoors } from "./probe-doors";

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));
const never = new AbortController().signal;

async function listen(): Promise<number> {
  const server = createServer((socket) => socket.on("error", () => undefined));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

test("a port on which something listens answers, and one that was let go does not", async () => {
  const [open, closed] = [await listen(), await listen()];
  await new Promise((resolve) => servers[1]?.close(resolve));
  const answers = await probeDoors([{ address: "127.0.0.1", port: open }, { address: "127.0.0.1", port: closed }], { networks: [], signal: never });
  expect(Object.fromEntries(answers)).toEqual({ [`127.0.0.1 ${open}`]: true, [`127.0.0.1 ${closed}`]: false });
});

test("no connection leaves the machine: an address that is not its own is not tried, in a project's network or out of it", async () => {
  const targets = [{ address: "203.0.113.9", port: 80 }, { address: "10.213.0.5", port: 9901 }, { address: "not an address", port: 80 }];
  expect((await probeDoors(targets, { networks: ["10.213.0.0/26", "203.0.113.0/24"], ownAddresses: ["127.0.0.1", "192.168.1.5"], signal: never })).size).toBe(0);
});

test("a container is tried where this machine has an address in the project's network, which is what its bridge is", async () => {
  const port = await listen();
  const answers = await probeDoors([{ address: "127.0.0.1", port }, { address: "127.9.9.9", port }], { networks: ["127.9.9.0/26"], ownAddresses: ["127.0.0.1", "127.9.9.1"], signal: never });
  expect(answers.get(`127.0.0.1 ${port}`)).toBe(true);
  expect(answers.has(`127.9.9.9 ${port}`)).toBe(true);
});

test("more targets than are tried at once are all tried, and a cancelled look rejects", async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, listen));
  const targets = ports.map((port) => ({ address: "127.0.0.1", port }));
  expect([...(await probeDoors(targets, { networks: [], signal: never })).values()]).toEqual(ports.map(() => true));
  await expect(probeDoors(targets, { networks: [], signal: AbortSignal.abort(new Error("gone")) })).rejects.toThrow("gone");
});
