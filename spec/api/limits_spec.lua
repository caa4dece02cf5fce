--- Every field of every resource, with values past its limits and of other types: 400 that names the field, and nothing changed.
---
--- What is tried comes from lua/resources itself, so a new field is tried from its first day; what fields refuse that check in a way
--- of their own is listed below.
local client = require "api_client"
local json = require "tocsin.json"

local NULL <const>, DAY <const> = json.null, 86400

describe("every field", function()
  local c, ids

  local function make(path, body) return client.expect(c, 201, "POST", "/api/v1/" .. path .. "/", body).id end
  local function ask(sql) return assert(client.write(c, { sql = sql, args = {} })).rows end

  setup(function()
    c, ids = client.open(), {}
    ids.integration = make("integrations", { type = "webhook", name = "hook" })
    client.post(c, client.expect(c, 200, "GET", "/api/v1/integrations/").results[1], "{}")
    ids.alert_group = client.expect(c, 200, "GET", "/api/v1/alert_groups/").results[1].id
    ids.team = make("teams", { name = "db" })
    ids.user = make("users", { username = "ann", role = "editor" })
    ids.chain = make("escalation_chains", { name = "chain" })
    ids.schedule = make("schedules", { name = "rota", type = "calendar", time_zone = "UTC" })
    ids.web = make("schedules", { name = "web", type = "web", time_zone = "UTC" })
    ids.ical = make("schedules", { name = "ical", type = "ical", ical_url_primary = "https://cal.example.org/a.ics" })
    ids.webhook = make("webhooks", { name = "w", url = "https://x.test", http_method = "POST", trigger_type = "escalation" })
    ids.provider = make("providers", { type = "ntfy" })
    ask "INSERT INTO user_group (id, external_id, name, handle) VALUES (1, 'S1', 'On call', 'oncall')"
    ids.user_group = client.expect(c, 200, "GET", "/api/v1/user_groups/").results[1].id
  end)
  teardown(function() client.close(c) end)

  -- Where a new one is made of a body; several of one resource where its type says which fields it has.
  local THINGS <const> = {
    { "integration", { type = "webhook", name = "new" } },
    { "route", { integration_id = "@integration", routing_regex = "a" } },
    { "escalation_chain", { name = "new" } },
    { "escalation_policy", { escalation_chain_id = "@chain", type = "wait", duration = 60 } },
    { "escalation_policy", { escalation_chain_id = "@chain", type = "notify_persons", persons_to_notify = { "@user" }, important = true } },
    { "escalation_policy", { escalation_chain_id = "@chain", type = "notify_person_next_each_time", persons_to_notify_next_each_time = { "@user" } } },
    { "escalation_policy", { escalation_chain_id = "@chain", type = "notify_on_call_from_schedule", notify_on_call_from_schedule = "@schedule" } },
    { "escalation_policy", { escalation_chain_id = "@chain", type = "notify_user_group", group_to_notify = "@user_group" } },
    { "escalation_policy", { escalation_chain_id = "@chain", type = "notify_team_members", team_to_notify = "@team" } },
    { "escalation_policy", { escalation_chain_id = "@chain", type = "trigger_webhook", action_to_trigger = "@webhook" } },
    { "escalation_policy", { escalation_chain_id = "@chain", type = "notify_if_time_from_to", notify_if_time_from = "08:00:00Z",
      notify_if_time_to = "17:00:00Z" } },
    { "escalation_policy", { escalation_chain_id = "@chain", type = "notify_if_num_alerts_in_window", num_alerts_in_window = 3,
      num_minutes_in_window = 5 } },
    { "team", { name = "new" } },
    { "user", { username = "new" } },
    { "notification_rule", { user_id = "@user", type = "wait", duration = 60 } },
    { "contact_method", { user_id = "@user", channel = "ntfy", address = { topic = "t" } } },
    { "provider", { type = "ntfy", name = "new" } },
    { "webhook", { name = "new", url = "https://x.test", http_method = "POST", trigger_type = "resolve" } },
    { "action", { name = "old", url = "https://x.test" } },
    { "resolution_note", { alert_group_id = "@alert_group", text = "done" } },
    { "schedule", { name = "new", type = "calendar", time_zone = "UTC" } },
    { "schedule", { name = "new ical", type = "ical", ical_url_primary = "https://cal.example.org/b.ics" } },
    { "on_call_shift", { name = "new", type = "recurrent_event", start = "2026-01-01T00:00:00", duration = 3600, frequency = "weekly",
      week_start = "MO" } },
    { "on_call_shift", { name = "new", type = "rolling_users", start = "2026-01-01T00:00:00", duration = 3600, frequency = "daily",
      rolling_users = { { "@user" } }, start_rotation_from_user_index = 0 } },
    { "maintenance_window", { name = "new", mode = "debug", integration_id = "@integration", start = "2030-01-01T00:00:00", duration = 3600 } },
    { "shift_swap", { schedule = "@web", beneficiary = "@user", swap_start = "2030-01-01T00:00:00Z", swap_end = "2030-01-02T00:00:00Z" } },
  }

  -- Fields that check in a way of their own: what each refuses.
  local OWN <const> = {
    maintenance_window = { labels = { 7, "x", { "x" } }, by_day = { 7, "MO", { "XX" } } },
    integration = { heartbeat = { 7, "x", { interval = "x" } }, static_labels = { 7, "x", { "x" } },
      default_route = { 7, "x", { 1 }, { escalation_chain_id = "FNOBODY" } }, templates = { 7, "x", { grouping_key = 7 }, { nothing = "x" },
      { grouping_key = "{{" }, { grouping_key = ("x"):rep(50001) } }, labels = { 7, "x", { "x" }, { { key = { name = "" }, value = { name = "v" } } },
      { { key = { name = ("k"):rep(201) }, value = { name = "v" } } }, { { key = { name = "k" }, value = { name = ("v"):rep(201) } } } },
      dynamic_labels = { 7, "x", { { key = { name = "k" }, value = { name = "{{" } } } }, auto_resolve_after = { 59, 31536001, "x", true, 1.5 } },
    route = { routing_labels = { 7, "x", { 7 } }, position = { -2, "x", 1.5 }, manual_order = { "x" } },
    escalation_policy = { persons_to_notify = { 7, "x", { 7 }, { "UNOBODY" } }, persons_to_notify_next_each_time = { 7, "x", { 7 }, { "UNOBODY" } },
      position = { -2, "x", 1.5 }, manual_order = { "x" } },
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

  local function filled(value)
    if type(value) == "string" and value:sub(1, 1) == "@" then return ids[value:sub(2)] end
    if type(value) ~= "table" then return value end
    local out = #value > 0 and json.array {} or {}
    for key, v in pairs(value) do out[key] = filled(v) end
    return out
  end

  local function shown(value)
    local text = json.encode { value }
    return #text > 60 and text:sub(1, 40) .. "… " .. #text or text
  end

  -- The values that a field must refuse; an empty Lua table would be an object and a list at once.
  local function bad_values(r, f)
    local own = OWN[r.name] and OWN[r.name][f[1]] or r.name == "route" and not f.type and { 7, "x", { enabled = "x" } } -- a room
    local list = {}
    for i, value in ipairs(own or (f.type and BY_TYPE[f.type] and BY_TYPE[f.type](f)) or {}) do list[i] = value end
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
      local count = client.expect(c, 200, "GET", "/api/v1/" .. r.path .. "/").count
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

  it("that is written is tried above", function()
    local seen = { action = true }
    for _, thing in ipairs(THINGS) do seen[thing[1]] = true end
    local pipe <close> = assert(io.popen "ls lua/resources/*.lua")
    for path in pipe:lines() do
      local name = path:match "([%w_]+)%.lua$"
      for _, method in ipairs(require("resources." .. name).methods or {}) do
        assert.is_true(method ~= "create" or seen[name] or false, name .. ": try its fields above")
      end
    end
  end)
end)
