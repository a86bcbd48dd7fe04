import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { EngineError, type PullProgress } from "@/lib/engine/port";
import { DockerEngine } from "./docker-engine";
import { startMisbehavingRegistry, type MisbehavingRegistry, type RegistryMood } from "./misbehaving-registry.fixture";
import { testDocker } from "./testing.fixture";

const engine = new DockerEngine();

describe("pulling an image from a registry", () => {
  let registry: MisbehavingRegistry;
  let imageRef = "";
  beforeAll(async () => {
    registry = await startMisbehavingRegistry(randomUUID());
    imageRef = `${registry.prefix}test/image:v1`;
  });
  afterAll(async () => {
    await testDocker().getImage(imageRef).remove({ force: true }).catch(() => undefined);
    await registry.close();
  });
  beforeEach(() => {
    registry.blobRequests = 0;
  });

  async function pull(mood: RegistryMood, signal?: AbortSignal): Promise<unknown> {
    registry.mood = mood;
    return engine.pullImage(imageRef, () => undefined, signal).then(() => "pulled", (error: unknown) => error);
  }

  it.each([
    ["no-such-tag", "image-missing"],
    ["too-many-requests", "registry-unavailable"],
    ["server-error", "registry-unavailable"],
  ] as const)("that answers %s fails as %s, in a sentence that says what to do", async (mood, kind) => {
    const failure = await pull(mood);
    expect(failure).toBeInstanceOf(EngineError);
    expect(failure).toMatchObject({ kind, message: expect.stringMatching(/Retry|Check/) as string });
  });

  it("that is not there at all fails as registry-unavailable", async () => {
    await expect(engine.pullImage("127.0.0.1:1/test/image:v1", () => undefined)).rejects.toMatchObject({ kind: "registry-unavailable" });
  });

  it("that goes silent in the middle of a layer can be given up, and leaves no image", async () => {
    const controller = new AbortController();
    const pulling = pull("hanging-layer", controller.signal);
    await expect.poll(() => registry.blobRequests, { timeout: 20_000 }).toBeGreaterThan(1);
    controller.abort(new Error("cancelled by a person"));
    expect(await pulling).toMatchObject({ message: "cancelled by a person" });
    expect(await engine.inspectImage(imageRef)).toBeNull();
  });

  it("that ends a layer half-way, again and again, fails and leaves no image", async () => {
    expect(await pull("cut-layer")).toMatchObject({ kind: expect.stringMatching(/^(registry-unavailable|pull-incomplete)$/) as string });
    expect(registry.blobRequests).toBeGreaterThan(1);
    expect(await engine.inspectImage(imageRef)).toBeNull();
  });

  it("that is well again delivers, and says how many bytes are in", async () => {
    registry.mood = "well";
    const seen: PullProgress[] = [];
    await engine.pullImage(imageRef, (progress) => seen.push(progress));
    expect(seen.at(-1)).toMatchObject({ phase: "done", layersTotal: 1, layersDone: 1 });
    expect(await engine.inspectImage(imageRef)).not.toBeNull();
    await engine.pullImage(imageRef, () => undefined);
  });
});
