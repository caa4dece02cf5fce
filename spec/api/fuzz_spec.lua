--- Random JSON in every field of every resource: never a 5xx, every refusal names a field, what was refused changed nothing.
local client = require "api_client"
require "tocsin.core"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local ROUNDS <const> = 1500

local seed = 20260519
local function random(n)
  seed = seed * 6364136223846793005 + 1442695040888963407
  return ((seed >> 33) % n) + 1
end

local TEXTS <const> = { '""', '" "', '"x"', '"null"', '"\\u0000"', '"\\ud800"', '"{{ x"', '"{{ payload.a }}"', '"("', '"[a-"', '"\\n"', '"wait"', '"resolve"',
  '"notify_persons"', '"08:00:00Z"', '"01:00:00"', '"simple_webhook"',
  '"CAAAAAAAAAAAA"', '"RAAAAAAAAAAAA"', '"labels"', '"jinja2"', '"regex"', '"webhook"', '"' .. ("y"):rep(300) .. '"', '"é"',
  '"' .. ("z"):rep(51000) .. '"', '"{% for i in range(10**9) %}{% endfor %}"', "\"'; DROP TABLE integration; --\"" }
local NUMBERS <const> = { "0", "1", "-1", "-2", "1.5", "1e3", "1e400", "-0.0", "2147483647", "2147483648", "9223372036854775807",
  "9223372036854775808", "123456789012345678901234567890", "1E-7" }
local NAMES <const> = { "key", "value", "name", "id", "slack", "web", "title", "message", "image_url", "grouping_key", "channel_id", "enabled",
  "escalation_chain_id", "resolve_signal", "telegram", "sms", "topic", "token", "x", "" }

local function value(depth)
  local kind = random(depth > 3 and 5 or 9)
  if kind <= 2 then return TEXTS[random(#TEXTS)] end
  if kind == 3 then return NUMBERS[random(#NUMBERS)] end
  if kind == 4 then return ({ "true", "false", "null" })[random(3)] end
  if kind == 5 then return ({ "[]", "{}", '[null]', '{"":null}' })[random(4)] end
  local parts = {}
  for i = 1, random(3) do
    parts[i] = (kind > 6 and '"' .. NAMES[random(#NAMES)] .. '":' or "") .. value(depth + 1)
  end
  return kind > 6 and "{" .. table.concat(parts, ",") .. "}" or "[" .. table.concat(parts, ",") .. "]"
end

local function field_names(name)
  local list = {}
  for i, f in ipairs(require("resources." .. name).fields) do list[i] = f[1] end
  return list
end

local function object(fields, always)
  local parts = { always }
  for _ = 1, random(4) do parts[#parts + 1] = string.format("%q:%s", fields[random(#fields)], value(0)) end
  return "{" .. table.concat(parts, ",") .. "}"
end

describe("the API under random JSON", function()
  local c
  before_each(function() c = client.open() end)
  after_each(function() client.close(c) end)

  local function call(method, path, body)
    local status, text, kind = engine.request(c.core, method, "/api/v1/" .. path, { authorization = c.token }, body)
    local what = method .. " " .. path .. " " .. body:sub(1, 500) .. " → " .. status .. " " .. text:sub(1, 300)
    assert(status < 500, what)
    assert(text == "" or kind == "application/json" and json.is_valid(text), what)
    return status, text ~= "" and json.decode(text), what
  end

  local function check_names(fields, answer, what)
    local known = { detail = true, non_field_errors = true }
    for _, name in ipairs(fields) do known[name] = true end
    assert(type(answer) == "table" and next(answer) ~= nil, what)
    for name in pairs(answer) do assert(known[name], name .. " is no field: " .. what) end
  end

  it("keeps its word about integrations and routes", function()
    local hook = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook", name = "one" })
    local route = client.expect(c, 201, "POST", "/api/v1/routes/", { integration_id = hook.id, routing_regex = "x" })
    local integration_fields, route_fields = field_names "integration", field_names "route"
    local seen = {}
    for _ = 1, ROUNDS do
      local status, answer, what
      local fields = integration_fields
      local way = random(5)
      if way == 1 then status, answer, what = call("POST", "integrations/", object(fields, '"type":"webhook"'))
      elseif way == 2 then
        local before = select(2, call("GET", "integrations/" .. hook.id .. "/", ""))
        status, answer, what = call("PUT", "integrations/" .. hook.id .. "/", object(fields))
        if status == 400 then assert.same(before, (select(2, call("GET", "integrations/" .. hook.id .. "/", "")))) end
      else
        fields = route_fields
        if way == 3 then status, answer, what = call("POST", "routes/", object(fields, '"integration_id":"' .. hook.id .. '"'))
        elseif way == 4 then status, answer, what = call("PUT", "routes/" .. route.id .. "/", object(fields))
        else status, answer, what = call("PUT", "routes/" .. hook.default_route.id .. "/", object(fields)) end
      end
      seen[status] = (seen[status] or 0) + 1
      if status == 400 then check_names(fields, answer, what) end
    end
    assert.is_true(seen[200] > 20 and seen[201] > 20 and seen[400] > 20, json.encode { seen[200] or 0, seen[201] or 0, seen[400] or 0 })
    -- Whatever was taken can be shown, and alerts still come in: unsigned ones, unless a secret was taken.
    call("GET", "integrations/?perpage=1000", "")
    call("GET", "routes/?perpage=1000", "")
    client.expect(c, 200, "PUT", "/api/v1/integrations/" .. hook.id .. "/", { signing_secret = json.null })
    assert.equal(200, (engine.request(c.core, "POST", (hook.link:gsub("^https?://[^/]+", "")), {}, '{"a":1}')))
  end)

  it("keeps its word about people, schedules, chains, rules, webhooks and notes", function()
    local hook = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook", name = "one" })
    client.post(c, hook, "{}")
    local group = client.expect(c, 200, "GET", "/api/v1/alert_groups/").results[1].id
    local function make(path, body) return client.expect(c, 201, "POST", "/api/v1/" .. path .. "/", body).id end
    local user, chain = make("users", { username = "ann" }), make("escalation_chains", { name = "ops" })
    local watch = make("schedules", { name = "watch", type = "calendar", time_zone = "UTC" })
    local swap = { schedule = watch, beneficiary = user, swap_start = "2030-01-01T00:00:00Z", swap_end = "2030-01-02T00:00:00Z" }
    local shift = '"type":"recurrent_event","name":"%d","start":"2026-01-01T00:00:00","duration":3600,"frequency":"daily"'
    -- Resource → a row to change, and what a new one needs besides luck.
    local things = {
      user = { user, '"username":"%d"' }, team = { make("teams", { name = "db" }), '"name":"%d"' },
      escalation_chain = { chain, '"name":"%d"' },
      escalation_policy = { make("escalation_policies", { escalation_chain_id = chain, type = "wait" }),
        '"escalation_chain_id":"' .. chain .. '","type":"notify_persons","persons_to_notify":["' .. user .. '"]' },
      notification_rule = { make("personal_notification_rules", { user_id = user, type = "wait" }),
        '"user_id":"' .. user .. '","type":"notify_by_sms"' },
      webhook = { make("webhooks", { name = "w", url = "https://x.test", http_method = "GET", trigger_type = "resolve" }),
        '"name":"%d","url":"https://x.test","http_method":"GET","trigger_type":"resolve"' },
      action = { make("actions", { name = "a", url = "https://x.test" }), '"name":"a%d","url":"https://x.test"' },
      provider = { make("providers", { type = "ntfy" }), '"type":"ntfy","name":"%d"' },
      contact_method = { make("contact_methods", { user_id = user, channel = "ntfy", address = { topic = "t" } }),
        '"user_id":"' .. user .. '","channel":"ntfy","address":{"topic":"t"}' },
      schedule = { watch, '"name":"%d","type":"calendar","time_zone":"UTC"' },
      on_call_shift = { make("on_call_shifts", json.decode("{" .. shift .. "}")), shift },
      shift_swap = { make("shift_swaps", swap), '"schedule":"' .. watch .. '","beneficiary":"' .. user ..
        '","swap_start":"2030-01-01T00:00:00Z","swap_end":"2030-01-02T00:00:00Z"' },
      resolution_note = { make("resolution_notes", { alert_group_id = group, text = "x" }), '"alert_group_id":"' .. group .. '","text":"x"' },
    }
    local names, seen = require("keys").sorted(things), {}
    for round = 1, ROUNDS do
      local name = names[random(#names)]
      local r, fields = require("resources." .. name), field_names(name)
      local row = r.path .. "/" .. things[name][1] .. "/"
      local status, answer, what
      if random(2) == 1 then
        status, answer, what = call("POST", r.path .. "/", object(fields, (things[name][2]:gsub("%%d", tostring(round)))))
      else
        local before = select(2, call("GET", row, ""))
        status, answer, what = call("PUT", row, object(fields))
        if status == 400 then assert.same(before, (select(2, call("GET", row, "")))) end
      end
      seen[status] = (seen[status] or 0) + 1
      if status == 400 then check_names(fields, answer, what) end
    end
    assert.is_true(seen[200] > 20 and seen[201] > 20 and seen[400] > 20, json.encode { seen[200] or 0, seen[201] or 0, seen[400] or 0 })
    for _, name in ipairs(names) do call("GET", require("resources." .. name).path .. "/?perpage=1000", "") end
  end)

  it("keeps its word about actions, and about bodies that are no objects", function()
    local hook = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook", name = "one" })
    client.post(c, hook, "{}")
    local id = client.expect(c, 200, "GET", "/api/v1/alert_groups/").results[1].id
    for _ = 1, 300 do
      call("POST", "alert_groups/" .. id .. "/silence/", '{"delay":' .. value(0) .. "}")
      call("POST", "alert_groups/" .. id .. "/unsilence/", value(0))
      local body = '{"mode":' .. value(0) .. "}"
      assert(call("DELETE", "alert_groups/" .. id .. "/", body) == 400, body)
      call("POST", "integrations/", value(0))
      call("PUT", "routes/" .. hook.default_route.id .. "/", value(0))
    end
    for _, body in ipairs { "{", "[1,", "nul", "\xff", "{\"a\":1}x", ("["):rep(1000), "\0" } do
      assert.equal(400, (call("POST", "integrations/", body)))
    end
  end)
end)
