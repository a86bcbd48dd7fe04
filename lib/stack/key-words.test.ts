import { expect, it } from "vitest";
import { buildDesiredStack, buildGatewayInput } from "./build-desired-stack";
import { replacedServices } from "./key-words";
import { allServices, sampleInput, sampleSecrets, sampleSettings } from "./sample-input.fixture";
import { Secret } from "./secret-value";
import { defaultKeySettings, type ProjectSecrets, type StackInput } from "./settings";

/** Services of which anything but files that are taken while running differs. */
function changedServices(change: Partial<StackInput>): string[] {
  const [before, after] = [buildDesiredStack(sampleInput), buildDesiredStack({ ...sampleInput, ...change })].map(({ services }) => services.map((service) => JSON.stringify({ ...service, files: service.files.filter(({ reloadable }) => !reloadable) })));
  return allServices.filter((_name, index) => before?.[index] !== after?.[index]);
}

const withSecrets = (secrets: Partial<ProjectSecrets>): Partial<StackInput> => ({ secrets: { ...sampleSecrets, ...secrets } });
const other = (name: "publishableKey" | "secretKey" | "jwtSecret") => new Secret(sampleSecrets[name].reveal().replace("sample", "second"));

it("services that are said to be replaced are those whose containers differ, and the gateway is never among them", () => {
  const legacyOff = { ...sampleSettings, keys: { ...defaultKeySettings, legacy: "off" as const } };
  expect(changedServices(withSecrets({ publishableKey: other("publishableKey"), publishableKeyPrevious: sampleSecrets.publishableKey }))).toEqual(replacedServices("opaque-key", allServices));
  expect(changedServices(withSecrets({ secretKey: other("secretKey") }))).toEqual(replacedServices("opaque-key", allServices));
  expect(changedServices({ settings: legacyOff })).toEqual(replacedServices("legacy", allServices));
  expect(changedServices(withSecrets({ jwtSecret: other("jwtSecret") }))).toEqual(replacedServices("jwt", allServices));
});

it("on the way between on and off no service holds a key that the gateway refuses", () => {
  for (const legacy of ["on", "leaving", "off"] as const) {
    const input = { ...sampleInput, settings: { ...sampleSettings, keys: { ...defaultKeySettings, legacy } } };
    const { anon, publishable } = buildGatewayInput(input).keys;
    const held = buildDesiredStack(input).services.filter(({ name }) => name === "functions" || name === "studio").map(({ environment }) => environment["SUPABASE_ANON_KEY"]);
    for (const key of held) expect([anon, ...[publishable].flat()]).toContain(key);
  }
});
