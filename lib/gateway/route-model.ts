import { z } from "zod";
import { isAddress, isPermittedUpstreamAddress } from "./addresses";
import { builtInOverridesField } from "./overrides";
import { corsField, idleTimeoutField, ipAllowField, maxBodyField, rateLimitField, retryAttemptsField, timeoutField } from "./policy-fields";
import { eachOnce, findOriginProblem, headerNameField, headerValueField, hostOfOrigin, methodsField, networkField, originField, pathField, regexField, writtenHeaderNameField } from "./route-fields";

/** Most own routes of a project; each is compared in turn with every request. */
export const maxOwnRoutes = 1000;

const pathMatch = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("exact"), value: pathField }),
  z.strictObject({ kind: z.literal("prefix"), value: pathField }),
  z.strictObject({ kind: z.literal("regex"), value: regexField }),
]);

const headerMatch = z.discriminatedUnion("kind", [
  z.strictObject({ name: headerNameField, kind: z.literal("present") }),
  z.strictObject({ name: headerNameField, kind: z.literal("absent") }),
  z.strictObject({ name: headerNameField, kind: z.literal("exact"), value: headerValueField }),
  z.strictObject({ name: headerNameField, kind: z.literal("prefix"), value: headerValueField }),
  z.strictObject({ name: headerNameField, kind: z.literal("regex"), value: regexField }),
]);

const upstream = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("service"), service: z.enum(["auth", "rest", "realtime", "storage", "functions", "meta", "studio"], "Upstream: choose a service of the project.") }),
  z.strictObject({ kind: z.literal("external"), origin: originField, /** Keys, authorization and cookies of the caller travel to it. */ forwardsCredentials: z.boolean() }),
  z.strictObject({ kind: z.literal("none") }),
]);

const headerWrite = z.strictObject({ name: writtenHeaderNameField, value: headerValueField });
const headerChanges = z.strictObject({
  set: z.array(headerWrite).max(50, "Headers: 50 at most."),
  remove: z.array(writtenHeaderNameField).max(50, "Headers: 50 at most."),
});

/** Who may pass an own route, in the order of a list for people. */
export const ownAccessKinds = ["open", "any-key", "opaque-key", "service-key", "dashboard", "user-jwt", "denied"] as const;

const ownRouteShape = z.strictObject({
  /** `own-` and letters, digits or hyphens; it is the route's name in the gateway's log. */
  id: z.string().regex(/^own-[a-z0-9][a-z0-9-]{0,59}$/, "Route id: own- and up to 60 lower-case letters, digits or hyphens."),
  name: z.string().trim().min(1, "Name: give the route a name.").max(80, "Name: 80 characters at most.").regex(/^[^\p{Cc}\u202a-\u202e\u2066-\u2069]*$/u, "Name: leave out line breaks, control characters and marks that turn the direction of writing."),
  isEnabled: z.boolean(),
  /** `above` all built-in routes, or `below` them, just before the dashboard that takes what is left. Lower `order` comes first. */
  position: z.strictObject({ side: z.enum(["above", "below"], "Position: above or below the built-in routes."), order: wholeOrder() }),
  match: z.strictObject({ path: pathMatch, methods: methodsField, headers: z.array(headerMatch).max(20, "Header conditions: 20 at most.") }),
  upstream,
  /** Replaces the matched prefix, or the whole path of an exact match or a regular expression; null leaves the path. */
  rewrite: pathField.nullable(),
  access: z.enum(ownAccessKinds, "Access: choose who may pass."),
  /** Empty: every address. */
  ipAllow: ipAllowField,
  rateLimit: rateLimitField.nullable(),
  /** null: as the project, where every page may read answers but never with credentials. */
  cors: corsField.nullable(),
  requestHeaders: headerChanges,
  responseHeaders: headerChanges,
  timeoutMs: timeoutField.nullable(),
  idleTimeoutMs: idleTimeoutField.nullable(),
  retryAttempts: retryAttemptsField,
  maxBodyBytes: maxBodyField.nullable(),
});

function wholeOrder() {
  const message = "Position: its order is a whole number between 0 and 1000000.";
  return z.number(message).int(message).min(0, message).max(1_000_000, message);
}

type OwnRouteShape = z.infer<typeof ownRouteShape>;
type Problem = { path: (keyof OwnRouteShape)[]; message: string };

/** Beside these lies Realtime's administration, which upstream closed at the gateway in 0.6.0. */
const realtimePaths = ["/socket/", "/api/broadcast", "/api/ping"];

function findAccessProblems({ upstream: to, access }: OwnRouteShape): Problem[] {
  if (to.kind === "none" && access !== "denied") return [{ path: ["upstream"], message: "Upstream: choose where requests go, or set the access to denied." }];
  if (to.kind !== "service") return [];
  if (to.service === "studio" && access !== "dashboard" && access !== "denied") return [{ path: ["access"], message: "Access: Studio has no sign-in of its own. Choose the dashboard login, or denied." }];
  if (to.service === "meta" && access !== "service-key" && access !== "denied") return [{ path: ["access"], message: "Access: meta runs any SQL. Choose the service key alone, or denied." }];
  return [];
}

function findRewriteProblems({ upstream: to, match, rewrite }: OwnRouteShape): Problem[] {
  if (to.kind === "service" && to.service === "realtime" && (rewrite === null || !realtimePaths.some((path) => rewrite.startsWith(path)))) {
    return [{ path: ["rewrite"], message: `Rewrite: towards Realtime it starts with ${realtimePaths.join(", ")}; its other paths administer it.` }];
  }
  if (rewrite !== null && match.path.kind === "prefix" && match.path.value.endsWith("/") !== rewrite.endsWith("/")) {
    return [{ path: ["rewrite"], message: "Rewrite: end both path and rewrite with a slash, or neither; otherwise a slash is doubled or lost." }];
  }
  return [];
}

/** A route of the operator's. */
export const ownRouteSchema = ownRouteShape.superRefine((route, context) => {
  for (const { path, message } of [...findAccessProblems(route), ...findRewriteProblems(route)]) context.addIssue({ code: "custom", path, message });
});
export type OwnRoute = z.infer<typeof ownRouteSchema>;
export type OwnAccess = OwnRoute["access"];

/** For how many days MCP may be opened at once. */
export const mcpDaysMax = 90;

/** Opening of Studio's MCP endpoint, which runs SQL: never without a list of addresses and an end. */
const mcpSchema = z.discriminatedUnion("isOpen", [
  z.strictObject({ isOpen: z.literal(false) }),
  z.strictObject({
    isOpen: z.literal(true),
    ipAllow: ipAllowField.min(1, "MCP: name at least one IP address that may use it."),
    expiresAt: z.iso.datetime({ message: "MCP: choose when it closes again." }),
    requiresServiceKey: z.boolean(),
  }),
]);
export type McpSettings = z.infer<typeof mcpSchema>;

/** All that an operator chose for a project's gateway, as stored by revision. */
export const gatewaySettingsSchema = z
  .strictObject({
    /** Of the document's shape. */
    version: z.literal(1),
    ownRoutes: z.array(ownRouteSchema).max(maxOwnRoutes, `Routes: ${maxOwnRoutes} at most.`),
    builtInOverrides: builtInOverridesField,
    mcp: mcpSchema,
    /** Private networks that an owner opened to external routes. */
    allowedUpstreamNetworks: z.array(networkField).overwrite(eachOnce).max(50, "Networks: 50 at most."),
  })
  .superRefine((settings, context) => {
    for (const { path, message } of findTableProblems(settings.ownRoutes, settings.allowedUpstreamNetworks)) context.addIssue({ code: "custom", path, message });
  });
export type GatewaySettings = z.infer<typeof gatewaySettingsSchema>;

/** What cannot be seen in one route alone; `path` as in a zod issue. */
function findTableProblems(routes: readonly OwnRoute[], allowedNetworks: readonly string[]): { path: (string | number)[]; message: string }[] {
  const seenIds = new Set<string>();
  const seenNames = new Set<string>();
  return routes.flatMap((route, index) => {
    const problems: { path: (string | number)[]; message: string }[] = [];
    if (seenIds.has(route.id)) problems.push({ path: ["ownRoutes", index, "id"], message: `Route id: ${route.id} is used twice.` });
    if (seenNames.has(route.name)) problems.push({ path: ["ownRoutes", index, "name"], message: `Name: another route is called ${route.name}. Choose a different one.` });
    seenIds.add(route.id);
    seenNames.add(route.name);
    const host = route.upstream.kind === "external" && findOriginProblem(route.upstream.origin) === undefined ? hostOfOrigin(route.upstream.origin) : undefined;
    if (host !== undefined && isAddress(host) && !isPermittedUpstreamAddress(host, allowedNetworks)) {
      problems.push({ path: ["ownRoutes", index, "upstream"], message: `Upstream: ${host} is not a public address. An owner can list its network; loopback, link-local and metadata addresses stay closed.` });
    }
    return problems;
  });
}

/** Nothing chosen: exactly the routes that come with the release. */
export const defaultGatewaySettings: GatewaySettings = { version: 1, ownRoutes: [], builtInOverrides: {}, mcp: { isOpen: false }, allowedUpstreamNetworks: [] };

export type SettingsProblem = { /** Place in the document, for example `ownRoutes.0.rewrite`. */ field: string; message: string };

/** The document as stored or typed, or every problem in it with the field it belongs to. */
export function parseGatewaySettings(value: unknown): { isValid: true; settings: GatewaySettings } | { isValid: false; problems: SettingsProblem[] } {
  const parsed = gatewaySettingsSchema.safeParse(value);
  if (parsed.success) return { isValid: true, settings: parsed.data };
  return { isValid: false, problems: parsed.error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message })) };
}
