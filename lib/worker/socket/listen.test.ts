import http from "node:http";
import { chmodSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder } from "@/lib/adapters/store/store-file.fixture";
import { isAnswered, listen } from "./listen";

function makeServer(): http.Server {
  const server = http.createServer((_request, response) => response.end());
  onTestFinished(() => void server.close());
  return server;
}

test("the socket is for the worker's and web's users alone", async () => {
  const socketPath = join(makeFolder(), "run/worker.sock");
  await listen(makeServer(), { socketPath, webUid: null });
  expect(statSync(socketPath).mode & 0o777).toBe(0o660);
  expect(await isAnswered(socketPath)).toBe(true);
});

test.runIf(process.getuid?.() === 0)("the socket is given to web's user, to whom it is otherwise closed", async () => {
  const folder = makeFolder();
  chmodSync(folder, 0o711);
  const socketPath = join(folder, "run/worker.sock");
  await listen(makeServer(), { socketPath, webUid: 54_321 });
  expect(statSync(socketPath)).toMatchObject({ uid: 54_321, gid: 0 });
});

test("a second worker is refused while the first one answers", async () => {
  const socketPath = join(makeFolder(), "worker.sock");
  await listen(makeServer(), { socketPath, webUid: null });
  await expect(listen(makeServer(), { socketPath, webUid: null })).rejects.toThrow("Another worker is running");
  expect(await isAnswered(socketPath)).toBe(true);
});

test("what a killed worker left is taken over", async () => {
  const socketPath = join(makeFolder(), "worker.sock");
  writeFileSync(socketPath, "");
  await listen(makeServer(), { socketPath, webUid: null });
  expect(await isAnswered(socketPath)).toBe(true);
});

test("nobody there is told as not answered", async () => {
  expect(await isAnswered(join(makeFolder(), "worker.sock"))).toBe(false);
  const closed = createServer();
  const socketPath = join(makeFolder(), "closed.sock");
  await new Promise<void>((resolve) => closed.listen(socketPath, resolve));
  await new Promise((resolve) => closed.close(resolve));
  expect(await isAnswered(socketPath)).toBe(false);
});
