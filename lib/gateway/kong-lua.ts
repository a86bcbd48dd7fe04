import { utf8 } from "@/lib/stack/encoding";
import { checkUserAgent } from "./contract";
import { PANEL_COOKIE_PREFIXES } from "./envoy-lua";

/**
 * A Lua string with this value. Every byte that could end the string, or the `$(…)` of a template around it, is escaped by
 * number: Kong looks for the closing parenthesis before Lua reads the string.
 */
export function luaString(value: string): string {
  const written = Array.from(utf8(value), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9._:/ -]/.test(character) ? character : `\\${String(byte).padStart(3, "0")}`;
  });
  return `"${written.join("")}"`;
}

/** Text for request-transformer that stays as it is: its values are templates, in which `$(…)` runs as Lua. */
export function templateLiteral(value: string): string {
  return /^:|\$/.test(value) ? `$(${luaString(value)})` : value;
}

/** Opaque keys and the internal tokens that they stand for. */
export type KeyTranslation = { publishable: readonly string[]; secret: readonly string[]; anonToken: string; serviceRoleToken: string };

/** Where a key is found: the header, then the query, as key-auth looks. */
const sentKey = "(headers.apikey or query_params.apikey)";

function translations({ publishable, secret, anonToken, serviceRoleToken }: KeyTranslation, prefix: string): string[] {
  const translate = (key: string, token: string) => `(${sentKey} == ${luaString(key)} and ${luaString(prefix + token)})`;
  return [...secret.map((key) => translate(key, serviceRoleToken)), ...publishable.map((key) => translate(key, anonToken))];
}

/**
 * What `Authorization` becomes: a token of the caller's own stays unless it is an opaque key, an opaque key becomes its token,
 * a legacy key is sent on. Source: upstream's `LUA_AUTH_EXPR`, with `Bearer` before a legacy key, a key in the query, and headers that arrive twice taken care of.
 */
export function authorizationTemplate(keys: KeyTranslation): string {
  const own = '(type(headers.authorization) == "string" and headers.authorization:sub(1, 10):lower() ~= "bearer sb_" and headers.authorization)';
  return `$(${[own, ...translations(keys, "Bearer "), `(type(${sentKey}) == "string" and "Bearer " .. ${sentKey})`, '""'].join(" or ")})`;
}

/** What the key itself becomes. Source: upstream's `LUA_RT_WS_EXPR`. */
export function keyTemplate(keys: KeyTranslation): string {
  return `$(${[...translations(keys, ""), `(type(${sentKey}) == "string" and ${sentKey})`, '""'].join(" or ")})`;
}

const isPanelCookie = `local prefixes = { ${PANEL_COOKIE_PREFIXES.map(luaString).join(", ")} }

local function is_panel_cookie(pair)
  local name = pair:match("^%s*([^=]*)")
  for _, prefix in ipairs(prefixes) do
    if name:sub(1, #prefix) == prefix then return true end
  end
  return false
end
`;

/**
 * Before a request goes on, where no longer anybody may send these keys: services verify them by their signature, wherever they stand, so they may stand
 * nowhere. A request with more headers than Kong shows to a program is refused too. Kong's sandbox has no more of Lua's library than is used here.
 */
export function revokedLua(keys: readonly string[]): string {
  return `local revoked = { ${keys.map(luaString).join(", ")} }

local function holds_revoked(text)
  for _, key in ipairs(revoked) do
    if text:find(key, 1, true) then return true end
  end
  return false
end

local path = kong.request.get_path_with_query():gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
local is_revoked, count = holds_revoked(path), 0
for _, value in pairs(kong.request.get_headers(1000)) do
  for _, one in ipairs(type(value) == "table" and value or { value }) do
    count = count + 1
    if type(one) == "string" and holds_revoked(one) then is_revoked = true end
  end
end
if is_revoked or count >= 1000 then
  return kong.response.exit(401, "Unauthorized", { ["Content-Type"] = "text/plain" })
end
`;
}

/**
 * Before a request goes on: the panel's cookies come off, and so do headers that a template left empty (an empty
 * `Authorization` keeps Storage from reading an S3 signature out of the query).
 */
export const cleanRequestLua = `${isPanelCookie}
local values = kong.request.get_headers(1000)["cookie"]
if values ~= nil then
  if type(values) ~= "table" then values = { values } end
  local kept, is_changed = "", false
  for _, value in ipairs(values) do
    for pair in value:gmatch("[^;]+") do
      if is_panel_cookie(pair) then
        is_changed = true
      else
        kept = kept .. (kept == "" and "" or "; ") .. pair:match("^%s*(.-)%s*$")
      end
    end
  end
  if is_changed then
    if kept ~= "" then kong.service.request.set_header("cookie", kept) else kong.service.request.clear_header("cookie") end
  end
end

for _, name in ipairs({ "authorization", "apikey" }) do
  local value = kong.request.get_header(name)
  if value ~= nil and not value:find("%S") then kong.service.request.clear_header(name) end
end
`;

/** Before an answer goes back: no upstream plants a cookie of the panel's. */
export const cleanResponseLua = `${isPanelCookie}
local values = kong.response.get_headers()["set-cookie"]
if values ~= nil then
  if type(values) ~= "table" then values = { values } end
  local kept, is_changed = {}, false
  for _, value in ipairs(values) do
    if is_panel_cookie(value) then is_changed = true else kept[#kept + 1] = value end
  end
  if is_changed then
    kong.response.clear_header("set-cookie")
    for _, value in ipairs(kept) do kong.response.add_header("set-cookie", value) end
  end
end
`;

/**
 * Before an answer goes back, Kong's own as well: the panel's checks count for no key. Prometheus counts for the consumer that Kong would write into a log.
 * Source: kong/plugins/prometheus/handler.lua (`log`), kong/pdk/log.lua (`set_serialize_value`), of 3.9.
 */
export const uncountedCheckLua = `if kong.request.get_header("user-agent") == ${luaString(checkUserAgent)} then
  kong.log.set_serialize_value("consumer", nil)
end
`;

/** Refuses everybody from a time on, by the gateway's own clock. */
export function closingLua(closesAtMs: number, body: string): string {
  return `if os.time() >= ${String(Math.floor(closesAtMs / 1000))} then
  return kong.response.exit(403, ${luaString(body)}, { ["Content-Type"] = "text/plain" })
end
`;
}
