/** Cookies of the panel start with one of these. Browsers send them to every port of a host; no project may see them. */
export const PANEL_COOKIE_PREFIXES = ["__Host-basehold", "__Secure-basehold", "basehold."] as const;

/** Name of the Lua filter; route metadata and per-route context are looked up under it. */
export const luaFilterName = "envoy.filters.http.lua";

/**
 * The one Lua filter. It is the same text for every project: keys arrive as the virtual host's filter context and the kind of
 * access as route metadata, both from the route configuration, so neither is ever part of a program.
 * A script error would let the request pass (Envoy's default), hence the pcall that turns it into a 500.
 */
export const luaSource = `local cookie_prefixes = { "__Host-basehold", "__Secure-basehold", "basehold." }

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

local function role_of(keys, key)
  if key == nil or key == "" then return nil end
  if key == keys:get("serviceRole") or key == keys:get("secret") then return "service" end
  if key == keys:get("anon") or key == keys:get("publishable") then return "anon" end
  return nil
end

local function token_of(keys, key)
  if key == nil or key == "" then return nil end
  if key == keys:get("publishable") then return keys:get("anonToken") end
  if key == keys:get("secret") then return keys:get("serviceRoleToken") end
  return nil
end

local function has_own_token(authorization)
  if authorization == nil then return false end
  if authorization:sub(1, 16) == "AWS4-HMAC-SHA256" then return true end
  local token = authorization:match("^[Bb]earer%s+(.+)$")
  return token ~= nil and token:sub(1, 3) ~= "sb_"
end

local function pass_key_on(handle, headers, keys, key, is_socket)
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

local function judge(handle)
  local headers = handle:headers()
  strip_request_cookies(headers)
  local route = handle:metadata()
  local access = route:get("access")
  if access == "bypass" or access == "basic-auth" then return nil end
  local keys = handle:filterContext()
  local key = headers:get("apikey")
  if key == nil then
    key = find_query_key(headers:get(":path"))
    if key ~= nil then headers:add("apikey", key) end
  end
  local role = role_of(keys, key)
  if access == "any-key" or access == "service-key" then
    if role == nil then return "401", "Unauthorized" end
    if access == "service-key" and role ~= "service" then return "403", "RBAC: access denied" end
  elseif access ~= "open" then
    error("a route without a kind of access")
  end
  pass_key_on(handle, headers, keys, key, route:get("socket") == true)
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
