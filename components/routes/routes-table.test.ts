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
const settings = { ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute({ match: pathOf("prefix", "/keys/"), rewrite: "/.well-known/jwks.json/" })] };
const page = renderToStaticMarkup(createElement(RoutesTable, { rows: routeRows(settings, options, permittedOverrides) }));

test("a long path in a narrow column can break behind its slashes", () => {
  expect(page).toContain("as /.well-known/<wbr/>jwks.json/");
  expect(page).toContain("/auth/<wbr/>v1/<wbr/>sso/<wbr/>saml/<wbr/>metadata");
});

test("a route says that its path starts with what is written, before it", () => {
  expect(page).toMatch(/starts with<\/span><span[^>]*>\/keys\/<\/span>/);
});
