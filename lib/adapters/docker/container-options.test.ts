import { expect, it } from "vitest";
import type { CreateContainerSpec } from "@/lib/engine/port";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import { sampleInput } from "@/lib/stack/sample-input.fixture";
import { toCreateOptions, toEdgeOptions } from "./container-options";

const seconds = 1_000_000_000;
const desired = buildDesiredStack(sampleInput);

function optionsOf(service: string, apiVersion = "1.41") {
  const found = desired.services.find(({ name }) => name === service);
  if (found === undefined) throw new Error(`The sample has no ${service}.`);
  const spec: CreateContainerSpec = { name: "x", imageRef: "i", labels: {}, networkName: "n", service: found, volumeNames: Object.fromEntries(desired.volumes.map(({ name }) => [name, name])) };
  return toCreateOptions(spec, apiVersion);
}

const healthcheckOf = (service: string, apiVersion: string) => optionsOf(service, apiVersion).Healthcheck;

it("the engine checks a service twice a minute, and two failures make it unhealthy, whatever rhythm Compose is told", () => {
  for (const service of ["db", "auth", "api-gw", "realtime"]) expect(healthcheckOf(service, "1.41")).toMatchObject({ Interval: 30 * seconds, Retries: 2 });
});

it("an engine that knows a start interval checks a starting service in upstream's rhythm, an older one is not told of it", () => {
  expect(healthcheckOf("storage", "1.44")).toMatchObject({ StartInterval: 5 * seconds, StartPeriod: 10 * seconds });
  expect(healthcheckOf("storage", "1.41")).not.toHaveProperty("StartInterval");
});

it("the edge alone is on the host's network, with the right to bind low ports and no other", () => {
  const { HostConfig } = toEdgeOptions({ name: "e", imageRef: "i", labels: {}, argv: ["caddy"], mounts: [{ volumeName: "v", path: "/data" }] });
  expect(HostConfig).toMatchObject({ NetworkMode: "host", CapDrop: ["ALL"], CapAdd: ["NET_BIND_SERVICE"], SecurityOpt: ["no-new-privileges:true"] });
  expect(HostConfig).not.toHaveProperty("Privileged");
  for (const { name } of desired.services) expect(optionsOf(name).HostConfig?.NetworkMode, name).toBe("n");
});
