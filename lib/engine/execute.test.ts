import { describe, expect, it } from "vitest";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import { sampleInput, sampleSecrets } from "@/lib/stack/sample-input.fixture";
import { executePlan, type PlanEvent } from "./execute";
import { FakeEngine } from "./fake-engine";
import { atMethod } from "./fake/faults";
import { apply, planFor } from "./fake/scenario.fixture";
import { createFakeWorld } from "./fake/world";

const desired = buildDesiredStack(sampleInput);

describe("executing a plan", () => {
  it("starts everything that waits for nobody before the database answers", async () => {
    const world = createFakeWorld({ programs: { db: { failingProbes: Number.POSITIVE_INFINITY } } });
    const started = new Set<string>();
    const plan = await planFor(world, desired);
    const controller = new AbortController();
    const onEvent = (event: PlanEvent) => {
      if (event.kind === "started" && event.type === "startContainer") started.add(event.service ?? "");
      if (started.size === 6) controller.abort(new Error("seen enough"));
    };
    await expect(executePlan(plan, { engine: new FakeEngine(world), operationId: "op", signal: controller.signal, onEvent })).rejects.toThrow("seen enough");
    expect([...started].sort()).toEqual(["api-gw", "db", "functions", "imgproxy", "meta", "studio"]);
  });

  it("makes the database first, because most of the others wait for it", async () => {
    const world = createFakeWorld();
    const engine = new FakeEngine(world);
    await executePlan(await planFor(world, desired), { engine, operationId: "op", signal: new AbortController().signal, onEvent: () => undefined });
    const first = (method: string) => engine.calls.find((call) => call.method === method)?.target;
    expect([first("createContainer"), first("startContainer")]).toEqual([expect.stringMatching(/-db$/), expect.stringMatching(/-db$/)]);
  });

  it("ends at the first failure with the service, its exit code and its last log lines", async () => {
    const world = createFakeWorld({ programs: { auth: { exitsWith: 3, prints: ["migrating", "cannot reach the mail server"] } } });
    const { outcome } = await apply(world, desired);
    expect(outcome).toMatchObject({ failure: { code: "crash-loop", service: "auth", exitCode: 3, logTail: ["migrating", "cannot reach the mail server"] } });
  });

  it("says that memory was the cause when the kernel ended the program for it", async () => {
    const world = createFakeWorld({ programs: { rest: { exitsWith: 137, isOomKilled: true } } });
    expect((await apply(world, desired)).outcome).toMatchObject({ failure: { code: "out-of-memory", service: "rest" } });
  });

  it("shows no secret in the log lines of a program that prints its settings", async () => {
    const url = `postgres://supabase_auth_admin:${sampleSecrets.postgresPassword.reveal()}@db:5432/postgres`;
    const world = createFakeWorld({ programs: { auth: { exitsWith: 1, prints: [`cannot connect to ${url}`, `JWT secret ${sampleSecrets.jwtSecret.reveal()}`] } } });
    const { outcome } = await apply(world, desired);
    const text = JSON.stringify(outcome);
    expect(text).toContain("[redacted]");
    for (const secret of [sampleSecrets.postgresPassword, sampleSecrets.jwtSecret]) expect(text).not.toContain(secret.reveal());
  });

  it("says which port is taken", async () => {
    const world = createFakeWorld({ portsHeldByOthers: [8100] });
    expect((await apply(world, desired)).outcome).toMatchObject({ failure: { code: "port-taken", service: "api-gw", sentence: expect.stringContaining("8100") as string } });
  });

  it("starts nothing new after a failure, and goes on from there once the cause is gone", async () => {
    const world = createFakeWorld();
    const failed = await apply(world, desired, { faults: atMethod("startContainer", { kind: "fail", error: "other" }, { target: /-db$/ }) });
    expect(failed.outcome).toMatchObject({ failure: { service: "db" } });
    expect(world.containers.filter((container) => container.state === "running" && container.name.endsWith("-auth"))).toEqual([]);
    const again = await apply(world, desired);
    expect(again.outcome).toEqual({ failure: null });
    expect(world.containers).toHaveLength(11);
  });

  it("goes back to the kept predecessor by a start, when its successor does not answer", async () => {
    const world = createFakeWorld();
    await apply(world, desired);
    const before = world.containers.find((container) => container.name.endsWith("-api-gw"));
    const broken = { ...desired, services: desired.services.map((service) => (service.name === "api-gw" ? { ...service, environment: { BROKEN: "1" } } : service)) };
    world.programs["api-gw"] = { exitsWith: 1 };
    expect((await apply(world, broken)).outcome).toMatchObject({ failure: { service: "api-gw" } });
    world.programs = {};
    expect((await apply(world, desired)).outcome).toEqual({ failure: null });
    const after = world.containers.filter((container) => container.name.includes("-api-gw"));
    expect(after.map(({ id, state, name }) => ({ id, state, name }))).toEqual([{ id: before?.id, state: "running", name: before?.name }]);
  });

  it("cancelled while it waits, rejects with the reason and leaves what it made", async () => {
    const world = createFakeWorld({ programs: { db: { failingProbes: Number.POSITIVE_INFINITY } } });
    const plan = await planFor(world, desired);
    const controller = new AbortController();
    const onEvent = (event: PlanEvent) => {
      if (event.kind === "started" && event.type === "waitReady" && event.service === "db") controller.abort(new Error("cancelled by a person"));
    };
    await expect(executePlan(plan, { engine: new FakeEngine(world), operationId: "op", signal: controller.signal, onEvent })).rejects.toThrow("cancelled by a person");
    expect(world.containers.map((container) => container.name)).toContainEqual(expect.stringMatching(/-db$/));
  });

  it("gives up waiting when the service does not answer by its deadline", async () => {
    const world = createFakeWorld({ programs: { db: { failingProbes: Number.POSITIVE_INFINITY } } });
    const plan = await planFor(world, desired);
    let nowMs = 0;
    const outcome = await executePlan(plan, { engine: new FakeEngine(world), operationId: "op", signal: new AbortController().signal, onEvent: () => undefined, nowMs: () => (nowMs += 60_000) });
    expect(outcome.failure).toMatchObject({ code: "not-ready", service: "db", sentence: "db runs but did not answer within 300 s." });
  });
});
