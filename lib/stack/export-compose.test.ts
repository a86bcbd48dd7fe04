import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { objectNames } from "./names";
import { buildDesiredStack } from "./build-desired-stack";
import type { DesiredStack } from "./desired";
import { interpolate, readDotenv } from "./dotenv-reader.fixture";
import { exportCompose, exportName } from "./export-compose";
import { releases } from "./releases";
import { sampleInput, sampleSettings } from "./sample-input.fixture";

const options = { imagePrefix: "registry.example/" };

function exported(stack: DesiredStack): { text: (path: string) => string; compose: ComposeFile; paths: string[] } {
  const { files } = exportCompose(stack, options);
  const text = (path: string) => {
    const file = files.find((candidate) => candidate.path === path);
    if (file === undefined) throw new Error(`There is no ${path}.`);
    return file.content;
  };
  const variables = readDotenv(text(".env"));
  const resolve = (value: unknown): unknown => {
    if (typeof value === "string") return interpolate(value, variables);
    if (Array.isArray(value)) return value.map(resolve);
    return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolve(part)])) : value;
  };
  return { text, compose: resolve(parse(text("docker-compose.yml"))) as ComposeFile, paths: files.map((file) => file.path) };
}

type ComposeService = { image: string; environment: Record<string, string>; command?: string[]; volumes?: string[]; ports?: string[]; depends_on?: Record<string, { condition: string }>; healthcheck?: { test: string[] } };
type ComposeFile = { name: string; services: Record<string, ComposeService>; volumes: Record<string, object> };

/** Texts that people and programs come up with, without NUL, which no environment can hold, and with what Compose treats as special. */
const arbNasty = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.array(fc.constantFrom("$", "$$", "${", "}", "'", '"', "\\", "#", " #", "\n", "\r\n", "\t", ":", "- ", "yes", "08", "a", "\u0085", "\u2028", "\u{1f600}", "`", "%", "!", "&"), { maxLength: 12 }).map((parts) => parts.join("")),
).map((text) => text.replaceAll("\0", ""));

describe("the exported folder", () => {
  const stack = buildDesiredStack(sampleInput);

  it.each(releases.map((release) => release.name))("of %s says of every service what the model says", (release) => {
    const desired = buildDesiredStack({ ...sampleInput, settings: { ...sampleSettings, release } });
    const { compose, paths } = exported(desired);
    expect(Object.keys(compose.services)).toEqual(desired.services.map((service) => service.name));
    for (const service of desired.services) {
      const written = compose.services[service.name];
      expect(written).toMatchObject({ image: `registry.example/${service.image}`, environment: service.environment });
      expect(written?.command).toEqual(service.command);
      expect(written?.healthcheck?.test).toEqual(service.healthcheck?.test);
      expect(written?.ports ?? []).toEqual(service.publishedPorts.map((port) => `${port.hostIp}:${port.hostPort}:${port.containerPort}/tcp`));
      for (const volume of written?.volumes ?? []) if (volume.startsWith("./volumes/config/")) expect(paths).toContain(volume.split(":")[0]?.slice(2));
    }
  });

  it("of a project that Kong serves has it under upstream's name of the gateway, which others depend on", () => {
    const { compose } = exported(buildDesiredStack({ ...sampleInput, gateways: { serving: "kong", isOtherBeside: false } }));
    expect(compose.services["api-gw"]).toMatchObject({ image: "registry.example/kong/kong:3.9.3", networks: { default: { aliases: ["kong", "envoy"] } }, ports: ["127.0.0.1:8100:8000/tcp"] });
    expect(compose.services["functions"]?.depends_on).toHaveProperty("api-gw");
    expect(compose.services).not.toHaveProperty("kong");
  });

  it("keeps every value of an environment, whatever stands in it", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/), arbNasty, { maxKeys: 4 }), fc.dictionary(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/), arbNasty, { maxKeys: 3 }), (environment, variables) => {
        const [first, ...others] = stack.services;
        if (first === undefined) return;
        const desired = { ...stack, variables, services: [{ ...first, environment, command: Object.values(environment) }, ...others.map((service) => ({ ...service, environment: {} }))] };
        const { compose, text } = exported(desired);
        expect(compose.services["db"]).toMatchObject({ environment, command: Object.values(environment) });
        expect(readDotenv(text(".env"))).toMatchObject(variables);
      }),
      { numRuns: 300 },
    );
  });

  it("puts secrets into .env, which only its owner reads, and into no other text but the gateway's configuration", () => {
    const { files } = exportCompose(stack, options);
    expect(files.find((file) => file.path === ".env")?.mode).toBe(0o600);
    const secrets = Object.values(stack.variables ?? {}).filter((value) => value.length >= 16 && !value.startsWith("http"));
    for (const file of files.filter(({ path }) => path !== ".env" && !path.startsWith("volumes/config/api-gw/"))) for (const secret of secrets) expect(file.content).not.toContain(secret);
  });

  it("carries a Compose project name that no project of any panel carries", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{6,12}$/), fc.stringMatching(/^[a-z0-9]{12}$/), (instanceId, projectId) => {
        const ofPanel = objectNames(instanceId, projectId).composeProject;
        for (const ref of ["sample-shop", ofPanel, ofPanel.slice(0, 16)]) expect(exportName(ref)).not.toBe(ofPanel);
      }),
    );
    expect(exported(stack).compose.name).toBe("sample-shop-export");
  });

  it("names volumes of its own and none of the engine's", () => {
    const { compose, text } = exported(stack);
    expect(compose.volumes).toEqual({ "db-data": {}, "db-config": {}, storage: {}, "deno-cache": {}, snippets: {} });
    expect(text("docker-compose.yml")).not.toMatch(/external|io\.basehold|\bbh-/);
  });

  it("keeps the edge functions in a folder that both of its services share", () => {
    const { compose, paths } = exported(stack);
    expect(compose.services["functions"]?.volumes).toContain("./volumes/functions:/home/deno/functions");
    expect(compose.services["studio"]?.volumes).toContain("./volumes/functions:/app/edge-functions:ro");
    expect(paths).toContain("volumes/functions/main/index.ts");
  });

  it("waits in upstream's order, and for no service that is not there", () => {
    expect(exported(stack).compose.services["functions"]?.depends_on).toEqual({ "api-gw": { condition: "service_healthy" } });
    const small = buildDesiredStack({ ...sampleInput, settings: { ...sampleSettings, services: ["db", "api-gw", "auth", "rest"] } });
    expect(exported(small).compose.services["api-gw"]?.depends_on).toBeUndefined();
  });

  it("opens the direct database port under a name of its own", () => {
    const open = buildDesiredStack({ ...sampleInput, ports: { ...sampleInput.ports, database: 15999 }, settings: { ...sampleSettings, isDirectDatabasePortOpen: true } });
    expect(exported(open).text(".env")).toContain("POSTGRES_DIRECT_PORT=15999\n");
  });

  it("explains itself in about twenty lines", async () => {
    await expect(exported(stack).text("README.md")).toMatchFileSnapshot("golden/export-readme.md");
    await expect(exported(stack).text("docker-compose.yml")).toMatchFileSnapshot("golden/docker-compose.yml");
  });
});
