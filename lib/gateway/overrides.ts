import { z } from "zod";
import { corsField, idleTimeoutField, ipAllowField, maxBodyField, rateLimitField, retryAttemptsField, timeoutField } from "./policy-fields";

/** What may be changed on a built-in route, each left out where the release's value stays. Who may pass is never among it, except closing the route. */
const overrideShape = z.strictObject({
  /** The route answers 403. */
  isClosed: z.boolean().optional(),
  timeoutMs: timeoutField.nullable().optional(),
  idleTimeoutMs: idleTimeoutField.nullable().optional(),
  retryAttempts: retryAttemptsField.optional(),
  ipAllow: ipAllowField.min(1, "IP addresses: name at least one, or take the list away.").optional(),
  rateLimit: rateLimitField.optional(),
  cors: corsField.optional(),
  maxBodyBytes: maxBodyField.optional(),
});
export type BuiltInOverride = z.infer<typeof overrideShape>;
export type OverrideField = keyof BuiltInOverride;

const all: readonly OverrideField[] = ["isClosed", "timeoutMs", "idleTimeoutMs", "retryAttempts", "ipAllow", "rateLimit", "cors", "maxBodyBytes"];
const except = (...fields: OverrideField[]) => all.filter((field) => !fields.includes(field));

/** Per built-in route. Routes that refuse everybody stay as they are; MCP is opened by settings of its own. */
const permitted = {
  "auth-v1-verify": all,
  "auth-v1-callback": all,
  "auth-v1-authorize": all,
  "auth-v1-jwks": except("isClosed"),
  "well-known-oauth": all,
  "auth-v1-saml-acs": all,
  "auth-v1-saml-metadata": all,
  "functions-v1-all": all,
  "storage-v1-all": all,
  "auth-v1-protected": all,
  "rest-v1-openapi-protected": all,
  "rest-v1-protected": all,
  "graphql-v1-protected": all,
  "realtime-v1-openapi-denied": [],
  "realtime-v1-tenants-denied": [],
  "realtime-v1-api-protected": all,
  // A socket has no whole answer and no body to limit.
  "realtime-v1-ws-protected": except("timeoutMs", "maxBodyBytes"),
  // Its CORS stays with the project's own address: a page that reads /pg/ reads the whole database.
  "pg-protected": except("cors"),
  "mcp-api-denied": [],
  "mcp-denied": [],
  dashboard: except("cors"),
} as const satisfies Record<string, readonly OverrideField[]>;

export type BuiltInRouteId = keyof typeof permitted;
export const builtInRouteIds = Object.keys(permitted) as BuiltInRouteId[];

const isBuiltIn = (id: string): id is BuiltInRouteId => Object.hasOwn(permitted, id);

/** Fields that may be changed on a built-in route; empty for one that may not be changed. */
export function permittedOverrides(id: string): readonly OverrideField[] {
  return isBuiltIn(id) ? permitted[id] : [];
}

export const builtInOverridesField = z.record(z.string(), overrideShape).superRefine((overrides, context) => {
  for (const [id, override] of Object.entries(overrides)) {
    if (!isBuiltIn(id)) {
      context.addIssue({ code: "custom", path: [id], message: `Built-in route: there is none called ${id}.` });
      continue;
    }
    const refused = all.filter((field) => override[field] !== undefined && !permittedOverrides(id).includes(field));
    for (const field of refused) context.addIssue({ code: "custom", path: [id, field], message: `${id}: this cannot be changed on this route. Add an own route beside it instead.` });
  }
});
