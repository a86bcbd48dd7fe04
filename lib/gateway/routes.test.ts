import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { PANEL_COOKIE_PREFIXES, luaSource } from "./envoy-lua";
import { renderEnvoy } from "./envoy";
import { fingerprint, htpasswdLine } from "./htpasswd";
import { findShadowedRoutes, matchesPath, matchRoute } from "./match";
import { builtInRoutes, upstreamsOf, type GatewayRoute } from "./routes";

const release = { restrictsMetaCors: true };
const routes = builtInRoutes({ enabledServices: allServices, release });

describe("the built-in routes", () => {
  it("are twenty-one, each with a name of its own, and none hides another", () => {
    expect(routes).toHaveLength(21);
    expect(new Set(routes.map((route) => route.id)).size).toBe(21);
    expect(findShadowedRoutes(routes)).toEqual([]);
  });

  it("stay as many and in the same order whatever services run", () => {
    fc.assert(fc.property(fc.subarray(allServices), (enabledServices) => {
      const some = builtInRoutes({ enabledServices, release });
      expect(some.map((route) => route.id)).toEqual(routes.map((route) => route.id));
      for (const service of upstreamsOf(some)) expect(enabledServices).toContain(service);
    }));
  });

  it("close administration: MCP and Realtime's tenants to everybody, database administration to all but the service key", () => {
    const accessOf = (path: string) => {
      const route = matchRoute(routes, path);
      return route?.target.kind === "answer" ? route.target.status : route?.access;
    };
    expect([accessOf("/mcp"), accessOf("/api/mcp/x"), accessOf("/realtime/v1/api/tenants/x"), accessOf("/realtime/v1/api/openapi")]).toEqual([403, 403, 403, 403]);
    expect([accessOf("/pg/query"), accessOf("/rest/v1/"), accessOf("/rest/v1/todos"), accessOf("/project/default")]).toEqual(["service-key", "service-key", "any-key", "basic-auth"]);
  });
});

describe("the matcher", () => {
  const arbPath = fc.array(fc.constantFrom("a", "b", "v1", "")).map((parts) => `/${parts.join("/")}`);
  const arbRoute = fc.record({ kind: fc.constantFrom<"prefix" | "exact">("prefix", "exact"), path: arbPath });
  const toRoute = (match: GatewayRoute["match"], index: number): GatewayRoute => ({ id: String(index), match, target: { kind: "answer", status: 403, body: "" }, access: "open", forwardedPrefix: "/" });

  it("takes the first route that matches, and the query never counts", () => {
    fc.assert(fc.property(fc.array(arbRoute), arbPath, fc.string(), (matches, path, query) => {
      const some = matches.map(toRoute);
      const found = matchRoute(some, `${path}?${query}`);
      expect(found).toBe(some[matches.findIndex((match) => matchesPath(match, path))]);
    }));
  });

  it("calls a route hidden exactly when no path can reach it", () => {
    fc.assert(fc.property(fc.array(arbRoute, { maxLength: 5 }), fc.array(arbPath, { minLength: 1 }), (matches, paths) => {
      const some = matches.map(toRoute);
      const hidden = new Set(findShadowedRoutes(some).map(({ route }) => route.id));
      for (const path of [...paths, ...matches.map((match) => match.path)]) {
        const found = matchRoute(some, path);
        if (found !== undefined) expect(hidden.has(found.id)).toBe(false);
      }
      for (const route of some) if (!hidden.has(route.id)) expect(matchRoute(some, route.match.path)?.match.path).toBe(route.match.path);
    }));
  });
});

describe("what Envoy is given", () => {
  const keys = { anon: "a.b.c", serviceRole: "d.e.f", publishable: "sb_publishable_x", secret: "sb_secret_x", anonToken: "g.h.i", serviceRoleToken: "j.k.l", dashboardHtpasswd: htpasswdLine("u", "p") };
  const input = { routes, keys, publicUrl: "http://127.0.0.1:8000" };

  it("differs between projects in routes alone: the bootstrap is the same text", () => {
    const other = renderEnvoy({ ...input, keys: { ...keys, secret: "sb_secret_other" } });
    const first = renderEnvoy(input);
    expect(other.bootstrap).toBe(first.bootstrap);
    expect(other.cds).toBe(first.cds);
    expect(other.rdsVersion).not.toBe(first.rdsVersion);
    for (const key of Object.values(keys)) expect(first.bootstrap + first.cds).not.toContain(key);
  });

  it("strips the panel's cookies by the prefixes that the panel's own cookies carry", () => {
    for (const prefix of PANEL_COOKIE_PREFIXES) expect(luaSource).toContain(`"${prefix}"`);
  });

  it("hashes the dashboard's password as htpasswd does", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (password) => {
      expect(htpasswdLine("user", password)).toBe(`user:{SHA}${createHash("sha1").update(password).digest("base64")}`);
      expect(fingerprint(password)).toBe(createHash("sha1").update(password).digest("hex").slice(0, 16));
    }));
  });
});
