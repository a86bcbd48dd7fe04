import { describe, expect, it } from "vitest";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import type { DesiredService, ServiceName, StackServiceName } from "@/lib/stack/desired";
import { generateProjectSecrets } from "@/lib/stack/keys";
import { defaultRelease, serviceCatalogue, validateServices } from "@/lib/stack/releases";
import type { ProjectPorts, ProjectSettings } from "@/lib/stack/settings";
import { restartsAfter, restartSentence, restartsWithServices, type SettingName } from "./restart-sentence";

const settings: ProjectSettings = {
  displayName: "Shop", release: defaultRelease.name, services: defaultRelease.services.map((service) => service.name), bindAddress: "127.0.0.1",
  publicUrl: "http://127.0.0.1:8000", siteUrl: "http://localhost:3000", redirectUrls: [], smtp: null, isDirectDatabasePortOpen: true,
};
const ports: ProjectPorts = { gateway: 8000, poolerSession: 5432, poolerTransaction: 6543, database: 5500 };
const secrets = await generateProjectSecrets({ randomBytes: (size: number) => new Uint8Array(size).map((_, index) => (index * 37 + 11) % 251), nowSeconds: 1_700_000_000, uuid: () => "0b5f0a3e-6f7e-4a52-9f0c-5f3b1c2d4e5f" });

const build = (wish: { settings?: Partial<ProjectSettings>; ports?: Partial<ProjectPorts> }) =>
  buildDesiredStack({ projectId: "abcdefghijkl", projectRef: "shop", revision: 1, subnet: "10.213.4.64/26", settings: { ...settings, ...wish.settings }, ports: { ...ports, ...wish.ports }, secrets });

/** What the engine compares: everything but files that the program reloads by itself. */
const specOf = (service: DesiredService) => JSON.stringify({ ...service, files: service.files.filter((file) => !file.reloadable) });

function replaced(wish: { settings?: Partial<ProjectSettings>; ports?: Partial<ProjectPorts> }): StackServiceName[] {
  const before = new Map(build({}).services.map((service) => [service.name, specOf(service)]));
  return build(wish).services.filter((service) => before.get(service.name) !== specOf(service)).map((service) => service.name);
}

describe("what a section says will restart is what the stack replaces", () => {
  const cases: [SettingName, Parameters<typeof build>[0]][] = [
    ["siteUrl", { settings: { siteUrl: "https://shop.example" } }],
    ["redirectUrls", { settings: { redirectUrls: ["https://shop.example/**"] } }],
    ["smtp", { settings: { smtp: { host: "mail.example", port: 587, user: "u", senderEmail: "a@b.example", senderName: "Shop" } } }],
    ["publicUrl", { settings: { publicUrl: "https://api.shop.example" } }],
    ["bindAddress", { settings: { bindAddress: "10.0.0.4", publicUrl: "http://10.0.0.4:8000" } }],
    ["gatewayPort", { settings: { publicUrl: "http://127.0.0.1:8100" }, ports: { gateway: 8100 } }],
    ["poolerSessionPort", { ports: { poolerSession: 5433 } }],
    ["poolerTransactionPort", { ports: { poolerTransaction: 6544 } }],
    ["databasePort", { ports: { database: 5501 } }],
    ["isDirectDatabasePortOpen", { settings: { isDirectDatabasePortOpen: false }, ports: { database: null } }],
  ];

  it.each(cases)("%s", (name, wish) => {
    expect(restartsAfter([name], settings)).toEqual(replaced(wish));
  });
});

describe("what the services section says will restart is what the stack replaces, whichever optional services come or go", () => {
  const required = serviceCatalogue(defaultRelease).filter((service) => service.isRequired).map((service) => service.name);
  const choices = settings.services.filter((name) => !required.includes(name)).reduce<ServiceName[][]>((found, name) => [...found, ...found.map((some) => [...some, name])], [[]]);
  const valid = choices.map((some) => settings.services.filter((name) => required.includes(name) || some.includes(name))).filter((some) => validateServices(some, defaultRelease).length === 0);
  const specsOf = (names: ServiceName[]) => new Map(build({ settings: { services: names } }).services.map((service) => [service.name, specOf({ ...service, dependsOn: [] })]));

  it("from everything, and back", () => {
    const all = specsOf(settings.services);
    expect(valid.length).toBeGreaterThan(10);
    for (const some of valid) {
      const specs = specsOf(some);
      const differing = some.filter((name) => specs.get(name) !== all.get(name));
      expect([some, restartsWithServices(settings.services, some)]).toEqual([some, differing]);
      expect([some, restartsWithServices(some, settings.services)]).toEqual([some, differing]);
    }
  });
});

it("names one, several, or nothing", () => {
  expect(restartSentence([])).toBe("Nothing restarts.");
  expect(restartSentence(["auth"])).toMatch(/^auth restarts:/);
  expect(restartSentence(["auth", "storage", "studio"])).toMatch(/^auth, storage and studio restart:/);
});
