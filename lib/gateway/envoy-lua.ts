/** Cookies of the panel start with one of these. Browsers send them to every port of a host; no project may see them. */
export const PANEL_COOKIE_PREFIXES = ["__Host-basehold", "__Secure-basehold", "basehold."] as const;

/** Name of the Lua filter; route metadata and per-route context are looked up under it. */
export const luaFilterName = "envoy.filters.http.lua";

/**
 * The one Lua filter. It is the same text for every project: keys arrive as the virtual host's filter context and the kind of
 * access as route metadata, both from the route configuration, so neither is ever part of a program.
 * A script error would let the request pass (Envoy's default), hence the pcall that turns it into a 500.
 */
export const luaSource = String.raw`local cookie_prefixes = { "__Host-basehold", "__Secure-basehold", "basehold." }

local function is_panel_cookie(pair)
  local name = pair:match("^%s*([^=]*)")
  for _, prefix in ipairs(cookie_prefixes) do
    if name:sub(1, #prefix) == prefix then return true end
  end
  return false
end

local function strip_request_cookies(headers)
  if headers:get("cookie") == nil then return end
  local kept, is_changed = {}, false
  for name, value in pairs(headers) do
    if name == "cookie" then
      for pair in value:gmatch("[^;]+") do
        if is_panel_cookie(pair) then
          is_changed = true
        else
          kept[#kept + 1] = pair:match("^%s*(.-)%s*$")
        end
      end
    end
  end
  if not is_changed then return end
  headers:remove("cookie")
  if #kept > 0 then headers:add("cookie", table.concat(kept, "; ")) end
end

local function strip_response_cookies(headers)
  if headers:get("set-cookie") == nil then return end
  local kept, is_changed = {}, false
  for name, value in pairs(headers) do
    if name == "set-cookie" then
      if is_panel_cookie(value) then is_changed = true else kept[#kept + 1] = value end
    end
  end
  if not is_changed then return end
  headers:remove("set-cookie")
  for _, value in ipairs(kept) do headers:add("set-cookie", value) end
end

local function split_query(path)
  local at = path:find("?", 1, true)
  if at == nil then return path, nil end
  return path:sub(1, at - 1), path:sub(at + 1)
end

local function find_query_key(path)
  local _, query = split_query(path)
  if query == nil then return nil end
  for pair in query:gmatch("[^&]+") do
    if pair:sub(1, 7) == "apikey=" then return pair:sub(8) end
  end
  return nil
end

local function replace_query_key(path, key)
  local base, query = split_query(path)
  local pairs_out = {}
  for pair in query:gmatch("[^&]+") do
    if pair:sub(1, 7) == "apikey=" then pair = "apikey=" .. key end
    pairs_out[#pairs_out + 1] = pair
  end
  return base .. "?" .. table.concat(pairs_out, "&")
end

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function strip_query_key(headers)
  local base, query = split_query(headers:get(":path"))
  if query == nil then return end
  local kept, is_changed = {}, false
  for pair in query:gmatch("[^&]+") do
    if unescape(pair:match("^[^=]*")):lower() == "apikey" then is_changed = true else kept[#kept + 1] = pair end
  end
  if not is_changed then return end
  headers:replace(":path", #kept == 0 and base or base .. "?" .. table.concat(kept, "&"))
end

local function is_among(list, key)
  for _, known in ipairs(list or {}) do
    if key == known then return true end
  end
  return false
end

local function kind_of(keys, key)
  if key == nil or key == "" then return "none" end
  if is_among(keys:get("secret"), key) then return "secret" end
  if is_among(keys:get("publishable"), key) then return "publishable" end
  if is_among(keys:get("serviceRole"), key) then return "legacy-service" end
  if is_among(keys:get("anon"), key) then return "legacy-anon" end
  return "none"
end

-- Services verify such a key by its signature, wherever it stands: so it may stand nowhere, be it in a name that only they read.
local function find_revoked(keys, headers)
  local revoked = keys:get("revoked")
  if revoked == nil then return nil end
  local texts, found = { unescape(headers:get(":path")) }, nil
  -- Read to the end: headers whose loop was left cannot be changed any more.
  for _, value in pairs(headers) do texts[#texts + 1] = value end
  for kind, list in pairs(revoked) do
    for _, key in ipairs(list) do
      for _, text in ipairs(texts) do
        if text:find(key, 1, true) then found = kind end
      end
    end
  end
  return found
end

local function token_of(keys, key)
  local kind = kind_of(keys, key)
  if kind == "publishable" then return keys:get("anonToken") end
  if kind == "secret" then return keys:get("serviceRoleToken") end
  return nil
end

local function bearer_of(authorization)
  if authorization == nil then return nil end
  return authorization:match("^[Bb]earer%s+(.+)$")
end

local function has_own_token(authorization)
  if authorization == nil then return false end
  if authorization:sub(1, 16) == "AWS4-HMAC-SHA256" then return true end
  local token = bearer_of(authorization)
  return token ~= nil and token:sub(1, 3) ~= "sb_"
end

local function pass_key_on(headers, keys, key, is_socket)
  local token = token_of(keys, key)
  if token ~= nil then
    headers:replace("apikey", token)
    key = token
  end
  local path = headers:get(":path")
  local query_token = token_of(keys, find_query_key(path))
  if query_token ~= nil then headers:replace(":path", replace_query_key(path, query_token)) end
  if key == nil then return end
  if is_socket then
    headers:replace("x-api-key", key)
  elseif not has_own_token(headers:get("authorization")) then
    headers:replace("authorization", "Bearer " .. key)
  end
end

local function is_for_users(audience)
  if type(audience) ~= "table" then return audience == "authenticated" end
  for _, one in ipairs(audience) do
    if one == "authenticated" then return true end
  end
  return false
end

-- The signature was checked by the filter before; API keys carry one of the same keys, so claims tell users apart.
local function user_of(handle)
  local verified = handle:streamInfo():dynamicMetadata():get("envoy.filters.http.jwt_authn")
  local claims = verified ~= nil and verified["user"] or nil
  if claims == nil then return nil, "401" end
  local is_user = type(claims["sub"]) == "string" and claims["sub"] ~= "" and is_for_users(claims["aud"]) and claims["role"] ~= "anon" and claims["role"] ~= "service_role"
  if is_user then return claims["sub"], nil end
  return nil, "403"
end

local denied = "RBAC: access denied"
local unauthorized = "Unauthorized"

local function judge_access(handle, access, kind)
  if access == "open" or access == "bypass" or access == "basic-auth" then return nil end
  if access == "user-jwt" then
    local user, status = user_of(handle)
    if user == nil then return status, status == "401" and unauthorized or denied end
    handle:streamInfo():dynamicMetadata():set("basehold", "caller", "user " .. user)
    return nil
  end
  if kind == "none" then return "401", unauthorized end
  if access == "any-key" then return nil end
  if access == "opaque-key" then
    if kind == "secret" or kind == "publishable" then return nil end
    return "401", unauthorized
  end
  if access == "service-key" then
    if kind == "secret" or kind == "legacy-service" then return nil end
    return "403", denied
  end
  error("a route without a kind of access")
end

-- A body without a declared length is held back up to the connection's buffer, beyond which Envoy itself answers 413.
local function is_too_large(handle, headers, limit)
  if limit == nil then return false end
  local declared = headers:get("content-length")
  if declared ~= nil then
    local size = tonumber(declared)
    return size == nil or size > limit
  end
  if headers:get("upgrade") ~= nil and headers:get(":method") == "GET" and headers:get("transfer-encoding") == nil then return false end
  local body = handle:body()
  return body ~= nil and body:length() > limit
end

local safe_methods = { GET = true, HEAD = true, OPTIONS = true }

local function judge(handle)
  local headers = handle:headers()
  strip_request_cookies(headers)
  local route, keys = handle:metadata(), handle:filterContext()
  local access, credentials = route:get("access"), route:get("credentials")
  local is_untouched = access == "bypass" or access == "basic-auth"
  local key = headers:get("apikey") or find_query_key(headers:get(":path"))
  local kind = kind_of(keys, key)
  if kind == "none" then kind = kind_of(keys, access == "bypass" and bearer_of(headers:get("authorization")) or nil) end
  local revoked = find_revoked(keys, headers)
  handle:streamInfo():dynamicMetadata():set("basehold", "key", revoked or kind)
  if revoked ~= nil then return "401", unauthorized end
  handle:streamInfo():dynamicMetadata():set("basehold", "caller", kind)
  local closes_at = route:get("closesAt")
  if closes_at ~= nil and os.time() >= closes_at then return "403", denied end
  local status, body = judge_access(handle, access, kind)
  if status ~= nil then return status, body end
  if route:get("retry") == true and safe_methods[headers:get(":method")] then
    headers:replace("x-envoy-retry-on", "retriable-status-codes")
    headers:replace("x-envoy-retriable-status-codes", "502,503")
  end
  if credentials == "strip" then strip_query_key(headers) end
  if not is_untouched and credentials == nil then
    if key ~= nil and headers:get("apikey") == nil then headers:add("apikey", key) end
    pass_key_on(headers, keys, key, route:get("socket") == true)
  end
  -- Last: while a body is waited for, Envoy takes the headers and the metadata away from the script.
  if is_too_large(handle, headers, route:get("maxBodyBytes")) then return "413", "The request is larger than this route takes." end
  return nil
end

function envoy_on_request(handle)
  local is_judged, status, body = pcall(judge, handle)
  if not is_judged then
    handle:logErr("key filter failed")
    status, body = "500", "The gateway could not check this request."
  end
  if status ~= nil then
    handle:respond({ [":status"] = status, ["content-type"] = "text/plain" }, body)
  end
end

function envoy_on_response(handle)
  strip_response_cookies(handle:headers())
end
`;
