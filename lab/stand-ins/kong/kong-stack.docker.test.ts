import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HttpContractProbe } from "@/lib/adapters/probe/contract-probe";
import { contractRequests, judgeContract } from "@/lib/gateway/contract";
import { kongStatusArgv } from "@/lib/gateway/kong-control";
import { KongMeter } from "@/lib/gateway/kong-meter";
import { readKongMetrics } from "@/lib/gateway/kong-metrics";
import type { ServiceName } from "@/lib/stack/desired";
import { nodeProgram } from "../../image";
import { startLabStack, type RunningStack } from "../../running-stack.fixture";

const run = promisify(execFile);
const services: ServiceName[] = ["db", "api-gw", "auth", "rest", "realtime", "storage", "functions", "meta", "studio", "supavisor"];
// Below the ports that Linux gives to outgoing connections (32768 on).
const firstPort = 31_000 + randomInt(150) * 10;
const baseUrl = `http://127.0.0.1:${String(firstPort)}`;
const walk = fileURLToPath(new URL("../../../e2e/supabase-js-walk.mts", import.meta.url));
let stack: RunningStack;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lab-kong-walk-"));
  stack = await startLabStack({ release: "v0.8.2", services, subnet: `10.213.${String(190 + randomInt(50))}.0/26`, firstPort, gateway: "kong" });
  await Promise.all(services.map((service) => stack.ready(service === "api-gw" ? "kong" : service)));
});

afterAll(async () => {
  await stack.remove();
  await rm(folder, { recursive: true, force: true });
});

test("a stack behind Kong gives every request of the contract the answer it must get, with the services behind it", async () => {
  const probe = new HttpContractProbe();
  // The function `hello` is deployed by the panel, which is not here.
  const requests = contractRequests({ enabledServices: services, release: "v0.8.2", gateway: "kong" }).filter(({ id }) => id !== "functions-hello");
  const answers = await Promise.all(requests.map(async (request) => ({ request, answer: await probe.send(baseUrl, request, stack.secrets, AbortSignal.timeout(20_000)) })));
  expect(judgeContract(answers).filter(({ isPassed }) => !isPassed)).toEqual([]);
  const meterOfAll = async () => {
    const meter = new KongMeter({ isFresh: true });
    const metrics = readKongMetrics((await stack.exec("kong", [...kongStatusArgv("/metrics")])).stdout);
    return { meter, counted: metrics === null ? [] : meter.add(1, metrics) };
  };
  // Kong tells its counts about a second late, and not those of all requests at once.
  const expected = expect.arrayContaining([expect.objectContaining({ routeId: "rest-v1-protected", isUpstreams: true }), expect.objectContaining({ routeId: "pg-protected", status: 403, isUpstreams: false })]) as unknown;
  await expect.poll(async () => (await meterOfAll()).counted, { timeout: 20_000 }).toEqual(expected);
  const { meter, counted } = await meterOfAll();
  // The contract is the panel's own check.
  expect([...new Set(counted.map(({ key }) => key))]).toEqual(["none"]);
  expect(meter.read(1).get("rest-v1-protected")).toMatchObject({ requests: expect.any(Number) as number, p50Ms: expect.any(Number) as number });
});

test("supabase-js signs up, reads and writes under row level security, stores a file, hears a broadcast and calls a function through Kong", async () => {
  const node = join(folder, "node");
  await run("docker", ["cp", `${stack.containerId("auth")}:${nodeProgram}`, node]);
  const { publishableKey, secretKey, postgresPassword } = stack.secrets;
  const env = {
    ...process.env,
    SUPABASE_URL: baseUrl,
    PUBLISHABLE_KEY: publishableKey.reveal(),
    SECRET_KEY: secretKey.reveal(),
    DATABASE_URL: `postgres://postgres.${stack.stack.projectRef}:${postgresPassword.reveal()}@127.0.0.1:${String(firstPort + 1)}/postgres`,
  };
  const { stdout } = await run(node, [walk], { env, timeout: 120_000 });
  expect(stdout.trim().split("\n").every((line) => line.startsWith("ok "))).toBe(true);
  expect(stdout).toContain("an edge function answers");
});
