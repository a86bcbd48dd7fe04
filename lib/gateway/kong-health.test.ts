import { expect, test } from "vitest";
import { isKongReady, kongUpstreams } from "./kong-health";
import { effectiveRoutes } from "./precedence";
import { defaultGatewaySettings } from "./route-model";

const status = (hash: string, line = "HTTP/1.1 200 OK") => `${line}\r\nContent-Type: application/json\r\n\r\n{"configuration_hash":"${hash}","database":{"reachable":true}}`;

test("Kong is ready once it serves a document, and nothing is known of one that does not answer", () => {
  expect(isKongReady(status("d41d8cd98f00b204e9800998ecf8427e"))).toBe(true);
  expect(isKongReady(status("0".repeat(32)))).toBe(false);
  expect(isKongReady(status("d41d8cd98f00b204e9800998ecf8427e", "HTTP/1.1 500 Internal Server Error"))).toBe(false);
  expect(isKongReady("")).toBeNull();
});

test("requests count for the upstream of their route, and those that Kong refused for none", () => {
  const routes = effectiveRoutes(defaultGatewaySettings, { enabledServices: ["db", "api-gw", "auth", "rest"], release: { restrictsMetaCors: true } });
  const one = { routeId: "rest-v1-protected", key: "none" as const };
  const requests = [{ ...one, status: 200, isUpstreams: true, count: 5 }, { ...one, routeId: "rest-v1-openapi-protected", status: 500, isUpstreams: true, count: 1 }, { ...one, status: 502, isUpstreams: false, count: 2 }, { ...one, status: 401, isUpstreams: false, count: 9 }];
  expect(kongUpstreams({ requests }, routes)).toEqual(expect.arrayContaining([{ name: "rest", requests: 8, failedRequests: 3 }, { name: "auth", requests: 0, failedRequests: 0 }]));
});
