import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kongFile } from "@/lib/gateway/kong";
import { kongApplyArgv, kongCheckArgv, kongStatusArgv, readConfigurationHash } from "@/lib/gateway/kong-control";
import { isKongReady } from "@/lib/gateway/kong-health";
import { readKongMetrics } from "@/lib/gateway/kong-metrics";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import { sampleInput } from "@/lib/stack/sample-input.fixture";
import { labReference } from "../../running-stack.fixture";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "basehold-kong-docker-"));
const service = buildDesiredStack({ ...sampleInput, gateways: { serving: "kong", isOtherBeside: false } }).services.find(({ name }) => name === "kong");
if (service === undefined) throw new Error("The sample stack has no gateway.");
const config = service.files.find(({ path }) => path === kongFile)?.content ?? "";
const md5 = (text: string) => createHash("md5").update(text).digest("hex");

let container = "";

async function inside(argv: readonly string[]): Promise<{ exitCode: number; output: string }> {
  try {
    const { stdout } = await run("docker", ["exec", container, ...argv]);
    return { exitCode: 0, output: stdout };
  } catch (error) {
    const failed = error as { code?: number; stdout?: string; stderr?: string };
    return { exitCode: failed.code ?? -1, output: `${failed.stdout ?? ""}${failed.stderr ?? ""}` };
  }
}

async function upload(path: string, content: string): Promise<void> {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  // As a tree: a folder that the image lacks is made, as by the product.
  await run("docker", ["cp", `${folder}/.`, `${container}:/`]);
}

async function until(argv: readonly string[]): Promise<void> {
  const deadline = Date.now() + 30_000;
  while ((await inside(argv)).exitCode !== 0) {
    if (Date.now() > deadline) throw new Error(`not ready: ${(await run("docker", ["logs", container])).stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const hashInForce = async () => readConfigurationHash((await inside(kongStatusArgv("/status"))).output);

beforeAll(async () => {
  const variables = Object.entries(service.environment).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const { stdout } = await run("docker", ["create", "--network", "none", ...variables, labReference(service.image), ...(service.command ?? [])]);
  container = stdout.trim();
  for (const file of service.files) await upload(file.path, file.content);
  await run("docker", ["start", container]);
  await until(service.readiness.argv);
});

afterAll(async () => {
  if (container !== "") await run("docker", ["rm", "-f", "-v", container]);
  rmSync(folder, { recursive: true, force: true });
});

describe("the lab's Kong in a container, as the stack starts it", () => {
  test("is healthy, and has the rendered document in force", async () => {
    expect((await inside(service.healthcheck?.test.slice(1) ?? [])).exitCode).toBe(0);
    expect(await hashInForce()).toBe(md5(config));
  });

  test("takes a changed document while running, by a fixed command inside of the container", async () => {
    const changed = config.replace("sb_publishable_samplePublishable00000_checksum", "sb_publishable_another000000000000_checksum");
    await upload(kongFile, changed);
    expect(await inside(kongApplyArgv)).toMatchObject({ exitCode: 0 });
    expect(await hashInForce()).toBe(md5(changed));
    expect((await inside(kongApplyArgv)).exitCode).toBe(0);
    const { output } = await inside(kongStatusArgv("/metrics"));
    expect(output).toContain("kong_datastore_reachable 1");
    expect(readKongMetrics(output)).toMatchObject({ requests: [], connections: 0 });
    expect(isKongReady((await inside(kongStatusArgv("/status"))).output)).toBe(true);
  });

  test("keeps what is in force when a document is refused, and says why; the checker says it before", async () => {
    const before = await hashInForce();
    await upload(kongFile, config.replace('"key-auth"', '"key-author"'));
    const checked = await inside(kongCheckArgv(kongFile));
    expect([checked.exitCode, checked.output.includes("key-author")]).toEqual([1, true]);
    const applied = await inside(kongApplyArgv);
    expect([applied.exitCode, applied.output.includes("key-author")]).toEqual([1, true]);
    expect(await hashInForce()).toBe(before);
    await upload(kongFile, config);
    expect((await inside(kongCheckArgv(kongFile))).exitCode).toBe(0);
    expect((await inside(["kong", "reload"])).exitCode).toBe(0);
    await until(["bash", "-c", `${kongStatusArgv("/status")[2] ?? ""} | grep -q ${md5(config)}`]);
  });

  test("offers nothing but the proxy to other containers", async () => {
    const listening = (await inside(["bash", "-c", "cat /proc/net/tcp"])).output.split("\n").filter((line) => line.includes(" 0A "));
    const open = listening.map((line) => line.trim().split(/\s+/)[1] ?? "").filter((address) => address.startsWith("00000000"));
    expect(open).toEqual(["00000000:1F40"]);
  });
});
