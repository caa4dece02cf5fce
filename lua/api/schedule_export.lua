--- Calendars of who is on call, for programs that subscribe to an address: of a schedule, and of a person.
--
-- An address holds a token of its own instead of an Authorization header; only its digest is stored, so that an address
-- is shown once. A new one makes the one before void.
local audit = require("api.audit")
local change = require("api.change")
local crypto = require("tocsin.crypto")
local errors = require("api.errors")
local export_memory = require("export_memory")
local ical_text = require("ical_text")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local port = require("tocsin.port")
local query_string = require("api.query")
local rows = require("api.rows")
local schedule = require("tocsin.schedule")
local schedule_resource = require("resources.schedule")
local store = require("tocsin.store")
local user_resource = require("resources.user")
local writer = require("api.writer")

local schedule_export = {}

local DAY = 86400000000
local PAST, FUTURE = 15 * DAY, 180 * DAY
local MARGIN = 62 * DAY -- so that shifts at the ends are whole, and keep their names as time goes on
local TOKEN_BYTES = 16

local KIND = "text/calendar; charset=utf-8"
local TOKEN = { "token", type = "text", required = true, about = "Of the address." }

local function has_token(request, digest)
  local token = query_string.get(request.query, "token")
  return token ~= nil and digest ~= nil and crypto.equal(crypto.sha256_hex(token), digest)
end

local function username(known, id)
  if not known[id] then known[id] = store.row("SELECT username FROM user WHERE id = $1", id).username end
  return known[id]
end

-- A slot of a person is named by its shift, its start to the second, and the person.
local function uid_of(row, slot, id)
  local shift = slot.shift ~= json.null and ids.encode("O", slot.shift) or ids.encode("S", row.id) .. "-" .. (slot.uid or "")
  return string.format("%s-%s-%s", shift, ical_text.moment(slot.from), ids.encode("U", id))
end

-- Adds the events of one schedule; `only` is a person, or nil for everybody.
local function add_events(events, row, now, only)
  local from, to = now - PAST, now + FUTURE
  local answer, sentence = schedule.ask({ what = "final", id = row.id, from = from - MARGIN, to = to + MARGIN })
  if not answer then return sentence end
  local known = {}
  for _, slot in ipairs(answer.final) do
    for _, id in ipairs(slot.to > from and slot.from < to and slot.users or {}) do
      if not only or only == id then
        local name = username(known, id)
        events[#events + 1] = { uid = uid_of(row, slot, id), from = slot.from, to = slot.to, is_override = slot.is_override,
          summary = only and row.name .. ": " .. name or name }
      end
    end
  end
end

local REMEMBER = "INSERT INTO export_told (object, object_id, events) VALUES ($1, $2, $3) " ..
  "ON CONFLICT (object, object_id) DO UPDATE SET events = excluded.events"

-- What readers of this calendar were told is remembered. Nobody waits for the disk to be told who is on call: when it
-- cannot be written, it is told again.
local function remembered(request, r, key, events)
  local row = store.row("SELECT events FROM export_told WHERE object = $1 AND object_id = $2", r.name, key)
  local window = { now = request.now, from = request.now - PAST, to = request.now + FUTURE }
  local all, memory = export_memory.merge(row and json.decode(row.events), events, window)
  if memory then
    local args = json.array({ r.name, key, json.encode(memory) })
    port.call("write", { is_outbox = true, statements = json.array({ { sql = REMEMBER, args = args } }) })
  end
  return all
end

local function answer(request, r, key, name, events)
  return { status = 200, content_type = KIND,
    text = ical_text.write({ name = name, now = request.now }, remembered(request, r, key, events)) }
end

---GET /schedules/<id>/export?token=…
schedule_export.schedule = {
  about = "A calendar of who is on call.", query = { TOKEN }, kind = KIND, gives = "text",
  answer = function(request)
    local row = rows.by_id(schedule_resource, request.id)
    local digest = row and store.row("SELECT export_digest AS digest FROM schedule WHERE id = $1", row.id).digest
    if not has_token(request, digest) then return errors.invalid_token() end
    local events = {}
    local why = add_events(events, row, request.now)
    if why then return errors.detail(400, why) end
    return answer(request, schedule_resource, row.id, row.name, events)
  end,
}

-- Schedules in which a person may be on call: those whose shifts name them, where they took a swap, and all calendars. The
-- others need not be worked out, and most of many are others.
local NAMES = "',' || replace(replace(t.users || ',' || t.rolling_users, '[', ','), ']', ',') || ',' LIKE $1"
local OF_PERSON = "SELECT s.id, s.name FROM schedule AS s WHERE s.id IN (SELECT t.schedule_id FROM shift AS t WHERE " ..
  NAMES .. ") OR s.id IN (SELECT l.schedule_id FROM schedule_shift AS l JOIN shift AS t ON t.id = l.shift_id WHERE " ..
  NAMES .. ") OR s.id IN (SELECT schedule_id FROM shift_swap WHERE benefactor_id = $2) " ..
  "OR s.id IN (SELECT schedule_id FROM schedule_copy) ORDER BY s.id"

---GET /users/<id>/schedule_export?token=…
schedule_export.user = {
  about = "A calendar of when the person is on call.", query = { TOKEN }, kind = KIND, gives = "text",
  answer = function(request)
    local row = rows.by_id(user_resource, request.id)
    local digest = row and store.row("SELECT export_digest AS digest FROM user WHERE id = $1", row.id).digest
    if not has_token(request, digest) then return errors.invalid_token() end
    local events = {}
    for _, one in ipairs(store.rows(OF_PERSON, "%," .. row.id .. ",%", row.id)) do
      local why = add_events(events, one, request.now, row.id)
      if why then return errors.detail(400, why) end
    end
    return answer(request, user_resource, row.id, row.username, events)
  end,
}

-- Stores a digest (or null), and the line of the trail.
local function put_digest(request, r, key, digest)
  local line = audit.line(request, "update", r.name, key, json.null, '{"export_digest":"(hidden)"}')
  json.array(line.args)
  local result, sentence, code = port.call("write", { statements = json.array({
    { sql = "DELETE FROM export_told WHERE object = $1 AND object_id = $2", args = json.array({ r.name, key }) },
    { sql = "UPDATE " .. r.table .. " SET export_digest = $1 WHERE id = $2", args = json.array({ digest, key }), expect = 1 },
    line,
  }) })
  if not result then return change.port_error(sentence, code) end
end

local function new_address(r, last)
  return { about = "Makes a new address of the calendar; the one before is void.", status = 201,
    gives = { object = { { "export_url", "text" } } }, answer = function(request)
    local row = rows.by_id(r, request.id)
    if not row then return errors.not_found() end
    local token = crypto.hex(crypto.random_bytes(TOKEN_BYTES))
    local refusal = put_digest(request, r, row.id, crypto.sha256_hex(token))
    return refusal or { status = 201, value = writer.object("export_url",
      string.format("%s/api/v1/%s/%s/%s?token=%s", request.base_url, r.path, request.id, last, token)) }
  end }
end

local function drop_address(r)
  return { about = "The address of the calendar is void.", status = 204, answer = function(request)
    local row = rows.by_id(r, request.id)
    if not row then return errors.not_found() end
    return put_digest(request, r, row.id, json.null) or { status = 204 }
  end }
end

---POST and DELETE /schedules/<id>/export_token, /users/<id>/schedule_export_token.
schedule_export.new_of_schedule = new_address(schedule_resource, "export")
schedule_export.drop_of_schedule = drop_address(schedule_resource)
schedule_export.new_of_user = new_address(user_resource, "schedule_export")
schedule_export.drop_of_user = drop_address(user_resource)

return schedule_export
