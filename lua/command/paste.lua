--- Requests as examples to paste into an integration file, with what is secret in them masked. Pure.
local json <const> = require("tocsin.json")
local keys <const> = require("keys")
local find <const>, format <const>, gsub <const>, lower <const> = string.find, string.format, string.gsub, string.lower
local ipairs <const>, pairs <const>, type <const> = ipairs, pairs, type

local paste = {}

local MASK <const> = "***"

local SECRET_WORDS <const> = { "token", "secret", "passw", "apikey", "api_key", "api%-key", "authorization", "signature",
  "credential", "private", "cookie", "webhook%-auth", "^auth$", "access_key", "integrationkey", "routing_key", "service_key" }

--- Is this the name of something secret?
---@param name string
---@return boolean
function paste.is_secret(name)
  for _, word in ipairs(SECRET_WORDS) do
    if find(lower(name), word) then return true end
  end
  return false
end

-- Headers that say nothing about an alert.
local BORING <const> = { host = true, ["user-agent"] = true, ["content-length"] = true, accept = true, ["accept-encoding"] = true,
  connection = true, ["transfer-encoding"] = true, expect = true, forwarded = true, traceparent = true, tracestate = true,
  ["cache-control"] = true, pragma = true, via = true, ["accept-language"] = true }

local function quoted_pattern(text) return (gsub(text, "[%^%$%(%)%%%.%[%]%*%+%-%?]", "%%%0")) end

-- Every text under a secret name in a decoded body.
local function secrets_in(value, is_secret, found)
  if type(value) == "table" then
    for name, v in pairs(value) do
      secrets_in(v, is_secret or type(name) == "string" and paste.is_secret(name), found)
    end
  elseif is_secret and type(value) == "string" and #value > 2 then
    found[value] = true
  end
  return found
end

-- The bytes of a text in JSON, without its quotes.
local function inside(text) return string.sub(json.encode(text), 2, -2) end

--- Pairs of a form or query with secret values masked; other text as it is.
---@param text string
---@return string
function paste.mask_pairs(text)
  return (gsub(text, "([^&=?]+)=([^&]*)", function(name, value)
    if paste.is_secret(name) and value ~= "" then return name .. "=" .. MASK end
  end))
end

--- A body with what is secret in it masked; all other bytes stay as they were.
---@param body string
---@return string
function paste.mask_body(body)
  local value = json.decode(body)
  if type(value) ~= "table" then return find(body, "^[%w_.%%+%-]+=") and paste.mask_pairs(body) or body end
  local masked = body
  for _, secret in ipairs(keys.sorted(secrets_in(value, false, {}))) do
    masked = gsub(masked, '"' .. quoted_pattern(inside(secret)) .. '"', '"' .. MASK .. '"')
  end
  -- Addresses carry keys in their query and before their @.
  masked = gsub(masked, "([?&][%w_%-]+)=([^&\"'%s\\<>#]+)", function(name, v)
    if paste.is_secret(name) then return name .. "=" .. MASK end
    return name .. "=" .. v
  end)
  return (gsub(masked, "(%a://)[^/@\"'%s\\]+:[^/@\"'%s\\]+@", "%1" .. MASK .. "@"))
end

--- The headers that an alert may depend on, those that are secret masked.
---@param headers table<string, string>
---@return table<string, string>
function paste.mask_headers(headers)
  local out = {}
  for name, value in pairs(headers) do
    if not BORING[name] and not find(name, "^x%-forwarded") and not find(name, "^x%-real") and not find(name, "^cf%-[^w]") then
      out[name] = paste.is_secret(name) and MASK or value
    end
  end
  return out
end

--- A text as a Lua literal that shows its bytes as they came.
---@param text string
---@return string
function paste.literal(text)
  if find(text, "[%z\1-\8\11\12\13\14-\31\127]") or text == "" then return (gsub(format("%q", text), "\\\n", "\\n")) end
  local level = ""
  while find(text, "]" .. level .. "]", 1, true) or find(text, "]" .. level .. "$") do level = level .. "=" end
  return "[" .. level .. "[" .. (find(text, "^\n") and "\n" or "") .. text .. "]" .. level .. "]"
end

local function headers_text(headers)
  local list = {}
  for _, name in ipairs(keys.sorted(headers)) do list[#list + 1] = format("[%q] = %q", name, headers[name]) end
  return "{ " .. table.concat(list, ", ") .. " }"
end

local JSON_ALONE <const> = { ["application/json"] = true, ["application/json; charset=utf-8"] = true,
  ["application/json;charset=utf-8"] = true }

-- Headers that the example can do without: JSON is what `check` sends when none are named.
local function needed(headers)
  local count = 0
  for name, value in pairs(headers) do
    if name ~= "content-type" or not JSON_ALONE[lower(value)] then count = count + 1 end
  end
  return count > 0
end

-- Lines moved to the right, but not those inside of a long text, whose bytes count.
local function indented(text)
  local lines, is_inside = {}, false
  for line in string.gmatch(text .. "\n", "(.-)\n") do
    lines[#lines + 1] = (is_inside or #lines == 0) and line or "      " .. line
    if is_inside then is_inside = not find(line, "]]", 1, true)
    else is_inside = find(line, "= [[", 1, true) ~= nil and not find(line, "]]", 1, true) end
  end
  return table.concat(lines, "\n")
end

--- One request as an example: lines of Lua, indented as in a file. `expect` is text to go behind it.
---@param name string what the example shows
---@param request {body: string, method: string?, query: string?, headers: table<string, string>?} masked already
---@param expect string?
---@return string
function paste.example(name, request, expect)
  local lines = { format("    { %q,", name) }
  if request.method and request.method ~= "POST" then lines[1] = lines[1] .. format(" method = %q,", request.method) end
  if request.headers and needed(request.headers) then
    lines[#lines + 1] = "      headers = " .. headers_text(request.headers) .. ","
  end
  if request.query and request.query ~= "" then lines[#lines + 1] = format("      query = %q,", request.query) end
  lines[#lines + 1] = "      payload = " .. paste.literal(request.body) .. ","
  lines[#lines + 1] = "      " .. (expect and indented(expect) or "expect = {}") .. " },"
  return table.concat(lines, "\n") .. "\n"
end

return paste
