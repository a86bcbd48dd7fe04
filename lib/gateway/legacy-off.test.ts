import { describe, expect, it } from "vitest";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { contractRequests } from "./contract";
import { callers, tryRequest } from "./explain";
import { effectiveRoutes } from "./precedence";
import { defaultGatewaySettings, type GatewaySettings } from "./route-model";
import { adaptContract } from "./route-probes";

const options = { enabledServices: allServices, release: { restrictsMetaCors: true } };
const requests = contractRequests({ enabledServices: allServices, release: "v0.8.2" });
const closed = new Set(["realtime-tenants-service", "realtime-openapi-service"]);
const isLegacy = ({ credential }: { credential: string }) => credential === "anon" || credential === "service";

describe("with the legacy keys off", () => {
  it("the contract wants every request that carries one refused, and all others answered as before", () => {
    const adapted = adaptContract(requests, defaultGatewaySettings, { ...options, isLegacyOff: true });
    expect(adapted.map(({ id }) => id)).toEqual(requests.map(({ id }) => id));
    const expectedOf = (isClosed: boolean) => new Set(adapted.filter((request) => isLegacy(request) && closed.has(request.id) === isClosed).map(({ expected }) => JSON.stringify(expected)));
    expect([...expectedOf(false)]).toEqual(['{"statuses":[401]}']);
    // Closed to everybody: either refusal is one.
    expect([...expectedOf(true)]).toEqual(['{"statuses":[401,403]}']);
    expect(adapted.filter((request) => !isLegacy(request))).toEqual(requests.filter((request) => !isLegacy(request)));
  });

  it("a list of addresses before a route may refuse first", () => {
    const listed: GatewaySettings = { ...defaultGatewaySettings, builtInOverrides: { "rest-v1-protected": { ipAllow: ["203.0.113.0/24"] } } };
    const adapted = adaptContract(requests, listed, { ...options, isLegacyOff: true });
    expect(adapted.find(({ id }) => id === "rest-table-anon")?.expected).toEqual({ statuses: [401, 403] });
  });

  it("a request tried out is refused for them alone", () => {
    const routes = effectiveRoutes(defaultGatewaySettings, options);
    const refused = callers.filter((caller) => tryRequest(routes, { method: "GET", target: "/storage/v1/bucket", headers: {} }, caller, { publicUrl: "http://127.0.0.1:8000", nowMs: 0, isLegacyOff: true }).verdict?.isAllowed === false);
    expect(refused).toEqual(["anon", "service"]);
  });
});
