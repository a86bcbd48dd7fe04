import { expect, it } from "vitest";
import { LABEL, type ObservedContainer } from "@/lib/engine/observed";
import type { DesiredService } from "@/lib/stack/desired";
import { toObservations } from "./observe-project";

const service = { name: "auth", image: "supabase/gotrue:v2" } as DesiredService;
const usage = new Map([["c1", { memoryBytes: 50, memoryLimitBytes: 100, cpuCores: 0.5 }]]);

type Look = { health?: ObservedContainer["health"]; ready?: string[] };

function look(state: ObservedContainer["state"], { health = "none", ready = [] }: Look = {}) {
  const container: ObservedContainer = {
    id: "c1", name: "auth", labels: { [LABEL.service]: "auth" }, imageId: "i1", imageRef: service.image, state, health, exitCode: null, startedAt: null, restartCount: 0, networks: [],
  };
  return toObservations({ services: [service], containers: [container], imageLabels: new Map(), usage, readyContainers: new Set(ready) })[0];
}

it("shows memory and CPU of a service that runs", () => {
  expect(look("running")).toMatchObject({ state: "healthy", memoryBytes: 50, memoryLimitBytes: 100, cpuCores: 0.5 });
});

it("shows no memory and no CPU of a service that has stopped since its last sample", () => {
  expect(look("exited")).toMatchObject({ state: "stopped", memoryBytes: null, memoryLimitBytes: null, cpuCores: null });
});

it("a service that its own probe found ready is healthy before the engine's first check, and never against it", () => {
  expect(look("running", { health: "starting" })).toMatchObject({ state: "starting" });
  expect(look("running", { health: "starting", ready: ["c1"] })).toMatchObject({ state: "healthy" });
  expect(look("running", { health: "unhealthy", ready: ["c1"] })).toMatchObject({ state: "unhealthy" });
});
