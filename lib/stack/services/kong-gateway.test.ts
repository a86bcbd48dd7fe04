import fc from "fast-check";
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

function decodes(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

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

  test("refuses every path that Kong's router cannot read before it sees it, and no other", () => {
    const rule = gatewayOf(sampleInput, "kong").files.find(({ path }) => path.endsWith("kong-request.conf"))?.content ?? "";
    // JavaScript knows no possessive quantifier, and is patient.
    const readable = new RegExp(/!~\* "(.*)"\)/.exec(rule)?.[1]?.replace(")*+(", ")*(") ?? "^$", "i");
    const piece = fc.oneof(fc.constantFrom("a", "/", "%20", "%25", "%c3%a9", "%E2%82%AC", "%f0%9f%98%80", "%ff", "%c3", "%e2%82", "%ed%a0%80", "%c0%af", "%f5%80%80%80", "é"), fc.integer({ min: 0, max: 255 }).map((byte) => `%${byte.toString(16).padStart(2, "0")}`));
    fc.assert(fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const path = `/${pieces.join("")}`;
      const isUtf8 = !path.includes("é") && decodes(path);
      expect([readable.test(path), readable.test(`${path}?apikey=%ff`)]).toEqual([isUtf8, isUtf8]);
    }), { numRuns: 2_000 });
  });

  test("logs neither a query nor a header that carries a key", () => {
    const log = gatewayOf(sampleInput, "kong").files.find(({ path }) => path.endsWith("kong-log.conf"))?.content ?? "";
    expect(log).toContain("log_format basehold escape=json");
    expect(log).not.toMatch(/\$request_uri|\$request\b|\$args|\$query_string|\$http_(apikey|authorization|cookie|referer)|\$is_args/);
  });
});
