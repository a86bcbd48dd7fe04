import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { test as base } from "@playwright/test";
import { openStore } from "@/lib/adapters/store/open-store";
import type { Store } from "@/lib/adapters/store/types";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { root } from "./where";

/** A web process of its own on a store full of people and projects, without a worker: what is asked for is written down and stays open. */
export type SeededPanel = { url: string; cookies: Record<string, string>; withStore<T>(act: (store: Store) => Promise<T>): Promise<T>; stop(): Promise<void> };

const run = promisify(execFile);
const startLimitMs = 30_000;

async function startSeededPanel(): Promise<SeededPanel> {
  const folder = mkdtempSync(join(tmpdir(), "basehold-seeded-"));
  await run(join(root, "node_modules/.bin/tsx"), [join(root, "e2e/seed-store.ts"), folder], { cwd: root });
  const port = await freePort();
  const url = `http://panel.localhost:${port}`;
  const storeUrl = `file:${join(folder, "store/basehold.sqlite")}`;
  const environment = { PATH: process.env["PATH"] ?? "", NODE_ENV: "production" as const, PORT: String(port), HOSTNAME: "127.0.0.1", BASEHOLD_STORE_URL: storeUrl, BASEHOLD_DATA: folder, BASEHOLD_WEB_SECRET_FILE: join(folder, "web-secret"), BASEHOLD_WORKER_SOCKET: join(folder, "no-worker.sock"), BASEHOLD_LOG_LEVEL: "silent", BASEHOLD_URL: url };
  const child = spawn(process.execPath, [join(root, ".next/standalone/server.js")], { env: environment, stdio: ["ignore", "ignore", "inherit"] });
  await untilItAnswers(child, port);
  return {
    url,
    cookies: JSON.parse(readFileSync(join(folder, "cookies.json"), "utf8")) as Record<string, string>,
    async withStore(act) {
      const store = await openStore({ url: storeUrl });
      try {
        return await act(store);
      } finally {
        await store.close();
      }
    },
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      // At once: browsers keep their streams open, for which an orderly end would wait.
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilItAnswers(child: ChildProcess, port: number): Promise<void> {
  const until = Date.now() + startLimitMs;
  while (child.exitCode === null && Date.now() < until) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/health/live`).catch(() => null);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill();
  throw new Error("The web process did not come to answer.");
}

/** The session cookie of a seeded person, as a browser's storage has it. */
function storageOf(panel: Pick<SeededPanel, "cookies">, person: string) {
  const cookie = { name: "basehold.session", value: panel.cookies[person] ?? "", domain: "panel.localhost", path: "/", expires: -1, httpOnly: true, secure: false, sameSite: "Lax" as const };
  return { cookies: [cookie], origins: [] };
}

/** Playwright's test against a seeded panel, signed in as its owner. */
 
export const test = base.extend<{}, { panel: SeededPanel }>({
  panel: [
     
    async ({}, provide) => {
      const panel = await startSeededPanel();
      await provide(panel);
      await panel.stop();
    },
    { scope: "worker" },
  ],
  baseURL: ({ panel }, provide) => provide(panel.url),
  storageState: ({ panel }, provide) => provide(storageOf(panel, "owner")),
});
