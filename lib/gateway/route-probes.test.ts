import { describe, expect, it } from "vitest";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { contractRequests, judgeContract, type ContractRequest } from "./contract";
import { sampleOwnRoute } from "./own-route.fixture";
import { adaptContract, routeProbes } from "./route-probes";
import { defaultGatewaySettings, type GatewaySettings } from "./route-model";

const options = { enabledServices: allServices, release: { restrictsMetaCors: true } };
const requests = contractRequests({ enabledServices: allServices, release: "v0.8.2" });
const answer = (request: ContractRequest, status: number) => judgeContract([{ request, answer: { status, bodySnippet: "", durationMs: 1 } }])[0];

describe("an opening of MCP", () => {
  const mcpOf = (requiresServiceKey: boolean): ContractRequest[] => {
    const settings: GatewaySettings = { ...defaultGatewaySettings, mcp: { isOpen: true, ipAllow: ["10.0.0.1"], expiresAt: "2027-01-01T00:00:00Z", requiresServiceKey } };
    return adaptContract(requests, settings, options).filter(({ id }) => id === "mcp");
  };

  it("is proven whether the prober is on the list or not: what Studio answers it is Studio's", () => {
    for (const request of mcpOf(false)) {
      expect([403, 404, 200, 405].map((status) => answer(request, status)?.isPassed)).toEqual([true, true, true, true]);
      expect([502, 503, 504].map((status) => answer(request, status)?.isPassed)).toEqual([false, false, false]);
    }
    expect(mcpOf(false)).toHaveLength(1);
  });

  it("that wants the service key refuses the prober, who sends none", () => {
    for (const request of mcpOf(true)) expect([401, 403, 404].map((status) => answer(request, status)?.isPassed)).toEqual([true, true, false]);
    expect(mcpOf(true)).toHaveLength(1);
  });
});

it("what a route must answer is said in words of a readable length, and of whom", () => {
  const settings: GatewaySettings = { ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute({ access: "any-key" })] };
  const told = routeProbes(settings, options, { publicUrl: "http://127.0.0.1:8100", nowMs: 0 }).map((request) => [request.title, answer(request, 200)?.expected]);
  expect(told).toEqual([["/hooks/ refuses whoever sends no key", "401"], ["/hooks/ answers the publishable key", "anything but 502, 503, 504"]]);
});
