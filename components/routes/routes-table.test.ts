import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { permittedOverrides } from "@/lib/gateway/overrides";
import { pathOf, sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { defaultGatewaySettings } from "@/lib/gateway/route-model";
import { upstreamAddresses, type UpstreamService } from "@/lib/gateway/routes";
import { routeRows } from "./route-rows";
import { RoutesTable } from "./routes-table";

const options = { enabledServices: Object.keys(upstreamAddresses) as UpstreamService[], release: { restrictsMetaCors: true } };
const expiresAt = "2026-11-26T18:00:00.000Z";
const settings = { ...defaultGatewaySettings, mcp: { isOpen: true, ipAllow: ["10.0.0.1"], expiresAt, requiresServiceKey: false }, ownRoutes: [sampleOwnRoute({ match: pathOf("prefix", "/keys/"), rewrite: "/.well-known/jwks.json/" })] };
const draw = (nowMs: number) => renderToStaticMarkup(createElement(RoutesTable, { nowMs, rows: routeRows(settings, options, permittedOverrides) }));
const page = draw(0);

test("a long path in a narrow column can break behind its slashes", () => {
  expect(page).toContain("as /.well-known/<wbr/>jwks.json/");
  expect(page).toContain("/auth/<wbr/>v1/<wbr/>sso/<wbr/>saml/<wbr/>metadata");
});

test("a route says that its path starts with what is written, before it", () => {
  expect(page).toMatch(/starts with<\/span><span[^>]*>\/keys\/<\/span>/);
});

test("an opening of MCP says when it closes, and once it is closed since when", () => {
  const atMs = Date.parse(expiresAt);
  expect([draw(atMs - 1), draw(atMs)].map((text) => /(Closes|Closed since) 2026-11-26 18:00 UTC/.exec(text)?.[1])).toEqual(["Closes", "Closed since"]);
});
