import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { DockerEngine } from "@/lib/adapters/docker/docker-engine";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import type { DesiredService } from "@/lib/stack/desired";
import { releases } from "@/lib/stack/releases";
import { sampleInput, sampleSettings } from "@/lib/stack/sample-input.fixture";
import { registryPort } from "./paths";
import { catalogueImages } from "./recipes/index";
import { RegistryClient } from "./registry-client";
import { labReference } from "./running-stack.fixture";

const engine = new DockerEngine();
const labels = { "basehold.lab.test": randomBytes(6).toString("hex") };

const services = releases.flatMap((release) => {
  const stack = buildDesiredStack({ ...sampleInput, settings: { ...sampleSettings, release: release.name } });
  return stack.services.map((service): [string, DesiredService] => [`${release.name} ${service.name}`, service]);
});

/** Programs that a probe starts: its own, and every one that its shell command names. */
function programsOf({ readiness, healthcheck }: DesiredService): string[] {
  const [form, ...rest] = healthcheck?.test ?? [];
  const shellWords = form === "CMD-SHELL" ? ["sh", ...(rest[0]?.match(/^(curl|wget|node|timeout)\b/) ?? []).slice(0, 1)] : rest.slice(0, 1);
  const inner = readiness.argv[0] === "sh" ? (readiness.argv[2]?.match(/^\w+/) ?? []) : [];
  return [...new Set([...readiness.argv.slice(0, 1), ...inner, ...shellWords])];
}

/** Asks without a shell's help where the official image may have none: `sh` is in every lab image. */
const findPrograms = (programs: string[]) => ["sh", "-c", 'for name in "$@"; do command -v "$name" > /dev/null || echo "$name"; done', "find", ...programs];

/** In the image, by the official image's own interface: what must not be there either. */
const absent: Record<string, string[]> = { "envoyproxy/envoy": ["curl", "wget", "node"], "postgrest/postgrest": ["curl", "wget", "node"], "supabase/gotrue": ["curl", "node"], "supabase/realtime": ["wget", "node"], "library/caddy": ["curl", "node"] };

beforeAll(async () => {
  for (const image of catalogueImages()) await engine.pullImage(labReference(image), () => undefined);
});

describe("lab images", () => {
  test("the registry holds every image of the catalogue under its official name and tag", async () => {
    expect(await new RegistryClient(registryPort).listReferences()).toEqual(expect.arrayContaining(catalogueImages()));
  });

  test("every pulled image says what is in it", async () => {
    for (const image of catalogueImages()) {
      const found = await engine.inspectImage(labReference(image));
      expect(found?.labels["basehold.lab.source"], image).toBeTruthy();
    }
  });

  test.each(services)("%s has every program that its probes start", async (_name, service) => {
    const result = await engine.runOneOff({ imageRef: labReference(service.image), argv: findPrograms(programsOf(service)), labels, networkName: null, mounts: [], timeoutMs: 60_000 });
    expect(result).toMatchObject({ exitCode: 0, stdout: "" });
  });

  test.each(Object.entries(absent))("%s lacks what the official image lacks", async (repository, programs) => {
    const image = catalogueImages().find((each) => each.startsWith(`${repository}:`)) ?? "";
    const result = await engine.runOneOff({ imageRef: labReference(image), argv: findPrograms(programs), labels, networkName: null, mounts: [], timeoutMs: 60_000 });
    expect(result.stdout.trim().split("\n")).toEqual(programs);
  });
});
