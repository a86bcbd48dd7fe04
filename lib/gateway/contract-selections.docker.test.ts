import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { labReference } from "@/lab/running-stack.fixture";
import type { ServiceName } from "@/lib/stack/desired";
import { releases, validateServices, type Release } from "@/lib/stack/releases";
import { contractKeys, failedContract, startContractUpstreams, type ContractUpstreams } from "./contract-upstreams.fixture";
import { renderEnvoy } from "./envoy";
import { startEnvoy, type RunningEnvoy } from "./envoy-process.fixture";
import { builtInRoutes } from "./routes";

/** Every choice of services that a release lets a project make. */
function selectionsOf(release: Release): ServiceName[][] {
  const names = release.services.map(({ name }) => name);
  const subsets = Array.from({ length: 2 ** names.length }, (_, bits) => names.filter((_name, index) => ((bits >> index) & 1) === 1));
  return subsets.filter((services) => validateServices(services, release).length === 0);
}

const render = (release: Release, enabledServices: readonly ServiceName[]) => renderEnvoy({ routes: builtInRoutes({ enabledServices, release }), keys: contractKeys, publicUrl: "http://127.0.0.1:8123" });

let upstreams: ContractUpstreams;
beforeAll(async () => (upstreams = await startContractUpstreams()));
afterAll(() => upstreams.stop());

describe.each(releases)("the Envoy of $name", (release) => {
  const selections = selectionsOf(release);
  const all = release.services.map(({ name }) => name);
  let envoy: RunningEnvoy;

  beforeAll(async () => {
    const image = release.services.find(({ name }) => name === "api-gw")?.image ?? "";
    envoy = await startEnvoy(render(release, all), upstreams.ports, { image: labReference(image) });
  });
  afterAll(() => envoy.stop());

  test(`answers the contract for each of the ${String(selections.length)} choices of services`, async () => {
    expect(selections).toContainEqual(all);
    expect(selections.length).toBeGreaterThan(50);
    const failed: string[] = [];
    for (const services of selections) {
      await envoy.apply(render(release, services));
      failed.push(...(await failedContract(envoy.ask, services, release.name)).map((words) => `${services.join(" ")}: ${words}`));
    }
    expect(failed).toEqual([]);
  });

  test("does not pass for the contract of another choice", async () => {
    const smallest = selections.find(({ length }) => length === Math.min(...selections.map((services) => services.length))) ?? [];
    await envoy.apply(render(release, smallest));
    const failed = await failedContract(envoy.ask, all, release.name);
    for (const service of ["realtime", "storage", "pg", "functions", "studio"]) expect(failed.some((words) => words.startsWith(service)), service).toBe(true);
  });
});
