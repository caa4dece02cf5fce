--- Opsgenie's deeds and questions about an alert that is there, on a worker.
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local opsgenie = require("api.doors.opsgenie")
local port = require("tocsin.port")
local query = require("api.query")
local store = require("tocsin.store")
local time = require("api.time")
local wire = require("api.doors.wire")
local writer = require("api.writer")

local opsgenie_rows = {}

local NOTE_MAX <const> = 3000
local PAGE_MAX <const> = 100

local function integration_of(request)
  local token = wire.authorization(request.headers.authorization, "geniekey")
  return token and store.row("SELECT id, name FROM integration WHERE token = $1 AND type = 'opsgenie' AND deleted_at IS NULL",
    token)
end

-- Those of one identifier: the open one, else the latest.
local GROUP <const> = "SELECT id, title, grouping_id, started_at, acknowledged_at, resolved_at, silenced_until, alerts_count, " ..
  "last_alert_at FROM alert_group WHERE integration_id = $1 AND "

local function group_of(integration, identifier, kind)
  if kind == "tiny" then
    return store.row(GROUP .. "id = $2", integration.id, math.tointeger(tonumber(identifier)) or 0)
  elseif kind == "alias" then
    return store.row(GROUP ..
      "id = (SELECT max(id) FROM alert_group WHERE integration_id = $1 AND is_open = 1 AND grouping_id = $2)",
      integration.id, identifier)
  end
  return store.row(GROUP .. "id = $2", integration.id, ids.decode("I", identifier) or 0)
end

-- Deeds --------------------------------------------------------------------------------------------------------------------

local function act(group, verb, more)
  local args = { group = group.id, verb = verb, by = "api", source = "opsgenie" }
  for name, value in pairs(more or {}) do args[name] = value end
  return port.call("act", args)
end

local function add_note(group, text, now)
  if not text then return true end
  return port.call("write", { statements = json.array { { args = json.array { group.id, string.sub(text, 1, NOTE_MAX), now },
    sql = "INSERT INTO resolution_note (alert_group_id, source, text, created_at) VALUES ($1, 'opsgenie', $2, $3)" } } })
end

local DEEDS <const> = {}

function DEEDS.close(group) return act(group, "resolve") end
function DEEDS.acknowledge(group) return act(group, "acknowledge") end
function DEEDS.unacknowledge(group) return act(group, "unacknowledge") end
function DEEDS.notes() return true end
function DEEDS.snooze(group, sent, now)
  return act(group, "silence", { silence_ms = (time.parse_moment(sent.endTime) - now) // 1000 })
end

local NAMES <const> = { close = "Close", acknowledge = "Acknowledge", unacknowledge = "UnAcknowledge", notes = "AddNote",
  snooze = "Snooze" }

-- What is wrong with a deed's body.
local function problem_of(deed, sent, now)
  if deed == "notes" then return not wire.text(sent, "note") and { note = "Note can not be empty." } or nil end
  if deed ~= "snooze" then return nil end
  local at = wire.text(sent, "endTime") and time.parse_moment(sent.endTime)
  return (not at or at <= now) and { endTime = "endTime must be a later moment, such as 2026-04-03T20:05:50.894Z." } or nil
end

local function done(request, integration, identifier, deed)
  local sent, why = {}
  if string.find(request.body, "%S") then
    sent, why = wire.object(request.body)
    if not sent then return opsgenie.failure(400, why) end
  end
  local errors = problem_of(deed, sent, request.now)
  if errors then return opsgenie.failure(422, "Request body is not processable. Please check the errors.", errors) end
  local kind = query.get(query.parse(request.query), "identifierType") or "id"
  local group = group_of(integration, identifier, kind)
  if not group then return opsgenie.accepted(opsgenie.request_id(NAMES[deed], opsgenie.NOTHING, 0)) end
  local is_done = DEEDS[deed](group, sent, request.now)
  if is_done then is_done = add_note(group, wire.text(sent, "note"), request.now) end
  return opsgenie.accepted(opsgenie.request_id(NAMES[deed], is_done and opsgenie.OPENED or opsgenie.REFUSED, group.id))
end

-- Questions ----------------------------------------------------------------------------------------------------------------

local function answer(data)
  return 200, wire.JSON, writer.text(writer.object("data", data, "took", 0.001, "requestId", wire.new_name()))
end

local function request_status(integration, id)
  local told = opsgenie.told_by(id)
  if not told then return opsgenie.failure(404, "Request not found. It might not be processed, yet.") end
  local group = told.group_id > 0 and group_of(integration, tostring(told.group_id), "tiny")
  local is_success = group and told.is_success or false
  local public = group and ids.encode("I", group.id) or ""
  return answer(writer.object("success", is_success, "action", told.action, "processedAt",
    group and time.text(group.started_at) or "", "integrationId", ids.encode("C", integration.id), "isSuccess", is_success,
    "status", group and told.status or "Alert does not exist", "alertId", public,
    "alias", group and group.grouping_id or public))
end

local function shown(group)
  local public = ids.encode("I", group.id)
  return writer.object("id", public, "tinyId", tostring(group.id), "alias", group.grouping_id or public, "message", group.title,
    "status", group.resolved_at and "closed" or "open", "acknowledged", group.acknowledged_at ~= nil,
    "isSeen", group.acknowledged_at ~= nil, "snoozed", group.silenced_until ~= nil, "snoozedUntil", group.silenced_until and
      time.text(group.silenced_until),
    "count", group.alerts_count, "createdAt", time.text(group.started_at), "lastOccurredAt", time.text(group.last_alert_at))
end

local function get(request, integration, identifier)
  local group = group_of(integration, identifier, query.get(query.parse(request.query), "identifierType") or "id")
  if not group then return opsgenie.failure(404, "Alert with the given identifier does not exist.") end
  return answer(shown(group))
end

-- Handlers -----------------------------------------------------------------------------------------------------------------

local function not_known() return opsgenie.failure(401, "Could not authenticate: this key is not known.") end

function opsgenie_rows.list(request)
  if request.method ~= "GET" then return opsgenie.failure(405, "Method not allowed.") end
  local integration = integration_of(request)
  if not integration then return not_known() end
  local limit = math.tointeger(tonumber(query.get(query.parse(request.query), "limit"))) or 20
  local list = writer.list {}
  for i, group in ipairs(store.rows(GROUP .. "1 ORDER BY id DESC LIMIT $2", integration.id, math.max(1, math.min(limit,
    PAGE_MAX)))) do
    list[i] = shown(group)
  end
  return answer(list)
end

function opsgenie_rows.alert(request)
  local identifier, deed = string.match(string.sub(request.path, #request.at + 1), "^([^/]+)/?([%a]*)/?$")
  local integration = integration_of(request)
  if not integration then return not_known() end
  local id = string.match(request.path, "^/v2/alerts/requests/([%x-]+)/?$")
  if id then
    if request.method ~= "GET" then return opsgenie.failure(405, "Method not allowed.") end
    return request_status(integration, id)
  end
  if not identifier then return opsgenie.failure(404, "Not found.") end
  identifier = wire.utf8(opsgenie.unescape(identifier))
  if deed == "" and request.method == "GET" then return get(request, integration, identifier) end
  if not DEEDS[deed] then return opsgenie.failure(404, "There is no such operation on alerts here.") end
  if request.method ~= "POST" then return opsgenie.failure(405, "Method not allowed.") end
  return done(request, integration, identifier, deed)
end

function opsgenie_rows.heartbeat(request)
  local integration = integration_of(request)
  if not integration then return not_known() end
  local name = string.match(string.sub(request.path, #request.at + 1), "^([^/]+)/?$")
  local row = name and
    store.row("SELECT interval_ms, is_enabled, state, last_beat_at FROM heartbeat WHERE integration_id = $1", integration.id)
  if not row then return opsgenie.failure(404, "Not found.") end
  if request.method ~= "GET" then return opsgenie.failure(405, "Heartbeats are set up on the integration.") end
  return answer(writer.object("name", wire.utf8(opsgenie.unescape(name)), "description", integration.name, "interval",
    row.interval_ms // 60000,
    "intervalUnit", "minutes", "enabled", row.is_enabled == 1, "expired", row.state == "missing",
    "lastPingTime", row.last_beat_at and time.text(row.last_beat_at) or ""))
end

return opsgenie_rows
