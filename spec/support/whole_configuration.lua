--- A configuration with something of every kind, made over the API of a world (support/world.lua).
local cjson <const> = require "tocsin.json"

local whole = {}

local TEMPLATE <const> = "{% if payload.status == 'firing' %}\n  *{{ payload.title }}*: \u{1F692} \"{{ payload.x }}\"\n{% endif %}\n"

---Fills it; returns the ids by name.
function whole.fill(w)
  local function make(path, body) return w:api(201, "POST", path .. "/", body) end
  local id = {}
  id.mail = make("providers", { type = "email", name = "Mail: relay", settings = { host = "mail.example", from = "tocsin@example.org",
    user = "tocsin", password = "hunter2-secret" } }).id
  for i, name in ipairs { "ada", "bob@example.org", "Zoë Łuk", "true" } do
    id[name] = make("users", { username = name, name = "Person " .. i, email = "p" .. i .. "@example.org", role = i == 1 and "admin" or "editor",
      timezone = i == 1 and "Europe/Paris" or nil }).id
  end
  id.ada_mail = make("contact_methods", { user_id = id.ada, channel = "email", address = { email = "ada@example.org" } }).id
  make("contact_methods", { user_id = id.ada, channel = "sms", address = { phone = "+15551234567" }, name = "mobile" })
  make("personal_notification_rules", { user_id = id.ada, type = "notify_by_email", contact_method_id = cjson.null })
  make("personal_notification_rules", { user_id = id.ada, type = "wait", duration = 600 })
  make("personal_notification_rules", { user_id = id.ada, type = "notify_by_sms" })
  make("personal_notification_rules", { user_id = id.ada, type = "notify_by_sms", important = true })
  id.team = make("teams", { name = "SRE / Platform", members = { id.ada, id["Zoë Łuk"] } }).id
  id.hook = make("webhooks", { name = "Ticket", url = "https://tickets.example/{{ alert_group.id }}", http_method = "POST",
    trigger_type = "escalation", data = TEMPLATE, headers = '{"X-Key": "a"}', password = "geheim", team = id.team }).id
  id.web = make("schedules", { name = "Web", type = "web", team_id = id.team }).id
  make("on_call_shifts", { name = "Week", type = "rolling_users", schedule = id.web, start = "2026-01-05T08:00:00", duration = 43200,
    frequency = "weekly", week_start = "MO", by_day = { "MO", "TU" }, rolling_users = { { id.ada }, { id["bob@example.org"], id["true"] } },
    start_rotation_from_user_index = 0 })
  make("on_call_shifts", { name = "Stand-in", type = "override", schedule = id.web, start = "2030-01-05T08:00:00", duration = 3600,
    users = { id["true"] } })
  make("on_call_shifts", { name = "Long ago", type = "override", schedule = id.web, start = "2020-01-05T08:00:00", duration = 3600,
    users = { id["true"] } })
  id.shift = make("on_call_shifts", { name = "Nights", type = "recurrent_event", start = "2026-01-05T20:00:00", duration = 43200,
    frequency = "daily", users = { id.ada }, time_zone = "Europe/Berlin" }).id
  id.calendar = make("schedules", { name = "Calendar", type = "calendar", time_zone = "Europe/Berlin", shifts = { id.shift },
    slack = { channel_id = "C123" }, notify = { reports = false, empty_slot = "inform" } }).id
  id.ical = make("schedules", { name = "iCal", type = "ical", ical_url_primary = "https://calendar.example/on-call.ics" }).id
  id.chain = make("escalation_chains", { name = "Payments", team_id = id.team }).id
  local function step(fields)
    fields.escalation_chain_id = id.chain
    return make("escalation_policies", fields).id
  end
  step { type = "notify_persons", persons_to_notify = { id.ada }, important = true }
  step { type = "wait", duration = 900 }
  step { type = "notify_on_call_from_schedule", notify_on_call_from_schedule = id.web }
  step { type = "notify_team_members", team_to_notify = id.team }
  step { type = "trigger_webhook", action_to_trigger = id.hook }
  step { type = "notify_if_time_from_to", notify_if_time_from = "08:00:00Z", notify_if_time_to = "18:00:00Z" }
  step { type = "repeat_escalation" }
  id.alertmanager = make("integrations", { type = "alertmanager", name = "Alertmanager", team_id = id.team,
    description_short = "007", templates = { grouping_key = "{{ payload.groupKey }}", slack = { title = TEMPLATE, message = "" } },
    labels = { { key = { name = "env" }, value = { name = "prod" } } }, dynamic_labels = cjson.array(),
    default_route = { escalation_chain_id = id.chain, slack = { channel_id = "C42", enabled = true } },
    heartbeat = { interval = 900, text = "silent" }, auto_resolve_after = 86400, rate_limit = 3000 }).id
  id.other = make("integrations", { type = "webhook", name = "alertmanager" }).id
  id.route = make("routes", { integration_id = id.alertmanager, escalation_chain_id = id.chain, routing_type = "jinja2",
    routing_regex = "{{ payload.severity == 'critical' }}" }).id
  make("routes", { integration_id = id.alertmanager, routing_type = "labels",
    routing_labels = { { key = { name = "team" }, value = { name = "db" } } } })
  w:api(200, "PUT", "webhooks/" .. id.hook .. "/", { integration_filter = { id.alertmanager } })
  make("maintenance_windows", { mode = "debug", name = "Patch day", start = "2031-01-06T02:00:00", duration = 7200, frequency = "weekly",
    by_day = { "MO" }, integration_id = id.alertmanager, route_id = id.route })
  w:api(200, "POST", "alertgroup_table_settings/", { visible = { { id = "status", type = "default" }, { id = "id", type = "default" },
    { id = "title", type = "default" }, { id = "env", type = "label" }, { id = "alerts", type = "default" },
    { id = "integration", type = "default" }, { id = "created", type = "default" }, { id = "labels", type = "default" },
    { id = "team", type = "default" } }, hidden = { { id = "users", type = "default" } } })
  return id
end

return whole
