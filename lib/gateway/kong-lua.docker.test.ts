import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkUserAgent } from "./contract";
import { authorizationTemplate, cleanRequestLua, cleanResponseLua, closingLua, keyTemplate, luaString, revokedLua, templateLiteral, uncountedCheckLua } from "./kong-lua";

/**
 * Kong's Lua by a real LuaJIT. The lab's Kong knows these texts and runs none of them; Envoy has a LuaJIT like Kong's and runs the top of a script when it
 * validates a configuration, so the cases are that script, with a few lines in place of Kong's development kit.
 */
const image = process.env.BASEHOLD_ENVOY_IMAGE ?? "127.0.0.1:5055/envoyproxy/envoy:v1.39.1";
const folder = mkdtempSync(join(tmpdir(), "basehold-kong-lua-"));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Values = Record<string, string | readonly string[]>;

const toLua = (values: Values): string =>
  `{ ${Object.entries(values).map(([name, value]) => `[${luaString(name)}] = ${typeof value === "string" ? luaString(value) : `{ ${value.map(luaString).join(", ")} }`}`).join(", ")} }`;

/** Penlight's templates as request-transformer compiles them, and the parts of the kit that the chunks use. */
const prelude = `
local function render(template, headers, query_params)
  local env = setmetatable({ headers = headers, query_params = query_params, type = type }, { __newindex = function() error("read-only") end })
  return (template:gsub("%$(%b())", function(inside)
    local value = setfenv(assert(loadstring("return " .. inside)), env)()
    return value == nil and "" or tostring(value)
  end))
end

local function flat(headers)
  local names, lines = {}, {}
  for name in pairs(headers) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local value = headers[name]
    lines[#lines + 1] = name .. "=" .. (type(value) == "table" and table.concat(value, "|") or value)
  end
  return table.concat(lines, " & ")
end

local function run(chunk, headers, now, path)
  local exited
  local set = function(name, value) headers[name:lower()] = value end
  local clear = function(name) headers[name:lower()] = nil end
  local first = function(name) local value = headers[name:lower()] return type(value) == "table" and value[1] or value end
  local add = function(name, value) local list = headers[name:lower()] or {} list[#list + 1] = value headers[name:lower()] = list end
  local get = function() local copy = {} for name, value in pairs(headers) do copy[name] = value end return copy end
  local set_value = function(name, value) headers.log = name .. " " .. tostring(value) end
  local kong = {
    log = { set_serialize_value = set_value },
    request = { get_headers = get, get_header = first, get_path_with_query = function() return path end }, service = { request = { set_header = set, clear_header = clear } },
    response = { get_headers = get, clear_header = clear, add_header = add, exit = function(status, body) exited = status .. " " .. body end },
  }
  -- What Kong's sandbox has had since its first version: no table.concat, no string.rep.
  local env = { kong = kong, type = type, ipairs = ipairs, pairs = pairs, tonumber = tonumber, table = { insert = table.insert, remove = table.remove }, string = { char = string.char, find = string.find, gsub = string.gsub }, os = { time = function() return now end } }
  setfenv(assert(loadstring(chunk)), env)()
  return exited or flat(headers)
end

local function same(got, expected) if got ~= expected then error("got <" .. tostring(got) .. "> in place of <" .. expected .. ">") end end
`;

type Case = string;
const rendered = (template: string, headers: Values, query: Values, expected: string): Case => `same(render(${luaString(template)}, ${toLua(headers)}, ${toLua(query)}), ${luaString(expected)})`;
const ran = (chunk: string, headers: Values, expected: string, { now = 0, path = "/" } = {}): Case => `same(run(${luaString(chunk)}, ${toLua(headers)}, ${now}, ${luaString(path)}), ${luaString(expected)})`;

function configuration(script: string): string {
  const typed = (name: string) => `type.googleapis.com/${name}`;
  const manager = {
    "@type": typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"), stat_prefix: "lua", route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, direct_response: { status: 200 } }] }] },
    http_filters: [
      { name: "lua", typed_config: { "@type": typed("envoy.extensions.filters.http.lua.v3.Lua"), default_source_code: { inline_string: script } } },
      { name: "router", typed_config: { "@type": typed("envoy.extensions.filters.http.router.v3.Router") } },
    ],
  };
  return JSON.stringify({ static_resources: { listeners: [{ name: "one", address: { socket_address: { address: "127.0.0.1", port_value: 1 } }, filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }] }] } });
}

/** Empty when every case holds; otherwise what Lua said. */
function problemOf(...cases: Case[]): Promise<string> {
  writeFileSync(join(folder, "lua.json"), configuration(`${prelude}\n${cases.join("\n")}`));
  return new Promise((resolve) => {
    execFile("docker", ["run", "--rm", "--network", "none", "-v", `${folder}:${folder}:ro`, image, "envoy", "--mode", "validate", "-c", join(folder, "lua.json")], (error, stdout, stderr) => {
      resolve(error === null ? "" : (/got <[\s\S]*?>\S*|script load error[^\n]*/.exec(stderr)?.[0] ?? stderr.slice(-2000)));
    });
  });
}

const keys = { publishable: ["sb_publishable_a", "sb_publishable_old"], secret: ["sb_secret_b"], anonToken: "anon.t", serviceRoleToken: "service.t" };

describe("a real LuaJIT", () => {
  test("tells a case that does not hold", async () => {
    expect(await problemOf(rendered("$(1)", {}, {}, "2"))).toContain("got <1>");
  });

  test("exchanges keys as the product says", async () => {
    const authorization = authorizationTemplate(keys);
    expect(await problemOf(
      rendered(authorization, { apikey: "sb_secret_b" }, {}, "Bearer service.t"),
      rendered(authorization, { apikey: "sb_publishable_old", authorization: "bearer sb_publishable_old" }, {}, "Bearer anon.t"),
      rendered(authorization, { apikey: "sb_publishable_a", authorization: "Bearer user" }, {}, "Bearer user"),
      rendered(authorization, { authorization: "AWS4-HMAC-SHA256 x" }, {}, "AWS4-HMAC-SHA256 x"),
      rendered(authorization, { apikey: "legacy" }, {}, "Bearer legacy"),
      rendered(authorization, {}, { apikey: "sb_secret_b" }, "Bearer service.t"),
      rendered(authorization, {}, {}, ""),
      rendered(authorization, { apikey: ["a", "b"], authorization: ["c", "d"] }, {}, ""),
      rendered(keyTemplate(keys), { apikey: "sb_publishable_a" }, {}, "anon.t"),
      rendered(keyTemplate(keys), {}, { apikey: "unknown" }, "unknown"),
      rendered(keyTemplate(keys), {}, {}, ""),
    )).toBe("");
  });

  test("leaves text text: keys that would end a string or a template, and values that look like Lua", async () => {
    const hostile = ['a") or os.exit() or ("', "]] )", "\\", "é\u0000\n", ")))((("];
    expect(await problemOf(
      ...hostile.map((key) => rendered(keyTemplate({ ...keys, secret: [key] }), { apikey: key }, {}, "service.t")),
      ...["$(os.exit())", "#1", "$", ":x", "a$(", "100 % (sure)"].map((value) => rendered(templateLiteral(value), {}, {}, value)),
    )).toBe("");
  });

  test("takes the panel's cookies off in both directions, and empty headers off a request", async () => {
    expect(await problemOf(
      ran(cleanRequestLua, { cookie: "own=1; __Host-basehold.session=a; basehold.csrf=c; other=basehold.x" }, "cookie=own=1; other=basehold.x"),
      ran(cleanRequestLua, { cookie: ["basehold.a=1", "own=2; __Secure-basehold.x.0=1"] }, "cookie=own=2"),
      ran(cleanRequestLua, { cookie: "basehold.a=1", authorization: " ", apikey: "" }, ""),
      ran(cleanRequestLua, { cookie: "own=1;  two=2", authorization: "Bearer x", apikey: "k" }, "apikey=k & authorization=Bearer x & cookie=own=1;  two=2"),
      ran(cleanResponseLua, { "set-cookie": ["basehold.planted=1; Path=/", "own=1"] }, "set-cookie=own=1"),
      ran(cleanResponseLua, { "set-cookie": "__Host-basehold.session=x" }, ""),
      ran(cleanResponseLua, { "set-cookie": "own=1", etag: "x" }, "etag=x & set-cookie=own=1"),
    )).toBe("");
  });

  test("has the panel's own checks counted for no key, and every other request as it comes", async () => {
    expect(await problemOf(
      ran(uncountedCheckLua, { "user-agent": checkUserAgent }, `log=consumer nil & user-agent=${checkUserAgent}`),
      ran(uncountedCheckLua, { "user-agent": `${checkUserAgent}/2` }, `user-agent=${checkUserAgent}/2`),
      ran(uncountedCheckLua, { a: "1" }, "a=1"),
    )).toBe("");
  });

  test("closes a route at its second and not before", async () => {
    const chunk = closingLua(1_800_000_000_500, "RBAC: access denied");
    expect(await problemOf(ran(chunk, { a: "1" }, "a=1", { now: 1_799_999_999 }), ran(chunk, { a: "1" }, "403 RBAC: access denied", { now: 1_800_000_000 }))).toBe("");
  });

  test("refuses a key that was switched off wherever it stands, and lets every other request by", async () => {
    const chunk = revokedLua(["h.old-anon.s", "h.old-service.s"]);
    const escaped = [..."h.old-anon.s"].map((character) => `%${character.charCodeAt(0).toString(16)}`).join("");
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, "1"]));
    expect(await problemOf(
      ran(chunk, { apikey: "h.new.s", authorization: "Bearer user" }, "apikey=h.new.s & authorization=Bearer user", { path: "/functions/v1/hello?a=100%25&b=%zz" }),
      ran(chunk, { authorization: "bearer   h.old-anon.s" }, "401 Unauthorized"),
      ran(chunk, { "x-own": ["one", "before h.old-service.s after"] }, "401 Unauthorized"),
      ran(chunk, {}, "401 Unauthorized", { path: "/functions/v1/hello?token=h.old-anon.s" }),
      ran(chunk, {}, "401 Unauthorized", { path: `/functions/v1/hello?%61pikey=${escaped}` }),
      ran(chunk, many(1000), "401 Unauthorized"),
    )).toBe("");
  });
});
