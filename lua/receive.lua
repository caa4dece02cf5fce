--- Runs the two functions that an integration file may have: `receive` and `split`. Called from C before rendering.
---
--- Functions see plain Lua tables: an object's missing and null members are nil, a list counts from 1. What they give back
--- is written in the order of the wire, new keys last by name, so a part that was not touched keeps its order. A function
--- that fails loses nothing: the request is taken as if the file had no functions, and the sentence says why.
---
---   receive(request) → {payload = …} | {answer = {status=, content_type=, body=}} | {ignore = true} | nil (take it as it is)
---     request: method, query (text), headers (lower-case name → value), body (text), json (its value when it parses), xml
---     (lua/xml.lua, when it is that)
---   split(payload) → list of payloads, {} to ignore the request, nil for one alert
local fuel <const> = require("tocsin.fuel")
local json <const> = require("tocsin.json")
local sandbox <const> = require("tocsin.sandbox")
local xml <const> = require("xml")
local integration <const> = require("integration")
local value <const> = require("jinja.value")
local type <const>, pairs <const>, ipairs <const> = type, pairs, ipairs
local sort <const> = table.sort

local receive = {}

local DEPTH_MAX <const> = 128
local INSTRUCTIONS <const> = 200000 -- for one request
local PARTS_MAX <const> = 1000 -- alerts that one request may become; C has the same limit

-- A template value as plain tables; `origin` remembers which ordered table each came from.
local function to_plain(v, origin)
  local t = value.plain(v)
  if t == json.null then return nil end
  if type(t) ~= "table" then return t end
  local kind, out = value.type_of(t), {}
  if kind == value.LIST then
    for i = 1, t.n do
      out[i] = to_plain(t[i], origin)
      if out[i] == nil then out[i] = json.null end
    end
  elseif kind == value.DICT then
    for i = 1, t.n do out[t.k[i]] = to_plain(t.v[t.k[i]], origin) end
  else
    return t -- a big integer: handed through
  end
  origin[out] = t
  return out
end

local to_value

local function to_dict(t, from, origin, depth)
  local dict, rest = value.new_dict(), {}
  for i = 1, from and from.n or 0 do
    local key = from.k[i]
    if t[key] ~= nil then
      value.dict_set(dict, key, to_value(t[key], origin, depth))
    elseif from.v[key] == json.null then
      value.dict_set(dict, key, json.null)
    end
  end
  for key in pairs(t) do
    if type(key) ~= "string" then error("a payload's keys must be text", 0) end
    if dict.v[key] == nil then rest[#rest + 1] = key end
  end
  sort(rest)
  for _, key in ipairs(rest) do value.dict_set(dict, key, to_value(t[key], origin, depth)) end
  return dict
end

-- Plain tables of a function as a template value.
function to_value(t, origin, depth)
  if t == nil or t == json.null then return json.null end
  local kind = type(t)
  if kind == "string" or kind == "number" or kind == "boolean" then return t end
  if kind ~= "table" then error("a payload cannot hold a " .. kind, 0) end
  if depth > DEPTH_MAX then error("the payload is nested too deeply", 0) end
  fuel.spend(fuel.STEP) -- a small table that holds another twice, and so on, is a very large payload
  local from = origin[t]
  local from_kind = from and value.type_of(from)
  if not from and getmetatable(t) then return t end -- a big integer
  if from_kind == value.LIST or (not from and #t > 0) then
    local list = { n = #t }
    for i = 1, #t do list[i] = to_value(t[i], origin, depth + 1) end
    return value.list(list)
  end
  return to_dict(t, from, origin, depth + 1)
end

local function write(t, origin)
  local text, why = json.encode(to_value(t, origin, 0))
  return text or error(why, 0)
end

-- A type's file, loaded once in each Lua state. False: it has none.
local specs, specs_at = {}, 0
local function spec_of(name)
  if specs_at ~= integration.generation() then specs, specs_at = {}, integration.generation() end
  if specs[name] == nil then specs[name] = integration.load(name) or false end
  return specs[name] or nil
end

-- The parts as JSON texts, or nil when the payload stays one.
local function split_parts(spec, payload, origin)
  if not spec.split or type(payload) ~= "table" then return nil end
  local ok, parts = sandbox.call(spec.split, INSTRUCTIONS, payload)
  if not ok then return nil, parts end
  if parts == nil then return nil end
  if type(parts) ~= "table" then return nil, "split must return a list of payloads" end
  if #parts > PARTS_MAX then return nil, "split returned too many payloads" end
  local texts = {}
  for i, part in ipairs(parts) do texts[i] = write(part, origin) end
  return texts
end

local function guarded(f, ...)
  local ok, a, b, c, d = pcall(f, ...)
  if ok then return a, b, c, d end
  return nil, type(a) == "table" and a.message or tostring(a)
end

--- The JSON texts of the alerts that a request's body becomes under a loaded file; nil: it stays one alert.
---@param spec table
---@param body string JSON
---@return string[]|nil parts
---@return string|nil why what went wrong in the function
function receive.parts(spec, body)
  return guarded(function()
    local origin = {}
    return split_parts(spec, to_plain(assert(json.payload(body)), origin), origin)
  end)
end

--- The alerts that a payload becomes.
---@param type_name string
---@param payload any
---@return string|nil parts JSON array of the parts' JSON texts; nil: it stays one alert
---@return string|nil why what went wrong in the function
function receive.split(type_name, payload)
  local spec = spec_of(type_name)
  if not spec or not spec.split then return nil end
  return guarded(function()
    local origin = {}
    local texts, why = split_parts(spec, to_plain(payload, origin), origin)
    return texts and json.encode(json.array(texts)), why
  end)
end

local function answer_of(answer)
  return "answer", math.tointeger(answer.status) or 200, tostring(answer.content_type or "text/plain; charset=utf-8"),
    tostring(answer.body or "")
end

local function run_receive(spec, request, origin)
  local ok, result = sandbox.call(spec.receive, INSTRUCTIONS, request)
  if not ok then return nil, result end
  if result == nil then return nil end
  if type(result) ~= "table" then return nil, "receive must return a table" end
  if result.ignore then return "ignore" end
  if result.answer then return answer_of(result.answer) end
  if result.payload == nil then return nil, "receive returned neither payload, answer nor ignore" end
  local texts, why = split_parts(spec, result.payload, origin)
  return "alerts", json.encode(json.array(texts or { write(result.payload, origin) })), why
end

--- What a request is to `receive` of a loaded file; results as receive.request.
function receive.apply(spec, method, query, headers_json, body, now_us)
  return guarded(function()
    local origin = {}
    local payload, why = json.payload(body)
    local value_of_body
    if not why then value_of_body = to_plain(payload, origin) end
    local request = { method = method, query = query, headers = json.decode(headers_json) or {}, body = body,
      json = value_of_body, now = now_us }
    if why and string.find(body, "^%s*<") then request.xml = xml.decode(body) end
    return run_receive(spec, request, origin)
  end)
end

--- What a request is to the type's `receive`. "alerts" comes split already.
---@param type_name string
---@param method string
---@param query string
---@param headers_json string
---@param body string
---@param now_us integer
---@return "alerts"|"answer"|"ignore"|nil kind nil: take the request as for a type without functions
---@return any a alerts: JSON array of JSON texts · answer: status · nil: what went wrong, if anything
---@return string? content_type
---@return string? body
function receive.request(type_name, method, query, headers_json, body, now_us)
  local spec = spec_of(type_name)
  if not spec or not spec.receive then return nil end
  return receive.apply(spec, method, query, headers_json, body, now_us)
end

return receive
