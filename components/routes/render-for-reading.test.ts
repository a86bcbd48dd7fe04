import { expect, it } from "vitest";
import { externalUpstream, sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { defaultGatewaySettings } from "@/lib/gateway/route-model";
import { readHeaders } from "./read-headers";
import { renderForReading } from "./render-for-reading";

const options = { enabledServices: ["auth", "rest", "functions", "studio"] as const, release: { restrictsMetaCors: true }, publicUrl: "http://127.0.0.1:8000" };

it("what is rendered for reading differs by the route that was added, and names each key instead of holding it", () => {
  const [routes, clusters] = renderForReading(defaultGatewaySettings, options);
  const [routesAfter, clustersAfter] = renderForReading({ ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute({ upstream: externalUpstream("https://api.example.com") })] }, options);
  expect(routes?.text).toContain("‹publishable key›");
  expect(routes?.text).not.toContain("own-hooks");
  expect(routesAfter?.text).toContain("own-hooks");
  expect(clusters?.text).not.toContain("api.example.com");
  expect(clustersAfter?.text).toContain("external:api.example.com");
});

it("headers are read by line, and a line that is none is named", () => {
  expect(readHeaders("X-Tenant: acme\n x-tenant:b\norigin: https://a.example")).toEqual({ values: { "x-tenant": ["acme", "b"], origin: "https://a.example" }, problem: undefined });
  expect(readHeaders("no colon").problem).toContain("no colon");
});
