--- The heartbeat of an integration: its block of the integration object, what is done to it, and its history.
---
--- What a person changes here is rows, and the integration's `version` is counted up with them: the engine reads the row
--- again then, and what it had found meanwhile is void (core/engine/beat.h).
local audit = require("api.audit")
local auth = require("api.auth")
local body = require("api.body")
local change = require("api.change")
local errors = require("api.errors")
local field = require("api.field")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local paging = require("api.paging")
local port = require("tocsin.port")
local rows = require("api.rows")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")

local heartbeat = {}

---What the integration's row carries of it.
heartbeat.COLUMNS = "h.interval_ms AS heartbeat_interval_ms, h.is_enabled AS heartbeat_enabled, h.text AS heartbeat_text, " ..
  "h.state AS heartbeat_state, h.state_at AS heartbeat_state_at, h.last_beat_at AS heartbeat_beat_at, " ..
  "h.grace_until AS heartbeat_grace_until, h.alert_group_id AS heartbeat_group"

local HOUR <const> = 3600
local HISTORY_PAGE <const> = 50
local FIELDS <const> = {
  { "interval", type = "integer", min = 60, max = 9000 * HOUR, column = "interval_ms", times = 1000 },
  { "enabled", type = "boolean", column = "is_enabled" },
  { "text", type = "text", max = 6144, nullable = true, column = "text" },
}

---What the block looks like, shown and sent.
heartbeat.SHAPE = { object = { { "link", "text" }, { "interval", "integer" }, { "enabled", "boolean" },
  { "state", { choice = { "inactive", "alive", "missing" } } }, { "text", "text?" }, { "last_beat_at", "time?" }, { "state_at",
    "time?" },
  { "due_at", "time?" }, { "grace_until", "time?" } } }
heartbeat.SENT = { null = true, object = {} }
for i, f in ipairs(FIELDS) do heartbeat.SENT.object[i] = { f[1], field.sent_shape(f), optional = true } end

---Members of the block that cannot be written.
heartbeat.ONLY_SHOWN = { link = true, state = true, state_at = true, last_beat_at = true, due_at = true, grace_until = true }

---What it has unless somebody says otherwise.
heartbeat.USUAL = { interval = 600, enabled = true }

-- Memory knows it to the moment, the disk what was before the start.
local function last_beat(row)
  local at = port.call("source", { integration = row.id }).beat_at
  return at and at ~= json.null and at or row.heartbeat_beat_at
end

-- When it will be found missing, as far as the disk and memory know.
local function due_at(row, beat_at)
  if row.heartbeat_state ~= "alive" or row.heartbeat_enabled ~= 1 then return nil end
  local from = math.max(beat_at or 0, row.heartbeat_state_at or 0) + row.heartbeat_interval_ms * 1000
  return math.max(from, row.heartbeat_grace_until or 0)
end

---The block of an integration's answer.
---@param link string of the integration
function heartbeat.show(row, link)
  local beat_at = last_beat(row)
  return writer.object("link", link .. "heartbeat/", "interval", row.heartbeat_interval_ms // 1000,
    "enabled", row.heartbeat_enabled == 1, "state", row.heartbeat_state, "text", row.heartbeat_text or json.null,
    "last_beat_at", time.text(beat_at) or json.null, "state_at", time.text(row.heartbeat_state_at) or json.null,
    "due_at", time.text(due_at(row, beat_at)) or json.null,
    "grace_until", time.text(row.heartbeat_grace_until) or json.null)
end

local function is_same(row, column, value)
  local old = row["heartbeat_" .. (column == "is_enabled" and "enabled" or column)]
  return value == (old == nil and json.null or old)
end

local function event(at, name, reason)
  return function(key)
    return { sql = "INSERT INTO heartbeat_event (integration_id, at, event, reason, last_beat_at) " ..
      "SELECT integration_id, $1, $2, $3, " ..
      "last_beat_at FROM heartbeat WHERE integration_id = $4", args = { at, name, reason, key }, expect = 1 }
  end
end

local function reason_of(request) return "by_" .. auth.by(request.actor) end

local function check(value)
  local values, wrong = {}, {}
  for _, f in ipairs(FIELDS) do
    local sent, why = value[f[1]], nil
    if sent == json.null and f.nullable then values[f.column] = json.null
    elseif sent ~= nil then
      local taken
      if sent == json.null then why = "This field may not be null." else taken, why = field.check_of(f)(f, sent) end
      if taken ~= nil then values[f.column] = f.times and taken * f.times or taken end
    end
    if why then wrong[#wrong + 1] = { f[1], why } end
  end
  return values, wrong
end

---Takes the block of a create or update: interval, enabled, text; what is only shown may be sent back.
function heartbeat.store(value, request, c)
  if value == json.null then return {} end
  if not body.is_object(value) then return nil, "Expected a dictionary." end
  local values, wrong = check(value)
  if #wrong > 0 then return nil, wrong end
  local is_changed = false
  for column, new in pairs(values) do
    if c.old and is_same(c.old, column, new) then values[column] = nil else is_changed = true end
  end
  if not is_changed then return {} end
  c.after[#c.after + 1] = function(key)
    local statement = change.update("heartbeat", values, key)
    statement.sql = string.gsub(statement.sql, "WHERE id =", "WHERE integration_id =")
    return statement -- of a row that a trigger made with the integration's
  end
  if c.old and values.is_enabled then
    c.after[#c.after + 1] = event(c.now, values.is_enabled == 1 and "enabled" or "disabled", reason_of(request))
    c.is_heartbeat_off = values.is_enabled == 0
    if c.is_heartbeat_off and c.old.heartbeat_state == "missing" then values.state = "inactive" end
  end
  c.trail = c.trail or {}
  for column, new in pairs(values) do c.trail["heartbeat_" .. column] = new end
  return {}
end

---The group of a missing heartbeat that nobody watches any more is over.
function heartbeat.settle(row, request)
  if row.heartbeat_state ~= "missing" or not row.heartbeat_group then return end
  local by, by_id = auth.by(request.actor)
  port.call("act", { group = row.heartbeat_group, verb = "resolve", by = by, by_id = by_id })
end

-- Actions -----------------------------------------------------------------------------------------------------------------

local function resource() return require("resources.integration") end

local function answer(request)
  local r = resource()
  local row = rows.by_id(r, request.id)
  return row and { status = 200, value = rows.show(r, row, request) } or errors.not_found()
end

-- `values` into its row, an event, and the version of its integration.
local function write(request, row, set, name)
  local statements = json.array {
    { sql = "UPDATE heartbeat SET " .. set .. " WHERE integration_id = $2",
      args = json.array { request.now, row.id }, expect = 1 },
    { sql = "UPDATE integration SET version = version + 1 WHERE id = $1 AND deleted_at IS NULL",
      args = json.array { row.id }, expect = 1 },
    event(request.now, name, reason_of(request))(row.id),
    audit.line(request, name == "reset" and "heartbeat_reset" or "heartbeat_arm", "integration", row.id, json.null, json.null),
  }
  json.array(statements[3].args)
  json.array(statements[4].args)
  local result, sentence, code = port.call("write", { statements = statements })
  if result then return nil end
  return code == "CONFLICT" and errors.not_found() or change.port_error(sentence, code)
end

local function act(request, set, name, before)
  local row = rows.by_id(resource(), request.id)
  if not row then return errors.not_found() end
  local refusal = before(row)
  if not refusal then refusal = write(request, row, set, name) end
  if refusal then return refusal end
  if name == "reset" then heartbeat.settle(row, request) end
  return answer(request)
end

---POST /integrations/<id>/heartbeat_arm/: its silence counts from now, without a first beat.
heartbeat.arm = {
  about = "Arms the heartbeat: its silence counts from now, without a first beat.", gives = { ref = "Integration" },
  answer = function(request)
    return act(request, "state = 'alive', state_at = $1, grace_until = NULL", "armed", function(row)
      if row.heartbeat_enabled ~= 1 then return errors.detail(400, "The heartbeat is disabled.") end
      if row.heartbeat_state ~= "inactive" then return errors.detail(400, "The heartbeat is armed already.") end
    end)
  end,
}

---POST /integrations/<id>/heartbeat_reset/: as new: not armed, never heard of, its alert group resolved.
heartbeat.reset = {
  about = "Makes the heartbeat as new: not armed, never heard of, its alert group resolved.", gives = { ref = "Integration" },
  answer = function(request)
    return act(request, "state = 'inactive', state_at = $1, last_beat_at = NULL, grace_until = NULL", "reset", function() end)
  end,
}

-- History -----------------------------------------------------------------------------------------------------------------

local EVENT <const> = { object = { { "at", "time" }, { "event", "text" }, { "reason", "text" }, { "last_beat_at", "time?" },
  { "alert_group_id", "id?" } } }
local COUNT <const> = "SELECT count(*) AS n FROM heartbeat_event WHERE integration_id = $1"
local PAGE <const> = "SELECT at, event, reason, last_beat_at, alert_group_id FROM heartbeat_event WHERE integration_id = $1 " ..
  "ORDER BY id DESC LIMIT $2 OFFSET $3"

---GET /integrations/<id>/heartbeat_history/: what became of it, newest first.
heartbeat.history = {
  about = "What became of the heartbeat, newest first.", query = paging.PARAMETERS,
  gives = { page = EVENT },
  answer = function(request)
    local row = rows.by_id(resource(), request.id)
    if not row then return errors.not_found() end
    local window = paging.window(request.query, HISTORY_PAGE, store.row(COUNT, row.id).n)
    local results = {}
    for i, e in ipairs(store.rows(PAGE, row.id, window.size, window.offset)) do
      results[i] = writer.object("at", time.text(e.at), "event", e.event, "reason", e.reason,
        "last_beat_at", time.text(e.last_beat_at) or json.null,
        "alert_group_id", e.alert_group_id and ids.encode("I", e.alert_group_id) or json.null)
    end
    return { status = 200, value = paging.envelope(request, window, results) }
  end,
}

return heartbeat
