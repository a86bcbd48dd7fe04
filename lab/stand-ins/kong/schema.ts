import { z } from "zod";

/** Entities of a declarative file as Kong 3.9 has them, as far as the lab goes. Unknown fields are refused; `_comment` and `_ignore` stand anywhere. */
const aside = { _comment: z.string().optional(), _ignore: z.array(z.unknown()).optional() };
const identity = { id: z.string().optional(), tags: z.array(z.string()).optional(), ...aside };
const texts = z.array(z.string());
const time = z.number().int().min(1).max(2_147_483_646);

const keyauthFields = { ...identity, key: z.string().min(1), ttl: z.number().optional() };
const basicauthFields = { ...identity, username: z.string().min(1), password: z.string().min(1) };
const aclFields = { ...identity, group: z.string().min(1) };
const algorithms = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384"] as const;
const jwtFields = { ...identity, key: z.string().min(1), secret: z.string().optional(), rsa_public_key: z.string().optional(), algorithm: z.enum(algorithms).default("HS256") };

const plugin = z.strictObject({
  ...identity, name: z.string(), config: z.record(z.string(), z.unknown()).default({}), enabled: z.boolean().default(true), protocols: texts.optional(), instance_name: z.string().optional(),
  service: z.string().optional(), route: z.string().optional(), consumer: z.string().optional(),
});

const route = z.strictObject({
  ...identity, name: z.string().optional(), protocols: texts.optional(), strip_path: z.boolean().default(true), preserve_host: z.boolean().default(false), request_buffering: z.boolean().default(true), response_buffering: z.boolean().default(true),
  https_redirect_status_code: z.number().optional(), path_handling: z.literal("v0").default("v0"), regex_priority: z.number().int().default(0),
  paths: z.array(z.string().regex(/^[/~]/, "should start with: /")).optional(), hosts: texts.optional(), methods: texts.optional(), headers: z.record(z.string(), texts).optional(),
  expression: z.string().optional(), priority: z.number().int().min(0).max(2 ** 46 - 1).default(0),
  service: z.string().optional(), plugins: z.array(plugin).default([]),
});

const service = z
  .strictObject({
    ...identity, name: z.string().optional(), url: z.string().optional(), protocol: z.enum(["http", "https", "ws", "wss"]).optional(), host: z.string().optional(), port: z.number().int().optional(), path: z.string().startsWith("/").nullish(),
    retries: z.number().int().min(0).max(32_767).default(5), connect_timeout: time.default(60_000), read_timeout: time.default(60_000), write_timeout: time.default(60_000), tls_verify: z.boolean().optional(), tls_verify_depth: z.number().int().optional(), enabled: z.boolean().default(true),
    routes: z.array(route).default([]), plugins: z.array(plugin).default([]),
  })
  .refine(({ url, host }) => url !== undefined || host !== undefined, { path: ["host"], message: "required field missing" });

const consumer = z
  .strictObject({
    ...identity, username: z.string().optional(), custom_id: z.string().optional(), plugins: z.array(plugin).optional(),
    keyauth_credentials: z.array(z.strictObject(keyauthFields)).default([]), basicauth_credentials: z.array(z.strictObject(basicauthFields)).default([]),
    jwt_secrets: z.array(z.strictObject(jwtFields)).default([]), acls: z.array(z.strictObject(aclFields)).default([]),
  })
  .refine(({ username, custom_id }) => username !== undefined || custom_id !== undefined, "at least one of these fields must be non-empty: 'custom_id', 'username'");

const of = { consumer: z.string() };

export const declarativeSchema = z.strictObject({
  _format_version: z.enum(["1.1", "2.1", "3.0"]), _transform: z.boolean().default(true), ...aside,
  services: z.array(service).default([]), routes: z.array(route).default([]), plugins: z.array(plugin).default([]), consumers: z.array(consumer).default([]),
  keyauth_credentials: z.array(z.strictObject({ ...keyauthFields, ...of })).default([]), basicauth_credentials: z.array(z.strictObject({ ...basicauthFields, ...of })).default([]),
  jwt_secrets: z.array(z.strictObject({ ...jwtFields, ...of })).default([]), acls: z.array(z.strictObject({ ...aclFields, ...of })).default([]),
});

export type Declarative = z.output<typeof declarativeSchema>;
export type DeclaredService = Declarative["services"][number];
export type DeclaredRoute = Declarative["routes"][number];
export type DeclaredPlugin = Declarative["plugins"][number];
export type JwtSecret = DeclaredConsumer["jwt_secrets"][number];
export type DeclaredConsumer = Declarative["consumers"][number];
