import type { ServiceName } from "@/lib/stack/desired";

/** Services that the gateway sends requests to; each is one cluster. */
export type UpstreamService = "auth" | "rest" | "realtime" | "storage" | "functions" | "meta" | "studio";

/**
 * Who may pass:
 * `open` anybody; `any-key` an API key of either role; `opaque-key` the publishable or the secret key; `service-key` the service
 * role's key alone; `user-jwt` a signed-in user's token; `basic-auth` the dashboard's user name and password; `bypass` anybody,
 * with key headers left untouched.
 */
export type RouteAccess = "open" | "any-key" | "opaque-key" | "service-key" | "user-jwt" | "basic-auth" | "bypass";

/** Methods that a route may be limited to. */
export const httpMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
export type HttpMethod = (typeof httpMethods)[number];

/** A condition on one request header; its name in lower case; of a header that was sent several times one value is enough. */
export type HeaderMatch = { name: string } & ({ kind: "present" } | { kind: "absent" } | { kind: "exact"; value: string } | { kind: "prefix"; value: string } | { kind: "regex"; value: string });

/** `regex` in RE2 syntax, over the whole path. Without `methods` every method; each of `headers` must hold. */
export type RouteMatch = { kind: "prefix" | "exact" | "regex"; path: string; methods?: readonly HttpMethod[]; headers?: readonly HeaderMatch[] };

export type RouteTarget =
  | { kind: "service"; service: UpstreamService; /** Replaces the matched part of the path; undefined leaves the path. */ rewrite?: string; /** Literal Host header. */ host?: string }
  | { kind: "external"; /** `https://host` or `https://host:port`. */ origin: string; rewrite?: string; /** Keys, tokens and cookies travel to it. */ forwardsCredentials: boolean }
  | { kind: "answer"; status: 403 | 503; body: string };

/** Tokens come back at `requestsPerSecond` up to `burst`; each client address, or each API key, has a bucket of its own. */
export type RateLimit = { requestsPerSecond: number; burst: number; per: "ip" | "key" };

/** Which pages may read answers in a browser; `*` in `origins` is every page. */
export type CorsRule = { origins: readonly string[]; methods: readonly HttpMethod[]; headers: readonly string[]; allowsCredentials: boolean };

export type HeaderValue = { name: string; value: string };

export type GatewayRoute = {
  /** Name in the gateway's configuration and its access log. */
  id: string;
  /** A route of the operator's; undefined for those that come with the release. */
  isOwn?: true;
  match: RouteMatch;
  target: RouteTarget;
  access: RouteAccess;
  /** undefined: no limit on the whole answer. */
  timeoutMs?: number;
  /** Silence after which the stream ends; 0 never, undefined the listener's 5 minutes. */
  idleTimeoutMs?: number;
  /** Copies the key to `x-api-key`, where Realtime's socket looks for it, and leaves `authorization` alone. */
  isSocket?: boolean;
  /** Path that the upstream is told it is mounted at. */
  forwardedPrefix: string;
  requestHeaders?: readonly HeaderValue[];
  removeRequestHeaders?: readonly string[];
  responseHeaders?: readonly HeaderValue[];
  removeResponseHeaders?: readonly string[];
  /** `project`: only the project's own public URL and local development addresses may read answers from a browser. */
  cors?: "any" | "project" | CorsRule;
  /** Networks in CIDR form that may ask; undefined: every address. */
  ipAllow?: readonly string[];
  rateLimit?: RateLimit;
  /** Largest body of a request. */
  maxBodyBytes?: number;
  /** Further attempts: after a connection that was never made, and for GET, HEAD and OPTIONS after a 502 or 503. undefined: two, after the former only. */
  retryAttempts?: number;
  /** From then on the route answers 403; the gateway looks at its own clock. */
  closesAtMs?: number;
};

export type GatewayRelease = {
  /** Upstream limits which origins may call `/pg/` from a browser since 0.8.1. */
  restrictsMetaCors: boolean;
};

export type GatewayOptions = {
  enabledServices: readonly ServiceName[];
  release: GatewayRelease;
};

const apiTimeoutMs = 30_000;
const functionTimeoutMs = 150_000;
/** Realtime takes its tenant from the first label of the Host header. */
export const realtimeHost = "realtime-dev.supabase-realtime";

/** Body of every 403, as upstream's gateway words it. */
export const deniedBody = "RBAC: access denied";

type ServiceRoute = { id: string; path: string; service: UpstreamService; access: RouteAccess } & Partial<GatewayRoute> & { rewrite?: string; host?: string; kind?: RouteMatch["kind"] };

function toService(route: ServiceRoute): GatewayRoute {
  const { id, path, service, access, rewrite, host, kind = "prefix", ...rest } = route;
  const target: RouteTarget = { kind: "service", service, ...(rewrite === undefined ? {} : { rewrite }), ...(host === undefined ? {} : { host }) };
  return { id, match: { kind, path }, target, access, timeoutMs: apiTimeoutMs, forwardedPrefix: path.replace(/\/$/, "") || "/", ...rest };
}

function denied(id: string, path: string): GatewayRoute {
  return { id, match: { kind: "prefix", path }, target: { kind: "answer", status: 403, body: deniedBody }, access: "open", forwardedPrefix: path };
}

const authRoutes: GatewayRoute[] = [
  toService({ id: "auth-v1-verify", path: "/auth/v1/verify", service: "auth", rewrite: "/verify", access: "open", forwardedPrefix: "/auth/v1" }),
  toService({ id: "auth-v1-callback", path: "/auth/v1/callback", service: "auth", rewrite: "/callback", access: "open", forwardedPrefix: "/auth/v1" }),
  toService({ id: "auth-v1-authorize", path: "/auth/v1/authorize", service: "auth", rewrite: "/authorize", access: "open", forwardedPrefix: "/auth/v1" }),
  toService({ id: "auth-v1-jwks", path: "/auth/v1/.well-known/jwks.json", service: "auth", rewrite: "/.well-known/jwks.json", access: "open", forwardedPrefix: "/auth/v1" }),
  toService({ id: "well-known-oauth", path: "/.well-known/oauth-authorization-server", service: "auth", access: "open", forwardedPrefix: "/" }),
  toService({ id: "auth-v1-saml-acs", path: "/auth/v1/sso/saml/acs", service: "auth", rewrite: "/sso/saml/acs", access: "open", forwardedPrefix: "/auth/v1" }),
  toService({ id: "auth-v1-saml-metadata", path: "/auth/v1/sso/saml/metadata", service: "auth", rewrite: "/sso/saml/metadata", access: "open", forwardedPrefix: "/auth/v1" }),
];

const functionRoute = toService({ id: "functions-v1-all", path: "/functions/v1/", service: "functions", rewrite: "/", access: "bypass", timeoutMs: functionTimeoutMs });

/** Upstream ends every answer after 30 s, which cuts a large download short on a slow line; here only silence ends it. */
const storageRoute = toService({ id: "storage-v1-all", path: "/storage/v1/", service: "storage", rewrite: "/", access: "open", timeoutMs: undefined, idleTimeoutMs: 60_000 });

const restRoutes: GatewayRoute[] = [
  toService({ id: "auth-v1-protected", path: "/auth/v1/", service: "auth", rewrite: "/", access: "any-key" }),
  toService({ id: "rest-v1-openapi-protected", path: "/rest/v1/", kind: "exact", service: "rest", rewrite: "/", access: "service-key" }),
  toService({ id: "rest-v1-protected", path: "/rest/v1/", service: "rest", rewrite: "/", access: "any-key" }),
  toService({
    id: "graphql-v1-protected", path: "/graphql/v1", service: "rest", rewrite: "/rpc/graphql", access: "any-key",
    requestHeaders: [{ name: "Content-Profile", value: "graphql_public" }],
  }),
];

const realtimeRoutes: GatewayRoute[] = [
  denied("realtime-v1-openapi-denied", "/realtime/v1/api/openapi"),
  denied("realtime-v1-tenants-denied", "/realtime/v1/api/tenants"),
  toService({ id: "realtime-v1-api-protected", path: "/realtime/v1/api", service: "realtime", rewrite: "/api", host: realtimeHost, access: "any-key", forwardedPrefix: "/realtime/v1" }),
  toService({
    id: "realtime-v1-ws-protected", path: "/realtime/v1/", service: "realtime", rewrite: "/socket/", host: realtimeHost, access: "any-key",
    isSocket: true, timeoutMs: undefined, idleTimeoutMs: 0,
  }),
];

function dashboardRoutes(release: GatewayRelease): GatewayRoute[] {
  return [
    toService({ id: "pg-protected", path: "/pg/", service: "meta", rewrite: "/", access: "service-key", cors: release.restrictsMetaCors ? "project" : "any" }),
    denied("mcp-api-denied", "/api/mcp"),
    denied("mcp-denied", "/mcp"),
    toService({ id: "dashboard", path: "/", service: "studio", access: "basic-auth", removeRequestHeaders: ["authorization"] }),
  ];
}

/**
 * The 21 built-in routes in order; the first that matches wins. A route whose service the project runs without answers 503
 * and says so, instead of falling through to the dashboard.
 */
export function builtInRoutes({ enabledServices, release }: GatewayOptions): GatewayRoute[] {
  const routes = [...authRoutes, functionRoute, storageRoute, ...restRoutes, ...realtimeRoutes, ...dashboardRoutes(release)];
  return routes.map((route) => (route.target.kind === "service" && !enabledServices.includes(route.target.service) ? withoutService(route, route.target.service) : route));
}

/** The same route answering that the project runs without its service. */
export function withoutService(route: GatewayRoute, service: UpstreamService): GatewayRoute {
  const access = route.access === "basic-auth" ? "open" : route.access;
  return { ...route, access, removeRequestHeaders: undefined, requestHeaders: undefined, target: { kind: "answer", status: 503, body: `This project runs without ${service}.` } };
}

/** Where each upstream listens inside the project's network. */
export const upstreamAddresses: Record<UpstreamService, { host: string; port: number }> = {
  auth: { host: "auth", port: 9999 },
  rest: { host: "rest", port: 3000 },
  realtime: { host: realtimeHost, port: 4000 },
  storage: { host: "storage", port: 5000 },
  functions: { host: "functions", port: 9000 },
  meta: { host: "meta", port: 8080 },
  studio: { host: "studio", port: 3000 },
};

/** Upstreams that the routes name, in a fixed order. */
export function upstreamsOf(routes: readonly GatewayRoute[]): UpstreamService[] {
  const used = new Set(routes.map((route) => (route.target.kind === "service" ? route.target.service : null)));
  return (Object.keys(upstreamAddresses) as UpstreamService[]).filter((service) => used.has(service));
}
