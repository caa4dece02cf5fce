--- Random requests made from the OpenAPI document: no 5xx, and every answer as it is described (api_answers.lua looks at each).
---
--- FUZZ_REQUESTS says how many, SEED with which luck; `make fuzz` sends ten thousand.
local client = require "api_client"
local answers = require "api_answers"
require "tocsin.core"
local engine = require "tocsin.engine"
local json = require "tocsin.json"
local keys = require "keys"

local REQUESTS <const> = tonumber(os.getenv "FUZZ_REQUESTS") or 700
local seed = tonumber(os.getenv "SEED") or 20261121

local function random(n)
  seed = seed * 6364136223846793005 + 1442695040888963407
  return ((seed >> 33) % n) + 1
end

local function pick(list) return list[random(#list)] end
local function chance(percent) return random(100) <= percent end

local WEIRD <const> = { "", " ", "null", "x", "é", "\u{1F692}", "a\nb", "\\u0000", "{{ payload.a }}", "{{", "(", "[a-", "https://x.test/a", "Europe/Paris",
  "2030-01-01T00:00:00Z", "2030-01-01T00:00:00", "08:00:00Z", "webhook", "ntfy", "sms", "1", "-1", "#1", "*", "%", "'; DROP TABLE user; --", ("y"):rep(300), ("z"):rep(51000),
  "CAAAAAAAAAAAA", "MO", "ann@example.org", 0, 1, -1, 2147483647, 2147483648, -2147483649, 1.5, 1e300, true, false, json.null, {}, json.array {}, json.array { json.null },
  json.array { {} }, { [""] = json.null }, { id = 7 } }

local pool = {} -- ids that answers showed

local generate

local TEXTS <const> = {
  function() return pick(WEIRD) end,
  function() return #pool > 0 and pick(pool) or "X" end,
  function() return "text " .. random(1000) end,
}

local function text(schema)
  if schema.enum then return pick(schema.enum) end
  if schema.format == "date-time" then return ("2030-01-%02dT00:00:00Z"):format(random(28)) end
  if schema.maxLength and chance(10) then return ("a"):rep(schema.maxLength + random(3) - 2) end
  return pick(TEXTS)()
end

local function integer(schema)
  local low, high = schema.minimum or -5, schema.maximum or 1000
  return pick { low, high, low + random(100), low - 1, high + 1 }
end

local MAKE <const> = {
  string = text, integer = integer, number = integer,
  boolean = function() return chance(50) end,
  null = function() return json.null end,
  array = function(schema, depth)
    local list = json.array {}
    for i = 1, random(3) - 1 do list[i] = generate(schema.items or {}, depth + 1) end
    return list
  end,
  object = function(schema, depth)
    local object, required = {}, {}
    for _, name in ipairs(schema.required or {}) do required[name] = true end
    for _, name in ipairs(schema.properties and keys.sorted(schema.properties) or {}) do
      if chance(required[name] and 95 or 35) then object[name] = generate(schema.properties[name], depth + 1) end
    end
    if type(schema.additionalProperties) == "table" and chance(60) then
      object[pick { "topic", "url", "phone", "x" }] = generate(schema.additionalProperties, depth + 1)
    end
    if chance(5) then object["unknown " .. random(9)] = pick(WEIRD) end
    return object
  end,
}

function generate(schema, depth)
  if depth > 6 or chance(6) then return pick(WEIRD) end
  local name = schema["$ref"] and schema["$ref"]:match "%w+$"
  if name then return generate(answers.document().components.schemas[name], depth) end
  if schema.anyOf then return generate(pick(schema.anyOf), depth + 1) end
  local kind = type(schema.type) == "table" and pick(schema.type) or schema.type or "string"
  return MAKE[kind](schema, depth)
end

local function escaped(value)
  return (tostring(value):gsub("[^%w%-._~]", function(b) return ("%%%02X"):format(b:byte()) end))
end

local function query_of(operation)
  local parts = {}
  for _, p in ipairs(operation.parameters) do
    if p["in"] == "query" and chance(p.required and 90 or 25) then
      local value = generate(p.schema, 1)
      if type(value) == "table" and type(value[1]) ~= "table" then value = value[1] end
      if value ~= nil and type(value) ~= "table" then parts[#parts + 1] = p.name .. "=" .. escaped(value) end
    end
  end
  return #parts > 0 and "?" .. table.concat(parts, "&") or ""
end

-- Streams go on after their answer, and there is nobody here to listen.
local function operations()
  local list = {}
  for _, path in ipairs(keys.sorted(answers.document().paths)) do
    for method, operation in pairs(answers.document().paths[path]) do
      if not path:find "/events/$" then list[#list + 1] = { path = path, method = method:upper(), operation = operation } end
    end
  end
  table.sort(list, function(a, b) return a.path .. a.method < b.path .. b.method end)
  return list
end

local function learn(value, depth)
  if type(value) ~= "table" or depth > 4 then return end
  if type(value.id) == "string" and #value.id > 6 and #value.id < 20 then
    pool[#pool < 400 and #pool + 1 or random(400)] = value.id
  end
  for _, inner in pairs(value) do learn(inner, depth + 1) end
end

describe("requests made from the OpenAPI document", function()
  local c
  setup(function()
    c, pool = client.open(), {}
    local hook = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook", name = "hook" })
    for n = 1, 5 do client.post(c, hook, { n = n, title = "group " .. n }) end
    client.expect(c, 201, "POST", "/api/v1/users/", { username = "ann", role = "editor", email = "ann@example.org" })
    client.expect(c, 201, "POST", "/api/v1/providers/", { type = "ntfy" })
  end)
  teardown(function() client.close(c) end)

  it("are answered as it says, and never by a failure of ours", function()
    local list, seen = operations(), {}
    for _, one in ipairs(list) do
      if one.method == "GET" and not one.path:find "{id}" then learn(select(2, client.request(c, "GET", one.path)), 0) end
    end
    for n = 1, REQUESTS do
      local one = pick(list)
      local path = one.path:gsub("{id}", function() return chance(85) and #pool > 0 and pick(pool) or "X" .. random(1000) end) .. query_of(one.operation)
      local takes = one.operation.requestBody
      local body = takes and json.encode(generate(takes.content["application/json"].schema, 0)) or ""
      if chance(2) then body = body:sub(1, random(#body + 1) - 1) end
      local method = one.method == "PUT" and chance(30) and "PATCH" or one.method
      local status, answer = engine.request(c.core, method, path, { authorization = c.token, ["content-type"] = "application/json" }, body)
      local what = ("request %d: %s %s %s → %d %s"):format(n, method, path, body:sub(1, 1000), status, answer:sub(1, 300))
      assert(status < 500, what)
      -- One of the requests may have taken away the token that they are made with.
      if status == 403 and answer:find("Invalid token", 1, true) then c.token = client.add_token(c, "admin") end
      seen[status // 100] = (seen[status // 100] or 0) + 1
      if status < 300 and n % 3 == 0 and answer:sub(1, 1) == "{" then learn(json.decode(answer), 0) end
      if n % 200 == 0 then engine.advance(c.core, 10000) end
    end
    assert.is_true(seen[2] > REQUESTS // 20 and seen[4] > REQUESTS // 20, json.encode { seen[2] or 0, seen[4] or 0 })
  end)
end)
