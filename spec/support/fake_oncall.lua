--- A Grafana OnCall as its public API shows it (reference: fields as its serializers give them), two objects a page, with
--- nulls, with fields that nobody knows, and with a 429 now and then.
local json <const> = require "tocsin.json"
local web_server <const> = require "web_server"

local fake_oncall = {}

local TOKEN <const> = ("ab"):rep(32)
local NULL <const> = json.null
local PAGE <const> = 2

local function list(...) return json.array { ... } end

function fake_oncall.data(url)
  local function link(kind, key) return url .. "/integrations/v1/" .. kind .. "/" .. key .. "/" end
  local none = { title = NULL, message = NULL, image_url = NULL }
  local function templates(own)
    local all = { grouping_key = NULL, resolve_signal = NULL, acknowledge_signal = NULL, source_link = NULL, slack = none, web = none, telegram = none,
      sms = { title = NULL }, phone_call = { title = NULL }, email = { title = NULL, message = NULL }, mobile_app = { title = NULL, message = NULL },
      mattermost = none, msteams = none }
    for name, v in pairs(own or {}) do all[name] = v end
    return all
  end
  local function integration(id, name, kind, key, more)
    local shown = { id = id, name = name, description_short = NULL, team_id = NULL, link = link(kind, key), inbound_email = NULL, type = kind,
      default_route = { id = "R" .. id, escalation_chain_id = "FDAY", slack = { channel_id = NULL, enabled = true },
        telegram = { id = NULL, enabled = false }, msteams = { id = NULL, enabled = false } },
      templates = templates(), heartbeat = { link = link(kind, key) .. "heartbeat/" }, maintenance_mode = NULL, maintenance_started_at = NULL,
      maintenance_end_at = NULL }
    for field, v in pairs(more or {}) do shown[field] = v end
    return shown
  end
  local function user(id, name, more)
    local shown = { id = id, grafana_id = 7, email = name .. "@example.org", slack = NULL, username = name, role = "editor",
      is_phone_number_verified = false, timezone = "Europe/Berlin", teams = list() }
    for field, v in pairs(more or {}) do shown[field] = v end
    return shown
  end
  local function shift(id, name, kind, more)
    local shown = { id = id, team_id = NULL, schedule = NULL, name = name, type = kind, time_zone = NULL, level = 0, start = "2026-01-05T08:00:00",
      duration = 43200, rotation_start = "2026-01-05T08:00:00" }
    for field, v in pairs(more or {}) do shown[field] = v end
    return shown
  end
  local function route(id, of, position, more)
    local shown = { id = id, integration_id = of, escalation_chain_id = "FDAY", routing_type = "regex", routing_regex = "a", position = position,
      is_the_last_route = false, slack = { channel_id = "C1", enabled = true }, telegram = { id = NULL, enabled = false } }
    for field, v in pairs(more or {}) do shown[field] = v end
    return shown
  end
  return {
    users = { user("UADA", "ada", { role = "admin", slack = { user_id = "U0ADA", team_id = "T1" }, is_phone_number_verified = true, teams = list("TSRE") }),
      user("UBOB", "bob", { teams = list("TSRE"), brand_new = { 1 } }), user("UCY", "cy", { role = "viewer", email = NULL, timezone = "UTC" }) },
    teams = { { id = "TSRE", grafana_id = 3, name = "SRE", email = NULL, avatar_url = "/avatar/1" } },
    user_groups = { { id = "GOPS", type = "slack_based", slack = { id = "S1", name = "Ops", handle = "ops" } } },
    integrations = { integration("CAM", "Prometheus", "alertmanager", "KeyOfPrometheus0000000001", { team_id = "TSRE", description_short = "main",
        templates = templates { grouping_key = "{{ payload.groupKey }}", slack = { title = "*{{ payload.title }}*", message = NULL, image_url = NULL } } }),
      integration("CGR", "Grafana", "grafana_alerting", "KeyOfGrafana00000000000002"),
      integration("CDP", "Direct paging", "direct_paging", "KeyOfDirect000000000000003"),
      integration("CXX", "Strange", "no_such_type", "KeyOfStrange00000000000004") },
    routes = { route("R2", "CAM", 1, { routing_type = "jinja2", routing_regex = "{{ payload.severity == 'critical' }}" }), route("R1", "CAM", 0),
      route("RCAM", "CAM", 2, { is_the_last_route = true, routing_regex = NULL }), route("RCGR", "CGR", 0, { is_the_last_route = true }) },
    escalation_chains = { { id = "FDAY", name = "Day", team_id = "TSRE" }, { id = "FEMP", name = "Empty", team_id = NULL } },
    escalation_policies = {
      { id = "E3", escalation_chain_id = "FDAY", position = 2, type = "notify_on_call_from_schedule", important = true, notify_on_call_from_schedule = "SWEB" },
      { id = "E1", escalation_chain_id = "FDAY", position = 0, type = "notify_persons", important = false, persons_to_notify = list("UADA", "UBOB") },
      { id = "E2", escalation_chain_id = "FDAY", position = 1, type = "wait", duration = 300 },
      { id = "E4", escalation_chain_id = "FDAY", position = 3, type = "trigger_webhook", action_to_trigger = "WHT" },
      { id = "E5", escalation_chain_id = "FDAY", position = 4, type = "declare_incident", severity = "major" },
      { id = "E6", escalation_chain_id = "FDAY", position = 5, type = "notify_user_group", important = false, group_to_notify = "GOPS" },
      { id = "E7", escalation_chain_id = "FDAY", position = 6, type = "repeat_escalation" } },
    schedules = {
      { id = "SWEB", team_id = "TSRE", name = "Web", type = "web", time_zone = "Europe/Berlin", on_call_now = list("UADA"), shifts = list("OROT", "OOVR"),
        slack = { channel_id = "C9", user_group_id = NULL } },
      { id = "SCAL", team_id = NULL, name = "Calendar", type = "calendar", time_zone = "Europe/Paris", on_call_now = list(), shifts = list("OREC"),
        slack = { channel_id = NULL, user_group_id = NULL }, ical_url_overrides = NULL, enable_web_overrides = true },
      { id = "SICA", team_id = NULL, name = "iCal", type = "ical", on_call_now = list(), ical_url_primary = "https://calendar.example/a.ics",
        ical_url_overrides = NULL, slack = { channel_id = NULL, user_group_id = NULL } } },
    on_call_shifts = {
      shift("OROT", "Rotation", "rolling_users", { frequency = "weekly", interval = 1, ["until"] = NULL, week_start = "MO", by_day = list("MO", "TU"),
        by_month = NULL, by_monthday = NULL, rolling_users = list(list("UADA"), list("UBOB")), start_rotation_from_user_index = 0 }),
      shift("OOVR", "Override", "override", { start = "2031-01-05T08:00:00", users = list("UBOB") }),
      shift("OREC", "Nights", "recurrent_event", { frequency = "daily", interval = 1, ["until"] = NULL, by_day = NULL, by_month = NULL, by_monthday = NULL,
        users = list("UADA", "UGONE"), time_zone = "Asia/Tokyo" }) },
    webhooks = { { id = "WHT", name = "Ticket", is_webhook_enabled = true, team = "TSRE", url = "https://tickets.example/", http_method = "POST",
      headers = NULL, data = '{"id": "{{ alert_group.id }}"}', forward_all = true, trigger_template = NULL, trigger_type = "escalation",
      integration_filter = list("CAM"), username = "me", password = ("*"):rep(16), authorization_header = NULL, preset = NULL } },
    personal_notification_rules = {
      { id = "N2", user_id = "UADA", position = 1, type = "wait", duration = 300, important = false },
      { id = "N1", user_id = "UADA", position = 0, type = "notify_by_slack", important = false },
      { id = "N3", user_id = "UADA", position = 0, type = "notify_by_email", important = true },
      { id = "N4", user_id = "UBOB", position = 0, type = "notify_by_mobile_app_critical", important = true } },
  }
end

local function bytes(status, body, more)
  local text = type(body) == "string" and body or json.encode(body)
  return ("HTTP/1.1 %d X\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s"):format(status, more or "", #text, text)
end

local function page_of(fake, path, number)
  local all = fake.data[path]
  if not all then return bytes(404, { detail = "Not found." }) end
  local pages = math.max(1, (#all + PAGE - 1) // PAGE)
  local n = math.min(number, pages)
  local results = json.array()
  for i = (n - 1) * PAGE + 1, math.min(n * PAGE, #all) do results[#results + 1] = all[i] end
  return bytes(200, { next = n < pages and fake.url .. "/api/v1/" .. path .. "/?page=" .. n + 1 or NULL, previous = NULL, results = results, count = #all,
    page_size = PAGE, current_page_number = n, total_pages = pages, never_seen = true })
end

--- Starts it: {url, token, data, requests, throttle_every, stop}.
function fake_oncall.start()
  local web = web_server.start()
  local fake = { url = web.url, token = TOKEN, data = fake_oncall.data(web.url), requests = 0, throttled = 0, stop = web.stop }
  function web.answer(head)
    local path, query = head:match("^GET /api/v1/([%w_]+)/?%??(%S*) HTTP")
    fake.requests = fake.requests + 1
    if head:match("\r\n[Aa]uthorization: (%S+)") ~= fake.token then return bytes(403, { detail = "Invalid token." }) end
    if not path then return bytes(404, { detail = "Not found." }) end
    if fake.throttle_every and fake.requests % fake.throttle_every == 0 then
      fake.throttled = fake.throttled + 1
      return bytes(429, { detail = "Request was throttled. Expected available in 1 second." }, "RateLimit-Reset: 1\r\nRetry-After: 1\r\n")
    end
    if fake.fail_next then
      fake.fail_next = nil
      return bytes(502, "<html>")
    end
    return page_of(fake, path, tonumber(query:match("page=(%d+)")) or 1)
  end
  return fake
end

return fake_oncall
