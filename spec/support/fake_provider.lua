--- What the fake providers are made of: routes, shapes of bodies in which every field is documented, and their answers.
---
--- A fake checks a request against its vendor's documentation and answers as the vendor would. What is not documented is a
--- complaint: `state.complaints` lists them, and the answer is the vendor's own refusal.
local crypto <const> = require "tocsin.crypto"
local json <const> = require "tocsin.json"

local fake = {}

local ARRAY = getmetatable(json.array())

-- Sizes, counted here in a way of its own --------------------------------------------------------------------------------

fake.units = {
  bytes = function(text) return #text end,
  points = function(text) return utf8.len(text) end,
  utf16 = function(text)
    local n = 0
    for _, code in utf8.codes(text) do n = n + (code > 0xFFFF and 2 or 1) end
    return n
  end,
}

-- Shapes: functions (value, where, complain) ---------------------------------------------------------------------------------

---@param o {max: integer?, unit: string?, pattern: string?, blank: boolean?, same: string?}?
function fake.text(o)
  o = o or {}
  return function(v, where, complain)
    if type(v) ~= "string" then return complain(where, "is no text") end
    if not utf8.len(v) then return complain(where, "is no UTF-8") end
    if not o.blank and v == "" then complain(where, "is empty") end
    if o.max and fake.units[o.unit or "utf16"](v) > o.max then complain(where, "is longer than " .. o.max .. " " .. (o.unit or "utf16")) end
    if o.pattern and not v:find(o.pattern) then complain(where, "does not match " .. o.pattern .. ": " .. v) end
    if o.same and v ~= o.same then complain(where, "is not " .. o.same) end
  end
end

function fake.url(max)
  return fake.text { max = max or 2000, pattern = "^https?://[^%s<>\"]+$" }
end

function fake.integer(min, max)
  return function(v, where, complain)
    if type(v) == "string" and v:find "^%-?%d+$" then v = tonumber(v) end
    if math.type(v) ~= "integer" or v < (min or v) or v > (max or v) then complain(where, "is no number within its bounds") end
  end
end

function fake.boolean(v, where, complain)
  if type(v) ~= "boolean" then complain(where, "is no boolean") end
end

function fake.one_of(...)
  local choices = { ... }
  return function(v, where, complain)
    for _, choice in ipairs(choices) do
      if v == choice then return end
    end
    complain(where, "is none of " .. table.concat(choices, ", ") .. ": " .. tostring(v))
  end
end

function fake.any() end

function fake.list(shape, max)
  return function(v, where, complain)
    if type(v) ~= "table" or getmetatable(v) ~= ARRAY then return complain(where, "is no list") end
    if max and #v > max then complain(where, "has more than " .. max .. " items") end
    for i, item in ipairs(v) do shape(item, where .. "[" .. i .. "]", complain) end
  end
end

--- A field that must be there.
function fake.required(shape) return { shape = shape } end

--- Fields by name; nothing else may be there.
function fake.object(fields)
  return function(v, where, complain)
    if type(v) ~= "table" then return complain(where, "is no object") end
    for name, value in pairs(v) do
      local field = fields[name]
      if not field then complain(where .. "." .. tostring(name), "is not documented")
      else (type(field) == "table" and field.shape or field)(value, where .. "." .. name, complain) end
    end
    for name, field in pairs(fields) do
      if type(field) == "table" and v[name] == nil then complain(where .. "." .. name, "is missing") end
    end
  end
end

--- An object whose `type` says which shape it has.
function fake.typed(shapes, key)
  key = key or "type"
  return function(v, where, complain)
    local shape = type(v) == "table" and shapes[v[key]]
    if not shape then return complain(where, "has no documented " .. key .. ": " .. tostring(type(v) == "table" and v[key])) end
    local rest = {}
    for name, value in pairs(v) do
      if name ~= key then rest[name] = value end
    end
    shape(rest, where, complain)
  end
end

-- Requests and answers -----------------------------------------------------------------------------------------------------

local function unpercent(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

function fake.form(text)
  local out = {}
  for pair in text:gmatch "[^&]+" do
    local name, value = pair:match "^([^=]*)=(.*)$"
    out[unpercent(name or pair)] = unpercent(value or "")
  end
  return out
end

--- A request as a server reads it: lower-cased headers, path and query apart.
function fake.read(request)
  local out = { method = request.method, url = request.url, headers = {}, body = request.body or "" }
  for _, header in ipairs(request.headers or {}) do
    local name = header[1]:lower()
    assert(not out.headers[name], "a header twice: " .. name)
    assert(not header[2]:find "[%z\1-\31\127]", "a control character in a header")
    out.headers[name] = header[2]
  end
  out.host, out.path, out.query = request.url:match "^https?://([^/?]+)([^?]*)%??(.*)$"
  out.args = fake.form(out.query)
  return out
end

function fake.json(status, value, headers)
  local all = { ["content-type"] = "application/json" }
  for name, text in pairs(headers or {}) do all[name] = text end
  return { status = status, headers = all, body = type(value) == "string" and value or json.encode(value) }
end

function fake.array(list) return json.array(list) end

--- Nothing yet: a server that speaks for the fake asks again until there is something, or as long as the vendor would wait.
function fake.nothing_yet(value, seconds) return fake.json(200, value, { ["x-fake-wait"] = tostring(seconds) }) end

function fake.answer(status, body, headers) return { status = status, headers = headers or {}, body = body or "" } end

function fake.basic(user, password) return "Basic " .. crypto.base64(user .. ":" .. password) end

local PARSERS = {
  json = function(r)
    if not (r.headers["content-type"] or ""):find "^application/json" then return nil, "the content type is no JSON" end
    local value, why = json.decode(r.body)
    return value, why
  end,
  form = function(r)
    if r.headers["content-type"] ~= "application/x-www-form-urlencoded" then return nil, "the content type is no form" end
    return fake.form(r.body)
  end,
  text = function(r) return r.body end,
  none = function(r) return r.body == "" and {} or nil, "there is a body" end,
}

local function route_of(routes, r)
  for _, route in ipairs(routes) do
    local captures = { r.path:match("^" .. route.path .. "$") }
    if captures[1] and (route.method or "POST") == r.method then return route, captures end
  end
end

local HEADERS = { ["content-type"] = true, authorization = true, ["user-agent"] = true }

local function check(route, r, complain)
  local body, why = PARSERS[route.body or "json"](r)
  if body == nil then complain("body", why) return {} end
  if route.max and #r.body > route.max then complain("body", "has more than " .. route.max .. " bytes") end
  if route.shape then route.shape(body, "body", complain) end
  fake.object(route.query or {})(r.args, "query", complain)
  for name in pairs(r.headers) do
    if not HEADERS[name] and not (route.headers or {})[name] then complain("header " .. name, "is not documented") end
  end
  return body
end

--- A provider.
-- routes: { { method?, path = <Lua pattern>, body? = "json"|"form"|"text"|"none", shape?, query? = fields, headers? = names,
--   answer = function(body, r, state, captures) → response }, … }
-- is_allowed(r, state) → whether the credentials are right; faults = { limited, unauthorized, down, gone … } → responses,
-- refusal(complaints) → the answer to what is not documented.
---@return fun(request: table, state: table): table response
function fake.provider(o)
  return function(request, state)
    state.complaints = state.complaints or {}
    local function complain(where, what) table.insert(state.complaints, where .. " " .. what) end
    local r = fake.read(request)
    local route, captures = route_of(o.routes, r)
    if not route then
      complain(r.method .. " " .. r.path, "is not documented")
      return fake.answer(404)
    end
    local body = check(route, r, complain)
    if not o.is_allowed(r, state) then return o.faults.unauthorized(r) end
    if state.fault then return o.faults[state.fault](r, state) end
    if #state.complaints > 0 then return o.refusal and o.refusal(state.complaints) or fake.answer(400) end
    return route.answer(body, r, state, captures)
  end
end

--- Every provider's broken door.
function fake.down() return fake.answer(502, "<html>Bad Gateway</html>", { ["content-type"] = "text/html" }) end

return fake
