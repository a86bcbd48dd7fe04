import { expect, test } from "vitest";
import type { GatewayHealthResponse } from "@/lib/access/gateway-protocol";
import { healthFacts, healthVerdict } from "./health-words";

const upstream = { name: "rest", addresses: [], activeConnections: 1, requests: 1200, failedRequests: 3, failedConnections: 0 };
const health = (parts: Partial<GatewayHealthResponse> = {}): GatewayHealthResponse => ({
  kind: "envoy", isRunning: true, isReachable: true, isReady: true, version: { inForce: "a1b2c3d4", wanted: "a1b2c3d4", isWanted: true }, refusedUpdates: 0, lastRefusals: [], activeConnections: 7, upstreams: [upstream, { ...upstream, name: "auth", failedRequests: 1 }], ...parts,
});

test("the first thing that is wrong is named, with what to do, and nothing when all is well", () => {
  const other = { inForce: "00000000", wanted: "a1b2c3d4", isWanted: false };
  const verdicts = [health(), health({ version: other }), health({ isReady: false, version: other }), health({ isReachable: false, isReady: false }), health({ kind: "kong", isRunning: false, isReachable: false, isReady: false })].map(healthVerdict);
  expect(verdicts.map(({ tone, word }) => `${tone}: ${word}`)).toEqual(["good: Envoy, ready", "warn: Envoy, other configuration", "warn: Envoy, not ready", "warn: Envoy, not answering", "bad: Kong, stopped"]);
  expect(verdicts.map(({ sentence }) => sentence === null)).toEqual([true, false, false, false, false]);
});

test("figures are sums over the upstreams; what is not known is a dash, and what is not told says so", () => {
  expect(healthFacts(health())).toEqual({ configuration: "a1b2c3d4, as wanted", refused: "0", connections: "7", failed: "4 of 2,400" });
  expect(healthFacts(health({ kind: "kong", refusedUpdates: null, version: { inForce: null, wanted: "a1b2c3d4", isWanted: false } }))).toMatchObject({ configuration: "unknown, wanted a1b2c3d4", refused: "not told" });
  for (const unknown of [null, health({ isReachable: false })]) expect(Object.values(healthFacts(unknown))).toEqual(["–", "–", "–", "–"]);
});
