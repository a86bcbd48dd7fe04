import { describe, expect, it } from "vitest";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import type { DesiredStack } from "@/lib/stack/desired";
import { sampleInput, sampleSecrets, sampleSettings } from "@/lib/stack/sample-input.fixture";
import { Secret } from "@/lib/stack/secret-value";
import { apply, planFor } from "./fake/scenario.fixture";
import { createFakeWorld, type FakeWorld } from "./fake/world";
import { planToText } from "./plan-text";
import type { ReconcileGoal } from "./reconcile";

const desired = buildDesiredStack(sampleInput);

async function textFor(world: FakeWorld, wish: DesiredStack | null, goal: ReconcileGoal = "run"): Promise<string> {
  return planToText(await planFor(world, wish, goal));
}

async function running(): Promise<FakeWorld> {
  const world = createFakeWorld();
  await apply(world, desired);
  return world;
}

const container = (world: FakeWorld, service: string) => {
  const found = world.containers.find((candidate) => candidate.name.endsWith(`-${service}`));
  if (found === undefined) throw new Error(`There is no container of ${service}.`);
  return found;
};

const golden = (name: string) => `golden/${name}.txt`;

describe("the text of a plan", () => {
  it("to create a project of eleven services", async () => {
    await expect(await textFor(createFakeWorld(), desired)).toMatchFileSnapshot(golden("create"));
  });

  it("to edit the mail settings replaces auth alone", async () => {
    const smtp = { host: "mail.example.org", port: 587, user: "shop", senderEmail: "shop@example.org", senderName: "Shop" };
    const edited = buildDesiredStack({ ...sampleInput, revision: 2, settings: { ...sampleSettings, smtp }, secrets: { ...sampleSecrets, smtpPassword: new Secret("sampleSmtpPassword") } });
    await expect(await textFor(await running(), edited)).toMatchFileSnapshot(golden("edit-smtp"));
  });

  it("to rotate a key writes the gateway's routes while it runs", async () => {
    const edited = buildDesiredStack({ ...sampleInput, revision: 2, secrets: { ...sampleSecrets, dashboardPassword: new Secret("anotherDashboardPassword") } });
    await expect(await textFor(await running(), edited)).toMatchFileSnapshot(golden("rotate-dashboard-password"));
  });

  it("to move to another subnet makes the network anew and keeps every volume", async () => {
    await expect(await textFor(await running(), { ...desired, network: { name: "default", subnet: "10.213.4.128/26" } })).toMatchFileSnapshot(golden("move-subnet"));
  });

  it("to pause stops the database last", async () => {
    await expect(await textFor(await running(), desired, "pause")).toMatchFileSnapshot(golden("pause"));
  });

  it("to resume starts what was stopped", async () => {
    const world = await running();
    await apply(world, desired, { goal: "pause" });
    await expect(await textFor(world, desired)).toMatchFileSnapshot(golden("resume"));
  });

  it("to delete keeps the volumes", async () => {
    await expect(await textFor(await running(), null, "remove-containers")).toMatchFileSnapshot(golden("delete"));
  });

  it("to purge says which data goes and that it cannot be undone", async () => {
    await expect(await textFor(await running(), null, "remove-all")).toMatchFileSnapshot(golden("purge"));
  });

  it("to set right what was changed from outside says what was found", async () => {
    const world = await running();
    world.containers = world.containers.filter((candidate) => candidate !== container(world, "meta"));
    Object.assign(container(world, "rest"), { state: "exited", exitCode: 0 });
    Object.assign(container(world, "studio"), { state: "paused" });
    container(world, "storage").labels["io.basehold.spec-hash"] = "v1:changed";
    await expect(await textFor(world, desired)).toMatchFileSnapshot(golden("set-right"));
  });

  it("holds no secret and no value of an environment", async () => {
    const text = await textFor(createFakeWorld(), desired);
    for (const secret of Object.values(sampleSecrets)) {
      // The user name of the dashboard is no secret, and also part of image names.
      if (secret !== null && secret.reveal() !== "supabase") expect(text).not.toContain(secret.reveal());
    }
  });
});
