import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { WebSocket } from "ws";
import { owner, signIn } from "./panel/acts";
import { must, waitForEnd } from "./panel/api";
import { note } from "./panel/panel";
import { dataFolder, panelPort, panelUrl } from "./panel/where";

/** What a hole in the web process would be worth, asked from inside the very process that faces browsers. */

/** The web process of the panel under test: the one whose environment names its port and data. */
function findWebProcess(): number {
  const isWeb = (pid: string) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      const isOfPanel = environment.includes(`PORT=${panelPort}`) && environment.includes(`BASEHOLD_DATA=${dataFolder}`) && environment.some((line) => line.startsWith("BASEHOLD_WEB_SECRET_FILE="));
      // The worker knows the port too, and where the key file lies.
      return isOfPanel && !environment.some((line) => line.startsWith("BASEHOLD_KEY_FILE="));
    } catch {
      return false;
    }
  };
  const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).find(isWeb);
  if (found === undefined) throw new Error("The web process of the panel under test does not run.");
  return Number(found);
}

/** Opens Node's inspector in the running process with a signal and evaluates an expression inside it. */
async function evaluateInside(pid: number, expression: string): Promise<string> {
  process.kill(pid, "SIGUSR1");
  let address = "";
  await expect(async () => {
    const targets = (await (await fetch("http://127.0.0.1:9229/json/list")).json()) as { webSocketDebuggerUrl: string }[];
    address = targets[0]?.webSocketDebuggerUrl ?? "";
    expect(address).not.toBe("");
  }).toPass({ timeout: 30_000 });
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const answer = new Promise<string>((resolve) => socket.once("message", (data: Buffer) => resolve(data.toString("utf8"))));
  socket.send(JSON.stringify({ id: 1, method: "Runtime.evaluate", params: { expression, awaitPromise: true, returnByValue: true } }));
  const { result } = JSON.parse(await answer) as { result: { result: { value?: string }; exceptionDetails?: unknown } };
  socket.close();
  if (result.result.value === undefined) throw new Error(`The expression failed inside the web process: ${JSON.stringify(result)}`);
  return result.result.value;
}

const tryAll = (keyFile: string) => `(async () => {
  const fs = process.getBuiltinModule("node:fs");
  const net = process.getBuiltinModule("node:net");
  const read = (path) => { try { fs.readFileSync(path); return "read"; } catch (error) { return error.code; } };
  const connect = (path) => new Promise((resolve) => { const socket = net.connect(path); socket.once("connect", () => { socket.destroy(); resolve("connected"); }); socket.once("error", (error) => resolve(error.code)); });
  return JSON.stringify({
    uid: process.getuid(), groups: process.getgroups(),
    docker: await connect("/var/run/docker.sock"),
    worker: await connect(process.env.BASEHOLD_WORKER_SOCKET),
    keyFile: read(${JSON.stringify(keyFile)}), ownSecret: read(process.env.BASEHOLD_WEB_SECRET_FILE),
    environment: Object.keys(process.env).sort(),
  });
})()`;

test("from inside the web process neither the Docker socket nor the key file can be opened", async () => {
  const pid = findWebProcess();
  const found = JSON.parse(await evaluateInside(pid, tryAll(join(dataFolder, "worker/key-file")))) as Record<string, unknown> & { groups: number[]; environment: string[] };
  expect(found["uid"]).not.toBe(0);
  expect(found.groups).not.toContain(0);
  expect(found["docker"]).toBe("EACCES");
  expect(found["keyFile"]).toBe("EACCES");
  expect(found["worker"]).toBe("connected");
  expect(found["ownSecret"]).toBe("read");
  expect(found.environment).not.toContain("BASEHOLD_KEY_FILE");
  expect(found.environment).not.toContain("DOCKER_HOST");
});

test("the panel's cookie never reaches a function: not from the browser, and not when a client sends it by hand", async ({ page }) => {
  test.setTimeout(300_000);
  await signIn(page, owner);
  const ref = note("projectRef");
  const source = "Deno.serve((request) => Response.json({ cookie: request.headers.get('cookie') ?? '' }));";
  const { operationId } = await must<{ operationId: string }>(page, "PUT", `/api/v1/projects/${ref}/functions/cookies`, { files: [{ path: "index.ts", contentBase64: Buffer.from(source).toString("base64") }] });
  expect((await waitForEnd(page, operationId)).status).toBe("done");

  const cookies = await page.context().cookies(panelUrl);
  const session = cookies.filter((cookie) => cookie.httpOnly);
  expect(session.length).toBeGreaterThan(0);
  const functionUrl = `${note("links").apiUrl ?? ""}/functions/v1/cookies`;
  const headers = { authorization: `Bearer ${note("secrets")["Legacy anon key"] ?? ""}`, apikey: note("secrets")["Publishable key"] ?? "" };

  const byHand = await fetch(functionUrl, { headers: { ...headers, cookie: [...session.map(({ name, value }) => `${name}=${value}`), "app=kept"].join("; ") } });
  expect(byHand.status).toBe(200);
  expect(await byHand.json()).toEqual({ cookie: "app=kept" });

  const requested = page.waitForRequest((request) => request.url() === functionUrl);
  await page.goto(functionUrl).catch(() => undefined);
  expect((await (await requested).allHeaders())["cookie"] ?? "").not.toMatch(/next-auth|basehold/);
});
