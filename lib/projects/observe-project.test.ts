import { expect, it } from "vitest";
import { LABEL, type ObservedContainer } from "@/lib/engine/observed";
import type { DesiredService } from "@/lib/stack/desired";
import { toObservations } from "./observe-project";

const service = { name: "auth", image: "supabase/gotrue:v2" } as DesiredService;
const usage = new Map([["c1", { memoryBytes: 50, memoryLimitBytes: 100, cpuCores: 0.5 }]]);

function look(state: ObservedContainer["state"]) {
  const container: ObservedContainer = {
    id: "c1", name: "auth", labels: { [LABEL.service]: "auth" }, imageId: "i1", imageRef: service.image, state, health: "none", exitCode: null, startedAt: null, restartCount: 0, networks: [],
  };
  return toObservations({ services: [service], containers: [container], imageLabels: new Map(), usage })[0];
}

it("shows memory and CPU of a service that runs", () => {
  expect(look("running")).toMatchObject({ state: "healthy", memoryBytes: 50, memoryLimitBytes: 100, cpuCores: 0.5 });
});

it("shows no memory and no CPU of a service that has stopped since its last sample", () => {
  expect(look("exited")).toMatchObject({ state: "stopped", memoryBytes: null, memoryLimitBytes: null, cpuCores: null });
});
