--- What Alertmanager's tools ask and do: alerts, groups, silences, status, receivers. On a worker.
local alertmanager_api = require("api.doors.alertmanager_api")
local json = require("tocsin.json")
local port = require("tocsin.port")
local query = require("api.query")
local silences = require("silences")
local store = require("tocsin.store")
local time = require("api.time")
local token_form = require("api.token_form")
local wire = require("api.doors.wire")
local writer = require("api.writer")

local alertmanager_rows = {}

local ALERTS_MAX <const> = 10000
local QUIET_MAX <const> = 1000          -- groups that a new silence reaches at once; others at their next alert
local KEPT_US <const> = 432000000000    -- five days: how long what has expired is listed
local VERSION <const> = "0.25.0"        -- of the API that this is

local function answer(value) return 200, wire.JSON, writer.text(value) end
local function refuse(status, sentence) return alertmanager_api.failure(status, sentence) end
-- Errors of a body that can be read are one text.
local function wrong(status, sentence) return status, wire.JSON, json.encode(sentence) end

-- Silences ----------------------------------------------------------------------------------------------------------------

local FOUND <const> = "SELECT id, uuid, matchers, starts_at, ends_at, created_by, comment, updated_at FROM alert_silence " ..
  "WHERE integration_id = $1 AND "

local function silences_of(integration, now)
  local list = store.rows(FOUND .. "ends_at > $2 ORDER BY ends_at DESC, id", integration.id, now - KEPT_US)
  for _, row in ipairs(list) do row.matchers = json.decode(row.matchers) end
  return list
end

local function silence_of(integration, uuid)
  local row = store.row(FOUND .. "uuid = $2", integration.id, uuid)
  if row then row.matchers = json.decode(row.matchers) end
  return row
end

local function shown(row, now)
  local matchers = writer.list {}
  for i, m in ipairs(row.matchers) do
    matchers[i] = writer.object("isEqual", m.isEqual, "isRegex", m.isRegex, "name", m.name, "value", m.value)
  end
  return writer.object("id", row.uuid, "status", writer.object("state", silences.state(row, now)), "updatedAt",
    time.text(row.updated_at),
    "comment", row.comment, "createdBy", row.created_by, "endsAt", time.text(row.ends_at), "matchers", matchers,
    "startsAt", time.text(row.starts_at))
end

-- One write that all threads see before it is answered: silences are part of what alerts are rendered by.
local function write(integration, sql, ...)
  local result, why = port.call("write", { statements = json.array {
    { sql = sql, args = json.array { ... } },
    { sql = "UPDATE integration SET version = version + 1 WHERE id = $1", args = json.array { integration.id } } } })
  return result ~= nil, why
end

-- Alerts ------------------------------------------------------------------------------------------------------------------

-- Open alerts with their payload's members.
local function open_alerts(integration)
  local out = {}
  for _, row in ipairs(store.rows("SELECT g.id, g.started_at, g.last_alert_at, g.silenced_at, g.silenced_by_id, " ..
    "CAST(a.payload AS TEXT) AS payload FROM alert_group AS g JOIN alert AS a ON a.id = g.last_alert_id " ..
    "WHERE g.is_open = 1 AND g.integration_id = $1 ORDER BY g.id LIMIT $2", integration.id, ALERTS_MAX)) do
    local payload = json.decode(row.payload)
    if type(payload) == "table" and type(payload.labels) == "table" then
      row.payload = payload
      out[#out + 1] = row
    end
  end
  return out
end

local function sorted_object(values)
  local names = {}
  for name, value in pairs(type(values) == "table" and values or {}) do
    if type(value) == "string" then names[#names + 1] = name end
  end
  table.sort(names)
  local object = writer.object()
  for _, name in ipairs(names) do writer.put(object, name, values[name]) end
  return object
end

local function covering(labels, active)
  local found = writer.list {}
  for _, s in ipairs(active) do
    if silences.covers(s.matchers, labels) then found[#found + 1] = s.uuid end
  end
  return found
end

local function text_of(value) return type(value) == "string" and value or "" end

local function shown_alert(row, integration, active)
  local p, by = row.payload, covering(row.payload.labels, active)
  return writer.object("annotations", sorted_object(p.annotations), "endsAt", text_of(p.endsAt), "fingerprint",
    text_of(p.fingerprint),
    "receivers", writer.list { writer.object("name", integration.name) }, "startsAt", text_of(p.startsAt),
    "status", writer.object("inhibitedBy", writer.list {}, "silencedBy", by, "state", #by > 0 and "suppressed" or "active"),
    "updatedAt", time.text(row.last_alert_at), "generatorURL", text_of(p.generatorURL), "labels", sorted_object(p.labels)),
      #by > 0
end

-- The matchers of `filter`; nil: one is none.
local function filters_of(parsed)
  local out = {}
  for i, text in ipairs(query.all(parsed, "filter")) do
    out[i] = silences.parse(text)
    if not out[i] then return nil, "bad matcher format: " .. text end
  end
  return out
end

-- Those that are asked for, as {shown, labels}; nil and a sentence.
local function chosen(request, integration)
  local parsed = query.parse(request.query)
  local filters, why = filters_of(parsed)
  if not filters then return nil, why end
  local function is_wanted(name) return query.get(parsed, name) ~= "false" end
  local active, out = {}, {}
  for _, s in ipairs(silences_of(integration, request.now)) do
    if silences.state(s, request.now) == "active" then active[#active + 1] = s end
  end
  for _, row in ipairs(open_alerts(integration)) do
    local alert, is_silenced = shown_alert(row, integration, active)
    if silences.covers(filters, row.payload.labels) and is_wanted(is_silenced and "silenced" or "active") then
      out[#out + 1] = { alert, row.payload.labels }
    end
  end
  return out
end

local function list_alerts(request, integration)
  local found, why = chosen(request, integration)
  if not found then return wrong(400, why) end
  local list = writer.list {}
  for i, one in ipairs(found) do list[i] = one[1] end
  return answer(list)
end

-- Grouped by name, as many people have it.
local function list_groups(request, integration)
  local found, why = chosen(request, integration)
  if not found then return wrong(400, why) end
  local list, by_name = writer.list {}, {}
  for _, one in ipairs(found) do
    local name = text_of(one[2].alertname)
    if not by_name[name] then
      by_name[name] = writer.list {}
      list[#list + 1] = writer.object("alerts", by_name[name], "labels", writer.object("alertname", name), "receiver",
        writer.object("name", integration.name))
    end
    table.insert(by_name[name], one[1])
  end
  return answer(list)
end

-- Deeds -------------------------------------------------------------------------------------------------------------------

local function act(group_id, verb, more)
  local args = { group = group_id, verb = verb, by = "api", source = "alertmanager" }
  for name, value in pairs(more or {}) do args[name] = value end
  return port.call("act", args)
end

-- What is open already is quiet at once, and not only from its next alert on.
local function hush(integration, silence, now)
  if silences.state(silence, now) ~= "active" then return end
  local left = QUIET_MAX
  for _, row in ipairs(open_alerts(integration)) do
    if left > 0 and not row.silenced_at and silences.covers(silence.matchers, row.payload.labels) then
      act(row.id, "silence", { silence_ms = (silence.ends_at - now) // 1000 })
      left = left - 1
    end
  end
end

-- What nothing else covers is told of again; a person's own silence stays.
local function wake(integration, silence, now)
  local others = {}
  for _, s in ipairs(silences_of(integration, now)) do
    if s.uuid ~= silence.uuid and silences.state(s, now) == "active" then others[#others + 1] = s end
  end
  for _, row in ipairs(open_alerts(integration)) do
    local labels = row.payload.labels
    if row.silenced_at and not row.silenced_by_id and silences.covers(silence.matchers, labels) and #covering(labels,
      others) == 0 then
      act(row.id, "unsilence")
    end
  end
end

local function moment_of(value) return type(value) == "string" and time.parse_moment((string.gsub(value,
  "(%.%d%d%d%d%d%d)%d+", "%1"))) end

-- A silence as it was sent, or nil and what is wrong with it.
local function read_silence(sent, now)
  local matchers, why = silences.check(sent.matchers)
  if not matchers then return nil, why end
  local starts, ends = moment_of(sent.startsAt), moment_of(sent.endsAt)
  if not starts or not ends then return nil, "invalid silence: startsAt and endsAt must be moments" end
  if ends <= starts then return nil, "invalid silence: start time must be before end time" end
  if ends <= now then return nil, "invalid silence: end time can't be in the past" end
  if not wire.text(sent, "createdBy") then return nil, "invalid silence: createdBy is required" end
  return { matchers = matchers, starts_at = math.max(starts, now), ends_at = ends, created_by = wire.cut(sent.createdBy, 200),
    comment = wire.cut(text_of(sent.comment), 1000) }
end

local INSERT <const> = "INSERT INTO alert_silence (uuid, integration_id, matchers, starts_at, ends_at, created_by, " ..
  "comment, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
local CHANGE <const> = "UPDATE alert_silence SET matchers = $1, starts_at = $2, ends_at = $3, created_by = $4, " ..
  "comment = $5, updated_at = $6 WHERE id = $7"

local function create_silence(request, integration)
  local sent, why = wire.object(request.body)
  if not sent then return refuse(400, why) end
  local silence
  silence, why = read_silence(sent, request.now)
  if not silence then return wrong(400, why) end
  local old = wire.text(sent, "id") and silence_of(integration, sent.id)
  if wire.text(sent, "id") and not old then return wrong(404, "silence not found") end
  local text = json.encode(json.array(silence.matchers))
  local is_written
  silence.uuid = old and old.uuid or token_form.uuid()
  if old then
    is_written = write(integration, CHANGE, text, silence.starts_at, silence.ends_at, silence.created_by, silence.comment,
      request.now, old.id)
  else
    is_written = write(integration, INSERT, silence.uuid, integration.id, text, silence.starts_at, silence.ends_at,
      silence.created_by,
      silence.comment, request.now)
  end
  if not is_written then return refuse(503, "The silence could not be stored; try again.") end
  if old then wake(integration, { uuid = old.uuid, matchers = old.matchers }, request.now) end
  hush(integration, silence, request.now)
  return answer(writer.object("silenceID", silence.uuid))
end

local function expire(request, integration, uuid)
  local silence = silence_of(integration, uuid)
  if not silence then return 404, wire.JSON, "" end
  if silence.ends_at > request.now then
    if not write(integration,
      "UPDATE alert_silence SET ends_at = $1, starts_at = MIN(starts_at, $1), updated_at = $1 WHERE id = $2",
      request.now, silence.id) then
      return refuse(503, "The silence could not be stored; try again.")
    end
    wake(integration, silence, request.now)
  end
  return 200, "", ""
end

local function list_silences(request, integration)
  local filters, why = filters_of(query.parse(request.query))
  if not filters then return wrong(400, why) end
  local list = writer.list {}
  for _, row in ipairs(silences_of(integration, request.now)) do
    local labels, is_wanted = {}, true
    for _, m in ipairs(row.matchers) do labels[m.name] = m.value end
    for _, f in ipairs(filters) do is_wanted = is_wanted and silences.covers({ f }, labels) end
    if is_wanted then list[#list + 1] = shown(row, request.now) end
  end
  return answer(list)
end

-- Questions ---------------------------------------------------------------------------------------------------------------

local function status(_, integration)
  local name = json.encode(integration.name)
  return answer(writer.object("cluster", writer.object("status", "disabled", "name", "", "peers", writer.list {}),
    "config", writer.object("original", "route:\n  receiver: " .. name .. "\nreceivers:\n- name: " .. name .. "\n"),
    "uptime", time.text(integration.created_at),
    "versionInfo", writer.object("branch", "", "buildDate", "", "buildUser", "", "goVersion", "", "revision", "", "version",
      VERSION)))
end

local function receivers(_, integration) return answer(writer.list { writer.object("name", integration.name) }) end

local HANDLERS <const> = {
  ["GET alerts"] = list_alerts, ["GET alerts/groups"] = list_groups, ["GET silences"] = list_silences,
    ["POST silences"] = create_silence,
  ["GET status"] = status, ["GET receivers"] = receivers,
}

local function find_integration(token)
  return token and store.row("SELECT id, name, created_at FROM integration WHERE token = $1 AND type = 'alertmanager_api' " ..
    "AND deleted_at IS NULL", token)
end

---@param what string the path behind /api/v2/
---@param token string?
function alertmanager_rows.answer(request, what, token)
  local integration = find_integration(token)
  if not integration then return refuse(401, "This token is not known.") end
  local method = request.method == "HEAD" and "GET" or request.method
  local uuid = string.match(what, "^silence/([%x-]+)$")
  if uuid and method == "DELETE" then return expire(request, integration, uuid) end
  if uuid and method == "GET" then
    local row = silence_of(integration, uuid)
    if not row then return 404, wire.JSON, "" end
    return answer(shown(row, request.now))
  end
  local handler = HANDLERS[method .. " " .. what]
  if handler then return handler(request, integration) end
  local is_there = uuid or HANDLERS["GET " .. what]
  return refuse(is_there and 405 or 404, is_there and "method not allowed" or "path " .. request.path .. " was not found")
end

return alertmanager_rows
