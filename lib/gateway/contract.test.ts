import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServiceName } from "@/lib/stack/desired";
import { allServices, sampleSecrets } from "@/lib/stack/sample-input.fixture";
import { checkUserAgent, contractRequests, judgeContract, prepareRequest, type ContractAnswer } from "./contract";
import { matchRoute } from "./match";
import { builtInRoutes } from "./routes";

const requestsFor = (enabledServices: readonly ServiceName[]) => contractRequests({ enabledServices, release: "v0.8.2" });
const all = requestsFor(allServices);
const arbServices = fc.subarray(allServices).map((services) => [...new Set<ServiceName>(["db", "api-gw", ...services])]);
const answer = (parts: Partial<ContractAnswer>): ContractAnswer => ({ status: 200, bodySnippet: "", durationMs: 1, ...parts });

describe("the gateway contract", () => {
  it("asks for every case that a ready project must answer", () => {
    const cases = all.map(({ path, credential, expected, isWebSocket }) => `${isWebSocket ? "socket " : ""}${path.split("?")[0]} ${credential} ${expected.statuses.join("|")}`);
    expect(cases).toEqual(expect.arrayContaining([
      "/auth/v1/health publishable 200", "/auth/v1/settings anon 200", "/auth/v1/settings bogus 401", "/rest/v1/ none 401", "/rest/v1/ anon 403", "/rest/v1/ publishable 403", "/rest/v1/ service 200", "/rest/v1/ secret 200",
      "/pg/schemas publishable 403", "/pg/schemas service 200", "/realtime/v1/api/tenants service 403", "/api/mcp none 403", "/mcp none 403", "/ none 401", "/ dashboard 200|307",
      "/storage/v1/bucket secret 200", "/functions/v1/hello none 200", "socket /realtime/v1/websocket publishable 101", "socket /realtime/v1/websocket none 401",
    ]));
  });

  it("names each request once", () => {
    fc.assert(fc.property(arbServices, (services) => {
      const ids = requestsFor(services).map((request) => request.id);
      expect(new Set(ids).size).toBe(ids.length);
    }));
  });

  it("asks a service that runs for its work, and of one that does not, that the gateway says so", () => {
    fc.assert(fc.property(arbServices, (services) => {
      const absent = requestsFor(services).filter((request) => request.id.endsWith("-absent"));
      const routed: ServiceName[] = ["auth", "rest", "realtime", "storage", "meta", "functions", "studio"];
      expect(absent.map((request) => request.id)).toEqual(routed.filter((service) => !services.includes(service)).map((service) => `${service}-absent`));
      for (const request of absent) expect(request.expected.statuses).toEqual([503]);
    }));
  });

  it("reaches with every request a route of the gateway, whatever services run", () => {
    fc.assert(fc.property(arbServices, (services) => {
      const routes = builtInRoutes({ enabledServices: services, release: { restrictsMetaCors: true } });
      for (const request of requestsFor(services)) {
        const route = matchRoute(routes, request.path);
        const isAnsweredHere = route?.target.kind === "answer";
        expect(request.expected.statuses.some((status) => status === 503)).toBe(isAnsweredHere && route.target.kind === "answer" && route.target.status === 503);
      }
    }));
  });

  it("names the panel's program in every request, whatever it carries", () => {
    for (const request of all) expect(prepareRequest(request, sampleSecrets).headers["user-agent"]).toBe(checkUserAgent);
  });

  it("carries a key in its header, and a socket's in its query as browsers must", () => {
    const key = sampleSecrets.publishableKey.reveal();
    for (const request of all.filter(({ credential }) => credential === "publishable")) {
      const prepared = prepareRequest(request, sampleSecrets);
      if (request.isWebSocket) expect(prepared.path.endsWith(`&apikey=${key}`)).toBe(true);
      else expect(prepared.headers["apikey"]).toBe(key);
    }
    const dashboard = all.find(({ credential }) => credential === "dashboard");
    if (dashboard === undefined) throw new Error("The contract opens the dashboard.");
    expect(prepareRequest(dashboard, sampleSecrets).headers["authorization"]).toBe(`Basic ${btoa(`supabase:${sampleSecrets.dashboardPassword.reveal()}`)}`);
  });

  it("holds no key of the project in what is shown of it", () => {
    const results = judgeContract(all.map((request) => ({ request, answer: answer({ bodySnippet: sampleSecrets.secretKey.reveal() }) })));
    const shown = JSON.stringify(results);
    for (const secret of [sampleSecrets.secretKey, sampleSecrets.anonKey, sampleSecrets.dashboardPassword]) expect(shown).not.toContain(secret.reveal());
  });

  it("passes only with an expected status and, where one is asked for, the expected text", () => {
    const request = all.find(({ id }) => id === "rest-root-none");
    if (request === undefined) throw new Error("The contract has rest-root-none.");
    const judge = (parts: Partial<ContractAnswer>) => judgeContract([{ request, answer: answer(parts) }])[0];
    expect(judge({ status: 401, bodySnippet: "Unauthorized" })).toMatchObject({ isPassed: true, received: "401", expected: "401 with Unauthorized" });
    expect(judge({ status: 401, bodySnippet: "something else" })).toMatchObject({ isPassed: false, received: "401 without Unauthorized" });
    expect(judge({ status: 200, bodySnippet: "Unauthorized" })).toMatchObject({ isPassed: false, received: "200" });
    expect(judge({ status: null, error: "connection refused" })).toMatchObject({ isPassed: false, received: "connection refused" });
    expect(judge({ status: null })).toMatchObject({ isPassed: false, received: "no answer" });
  });
});
