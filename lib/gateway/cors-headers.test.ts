import { describe, expect, it } from "vitest";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { filterNames, routePolicies } from "./envoy-policies";
import { routePlugins } from "./kong-plugins";
import { sampleOwnRoute } from "./own-route.fixture";
import { toGatewayRoute } from "./precedence";
import type { CorsRule } from "./routes";

const options = { enabledServices: allServices, release: { restrictsMetaCors: true } };
const publicUrl = "https://project.example.com";
const keys = { anon: null, serviceRole: null, publishable: [], secret: [], revoked: [], anonToken: "", serviceRoleToken: "" };

type Allowed = { allow_headers: string; expose_headers: string };
const rule = (parts: Partial<CorsRule>): CorsRule => ({ origins: ["https://app.example.com"], methods: [], headers: [], allowsCredentials: true, ...parts });
const routeOf = (cors: CorsRule) => toGatewayRoute(sampleOwnRoute({ cors: { ...cors, origins: [...cors.origins], methods: [...cors.methods], headers: [...cors.headers] } }), options);
const onEnvoy = (cors: CorsRule) => {
  const { allow_headers, expose_headers } = routePolicies(routeOf(cors), { dashboardHtpasswd: "", publicUrl })[filterNames.cors] as Allowed;
  return { allowed: allow_headers.split(","), exposed: expose_headers.split(",") };
};
const onKong = (cors: CorsRule) => routePlugins(routeOf(cors), { keys, publicUrl }).find(({ name }) => name === "cors")?.config;

describe("CORS with credentials, where browsers take no *", () => {
  it("names on Envoy what Supabase's clients send and read, for an empty list and for one that holds *", () => {
    for (const headers of [[], ["*"]]) {
      const { allowed, exposed } = onEnvoy(rule({ headers }));
      expect(allowed).toEqual(expect.arrayContaining(["authorization", "apikey", "content-type", "x-client-info", "prefer", "range", "accept-profile", "content-profile", "x-upsert", "x-region", "tus-resumable"]));
      expect(exposed).toEqual(expect.arrayContaining(["content-range", "location", "x-total-count"]));
      expect([...allowed, ...exposed]).not.toContain("*");
    }
    expect(onEnvoy(rule({ headers: ["*", "x-tenant"] })).allowed).toContain("x-tenant");
  });

  it("leaves Kong to repeat what is asked for, and names what pages read", () => {
    for (const headers of [[], ["*"]]) expect(onKong(rule({ headers }))?.headers).toBeUndefined();
    expect(onKong(rule({}))?.exposed_headers).toEqual(onEnvoy(rule({})).exposed);
  });

  it("allows the headers that the rule names and no others", () => {
    expect(onEnvoy(rule({ headers: ["x-a", "x-b"] })).allowed).toEqual(["x-a", "x-b"]);
    expect(onKong(rule({ headers: ["x-a", "x-b"] }))?.headers).toEqual(["x-a", "x-b"]);
  });
});

it("CORS without credentials stays as it was: every header, by a wildcard", () => {
  expect(onEnvoy(rule({ allowsCredentials: false }))).toEqual({ allowed: ["*", "authorization"], exposed: ["*"] });
  expect(onKong(rule({ allowsCredentials: false }))).toMatchObject({ exposed_headers: ["*"] });
});
