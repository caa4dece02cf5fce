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
local ZERO <const> = { text = "", number = 0, flag = false, set = {}, list = {} }

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

  local function as_set(list)
    local copy = { table.unpack(list) }
    table.sort(copy)
    return copy
  end

  local function state_of(kind, answer)
    local state = {}
    for _, attribute in ipairs(kind.attributes) do
      local name, type_name, field = table.unpack(attribute)
      local value = answer[field]
      if value == nil or value == NULL then value = ZERO[type_name] end
      state[name] = type_name == "set" and as_set(value) or value
    end
    return state
  end

  -- The attributes of a configuration that differ from the state.
  local function plan(kind, config, state)
    local wanted = {}
    for _, attribute in ipairs(kind.attributes) do
      local name, type_name = table.unpack(attribute)
      local value = config[name]
      if value == nil then value = ZERO[type_name] end
      wanted[name] = type_name == "set" and as_set(value) or value
    end
    assert.same(wanted, state)
  end

  local function read(kind, id)
    return state_of(kind, call(200, "GET", kind.path .. "/" .. id .. "/"))
  end

  -- Create, read, plan; update to another configuration, read, plan; → id
  local function apply(name, config, ...)
    local kind = KINDS[name]
    local id = call(201, "POST", kind.path .. "/", kind.body(config, true)).id
    plan(kind, config, read(kind, id))
    for _, other in ipairs { ... } do
      assert.equal(id, call(200, "PUT", kind.path .. "/" .. id .. "/", kind.body(other, false)).id)
      plan(kind, other, read(kind, id))
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
end)
