--- The calls of OnCall's Terraform provider: what it creates it reads back equal, so that its plans show no difference.
---
--- Bodies, attributes and the conversion to state are those of github.com/grafana/terraform-provider-grafana
--- (internal/resources/oncall) and its client github.com/grafana/amixr-api-go-client: a null or missing field becomes the zero
--- value of its Go type, lists of people are sets, an update is a PUT that leaves empty fields out, and each write is read again.
local client = require "api_client"
require "tocsin.core"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local NULL <const> = json.null

-- The zero value of an attribute's type is what a configuration has that does not set it.
local ZERO <const> = { text = "", number = 0, flag = false, set = {}, list = {}, labels = {}, templates = {}, known = {}, groups = {} }

local function as_set(list)
  local copy = { table.unpack(list) }
  table.sort(copy)
  return copy
end

-- What is there of an object, without its nulls and what is empty then.
local function known(value)
  if type(value) ~= "table" then return value end
  local out
  for name, inner in pairs(value) do
    inner = known(inner)
    if inner ~= nil and inner ~= NULL then
      out = out or {}
      out[name] = inner
    end
  end
  return out
end

-- How a value of the API stands in the state; `wanted` is that of the configuration: blocks that it does not have are not read.
local READ <const> = {
  set = as_set,
  groups = function(groups)
    local out = {}
    for i, group in ipairs(groups) do out[i] = as_set(group) end
    return out
  end,
  labels = function(list)
    local out = {}
    for i, label in ipairs(list) do out[i] = label.value.name and { key = label.key.name, value = label.value.name } end
    table.sort(out, function(a, b) return a.key < b.key end)
    return out
  end,
  templates = function(value) return known(value) or {} end,
  known = function(value) return known(value) or {} end,
  room = function(block, wanted) return wanted and known(block) end,
}
function READ.route(block, wanted)
  local chain = block.escalation_chain_id ~= NULL and block.escalation_chain_id or nil
  return { escalation_chain_id = chain, slack = READ.room(block.slack, wanted.slack), telegram = READ.room(block.telegram, wanted.telegram),
    msteams = READ.room(block.msteams, wanted.msteams) }
end

local WANTED <const> = { set = as_set, groups = READ.groups }

-- Fields of a Go struct: `omitempty` leaves a zero value out, a pointer is null when it is not set.
local function text_or_null(value) return value or NULL end

local function escalation(config, is_new)
  return { escalation_chain_id = is_new and config.escalation_chain_id or nil, position = config.position, type = config.type,
    duration = config.duration, persons_to_notify = config.persons_to_notify or config.persons_to_notify_next_each_time,
    notify_on_call_from_schedule = config.notify_on_call_from_schedule, action_to_trigger = config.action_to_trigger,
    group_to_notify = config.group_to_notify, team_to_notify = config.notify_to_team_members, manual_order = true,
    important = config.important or false, notify_if_time_from = config.notify_if_time_from,
    notify_if_time_to = config.notify_if_time_to }
end

local function outgoing_webhook(config)
  return { name = config.name, team = config.team_id or "", url = config.url, trigger_type = config.trigger_type,
    http_method = config.http_method, data = text_or_null(config.data), username = text_or_null(config.user),
    password = text_or_null(config.password), authorization_header = text_or_null(config.authorization_header),
    trigger_template = text_or_null(config.trigger_template), headers = text_or_null(config.headers),
    forward_all = config.forward_whole_payload or false, integration_filter = config.integration_filter or NULL,
    is_webhook_enabled = config.is_webhook_enabled or false }
end

-- A block that a configuration does not have is sent with the zero values of its members.
local function room(config, key)
  return { [key] = text_or_null(config and config[key]), enabled = config ~= nil and config.enabled or false }
end

local function labels_of(list)
  local sent = json.array {}
  for i, label in ipairs(list or {}) do sent[i] = { key = { name = label.key }, value = { name = label.value } } end
  return sent
end

local TEMPLATES <const> = { slack = { "title", "message", "image_url" }, web = { "title", "message", "image_url" },
  msteams = { "title", "message", "image_url" }, telegram = { "title", "message", "image_url" }, phone_call = { "title" }, sms = { "title" },
  email = { "title", "message" }, mobile_app = { "title", "message" } }

local function templates_of(config)
  local sent = {}
  for _, name in ipairs { "grouping_key", "resolve_signal", "acknowledge_signal", "source_link" } do sent[name] = text_or_null(config[name]) end
  for name, members in pairs(TEMPLATES) do
    sent[name] = {}
    for _, member in ipairs(members) do sent[name][member] = text_or_null(config[name] and config[name][member]) end
  end
  return sent
end

-- Lists of labels are left out when they are empty, by who makes one; who changes one sends them always.
local function integration(config, is_new)
  local route = config.default_route
  local body = { team_id = config.team_id or "", name = config.name, type = is_new and config.type or nil,
    templates = templates_of(config.templates or {}), labels = labels_of(config.labels), dynamic_labels = labels_of(config.dynamic_labels),
    default_route = { id = "", escalation_chain_id = text_or_null(route.escalation_chain_id), slack = room(route.slack, "channel_id"),
      telegram = room(route.telegram, "id"), msteams = room(route.msteams, "id") } }
  if is_new and #body.labels == 0 then body.labels = nil end
  if is_new and #body.dynamic_labels == 0 then body.dynamic_labels = nil end
  return body
end

local function route(config, is_new)
  return { integration_id = is_new and config.integration_id or nil, escalation_chain_id = config.escalation_chain_id,
    routing_type = config.routing_type, routing_regex = config.routing_regex, position = config.position, manual_order = true,
    slack = room(config.slack, "channel_id"), telegram = room(config.telegram, "id"), msteams = room(config.msteams, "id") }
end

local function list_or_null(list) return list and json.array(list) or NULL end

local function groups_or_null(groups)
  if not groups then return NULL end
  local sent = json.array {}
  for i, group in ipairs(groups) do sent[i] = json.array { table.unpack(group) } end
  return sent
end

local function schedule(config, is_new)
  return { team_id = config.team_id or "", name = config.name, type = is_new and config.type or nil,
    ical_url_primary = text_or_null(config.ical_url_primary), ical_url_overrides = text_or_null(config.ical_url_overrides),
    enable_web_overrides = config.enable_web_overrides or false, time_zone = config.time_zone, shifts = list_or_null(config.shifts),
    slack = { channel_id = text_or_null(config.slack and config.slack.channel_id),
      user_group_id = text_or_null(config.slack and config.slack.user_group_id) } }
end

local function on_call_shift(config)
  return { team_id = config.team_id or "", type = config.type, name = config.name, level = config.level or 0, start = config.start,
    duration = config.duration, ["until"] = text_or_null(config["until"]), frequency = text_or_null(config.frequency),
    users = list_or_null(config.users), interval = config.interval or NULL, week_start = config.week_start,
    by_day = list_or_null(config.by_day), by_month = list_or_null(config.by_month), by_monthday = list_or_null(config.by_monthday),
    source = 3, rolling_users = groups_or_null(config.rolling_users), time_zone = text_or_null(config.time_zone),
    start_rotation_from_user_index = config.type == "rolling_users" and (config.start_rotation_from_user_index or 0) or NULL }
end

-- Path, body of a create or update, and attributes: {name, type, field of the answer}.
local KINDS <const> = {
  escalation_chain = { path = "escalation_chains",
    body = function(config) return { name = config.name, team_id = config.team_id or "" } end,
    attributes = { { "name", "text", "name" }, { "team_id", "text", "team_id" } } },
  escalation = { path = "escalation_policies", body = escalation,
    attributes = { { "escalation_chain_id", "text", "escalation_chain_id" }, { "position", "number", "position" },
      { "type", "text", "type" }, { "duration", "number", "duration" },
      { "notify_on_call_from_schedule", "text", "notify_on_call_from_schedule" }, { "persons_to_notify", "set", "persons_to_notify" },
      { "persons_to_notify_next_each_time", "set", "persons_to_notify_next_each_time" },
      { "notify_to_team_members", "text", "team_to_notify" }, { "group_to_notify", "text", "group_to_notify" },
      { "action_to_trigger", "text", "action_to_trigger" }, { "important", "flag", "important" },
      { "notify_if_time_from", "text", "notify_if_time_from" }, { "notify_if_time_to", "text", "notify_if_time_to" } } },
  user_notification_rule = { path = "personal_notification_rules",
    body = function(config, is_new)
      return { user_id = is_new and config.user_id or nil, important = is_new and config.important or nil, position = config.position,
        duration = config.duration, type = config.type, manual_order = true }
    end,
    attributes = { { "user_id", "text", "user_id" }, { "position", "number", "position" }, { "duration", "number", "duration" },
      { "important", "flag", "important" }, { "type", "text", "type" } } },
  outgoing_webhook = { path = "webhooks", body = outgoing_webhook,
    attributes = { { "name", "text", "name" }, { "team_id", "text", "team" }, { "url", "text", "url" }, { "data", "text", "data" },
      { "user", "text", "username" }, { "forward_whole_payload", "flag", "forward_all" },
      { "is_webhook_enabled", "flag", "is_webhook_enabled" }, { "trigger_type", "text", "trigger_type" },
      { "http_method", "text", "http_method" }, { "trigger_template", "text", "trigger_template" }, { "headers", "text", "headers" },
      { "integration_filter", "list", "integration_filter" } } },
  integration = { path = "integrations", body = integration,
    attributes = { { "name", "text", "name" }, { "team_id", "text", "team_id" }, { "type", "text", "type" },
      { "default_route", "route", "default_route" }, { "templates", "templates", "templates" }, { "labels", "labels", "labels" },
      { "dynamic_labels", "labels", "dynamic_labels" } } },
  route = { path = "routes", body = route,
    attributes = { { "integration_id", "text", "integration_id" }, { "escalation_chain_id", "text", "escalation_chain_id" },
      { "routing_type", "text", "routing_type" }, { "routing_regex", "text", "routing_regex" }, { "position", "number", "position" },
      { "slack", "room", "slack" }, { "telegram", "room", "telegram" }, { "msteams", "room", "msteams" } } },
  schedule = { path = "schedules", body = schedule,
    attributes = { { "name", "text", "name" }, { "team_id", "text", "team_id" }, { "type", "text", "type" },
      { "ical_url_primary", "text", "ical_url_primary" }, { "ical_url_overrides", "text", "ical_url_overrides" },
      { "enable_web_overrides", "flag", "enable_web_overrides" }, { "time_zone", "text", "time_zone" }, { "slack", "known", "slack" },
      { "shifts", "set", "shifts" } } },
  on_call_shift = { path = "on_call_shifts", body = on_call_shift,
    attributes = { { "team_id", "text", "team_id" }, { "name", "text", "name" }, { "type", "text", "type" }, { "level", "number", "level" },
      { "start", "text", "start" }, { "duration", "number", "duration" }, { "until", "text", "until" }, { "frequency", "text", "frequency" },
      { "week_start", "text", "week_start" }, { "interval", "number", "interval" }, { "users", "set", "users" },
      { "rolling_users", "groups", "rolling_users" }, { "by_day", "set", "by_day" }, { "by_month", "set", "by_month" },
      { "by_monthday", "set", "by_monthday" }, { "time_zone", "text", "time_zone" },
      { "start_rotation_from_user_index", "number", "start_rotation_from_user_index" } } },
}

describe("OnCall's Terraform provider", function()
  local c
  before_each(function() c = client.open() end)
  after_each(function() client.close(c) end)

  local function call(status, method, path, body)
    local got, text = engine.request(c.core, method, "/api/v1/" .. path, { authorization = c.token, accept = "application/json",
      ["content-type"] = "application/json", ["user-agent"] = "Terraform/1.9 amixr-api-go-client" }, body and assert(json.encode(body)))
    assert.equal(status, got, method .. " " .. path .. ": " .. text)
    return text ~= "" and json.decode(text) or nil
  end

  local function state_of(kind, config, answer)
    local state = {}
    for _, attribute in ipairs(kind.attributes) do
      local name, type_name, field = table.unpack(attribute)
      local value = answer[field]
      if value == nil or value == NULL then value = ZERO[type_name]
      elseif READ[type_name] then value = READ[type_name](value, config[name]) end
      state[name] = value
    end
    return state
  end

  -- The attributes of a configuration that differ from the state.
  local function plan(kind, config, state)
    local wanted = {}
    for _, attribute in ipairs(kind.attributes) do
      local name, type_name = table.unpack(attribute)
      local value = config[name]
      if value == nil then value = ZERO[type_name]
      elseif WANTED[type_name] then value = WANTED[type_name](value) end
      wanted[name] = value
    end
    assert.same(wanted, state)
  end

  local function read(kind, id, config)
    return state_of(kind, config or {}, call(200, "GET", kind.path .. "/" .. id .. "/"))
  end

  -- Create, read, plan; update to another configuration, read, plan; → id
  local function apply(name, config, ...)
    local kind = KINDS[name]
    local id = call(201, "POST", kind.path .. "/", kind.body(config, true)).id
    plan(kind, config, read(kind, id, config))
    for _, other in ipairs { ... } do
      assert.equal(id, call(200, "PUT", kind.path .. "/" .. id .. "/", kind.body(other, false)).id)
      plan(kind, other, read(kind, id, other))
    end
    return id
  end

  local function destroy(name, id)
    call(204, "DELETE", KINDS[name].path .. "/" .. id .. "/")
    call(404, "GET", KINDS[name].path .. "/" .. id .. "/")
  end

  -- A data source wants exactly one result of a filter.
  local function find_one(path, name, value)
    local page = call(200, "GET", path .. "?" .. name .. "=" .. value)
    assert.same({ 1, NULL }, { #page.results, page.next })
    return page.results[1]
  end

  it("applies escalation chains and every step that it knows", function()
    call(201, "POST", "users/", { username = "ann" })
    call(201, "POST", "users/", { username = "bob" })
    call(201, "POST", "teams/", { name = "db" })
    assert(client.write(c, { sql = "INSERT INTO user_group (external_id, name, handle) VALUES ('S1', 'n', 'oncall')", args = {} }))
    local ann, bob = find_one("users", "username", "ann").id, find_one("users", "username", "bob").id
    local team, group = find_one("teams", "name", "db").id, find_one("user_groups", "slack_handle", "oncall").id
    local hook = call(201, "POST", "webhooks/", outgoing_webhook { name = "w", url = "https://example.com", http_method = "POST",
      trigger_type = "escalation" }).id
    local chain = apply("escalation_chain", { name = "ops" }, { name = "ops", team_id = team }, { name = "Ops", team_id = team })
    assert.equal(chain, find_one("escalation_chains", "name", "Ops").id)
    local steps = {}
    local function step(position, config, ...)
      local configs = { config, ... }
      for _, one in ipairs(configs) do one.escalation_chain_id, one.position = chain, position end
      steps[#steps + 1] = apply("escalation", table.unpack(configs))
    end
    step(0, { type = "wait", duration = 60 }, { type = "wait", duration = 3600 })
    step(1, { type = "notify_persons", persons_to_notify = { bob, ann } }, { type = "notify_persons", persons_to_notify = { ann }, important = true })
    step(2, { type = "notify_person_next_each_time", persons_to_notify_next_each_time = { bob, ann } },
      { type = "notify_person_next_each_time", persons_to_notify_next_each_time = { bob }, important = true })
    step(3, { type = "notify_user_group", group_to_notify = group, important = true })
    step(4, { type = "notify_team_members", notify_to_team_members = team })
    step(5, { type = "trigger_webhook", action_to_trigger = hook })
    step(6, { type = "notify_if_time_from_to", notify_if_time_from = "08:00:00Z", notify_if_time_to = "18:00:00Z" },
      { type = "wait", duration = 300 }, { type = "notify_whole_channel" })
    step(7, { type = "repeat_escalation" }, { type = "resolve" })
    for i = #steps, 1, -1 do destroy("escalation", steps[i]) end
    destroy("escalation_chain", chain)
  end)

  it("puts steps where its plan has them, in whatever order it sends them", function()
    local chain = apply("escalation_chain", { name = "ops" })
    local made = {}
    for _, position in ipairs { 2, 0, 3, 1 } do
      made[position] = apply("escalation", { escalation_chain_id = chain, position = position, type = "wait", duration = 60 * (position + 1) })
    end
    for position = 0, 3 do
      assert.equal(position, read(KINDS.escalation, made[position]).position)
    end
  end)

  it("applies personal notification rules", function()
    local ann = call(201, "POST", "users/", { username = "ann" }).id
    local rules = {}
    local function rule(position, config, ...)
      local configs = { config, ... }
      for _, one in ipairs(configs) do one.user_id, one.position = ann, position end
      rules[#rules + 1] = apply("user_notification_rule", table.unpack(configs))
    end
    rule(0, { type = "notify_by_slack" }, { type = "notify_by_email" })
    rule(1, { type = "wait", duration = 300 }, { type = "wait", duration = 900 })
    rule(2, { type = "notify_by_sms" }, { type = "wait", duration = 60 }, { type = "notify_by_phone_call" })
    rule(0, { type = "notify_by_phone_call", important = true })
    for _, id in ipairs(rules) do destroy("user_notification_rule", id) end
  end)

  it("applies outgoing webhooks, and finds them under both names", function()
    local team = call(201, "POST", "teams/", { name = "db" }).id
    local hook = call(201, "POST", "integrations/", { type = "webhook", name = "in" }).id
    local base = { name = "w", url = "https://example.com", http_method = "POST", trigger_type = "escalation" }
    local full = { name = "w2", team_id = team, url = "https://example.com/{{ alert_group_id }}", http_method = "PUT", trigger_type = "resolve",
      data = '{"a": 1}', user = "u", forward_whole_payload = true, is_webhook_enabled = true, trigger_template = "{{ true }}",
      headers = '{"X-A": "b"}', integration_filter = { hook } }
    local id = apply("outgoing_webhook", base, full, base)
    assert.equal(id, find_one("webhooks", "name", "w").id)
    assert.equal(id, find_one("actions", "name", "w").id)
    destroy("outgoing_webhook", id)
  end)

  it("applies integrations with their templates, labels and default routes", function()
    local team, chain = call(201, "POST", "teams/", { name = "db" }).id, apply("escalation_chain", { name = "ops" })
    local plain = { name = "am", type = "alertmanager", default_route = {} }
    local full = { name = "am 2", type = "alertmanager", team_id = team,
      default_route = { escalation_chain_id = chain, slack = { channel_id = "C1", enabled = true }, telegram = { enabled = false },
        msteams = { id = "room", enabled = true } },
      templates = { grouping_key = "{{ payload.a }}", resolve_signal = "{{ 1 == 1 }}", source_link = "{{ payload.url }}",
        slack = { title = "t", image_url = "{{ payload.i }}" }, msteams = { message = "m" }, phone_call = { title = "p" }, sms = { title = "s" },
        email = { title = "e", message = "m" }, web = { title = "w" }, telegram = { message = "g" }, mobile_app = { title = "a" } },
      labels = { { key = "env", value = "prod" }, { key = "zone", value = "b" } }, dynamic_labels = { { key = "host", value = "{{ payload.host }}" } } }
    local less = { name = "am 2", type = "alertmanager", default_route = { slack = { enabled = true } }, templates = { slack = { title = "t" } },
      labels = { { key = "env", value = "test" } } }
    local id = apply("integration", plain, full, less, plain)
    local other = apply("integration", { name = "other", type = "webhook", default_route = { escalation_chain_id = chain }, labels = full.labels })
    assert.equal(id, find_one("integrations", "name", "am").id)
    assert.matches("/integrations/v1/alertmanager/", call(200, "GET", "integrations/" .. id .. "/").link)
    destroy("integration", id)
    destroy("integration", other)
  end)

  it("applies routes at the places of its plan", function()
    local chain, hook = apply("escalation_chain", { name = "ops" }), apply("integration", { name = "in", type = "webhook", default_route = {} })
    local made = {}
    for _, position in ipairs { 1, 0, 2 } do
      local config = { integration_id = hook, escalation_chain_id = chain, position = position, routing_type = "regex", routing_regex = "r" .. position }
      local as_template = { integration_id = hook, escalation_chain_id = chain, position = position, routing_type = "jinja2",
        routing_regex = "{{ payload.n == " .. position .. " }}", slack = { channel_id = "C2", enabled = true }, telegram = { id = "-100", enabled = true } }
      made[position] = apply("route", config, as_template)
    end
    local places = {}
    for position = 0, 2 do places[position] = read(KINDS.route, made[position]).position end
    assert.same({ [0] = 0, 1, 2 }, places)
    for position = 0, 2 do destroy("route", made[position]) end
  end)

  it("applies schedules and every type of shift", function()
    local ann, bob = call(201, "POST", "users/", { username = "ann" }).id, call(201, "POST", "users/", { username = "bob" }).id
    local team = call(201, "POST", "teams/", { name = "db" }).id
    local single = apply("on_call_shift", { name = "one", type = "single_event", start = "2030-01-07T08:00:00", duration = 3600, users = { bob, ann } },
      { name = "one", type = "single_event", start = "2030-01-08T08:00:00", duration = 7200, users = { ann }, time_zone = "Europe/Paris", level = 1 })
    local weekly = apply("on_call_shift", { name = "two", type = "recurrent_event", start = "2030-01-07T08:00:00", duration = 3600, frequency = "weekly",
      week_start = "MO", by_day = { "TU", "MO" }, users = { ann } },
      { name = "two", type = "recurrent_event", start = "2030-01-07T08:00:00", duration = 3600, frequency = "monthly", interval = 2,
        by_monthday = { 15, 1 }, by_month = { 6, 1 }, ["until"] = "2031-01-01T00:00:00", users = { ann, bob }, team_id = team })
    local rolling = apply("on_call_shift", { name = "three", type = "rolling_users", start = "2030-01-07T08:00:00", duration = 86400, frequency = "daily",
      rolling_users = { { bob, ann }, { ann } } },
      { name = "three", type = "rolling_users", start = "2030-01-07T08:00:00", duration = 86400, frequency = "weekly", week_start = "SU", interval = 1,
        rolling_users = { { ann }, { bob } }, start_rotation_from_user_index = 1, by_day = { "MO" } })
    local calendar = apply("schedule", { name = "watch", type = "calendar", time_zone = "Europe/Paris", shifts = { weekly, single } },
      { name = "watch", type = "calendar", time_zone = "UTC", shifts = { rolling }, enable_web_overrides = true, team_id = team,
        slack = { channel_id = "C1", user_group_id = "S1" } },
      { name = "Watch", type = "calendar", time_zone = "UTC" })
    local ical = apply("schedule", { name = "ical", type = "ical", ical_url_primary = "https://cal.example.org/a.ics" },
      { name = "ical", type = "ical", ical_url_primary = "https://cal.example.org/b.ics", ical_url_overrides = "https://cal.example.org/c.ics" })
    assert.equal(calendar, find_one("schedules", "name", "Watch").id)
    assert.equal(rolling, find_one("on_call_shifts/", "name", "three").id)
    for _, id in ipairs { calendar, ical } do destroy("schedule", id) end
    for _, id in ipairs { single, weekly, rolling } do destroy("on_call_shift", id) end
  end)

  -- An import knows an id and nothing else: the state is what is read then, but for blocks that only a configuration asks for.
  it("imports what others made", function()
    local user = call(201, "POST", "users/", { username = "ann" }).id
    local chain = call(201, "POST", "escalation_chains/", { name = "ops" }).id
    local hook = call(201, "POST", "integrations/", { type = "webhook", name = "in", default_route = { escalation_chain_id = chain } })
    local function imports(name, config, id)
      plan(KINDS[name], config, read(KINDS[name], id, config))
    end
    imports("integration", { name = "in", type = "webhook", default_route = { escalation_chain_id = chain } }, hook.id)
    local made = call(201, "POST", "routes/", { integration_id = hook.id, routing_regex = "x", escalation_chain_id = chain })
    imports("route", { integration_id = hook.id, escalation_chain_id = chain, routing_type = "regex", routing_regex = "x", position = 0 }, made.id)
    imports("escalation_chain", { name = "ops" }, chain)
    made = call(201, "POST", "escalation_policies/", { escalation_chain_id = chain, type = "wait", duration = 60 })
    imports("escalation", { escalation_chain_id = chain, type = "wait", duration = 60, position = 0 }, made.id)
    made = call(201, "POST", "personal_notification_rules/", { user_id = user, type = "notify_by_email" })
    imports("user_notification_rule", { user_id = user, type = "notify_by_email", position = 0 }, made.id)
    made = call(201, "POST", "webhooks/", { name = "w", url = "https://x.test", http_method = "GET", trigger_type = "resolve" })
    imports("outgoing_webhook", { name = "w", url = "https://x.test", http_method = "GET", trigger_type = "resolve", is_webhook_enabled = true,
      forward_whole_payload = true }, made.id)
    made = call(201, "POST", "on_call_shifts/", { name = "s", type = "single_event", start = "2030-01-01T00:00:00", duration = 60, users = { user } })
    imports("on_call_shift", { name = "s", type = "single_event", start = "2030-01-01T00:00:00", duration = 60, users = { user } }, made.id)
    made = call(201, "POST", "schedules/", { name = "w", type = "calendar", time_zone = "UTC", shifts = { made.id } })
    imports("schedule", { name = "w", type = "calendar", time_zone = "UTC", shifts = made.shifts }, made.id)
    for _, kind in pairs(KINDS) do call(404, "GET", kind.path .. "/X0000000000000/") end -- gone: taken out of the state
  end)

  it("finds one thing by its name for every data source", function()
    call(201, "POST", "users/", { username = "ann" })
    call(201, "POST", "users/", { username = "anna" })
    call(201, "POST", "teams/", { name = "db" })
    call(201, "POST", "escalation_chains/", { name = "ops" })
    call(201, "POST", "schedules/", { name = "watch", type = "calendar", time_zone = "UTC" })
    call(201, "POST", "integrations/", { type = "webhook", name = "in" })
    call(201, "POST", "webhooks/", { name = "hook", url = "https://x.test", http_method = "GET", trigger_type = "resolve" })
    local provider = call(201, "POST", "providers/", { type = "slack", settings = { token = "xoxb-1-2-3", signing_secret = "0123456789abcdef" } })
    assert(client.write(c, { sql = "INSERT INTO user_group (external_id, name, handle) VALUES ('S1', 'On call', 'oncall')", args = {} }))
    assert(client.write(c, { sql = "INSERT INTO chat_channel (provider_id, external_id, name) SELECT id, 'C1', 'alerts' FROM provider", args = {} }))
    for _, source in ipairs { { "users", "username", "ann" }, { "teams", "name", "db" }, { "escalation_chains", "name", "ops" },
      { "schedules/", "name", "watch" }, { "integrations/", "name", "in" }, { "webhooks", "name", "hook" }, { "actions/", "name", "hook" },
      { "slack_channels", "channel_name", "alerts" }, { "user_groups", "slack_handle", "oncall" } } do
      find_one(table.unpack(source))
      assert.equal(0, #call(200, "GET", source[1] .. "?" .. source[2] .. "=nobody").results)
    end
    assert.equal("C1", find_one("slack_channels", "channel_name", "alerts").slack_id)
    assert.is_string(provider.id)
    -- The data source `users` goes from page to page.
    local names, page = {}, 1
    repeat
      local answer = call(200, "GET", "users/?page=" .. page .. "&perpage=1")
      for _, one in ipairs(answer.results) do names[#names + 1] = one.username end
      page = page + 1
    until answer.next == NULL
    assert.same({ "ann", "anna" }, names)
  end)
end)
