import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { compareGateways } from "@/lib/gateway/equivalence";
import { defaultGatewaySettings } from "@/lib/gateway/route-model";
import { sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { upstreamAddresses, type UpstreamService } from "@/lib/gateway/routes";
import { EquivalenceReport, GeneralDifferences } from "./equivalence-report";

const options = { enabledServices: Object.keys(upstreamAddresses) as UpstreamService[], release: { restrictsMetaCors: true } };

test("on narrow screens, where the cells stand below each other, each says which column it is of", () => {
  const settings = { ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute({ rateLimit: { requestsPerSecond: 5, burst: 20, per: "ip" } })] };
  const report = compareGateways(settings, options, "kong");
  const narrow = (html: string) => [...html.matchAll(/<span class="[^"]*md:hidden">([^<]+)<\/span>/g)].map(([, name]) => name);
  const page = renderToStaticMarkup(createElement(EquivalenceReport, { report, nameOf: (id: string) => id }));
  expect(report.differences.length).toBeGreaterThan(0);
  expect(narrow(page)).toEqual(report.differences.flatMap(() => ["Envoy", "Kong", "Routes", "What to do"]));
  expect(narrow(renderToStaticMarkup(createElement(GeneralDifferences, { report })))).toEqual(report.general.flatMap(() => ["Envoy", "Kong"]));
});
