import { createHash, randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildDesiredStack, StackInputError } from "./build-desired-stack";
import { parseDesiredStack } from "./desired-schema";
import type { DesiredService, DesiredStack, ServiceName } from "./desired";
import { generateProjectSecrets } from "./keys";
import { getRelease, releases, validateServices } from "./releases";
import { allServices, sampleInput, sampleSecrets, sampleSettings } from "./sample-input.fixture";
import { Secret } from "./secret-value";
import { canonicalJson, specHash } from "./spec-hash";

const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const arbServices = fc.subarray(allServices).filter((services) => releases.every((release) => validateServices(services, release).length === 0));
const arbRelease = fc.constantFrom(...releases.map((release) => release.name));

const withChange = (change: (stack: DesiredStack) => void): DesiredStack => {
  const stack = structuredClone(buildDesiredStack(sampleInput));
  change(stack);
  return stack;
};

describe("the desired stack", () => {
  it("builds and passes its own check for both releases and every choice of services that can run", () => {
    fc.assert(
      fc.property(arbRelease, arbServices, (release, services) => {
        const stack = buildDesiredStack({ ...sampleInput, settings: { ...sampleSettings, release, services } });
        expect(parseDesiredStack(stack)).toEqual(stack);
        expect(stack.services.map((service) => service.name).sort()).toEqual([...services].sort());
        for (const service of stack.services) expect(service.image).toBe(getRelease(release)?.services.find(({ name }) => name === service.name)?.image);
      }),
    );
  });

  it("is equal for equal input, whatever the order in which services were chosen", () => {
    fc.assert(
      fc.property(arbServices, fc.infiniteStream(fc.nat()), (services, random) => {
        const turned = services.map((name) => ({ name, key: random.next().value })).sort((a, b) => a.key - b.key).map(({ name }) => name);
        const build = (chosen: ServiceName[]) => canonicalJson(buildDesiredStack({ ...sampleInput, settings: { ...sampleSettings, services: chosen } }));
        expect(build(turned)).toBe(build(services));
      }),
    );
  });

  it("depends only on services that are part of it", () => {
    fc.assert(
      fc.property(arbServices, (services) => {
        const stack = buildDesiredStack({ ...sampleInput, settings: { ...sampleSettings, services } });
        for (const service of stack.services) for (const needed of service.dependsOn) expect(services).toContain(needed.service);
      }),
    );
  });

  it("limits the log and the processes of every container and forbids new privileges", () => {
    for (const service of buildDesiredStack(sampleInput).services) {
      expect(service).toMatchObject({ singleHost: { noNewPrivileges: true }, limits: { logMaxSizeBytes: 10_485_760, logMaxFiles: 3 } });
      expect(service.limits.pids).toBeLessThanOrEqual(2048);
    }
  });

  it("holds no value of a person in a command, an entrypoint, a health check or a probe", () => {
    const nasty = `"; rm -rf / $(id) '\`x\``;
    const settings = { ...sampleSettings, displayName: nasty, siteUrl: `http://x/${nasty}`, redirectUrls: [nasty], smtp: { host: nasty, port: 25, user: nasty, senderEmail: nasty, senderName: nasty } };
    const stack = buildDesiredStack({ ...sampleInput, settings, secrets: { ...sampleSecrets, smtpPassword: new Secret(nasty) } });
    const plain = buildDesiredStack(sampleInput);
    const programs = (service: DesiredService) => ({ entrypoint: service.entrypoint, command: service.command, healthcheck: service.healthcheck, readiness: service.readiness });
    expect(stack.services.map(programs)).toEqual(plain.services.map(programs));
  });

  it("refuses an unknown release, services that cannot run together, and a secret outside of its rule, without naming its value", () => {
    const build = (parts: object) => () => buildDesiredStack({ ...sampleInput, ...parts });
    expect(build({ settings: { ...sampleSettings, release: "v9.9.9" } })).toThrow(StackInputError);
    expect(build({ settings: { ...sampleSettings, services: ["db", "api-gw", "auth", "rest", "imgproxy"] } })).toThrow("Image transformation (imgproxy) needs storage.");
    const bad = { ...sampleSecrets, postgresPassword: new Secret("short and $trange") };
    expect(build({ secrets: bad })).toThrow("The secret postgresPassword does not meet its rule");
    expect(() => build({ secrets: bad })()).not.toThrow("$trange");
  });

  it("builds with freshly generated secrets of any project", async () => {
    const secrets = await generateProjectSecrets({ randomBytes: (length) => new Uint8Array(randomBytes(length)), nowSeconds: 1_760_000_000, uuid: randomUUID });
    expect(parseDesiredStack(buildDesiredStack({ ...sampleInput, secrets })).services).toHaveLength(11);
  });
});

describe("the check of a desired stack", () => {
  const firstService = (stack: DesiredStack): DesiredService => {
    const [service] = stack.services;
    if (service === undefined) throw new Error("The sample has services.");
    return service;
  };

  it.each([
    ["privileged", { privileged: true }],
    ["added capabilities", { capAdd: ["SYS_ADMIN"] }],
    ["the host's network", { networkMode: "host" }],
    ["the host's processes", { pid: "host" }],
    ["devices", { devices: ["/dev/kmsg"] }],
    ["bind mounts", { binds: ["/:/host"] }],
    ["a user of the host", { user: "0:0" }],
    ["new privileges", { singleHost: { noNewPrivileges: false } }],
    ["an unlimited number of processes", { limits: { pids: -1, logMaxSizeBytes: 1, logMaxFiles: 1 } }],
  ])("refuses %s", (_, extra) => {
    expect(() => parseDesiredStack(withChange((stack) => Object.assign(firstService(stack), extra)))).toThrow();
  });

  it.each([
    ["a mount of a host path", (service: DesiredService) => service.mounts.push({ volume: "/etc", path: "/x", readOnly: false })],
    ["a mount of Docker's socket", (service: DesiredService) => service.mounts.push({ volume: "db-data", path: "/var/run/docker.sock", readOnly: false })],
    ["a mount of a volume that the stack does not have", (service: DesiredService) => service.mounts.push({ volume: "someone-elses", path: "/x", readOnly: false })],
    ["a file that climbs out of its folder", (service: DesiredService) => service.files.push({ path: "/etc/../proc/x", content: "", mode: 0o644, uid: 0, gid: 0, reloadable: false })],
    ["a file in a folder of the kernel", (service: DesiredService) => service.files.push({ path: "/proc/sys/x", content: "", mode: 0o644, uid: 0, gid: 0, reloadable: false })],
    ["a set-user-id file", (service: DesiredService) => service.files.push({ path: "/x", content: "", mode: 0o4755, uid: 0, gid: 0, reloadable: false })],
    ["an environment variable whose name holds a line break", (service: DesiredService) => Object.assign(service.environment, { "A\nB": "x" })],
    ["a value that holds a NUL", (service: DesiredService) => Object.assign(service.environment, { A: "x\0y" })],
    ["an image from a registry of its own", (service: DesiredService) => Object.assign(service, { image: "evil.example:5000/x/y:v1" })],
    ["an image without a tag", (service: DesiredService) => Object.assign(service, { image: "supabase/postgres" })],
    ["an alias that is no DNS name", (service: DesiredService) => service.aliases.push("a b")],
    ["a port that does not exist", (service: DesiredService) => service.publishedPorts.push({ containerPort: 80, hostIp: "127.0.0.1", hostPort: 70_000 })],
    ["a service twice", (service: DesiredService, stack: DesiredStack) => stack.services.push(service)],
    ["a circle of services", (service: DesiredService) => service.dependsOn.push({ service: "auth", condition: "healthy" })],
    ["a subnet that is not private", (_: DesiredService, stack: DesiredStack) => Object.assign(stack.network, { subnet: "8.8.8.0/26" })],
    ["a project id outside of its grammar", (_: DesiredService, stack: DesiredStack) => Object.assign(stack, { projectId: "../../etc" })],
  ])("refuses %s", (_, change) => {
    expect(() => parseDesiredStack(withChange((stack) => void change(firstService(stack), stack)))).toThrow();
  });

  it("refuses any field that the type does not have, at every level", () => {
    const paths: ((stack: DesiredStack) => object)[] = [(stack) => stack, (stack) => stack.network, firstService, (stack) => firstService(stack).limits, (stack) => firstService(stack).readiness, (stack) => stack.volumes[0] ?? {}];
    for (const path of paths) expect(() => parseDesiredStack(withChange((stack) => Object.assign(path(stack), { privileged: true })))).toThrow(/privileged|[Uu]nrecognized/);
  });
});

describe("the hash of a container's spec", () => {
  const service = () => {
    const found = structuredClone(buildDesiredStack(sampleInput)).services.find(({ name }) => name === "api-gw");
    if (found === undefined) throw new Error("The sample has a gateway.");
    return found;
  };
  const reference = specHash(service(), hash);
  const changed = (change: (part: DesiredService) => unknown) => {
    const part = service();
    change(part);
    return specHash(part, hash);
  };

  it("changes with all that reaches the container's creation", () => {
    expect(changed((part) => Object.assign(part, { image: "envoyproxy/envoy:v2" }))).not.toBe(reference);
    expect(changed((part) => Object.assign(part.environment, { A: "b" }))).not.toBe(reference);
    expect(changed((part) => part.aliases.push("more"))).not.toBe(reference);
    expect(changed((part) => part.files.filter((file) => !file.reloadable).forEach((file) => Object.assign(file, { content: "x" })))).not.toBe(reference);
    expect(changed((part) => part.files.push({ path: "/etc/envoy/more.json", content: "x", mode: 0o444, uid: 0, gid: 0, reloadable: true }))).not.toBe(reference);
  });

  it("does not change with what the program reloads by itself, nor with order, start order and readiness", () => {
    expect(changed((part) => part.files.filter((file) => file.reloadable).forEach((file) => Object.assign(file, { content: "x" })))).toBe(reference);
    expect(changed((part) => part.aliases.reverse())).toBe(reference);
    expect(changed((part) => Object.assign(part, { dependsOn: [], readiness: { argv: ["x"], deadlineMs: 1 }, replace: "start-first" }))).toBe(reference);
    expect(changed((part) => Object.assign(part, { environment: Object.fromEntries(Object.entries(part.environment).reverse()) }))).toBe(reference);
  });
});
