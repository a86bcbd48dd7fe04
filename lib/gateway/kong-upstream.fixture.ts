/** A service of upstream's file in one line: what differs between them. */
type Entry = { name: string; url: string; path?: string; expression?: string; routeName?: string; plugins: string[]; extra?: string[] };

const cors = "      - name: cors";
const keyAuth = ["      - name: key-auth", "        config:", "          hide_credentials: false"];
const acl = (...allow: string[]) => ["      - name: acl", "        config:", "          hide_groups_header: true", "          allow:", ...allow.map((group) => `            - ${group}`)];
const forbidden = ["      - name: request-termination", "        config:", "          status_code: 403", '          message: "Access is forbidden."'];

function transformer(...added: string[]): string[] {
  return [
    "      - name: request-transformer", "        config:", "          add:", "            headers:", ...[...added, "Authorization: $LUA_AUTH_EXPR"].map((line) => `              - "${line}"`),
    "          replace:", "            headers:", '              - "Authorization: $LUA_AUTH_EXPR"',
  ];
}

const keyed = (...added: string[]) => [cors, ...keyAuth, ...transformer(...added), ...acl("admin", "anon")];

const storageFunction = [
  "      - name: post-function", "        config:", "          access:", "            - |", '              local auth = kong.request.get_header("authorization")',
  '              if auth == nil or auth == "" or auth:find("^%s*$") then', '                kong.service.request.clear_header("authorization")', "              end",
];

const socket = [
  cors, ...keyAuth, "      - name: request-transformer", "        config:", "          add:", "            headers:", '              - "x-api-key:$LUA_RT_WS_EXPR"',
  "          replace:", "            querystring:", '              - "apikey:$LUA_RT_WS_EXPR"', ...acl("admin", "anon"),
];

const realtime = "http://realtime-dev.supabase-realtime:4000";

/** In the order of the file. Source: supabase-stack.md 3.3, release 0.8. */
export const upstreamEntries: readonly Entry[] = [
  { name: "auth-v1-open", url: "http://auth:9999/verify", path: "/auth/v1/verify", plugins: [cors] },
  { name: "auth-v1-open-callback", url: "http://auth:9999/callback", path: "/auth/v1/callback", plugins: [cors] },
  { name: "auth-v1-open-authorize", url: "http://auth:9999/authorize", path: "/auth/v1/authorize", plugins: [cors] },
  { name: "auth-v1-open-jwks", url: "http://auth:9999/.well-known/jwks.json", path: "/auth/v1/.well-known/jwks.json", plugins: [cors] },
  { name: "auth-v1-open-sso-acs", url: "http://auth:9999/sso/saml/acs", path: "/auth/v1/sso/saml/acs", plugins: [cors] },
  { name: "auth-v1-open-sso-metadata", url: "http://auth:9999/sso/saml/metadata", path: "/auth/v1/sso/saml/metadata", plugins: [cors] },
  { name: "auth-v1", url: "http://auth:9999/", path: "/auth/v1/", routeName: "auth-v1-all", plugins: keyed() },
  { name: "rest-v1-openapi", url: "http://rest:3000/", expression: 'http.path == "/rest/v1/"', routeName: "rest-v1-openapi-root", plugins: [cors, ...keyAuth, ...transformer(), ...acl("admin")] },
  { name: "rest-v1", url: "http://rest:3000/", path: "/rest/v1/", routeName: "rest-v1-all", plugins: keyed() },
  { name: "graphql-v1", url: "http://rest:3000/rpc/graphql", path: "/graphql/v1", routeName: "graphql-v1-all", plugins: keyed("Content-Profile: graphql_public") },
  { name: "realtime-v1-ws", url: `${realtime}/socket`, path: "/realtime/v1/", plugins: socket, extra: ["    protocol: ws"] },
  { name: "realtime-v1-rest-openapi", url: `${realtime}/api/openapi`, path: "/realtime/v1/api/openapi", plugins: forbidden },
  { name: "realtime-v1-rest-tenants", url: `${realtime}/api/tenants`, path: "/realtime/v1/api/tenants", plugins: forbidden },
  { name: "realtime-v1-rest", url: `${realtime}/api`, path: "/realtime/v1/api", plugins: keyed() },
  { name: "storage-v1", url: "http://storage:5000/", path: "/storage/v1/", routeName: "storage-v1-all", plugins: [cors, ...transformer(), ...storageFunction] },
  { name: "functions-v1", url: "http://functions:9000/", path: "/functions/v1/", routeName: "functions-v1-all", plugins: [cors], extra: ["    read_timeout: 150000"] },
  { name: "well-known-oauth", url: "http://auth:9999/.well-known/oauth-authorization-server", path: "/.well-known/oauth-authorization-server", plugins: [cors] },
  { name: "meta", url: "http://meta:8080/", path: "/pg/", routeName: "meta-all", plugins: [...keyAuth, ...acl("admin")] },
  { name: "mcp-blocker", url: "http://studio:3000/api/mcp", path: "/api/mcp", routeName: "mcp-blocker-route", plugins: forbidden },
  { name: "mcp", url: "http://studio:3000/api/mcp", path: "/mcp", plugins: forbidden },
  { name: "dashboard", url: "http://studio:3000/", path: "/", routeName: "dashboard-all", plugins: [cors, "      - name: basic-auth", "        config:", "          hide_credentials: true"] },
];

function serviceLines({ name, url, path, expression, routeName = name, plugins, extra = [] }: Entry): string[] {
  const match = expression === undefined ? ["        paths:", `          - ${path ?? "/"}`] : [`        expression: '${expression}'`];
  return [`  - name: ${name}`, `    _comment: "${name} -> ${url}"`, `    url: ${url}`, ...extra, "    routes:", `      - name: ${routeName}`, "        strip_path: true", ...match, "    plugins:", ...plugins];
}

const head = [
  "_format_version: '2.1'", "_transform: true", "", "consumers:", "  - username: DASHBOARD", "  - username: anon", "    keyauth_credentials:", "      - key: $SUPABASE_ANON_KEY", "      - key: $SUPABASE_PUBLISHABLE_KEY",
  "  - username: service_role", "    keyauth_credentials:", "      - key: $SUPABASE_SERVICE_KEY", "      - key: $SUPABASE_SECRET_KEY", "", "acls:", "  - consumer: anon", "    group: anon",
  "  - consumer: service_role", "    group: admin", "", "basicauth_credentials:", "  - consumer: DASHBOARD", "    username: '$DASHBOARD_USERNAME'", "    password: '$DASHBOARD_PASSWORD'", "", "services:",
];

/** Upstream's `kong.yml` as its users have it, with further services of their own before the dashboard's, which stands last. */
export function upstreamKongYaml(ownServices: readonly string[] = [], entries: readonly Entry[] = upstreamEntries): string {
  return [...head, ...entries.slice(0, -1).flatMap(serviceLines), ...ownServices, ...entries.slice(-1).flatMap(serviceLines), ""].join("\n");
}
