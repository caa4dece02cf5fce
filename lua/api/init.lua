--- The public REST API: one request in, one answer out. Which path does what is the table below, on one screen.
local audit_export = require("api.audit_export")
local auth = require("api.auth")
local change = require("api.change")
local backtest = require("api.backtest")
local demo_alert = require("api.demo_alert")
local direct_paging = require("api.direct_paging")
local configuration = require("api.configuration")
local contact_check = require("api.contact_check")
local errors = require("api.errors")
local escalation_plan = require("api.escalation_plan")
local events = require("api.events")
local final_shifts = require("api.final_shifts")
local group_actions = require("api.group_actions")
local group_explanation = require("api.group_explanation")
local group_timeline = require("api.group_timeline")
local heartbeat = require("api.heartbeat")
local insights = require("api.insights")
local integration_file = require("api.integration_file")
local invite = require("api.invite")
local json = require("tocsin.json")
local maintenance = require("api.maintenance")
local crypto = require("tocsin.crypto")
local label_suggestions = require("api.label_suggestions")
local phone_relay = require("api.phone_relay")
local openapi = require("api.openapi")
local port = require("tocsin.port")
local preview = require("api.preview")
local query_string = require("api.query")
local refresh = require("api.refresh")
local rights = require("api.rights")
local rows = require("api.rows")
local schedule_export = require("api.schedule_export")
local schedule_quality = require("api.schedule_quality")
local schedule_slots = require("api.schedule_slots")
local schedule_warnings = require("api.schedule_warnings")
local settings = require("api.settings")
local shift_swaps = require("api.shift_swaps")
local single = require("api.single")
local source_health = require("api.source_health")
local table_settings = require("api.table_settings")
local webhook_responses = require("api.webhook_responses")
local webhook_test = require("api.webhook_test")
local writer = require("api.writer")

local api = {}

local PREFIX = "/api/v1/"
local PEOPLE <const> = 1 << 40 -- keys of people in the throttle, whatever they ask with, lie past those of tokens

-- The five methods of a resource: where each is, and what makes its answer.
local GENERIC = {
  list = { "", "GET", rows.list, "read" },
  get = { "/:id", "GET", rows.get, "read" },
  create = { "", "POST", change.create, "create" },
  update = { "/:id", "PUT", change.put, "write" },
  delete = { "/:id", "DELETE", change.delete, "delete" },
}

local RESOURCES = { "integration", "integration_key", "route", "alert_group", "alert", "escalation_chain", "escalation_policy",
  "team", "user", "user_group", "slack_channel", "notification_rule", "contact_method", "provider", "notification", "webhook",
  "action", "api_token", "audit", "resolution_note", "session", "schedule", "on_call_shift", "shift_swap", "maintenance_window" }

local openapi_document = {
  about = "This document.", gives = { object = { { "openapi", "text" } }, open = true },
  answer = function(request)
    return { status = 200, value = openapi.document(api.routes(), api.resources(), request.base_url) }
  end,
}

-- path, method, handler (a table says more of it than a function: openapi.lua), the right that it needs, and which resource
-- `:id` is (api/rights.lua). "open": the handler asks for another proof than a token, or for none.
local ROUTES = {
  { "openapi.json", "GET", openapi_document, "open" },
  { "info", "GET", single.info, "settings:read" },
  { "organizations", "GET", single.organizations, "settings:read" },
  { "organizations/:id", "GET", single.organization, "settings:read", "none" },
  { "escalation", "POST", direct_paging.create, "alerts:page" },
  { "make_call", "POST", phone_relay.call, "alerts:page" },
  { "send_sms", "POST", phone_relay.text, "alerts:page" },
  { "users/current", "GET", single.current_user, "users:read" },
  { "integrations/:id/maintenance_start", "POST", maintenance.start, "maintenance:write", "integration" },
  { "integrations/:id/maintenance_stop", "POST", maintenance.stop, "maintenance:write", "integration" },
  { "maintenance_windows/:id/stop", "POST", maintenance.stop_window, "maintenance:write", "maintenance_window" },
  { "integrations/:id/heartbeat_arm", "POST", heartbeat.arm, "integrations:operate", "integration" },
  { "integrations/:id/heartbeat_reset", "POST", heartbeat.reset, "integrations:operate", "integration" },
  { "integrations/:id/health", "GET", source_health.get, "integrations:read", "integration" },
  { "integrations/:id/heartbeat_history", "GET", heartbeat.history, "integrations:read", "integration" },
  { "insights", "GET", insights.get, "alerts:read" },
  { "settings", "GET", settings.list, "settings:write" },
  { "alertgroup_table_settings", "GET", table_settings.get, "settings:read" },
  { "alertgroup_table_settings", "PUT", table_settings.put, "settings:own" },
  { "alertgroup_table_settings", "POST", table_settings.set_all, "settings:write" },
  { "alertgroup_table_settings/reset", "POST", table_settings.reset, "settings:own" },
  { "configuration/plan", "POST", configuration.plan, "settings:write" },
  { "configuration/apply", "POST", configuration.apply, "settings:write" },
  { "audit/export", "GET", audit_export.get, "audit:read" },
  { "labels/keys", "GET", label_suggestions.keys, "labels:read" },
  { "labels/values", "GET", label_suggestions.values, "labels:read" },
  { "schedules/:id/export", "GET", schedule_export.schedule, "open" },
  { "schedules/:id/export_token", "POST", schedule_export.new_of_schedule, "schedules:export", "schedule" },
  { "schedules/:id/export_token", "DELETE", schedule_export.drop_of_schedule, "schedules:export", "schedule" },
  { "users/:id/invite", "POST", invite.send, "users:create", "user" },
  { "users/:id/totp_reset", "POST", invite.reset_totp, "users:create", "user" },
  { "users/:id/schedule_export", "GET", schedule_export.user, "open" },
  { "users/:id/schedule_export_token", "POST", schedule_export.new_of_user, "users:export", "user" },
  { "users/:id/schedule_export_token", "DELETE", schedule_export.drop_of_user, "users:export", "user" },
  { "schedules/:id/warnings", "GET", schedule_warnings.get, "schedules:read", "schedule" },
  { "schedules/:id/quality", "GET", schedule_quality.get, "schedules:read", "schedule" },
  { "schedules/:id/reload", "POST", refresh.schedule, "schedules:write", "schedule" },
  { "schedules/:id/slots", "GET", schedule_slots.get, "schedules:read", "schedule" },
  { "schedules/:id/final_shifts", "GET", final_shifts.get, "schedules:read", "schedule" },
  { "shift_swaps", "GET", shift_swaps.list, "schedules:read" },
  { "shift_swaps/:id/take", "POST", shift_swaps.take, "schedules:write", "shift_swap" },
  { "webhooks/:id/test", "POST", webhook_test.send, "webhooks:write", "webhook" },
  { "webhooks/:id/responses", "GET", webhook_responses.list, "webhooks:read", "webhook" },
  { "contact_methods/:id/test", "POST", contact_check.test_method, "notification_settings:write", "contact_method" },
  { "contact_methods/:id/verify_start", "POST", contact_check.start, "notification_settings:write", "contact_method" },
  { "contact_methods/:id/verify", "POST", contact_check.verify, "notification_settings:write", "contact_method" },
  { "providers/:id/test", "POST", contact_check.test_provider, "providers:write", "provider" },
  { "providers/:id/sync", "POST", refresh.provider, "providers:write", "provider" },
  { "integrations/:id/backtest", "POST", backtest.create, "integrations:operate", "integration" },
  { "backtests/:id", "GET", backtest.get, "integrations:read", "none" },
  { "events", "GET", events.groups, "alerts:read" },
  { "backtests/:id/events", "GET", backtest.events, "integrations:read", "none" },
  { "backtests/:id/stop", "POST", backtest.stop, "integrations:operate", "none" },
  { "integrations/:id/file", "POST", integration_file.create, "integrations:operate", "integration" },
  { "integrations/:id/preview", "POST", preview.create, "integrations:operate", "integration" },
  { "integrations/:id/templates", "GET", preview.templates, "integrations:read", "integration" },
  { "integrations/:id/send_demo_alert", "POST", demo_alert.send, "integrations:operate", "integration" },
  { "alert_groups/:id", "DELETE", group_actions.delete, "alerts:write", "alert_group" },
  { "alert_groups/:id/timeline", "GET", group_timeline.get, "alerts:read", "alert_group" },
  { "alert_groups/:id/escalation_plan", "GET", escalation_plan.get, "alerts:read", "alert_group" },
  { "escalation_chains/:id/plan", "GET", escalation_plan.of_chain, "chains:read", "escalation_chain" },
  { "alert_groups/:id/explanation", "GET", group_explanation.get, "alerts:read", "alert_group" },
  { "alert_groups/:id/acknowledge", "POST", group_actions.verb("acknowledge"), "alerts:write", "alert_group" },
  { "alert_groups/:id/unacknowledge", "POST", group_actions.verb("unacknowledge"), "alerts:write", "alert_group" },
  { "alert_groups/:id/resolve", "POST", group_actions.resolve, "alerts:write", "alert_group" },
  { "alert_groups/:id/unresolve", "POST", group_actions.verb("unresolve"), "alerts:write", "alert_group" },
  { "alert_groups/:id/silence", "POST", group_actions.silence, "alerts:write", "alert_group" },
  { "alert_groups/:id/unsilence", "POST", group_actions.verb("unsilence"), "alerts:write", "alert_group" },
  { "alert_groups/:id/attach", "POST", group_actions.attach, "alerts:write", "alert_group" },
  { "alert_groups/:id/unattach", "POST", group_actions.verb("unattach"), "alerts:write", "alert_group" },
  { "alert_groups/:id/confirm", "POST", group_actions.verb("confirm"), "alerts:write", "alert_group" },
  { "alert_groups/:id/page", "POST", group_actions.page, "alerts:page", "alert_group" },
  { "alert_groups/:id/unpage", "POST", group_actions.unpage, "alerts:page", "alert_group" },
}

for _, name in ipairs(RESOURCES) do
  local r = rights.resource(name)
  for _, verb in ipairs(r.methods) do
    local where, method, handler, action = table.unpack(GENERIC[verb])
    local described = openapi.of_resource(r, verb)
    described.answer = function(request) return handler(r, request) end
    ROUTES[#ROUTES + 1] = { r.path .. where, method, described, rights.of(r, action), where ~= "" and name }
  end
end
for _, route in ipairs(ROUTES) do rights.read_route(route) end

-- Fixed paths come before those with an id: `users/current` is no user's id. The final slash is optional.
local function find(path)
  path = string.match(path, "^" .. PREFIX .. "(.-)/?$")
  local found, id = {}, nil
  for _, route in ipairs(path and ROUTES or {}) do
    local pattern = "^" .. string.gsub(string.gsub(route[1], "%.", "%%."), ":id", "([A-Za-z0-9]+)") .. "$"
    local matched = string.match(path, pattern)
    if matched and (#found == 0 or found[1][1] == route[1]) then
      found[#found + 1] = route
      id = string.find(route[1], ":id", 1, true) and matched or nil
    end
  end
  return found, id
end

local SAME_AS = { HEAD = "GET", PATCH = "PUT" }

local function choose(found, method)
  local allowed = {}
  for _, route in ipairs(found) do
    if route[2] == (SAME_AS[method] or method) then return route end
    allowed[#allowed + 1] = route[2]
  end
  return nil, errors.method(method, allowed)
end

-- A handler is a function, or a table that describes it (openapi.lua).
local function answer_of(handler) return type(handler) == "table" and handler.answer or handler end

local function answer_open(request, found, id)
  local route, refusal = choose(found, request.method)
  if not route then return refusal end
  request.id = id
  return answer_of(route[3])(request)
end

-- Seconds until somebody may ask again.
local function wait_of(actor)
  return port.call("throttle", { token = actor.user_id and PEOPLE + actor.user_id or actor.token_id }).wait
end

local function answer(request)
  local found, id = find(request.path)
  if #found == 0 then return errors.not_found() end
  if found[1][4] == "open" then return answer_open(request, found, id) end
  local actor, refusal = auth.of(request)
  if not actor then return refusal end
  local wait = wait_of(actor)
  if wait > 0 then return errors.throttled(wait) end
  local route
  route, refusal = choose(found, request.method)
  if not route then return refusal end
  refusal = rights.check_route(actor, route, id)
  if refusal then return refusal end
  request.id, request.actor = id, actor
  return answer_of(route[3])(request)
end

---Runs one request inside of another one, for who asks already (`request.actor`): how pages use the API. Rights are looked at
---as always; a write counts as a request of theirs.
---@param request table of the page
---@param asked { method: string, path: string, query: table, body: string }
---@return table answer
function api.inside(request, asked)
  local found, id = find(asked.path)
  if #found == 0 then error("the API has no " .. asked.path, 0) end
  local route, refusal = choose(found, asked.method)
  if not route then return refusal end
  local wait = asked.method ~= "GET" and wait_of(request.actor) or 0
  if wait > 0 then return errors.throttled(wait) end
  refusal = route[4] ~= "open" and rights.check_route(request.actor, route, id)
  if refusal then return refusal end
  return answer_of(route[3]) { method = asked.method, path = asked.path, query = asked.query, body = asked.body, id = id,
    headers = { ["content-type"] = "application/json" }, actor = request.actor, now = request.now, base_url = request.base_url,
    client = request.client }
end

---What there is, for those who describe it.
function api.routes() return ROUTES end

---The resources behind the routes, and those of which only answers are made.
function api.resources()
  local list = { require("resources.webhook_response") }
  for _, name in ipairs(RESOURCES) do list[#list + 1] = require("resources." .. name) end
  return list
end

-- What went wrong inside stays in the log; the client gets a number to ask about.
local function failure(problem)
  if type(problem) == "table" and problem.code == "TIMEOUT" then
    return errors.detail(503, "This takes too long to look up. Ask for less: use more filters or a smaller page.")
  end
  local id = crypto.hex(crypto.random_bytes(6))
  port.call("log", { level = "error", message = "API request failed, id " .. id .. ": " .. tostring(problem) })
  local is_store = type(problem) == "table" and problem.code ~= nil and problem.code ~= "SCRIPT"
  local status = is_store and 503 or 500
  return errors.detail(status, "Something went wrong here. The log has the reason under id " .. id .. ".")
end

---Answers one request. Called by a worker thread.
---@param headers_json string JSON object: lower-case name → value
---@param now integer µs UTC
---@param base_url string scheme, host and path that answers name, without a final slash
---@param client string address of who asks, behind proxies that are believed
---@return integer status
---@return string content_type
---@return string body
---@return string|nil extra_headers complete lines
---@return string|nil stream how the answer goes on, in the words of core/events.h
function api.handle(method, path, query, headers_json, body, now, base_url, client)
  local request = {
    method = method, path = path, query = query_string.parse(query), headers = json.decode(headers_json),
    body = body or "", now = now, base_url = string.gsub(base_url, "/+$", ""), client = { address = client },
  }
  local ok, a = pcall(answer, request)
  if not ok then a = failure(a) end
  return a.status, a.content_type or "application/json", a.text or a.value and writer.text(a.value) or "", a.headers,
    a.stream
end

return api
