import { describe, expect, test } from "vitest";
import { parseDesiredStack } from "../desired-schema";
import type { GatewayKind } from "@/lib/gateway/contract";
import { gatewayServices, isGatewayService } from "../gateways";
import { buildDesiredStack, listServices } from "../build-desired-stack";
import { releases } from "../releases";
import { sampleInput, sampleSecrets, sampleSettings } from "../sample-input.fixture";
import type { StackInput } from "../settings";

const serving = (kind: GatewayKind, input: StackInput = sampleInput): StackInput => ({ ...input, gateways: { serving: kind, isOtherBeside: false } });
const gatewayOf = (input: StackInput = sampleInput, kind: GatewayKind = "envoy") => {
  const gateway = buildDesiredStack(serving(kind, input)).services.find(({ name }) => name === gatewayServices[kind]);
  if (gateway === undefined) throw new Error("no gateway");
  return gateway;
};

describe("a stack with Kong as its gateway", () => {
  test("passes the stack's own check for every release, and differs in its gateway alone", () => {
    for (const { name, kongImage } of releases) {
      const input = { ...sampleInput, settings: { ...sampleSettings, release: name } };
      const [kong, envoy] = [buildDesiredStack(serving("kong", input)), buildDesiredStack(input)];
      expect(parseDesiredStack(kong)).toEqual(kong);
      const others = (stack: typeof kong) => stack.services.filter((service) => !isGatewayService(service.name));
      expect(others(kong)).toEqual(others(envoy));
      expect(gatewayOf(input, "kong").image).toBe(kongImage);
      expect(listServices(input.settings, { serving: "kong", isOtherBeside: false }).find((service) => service.name === "kong")?.image).toBe(kongImage);
    }
  });

  test("listens where Envoy did, under the same names", () => {
    const [kong, envoy] = [gatewayOf(sampleInput, "kong"), gatewayOf()];
    const namesOf = (gateway: typeof kong) => new Set([gateway.name, ...gateway.aliases]);
    expect([kong.publishedPorts, namesOf(kong), kong.dependsOn, kong.replace]).toEqual([envoy.publishedPorts, new Set([...namesOf(envoy)]), envoy.dependsOn, envoy.replace]);
  });

  test("keeps every secret out of the environment, which Docker shows to whoever may look", () => {
    const environment = JSON.stringify(gatewayOf(sampleInput, "kong").environment);
    for (const secret of Object.values(sampleSecrets)) if (secret !== null && secret.reveal() !== "supabase") expect(environment).not.toContain(secret.reveal());
  });

  test("opens its admin and status listeners on the container's loopback alone", () => {
    const { environment } = gatewayOf(sampleInput, "kong");
    for (const name of ["KONG_ADMIN_LISTEN", "KONG_STATUS_LISTEN"]) expect(environment[name]).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(environment).toMatchObject({ KONG_DATABASE: "off", KONG_ROUTER_FLAVOR: "expressions", KONG_ADMIN_GUI_LISTEN: "off", KONG_PORT_MAPS: "8100:8000" });
  });

  test("logs neither a query nor a header that carries a key", () => {
    const log = gatewayOf(sampleInput, "kong").files.find(({ path }) => path.endsWith(".conf"))?.content ?? "";
    expect(log).toContain("log_format basehold escape=json");
    expect(log).not.toMatch(/\$request_uri|\$request\b|\$args|\$query_string|\$http_(apikey|authorization|cookie|referer)|\$is_args/);
  });
});
