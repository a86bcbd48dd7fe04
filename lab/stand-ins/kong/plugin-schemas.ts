import { z } from "zod";
import { cleanRequestLua, cleanResponseLua, revokedLua, uncountedCheckLua } from "@/lib/gateway/kong-lua";
import { networkTest } from "./expression";
import { LuaError } from "./lua";
import { compileTemplate } from "./template";

/** The configuration of each plugin as Kong 3.9's schemas have it, as far as the lab goes: an unknown field is refused, as there. */
const texts = z.array(z.string());
const status = z.number().int().min(100).max(599);

/** Source: validate_header_name of `kong/tools/http.lua`; the whole of HTTP's own alphabet is more. */
const header = z.string().superRefine((line, context) => {
  const name = line.replace(/:[\s\S]*$/, "");
  if (!/^[A-Za-z0-9_-]+$/.test(name)) context.addIssue({ code: "custom", message: `'${name}' is not a valid header` });
});
const headerLine = header.regex(/^[^:]+:/, { error: ({ input }) => `invalid value: ${String(input)}` }).superRefine(checkTemplate);
const headerName = header;
const queryLine = z.string().regex(/^[^:]+:[\s\S]+$/, { error: ({ input }) => `key '${String(input).replace(/:$/, "")}' has no value` }).superRefine(checkTemplate);
const plainLine = z.string().regex(/^[^:]+:[\s\S]*$/, "has no value");

function checkTemplate(line: string, context: z.RefinementCtx): void {
  try {
    compileTemplate(line.replace(/^[^:]+:*/, ""));
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    context.addIssue({ code: "custom", message: `value is not in supported format, error: ${error.message}` });
  }
}

const network = z.string().superRefine((text, context) => {
  try {
    networkTest(text);
  } catch {
    context.addIssue({ code: "custom", message: "invalid ip or cidr range" });
  }
});

const names = z.strictObject({ headers: z.array(headerName).default([]), querystring: texts.default([]) }).prefault({});
const lines = z.strictObject({ headers: z.array(headerLine).default([]), querystring: z.array(queryLine).default([]) }).prefault({});
const replaced = z.strictObject({ headers: z.array(headerLine).default([]), querystring: z.array(queryLine).default([]), uri: z.string().superRefine(checkTemplate).optional() }).prefault({});
const answerNames = z.strictObject({ headers: texts.default([]) }).prefault({});
const answerLines = z.strictObject({ headers: z.array(plainLine).default([]) }).prefault({});

const keyAuth = z.strictObject({
  key_names: z.array(headerName).default(["apikey"]), hide_credentials: z.boolean().default(false), key_in_header: z.boolean().default(true),
  key_in_query: z.boolean().default(true), key_in_body: z.literal(false).default(false), run_on_preflight: z.boolean().default(true), realm: z.string().optional(),
});

const acl = z
  .strictObject({ allow: texts.optional(), deny: texts.optional(), hide_groups_header: z.boolean().default(false) })
  .refine(({ allow, deny }) => (allow === undefined) !== (deny === undefined), "exactly one of these fields must be non-empty: 'config.allow', 'config.deny'");

const basicAuth = z.strictObject({ hide_credentials: z.boolean().default(false), realm: z.string().default("service") });

const jwt = z
  .strictObject({
    uri_param_names: texts.default(["jwt"]), cookie_names: texts.default([]), header_names: texts.default(["authorization"]), key_claim_name: z.string().default("iss"),
    secret_is_base64: z.boolean().default(false), claims_to_verify: z.array(z.enum(["exp", "nbf"])).default([]), run_on_preflight: z.boolean().default(true),
    maximum_expiration: z.number().min(0).max(31_536_000).default(0), realm: z.string().optional(),
  })
  .refine((config) => config.maximum_expiration === 0 || config.claims_to_verify.includes("exp"), "expected claims_to_verify to contain: exp");

const methods = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"] as const;
const cors = z.strictObject({
  origins: texts.optional(), headers: texts.optional(), exposed_headers: texts.optional(), methods: z.array(z.enum(methods)).default([...methods]), max_age: z.number().optional(),
  credentials: z.boolean().default(false), private_network: z.boolean().default(false), preflight_continue: z.boolean().default(false),
});

const requestTransformer = z.strictObject({ remove: names, replace: replaced, add: lines, append: lines });
const responseTransformer = z.strictObject({ remove: answerNames, replace: answerLines, add: answerLines, append: answerLines });

const requestTermination = z
  .strictObject({ status_code: status.default(503), message: z.string().optional(), content_type: z.string().optional(), body: z.string().optional() })
  .refine(({ message, content_type, body }) => message === undefined || (content_type === undefined && body === undefined), "message cannot be used with content_type or body")
  .refine(({ content_type, body }) => content_type === undefined || body !== undefined, "content_type requires a body");

const ipRestriction = z
  .strictObject({ allow: z.array(network).optional(), deny: z.array(network).optional(), status: z.number().optional(), message: z.string().optional() })
  .refine(({ allow, deny }) => allow !== undefined || deny !== undefined, "at least one of these fields must be non-empty: 'config.allow', 'config.deny'");

const count = z.number().positive().optional();
const rateLimiting = z
  .strictObject({
    second: count, minute: count, hour: count, day: count, limit_by: z.enum(["consumer", "credential", "ip", "service", "header", "path"]).default("consumer"), header_name: headerName.optional(), path: z.string().optional(),
    policy: z.literal("local").default("local"), fault_tolerant: z.boolean().default(true), hide_client_headers: z.boolean().default(false), error_code: z.number().positive().default(429), error_message: z.string().default("API rate limit exceeded"),
  })
  .superRefine((config, context) => {
    const limits = [config.second, config.minute, config.hour, config.day].filter((limit) => limit !== undefined);
    if (limits.length === 0) context.addIssue({ code: "custom", message: "at least one of these fields must be non-empty: 'config.second', 'config.minute', 'config.hour', 'config.day', 'config.month', 'config.year'" });
    if (limits.some((limit, index) => index > 0 && limit < (limits[index - 1] ?? 0))) context.addIssue({ code: "custom", message: "the limit of a longer period cannot be lower than the limit of a shorter one" });
    if (config.limit_by === "header" && config.header_name === undefined) context.addIssue({ code: "custom", message: "header_name: required field missing" });
  });

const requestSizeLimiting = z.strictObject({ allowed_payload_size: z.number().int().default(128), size_unit: z.enum(["megabytes", "kilobytes", "bytes"]).default("megabytes"), require_content_length: z.boolean().default(false) });

const flag = z.boolean().default(false);
const prometheus = z.strictObject({ per_consumer: flag, status_code_metrics: flag, latency_metrics: flag, bandwidth_metrics: flag, upstream_health_metrics: flag, ai_metrics: flag });

/** What a chunk of post-function does. The stand-in runs no Lua: it knows these texts and refuses others. */
export type Chunk = { does: "clean-request" } | { does: "clean-response" } | { does: "uncount-check" } | { does: "clear-empty-header"; header: string } | { does: "close"; atS: number; body: string } | { does: "refuse-keys"; keys: string[] };

const closing = /^if os\.time\(\) >= (\d+) then\n {2}return kong\.response\.exit\(403, "((?:\\\d{3}|[^"\\])*)", \{ \["Content-Type"\] = "text\/plain" \}\)\nend\n$/;
/** As upstream clears an empty header after request-transformer. */
const clearing = /^local (\w+) = kong\.request\.get_header\("([\w-]+)"\)\s+if \1 == nil or \1 == "" or \1:find\("\^%s\*\$"\) then\s+kong\.service\.request\.clear_header\("\2"\)\s+end\s*$/;

const revoking = /^local revoked = \{ (.*) \}\n/;
const luaText = (written: string) => Buffer.from(written.replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number(code))), "latin1").toString();

export function readChunk(source: string): Chunk | undefined {
  const revoked = [...(revoking.exec(source)?.[1] ?? "").matchAll(/"((?:\\\d{3}|[^"\\])*)"/g)].map(([, written = ""]) => luaText(written));
  if (revoked.length > 0) return source === revokedLua(revoked) ? { does: "refuse-keys", keys: revoked } : undefined;
  if (source === cleanRequestLua) return { does: "clean-request" };
  if (source === cleanResponseLua) return { does: "clean-response" };
  if (source === uncountedCheckLua) return { does: "uncount-check" };
  const closed = closing.exec(source);
  if (closed !== null) return { does: "close", atS: Number(closed[1]), body: luaText(closed[2] ?? "") };
  const cleared = clearing.exec(source);
  return cleared === null ? undefined : { does: "clear-empty-header", header: (cleared[2] ?? "").toLowerCase() };
}

const chunks = z.array(z.string().refine((source) => readChunk(source) !== undefined, "is a Lua text that the lab stand-in does not know")).default([]);
const postFunction = z.strictObject({ access: chunks, header_filter: chunks }).refine(({ access, header_filter }) => access.length + header_filter.length > 0, "at least one of these fields must be non-empty: 'config.access', 'config.header_filter'");

/** Every plugin that the stand-in has, by name. */
export const pluginSchemas = {
  "key-auth": keyAuth, acl, "basic-auth": basicAuth, jwt, cors, "request-transformer": requestTransformer, "response-transformer": responseTransformer, "request-termination": requestTermination,
  "ip-restriction": ipRestriction, "rate-limiting": rateLimiting, "request-size-limiting": requestSizeLimiting, prometheus, "post-function": postFunction,
} as const;

export type PluginName = keyof typeof pluginSchemas;
export type PluginConfig<Name extends PluginName> = z.output<(typeof pluginSchemas)[Name]>;
/** Configuration of the plugins in force somewhere, by name. */
export type Plugins = { [Name in PluginName]?: PluginConfig<Name> };

export const isPluginName = (name: string): name is PluginName => Object.hasOwn(pluginSchemas, name);
