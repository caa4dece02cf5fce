--- Encodings of requests: percent signs, forms, Basic authorisation, XML, HTML-free JSON.
local crypto <const> = require("tocsin.crypto")
local json <const> = require("tocsin.json")
local byte <const>, char <const>, format <const>, gsub <const> = string.byte, string.char, string.format, string.gsub
local gmatch <const>, concat <const> = string.gmatch, table.concat

local encode = {}

--- Everything but RFC 3986's unreserved characters as %XX.
---@param text string
---@return string
function encode.percent(text)
  return (gsub(text, "[^%w%-._~]", function(c) return format("%%%02X", byte(c)) end))
end

--- A list of {name, value} as a query or form body; pairs without a value are left out.
---@param pairs_ {[1]: string, [2]: string|integer|nil}[]
---@return string
function encode.form(pairs_)
  local out = {}
  for _, pair in ipairs(pairs_) do
    if pair[2] ~= nil then out[#out + 1] = encode.percent(pair[1]) .. "=" .. encode.percent(tostring(pair[2])) end
  end
  return concat(out, "&")
end

--- `url` with more of a query.
---@param url string
---@param pairs_ {[1]: string, [2]: string|integer|nil}[]
---@return string
function encode.with_query(url, pairs_)
  local more = encode.form(pairs_)
  if more == "" then return url end
  return url .. (string.find(url, "?", 1, true) and "&" or "?") .. more
end

local function unpercent(text)
  text = gsub(text, "+", " ")
  return (gsub(text, "%%(%x%x)", function(hex) return char(tonumber(hex, 16)) end))
end

--- A form body or query as a table (of repeated names the last wins) and as a list of pairs in order.
---@param text string
---@return table<string, string> fields
---@return {[1]: string, [2]: string}[] list
function encode.read_form(text)
  local fields, list = {}, {}
  for pair in gmatch(text, "[^&]+") do
    local name, value = string.match(pair, "^([^=]*)=?(.*)$")
    name, value = unpercent(name), unpercent(value)
    fields[name], list[#list + 1] = value, { name, value }
  end
  return fields, list
end

---@param user string
---@param password string
---@return {[1]: string, [2]: string} header
function encode.basic(user, password)
  return { "Authorization", "Basic " .. crypto.base64(user .. ":" .. password) }
end

---@param token string
---@return {[1]: string, [2]: string} header
function encode.bearer(token)
  return { "Authorization", "Bearer " .. token }
end

local XML <const> = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&apos;" }

---@param text string
---@return string
function encode.xml(text)
  return (gsub(text, "[&<>\"']", XML))
end

--- A request with a JSON body. `headers` come after the content type.
---@param method string
---@param url string
---@param body table
---@param headers {[1]: string, [2]: string}[]?
---@return table request
function encode.json_request(method, url, body, headers)
  local list = { { "Content-Type", "application/json; charset=utf-8" } }
  for _, header in ipairs(headers or {}) do list[#list + 1] = header end
  return { method = method, url = url, headers = list, body = assert(json.encode(body)) }
end

--- A request with a form body.
---@param url string
---@param fields {[1]: string, [2]: any}[]
---@param headers {[1]: string, [2]: string}[]?
---@return table request
function encode.form_request(url, fields, headers)
  local list = { { "Content-Type", "application/x-www-form-urlencoded" } }
  for _, header in ipairs(headers or {}) do list[#list + 1] = header end
  return { method = "POST", url = url, headers = list, body = encode.form(fields) }
end

--- A server's address without slashes at its end.
---@param url string
---@return string
function encode.base(url)
  return (gsub(url, "/+$", ""))
end

return encode
