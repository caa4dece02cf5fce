--- Every field of every resource, with values past its limits and of other types: 400 that names the field, and nothing changed.
---
--- What is tried comes from lua/resources itself, so a new field and a new resource are tried from their first day; what fields
--- refuse besides that check in a way of their own is listed below.
local client = require "api_client"
local field = require "api.field"
local json = require "tocsin.json"

local NULL <const>, DAY <const> = json.null, 86400

describe("every field", function()
  local c, ids

  local function make(path, body) return client.expect(c, 201, "POST", "/api/v1/" .. path .. "/", body).id end
  local function ask(sql) return assert(client.write(c, { sql = sql, args = {} })).rows end

  local function filled(value)
    if type(value) == "string" and value:sub(1, 1) == "@" then return ids[value:sub(2)] end
    if type(value) ~= "table" then return value end
    local out = #value > 0 and json.array {} or {}
    for key, v in pairs(value) do out[key] = filled(v) end
    return out
  end

  -- The id of one of a resource: made of its first example, with what that needs.
  local function one_of(name)
    local r, body = require("resources." .. name), {}
    for key, value in pairs(r.examples[1]) do body[key] = filled(value) end
    if body.name then body.name = "the " .. name end
    if body.username then body.username = "the-" .. name end
    return make(r.path, body)
  end

  setup(function()
    c = client.open()
    ids = setmetatable({}, { __index = function(known, name)
      rawset(known, name, one_of(name))
      return rawget(known, name)
    end })
    client.post(c, client.expect(c, 200, "GET", "/api/v1/integrations/" .. ids.integration .. "/"), "{}")
    ids.alert_group = client.expect(c, 200, "GET", "/api/v1/alert_groups/").results[1].id
    ask "INSERT INTO user_group (id, external_id, name, handle) VALUES (1, 'S1', 'On call', 'oncall')"
    ids.user_group = client.expect(c, 200, "GET", "/api/v1/user_groups/").results[1].id
    for _, name in ipairs { "user", "team", "escalation_chain", "schedule", "webhook", "provider" } do assert.is_string(ids[name]) end
  end)
  teardown(function() client.close(c) end)

  -- What new ones are made of, by the resources themselves: a new resource is tried from its first day.
  local THINGS <const> = {}
  for _, r in ipairs(require("api").resources()) do
    for _, example in ipairs(r.examples or {}) do THINGS[#THINGS + 1] = { r.name, example } end
  end

  -- Fields that check in a way of their own: what each refuses.
  local OWN <const> = {
    maintenance_window = { labels = { 7, "x", { "x" } }, by_day = { 7, "MO", { "XX" } } },
    integration = { heartbeat = { 7, "x", { interval = "x" }, { interval = 59 }, { interval = 32400001 }, { interval = NULL },
      { enabled = "x" }, { text = ("x"):rep(6145) } }, static_labels = { 7, "x", { "x" } },
      default_route = { 7, "x", { 1 }, { escalation_chain_id = "FNOBODY" } }, templates = { 7, "x", { grouping_key = 7 }, { nothing = "x" },
      { grouping_key = "{{" }, { grouping_key = ("x"):rep(50001) } }, labels = { 7, "x", { "x" }, { { key = { name = "" }, value = { name = "v" } } },
      { { key = { name = ("k"):rep(201) }, value = { name = "v" } } }, { { key = { name = "k" }, value = { name = ("v"):rep(201) } } } },
      dynamic_labels = { 7, "x", { { key = { name = "k" }, value = { name = "{{" } } } }, auto_resolve_after = { 59, 31536001, "x", true, 1.5 },
      signing_secret = { {}, ("x"):rep(1001), true } },
    route = { routing_labels = { 7, "x", { 7 } }, position = { -2, "x", 1.5 }, manual_order = { "x" } },
    escalation_policy = { persons_to_notify = { 7, "x", { 7 }, { "UNOBODY" } }, persons_to_notify_next_each_time = { 7, "x", { 7 }, { "UNOBODY" } },
      position = { -2, "x", 1.5 }, manual_order = { "x" } },
    api_token = { scopes = { 7, "read", {}, { "x" }, { 7 }, { "alerts:page" }, { "nothing:read" } }, expires_at = { 7, "soon", "2020-01-01T00:00:00Z", {} },
      token_key = { 7, "x", ("g"):rep(8), NULL }, digest = { 7, ("0"):rep(127), NULL } },
    team = { members = { 7, "x", { 7 }, { "UNOBODY" } } },
    notification_rule = { type = { 7, "x", "notify_by_nothing", NULL, ("x"):rep(100) }, duration = { 59, DAY + 1, "x", true, {} }, position = { -2, "x", 1.5 },
      manual_order = { "x" } },
    contact_method = { address = { 7, "x", { nothing = "x" }, { topic = 7 }, { topic = ("t"):rep(65) }, { topic = "a b" } }, is_verified = { 7, "yes" } },
    provider = { settings = { 7, "x", { nothing = "x" }, { url = "x" }, { token = 7 } } },
    webhook = { password = { {}, ("x"):rep(1001), true }, authorization_header = { {}, ("x"):rep(2001), true },
      signing_secret = { {}, ("x"):rep(1001), true } },
    action = { password = { {}, ("x"):rep(1001), true }, authorization_header = { {}, ("x"):rep(2001), true } },
    schedule = { shifts = { 7, "x", { 7 }, { "ONOBODY" } }, slack = { 7, "x", { channel_id = 7 } }, notify = { 7, "x" } },
    on_call_shift = { week_start = { 7, "XX", {} }, by_day = { 7, "MO", { "XX" }, { 1 } }, by_month = { 7, { 0 }, { 13 }, { "x" } },
      by_monthday = { 7, { 0 }, { 32 }, { -32 }, { "x" } }, users = { 7, "x" }, rolling_users = { 7, "x", { "x" }, { { "UNOBODY" } } },
      force_update = { 7, "x" } },
    shift_swap = { swap_start = { 7, "x", "2030-13-01T00:00:00Z", {} }, swap_end = { 7, "x", "2030-01-00T00:00:00Z", {} } },
  }

  -- Where a shift came from: what is not known is the API. A window that does not run has no end to move.
  local FREE <const> = { on_call_shift = { source = true }, maintenance_window = { end_at = true } }

  local BY_TYPE <const> = {
    text = function(f)
      local bad = { {}, true, { "x" }, "a\0b" }
      if not f.blank and not f.blank_null and not (f.nullable and f.loose_null) then bad[#bad + 1] = "" end
      if f.max then bad[#bad + 1] = ("x"):rep(f.max + 1) end
      return bad
    end,
    integer = function(f) return { "x", 1.5, true, {}, (f.min or -2147483647) - 1, (f.max or 2147483647) + 1 } end,
    duration = function(f) return { "x", 1.5, true, {}, "25:61:00:00", (f.min or 0) - 1, (f.max or 2147483647) + 1 } end,
    boolean = function() return { "yes", 2, {}, "" } end,
    choice = function() return { "nonsense", 7, {}, true } end,
    ref = function() return { "XNOBODY", 7, {}, true } end,
    refs = function() return { 7, "x", { "XNOBODY" }, { 7 } } end,
    clock = function() return { "24:00:00Z", "08:60:00Z", "08:00", 7, {}, true } end,
  }

  local function shown(value)
    local text = json.encode { value }
    return #text > 60 and text:sub(1, 40) .. "… " .. #text or text
  end

  local KINDS <const> = { text = "string", id = "string", time = "string", integer = "number", number = "number", boolean = "boolean" }

  -- Which kinds of values a shape takes; nil: any.
  local function kinds_of(shape)
    if type(shape) == "string" then shape = { shape } end
    if shape.any_of or shape.ref then return nil end
    local kind = shape.list and "list" or (shape.object or shape.map) and "object" or shape.choice and "string"
    local word = not kind and shape[1]:match "%l+"
    if word == "any" then return nil end
    return { [kind or KINDS[word]] = true, null = shape.null or not kind and shape[1]:find("?", 1, true) ~= nil }
  end

  local VALUES <const> = { string = "no such thing", number = 7.5, boolean = true, list = json.array { json.array { 7 } }, object = { nothing = { 7 } } }

  -- A value of every kind that a field does not take, by what it says of itself.
  local function of_other_kinds(f)
    local taken, list = kinds_of(field.sent_shape(f)), {}
    for _, kind in ipairs { "string", "number", "boolean", "list", "object" } do
      if taken and not taken[kind] then list[#list + 1] = VALUES[kind] end
    end
    return list
  end

  -- The values that a field must refuse; an empty Lua table would be an object and a list at once.
  local function bad_values(r, f)
    local own = OWN[r.name] and OWN[r.name][f[1]] or r.name == "route" and not f.type and { 7, "x", { enabled = "x" } } -- a room
    local list = {}
    local known = own or not f.store and f.type and BY_TYPE[f.type] and BY_TYPE[f.type](f) or of_other_kinds(f)
    for i, value in ipairs(known) do list[i] = value end
    if not own and not f.nullable and not f.loose_null then list[#list + 1] = NULL end
    return list
  end

  local function is_written(r, f)
    if FREE[r.name] and FREE[r.name][f[1]] then return false end
    return not f.readonly and f.type ~= "id" and f.type ~= "time" and (f.store or f.type and BY_TYPE[f.type])
  end

  -- A create-only field has to be refused when a new one is made, others also when one is changed.
  local function try(r, body, made, f, value)
    local changed = {}
    for key, v in pairs(body) do changed[key] = v end
    changed[f[1]] = value
    local what = ("%s.%s = %s"):format(r.name, f[1], shown(value))
    local status, answer = client.request(c, "POST", "/api/v1/" .. r.path .. "/", changed)
    assert.equal(400, status, "POST " .. what .. " " .. json.encode(answer))
    assert.is_table(answer[f[1]], "POST " .. what .. " " .. json.encode(answer))
    if f.create_only then return end
    status, answer = client.request(c, "PUT", "/api/v1/" .. r.path .. "/" .. made.id .. "/", { [f[1]] = value })
    assert.equal(400, status, "PUT " .. what .. " " .. json.encode(answer))
    assert.is_table(answer[f[1]], "PUT " .. what .. " " .. json.encode(answer))
  end

  -- Of the fields that belong to a type, those of another one are passed over, as clients send all they know.
  local function belongs(r, f, made)
    return not f.when or made[f[1]] ~= nil or r.name == "user"
  end

  for _, thing in ipairs(THINGS) do
    local r = require("resources." .. thing[1])
    it(("of %s%s"):format(r.path, thing[2].type and " of type " .. thing[2].type or ""), function()
      local body = filled(thing[2])
      local made = client.expect(c, 201, "POST", "/api/v1/" .. r.path .. "/", body)
      if body.name then body.name = body.name .. " other" end
      if body.username then body.username = body.username .. "2" end
      local before, tried = client.expect(c, 200, "GET", "/api/v1/" .. r.path .. "/" .. made.id .. "/"), 0
      local viewer = { authorization = (client.add_token(c, "viewer")) }
      local count = client.expect(c, 200, "GET", "/api/v1/" .. r.path .. "/").count
      -- What is shown may be sent, one by one; what nobody knows is passed over; a viewer may not.
      for _, f in ipairs(r.fields) do
        if is_written(r, f) and before[f[1]] ~= nil then
          assert.same(before, client.expect(c, 200, "PUT", "/api/v1/" .. r.path .. "/" .. made.id .. "/", { [f[1]] = before[f[1]] }), f[1])
        end
      end
      assert.same(before, client.expect(c, 200, "PUT", "/api/v1/" .. r.path .. "/" .. made.id .. "/", { ["no such field"] = { 1 } }))
      for method, where in pairs { POST = "/", PUT = "/" .. made.id .. "/", DELETE = "/" .. made.id .. "/" } do
        local refused = r.is_private and method ~= "POST" and 404 or 403
        assert.equal(refused, (client.request(c, method, "/api/v1/" .. r.path .. where, body, viewer)), method)
      end
      for _, f in ipairs(r.fields) do
        if is_written(r, f) and belongs(r, f, before) then
          local list = bad_values(r, f)
          for _, value in ipairs(list) do
            try(r, body, made, f, value)
            tried = tried + 1
          end
          if f.required then
            local without = {}
            for key, v in pairs(body) do without[key] = key ~= f[1] and v or nil end
            local answer = client.expect(c, 400, "POST", "/api/v1/" .. r.path .. "/", without)
            assert.is_table(answer[f[1]], r.name .. " without " .. f[1] .. " " .. json.encode(answer))
          end
        end
      end
      assert.is_true(tried > 3)
      assert.same(before, client.expect(c, 200, "GET", "/api/v1/" .. r.path .. "/" .. made.id .. "/"))
      assert.equal(count, client.expect(c, 200, "GET", "/api/v1/" .. r.path .. "/").count)
      client.expect(c, 204, "DELETE", "/api/v1/" .. r.path .. "/" .. made.id .. "/")
    end)
  end

  it("of a resource that can be made is tried above", function()
    for _, r in ipairs(require("api").resources()) do
      for _, method in ipairs(r.methods) do
        assert.is_true(method ~= "create" or r.examples ~= nil, r.name .. ": its table has no examples")
      end
    end
  end)
end)
