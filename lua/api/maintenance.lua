--- Maintenance of an integration in the reference's form, and what a window needs besides its row: the words of the group
--- that collects, and the integration of the house that this group belongs to.
---
--- A window's row is written with a job that looks at it at once, so that a crash loses nothing; the port then does the same
--- before the answer leaves (core/engine/maintain.h).
local audit = require("api.audit")
local auth = require("api.auth")
local body = require("api.body")
local change = require("api.change")
local errors = require("api.errors")
local json = require("tocsin.json")
local port = require("tocsin.port")
local rows = require("api.rows")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")

local maintenance = {}

local TYPE <const> = "maintenance"
local ATTEMPTS <const> = 5 -- others may make it at the same moment

---How long: any time, of which clients offer some, as the reference's page does.
maintenance.ABOUT_DURATION = "Seconds, up to 366 days. Clients offer 1, 3, 6, 12 and 24 hours: 3600, 10800, 21600, 43200, 86400."

-- Of an integration: the windows that cover it whole.
local WHOLE <const> = "integration_id = $1 AND route_id IS NULL AND labels = '[]' AND state = 'running'"

---What joins the window that an integration is in to its row, and the columns of it.
maintenance.JOIN = "LEFT JOIN maintenance AS m ON m.id = (SELECT w.id FROM maintenance AS w WHERE w.integration_id = t.id AND " ..
  "w.route_id IS NULL AND w.labels = '[]' AND w.state = 'running' ORDER BY w.mode DESC, w.started_at, w.id LIMIT 1)"
maintenance.COLUMNS = "m.mode AS maintenance_mode, m.started_at AS maintenance_started_at, m.end_at AS maintenance_end_at"

---A moment of an integration's maintenance: whole seconds, as the reference has it.
function maintenance.moment(column)
  return function(row)
    local at = row[column]
    return at and time.text(at // 1000000 * 1000000)
  end
end

-- Words -------------------------------------------------------------------------------------------------------------------

local UNITS <const> = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" }, { 1, "second" } }

-- "2 hours", "1 day 6 hours": its two largest units.
local function length_of(seconds)
  local parts = {}
  for _, unit in ipairs(UNITS) do
    local n = seconds // unit[1]
    if n > 0 and #parts < 2 then
      parts[#parts + 1] = string.format("%d %s%s", n, unit[2], n == 1 and "" or "s")
      seconds = seconds - n * unit[1]
    end
  end
  return table.concat(parts, " ")
end

local function covered(w)
  local parts = {}
  for i, label in ipairs(json.decode(w.labels)) do parts[i] = label.key .. "=" .. label.value end
  local of = w.integration_id and store.row("SELECT name FROM integration WHERE id = $1", w.integration_id)
  local name = of and of.name or "alerts"
  if w.route_id then name = "a route of " .. name end
  return #parts > 0 and name .. " with " .. table.concat(parts, ", ") or name
end

local function author(actor)
  local user = actor.user_id and store.row("SELECT name, username FROM user WHERE id = $1", actor.user_id)
  if user then return user.name ~= "" and user.name or user.username end
  return "the API token " .. actor.name
end

---The payload of the group that collects.
---@param w table of the window: name, integration_id, route_id, labels, duration_ms; nil for null
function maintenance.words(w, actor)
  local title = string.format("Maintenance of %s for %s", covered(w), length_of(w.duration_ms // 1000))
  if w.name then title = w.name .. ": " .. title end
  return writer.text(writer.object("title", title, "message",
    "Started by " .. author(actor) .. ". New alert groups are collected here meanwhile, and nobody is called for them."))
end

-- The integration of the house ----------------------------------------------------------------------------------------------

local function is_there()
  return store.row("SELECT id FROM integration WHERE type = $1 AND deleted_at IS NULL", TYPE) ~= nil
end

---Makes the integration of the groups that collect, at the first window; the answer that refuses when it cannot.
function maintenance.ensure(request)
  local resource = require("resources.integration")
  for _ = 1, ATTEMPTS do
    if is_there() then return nil end
    local key, refusal = change.make(resource, request, { type = TYPE, name = resource.free_name("Maintenance", 0),
      team_id = json.null, allow_resolve = 0 }, {})
    if not key and refusal then return refusal end
  end
  return errors.detail(409, "Others kept changing this at the same moment. Read it and try again.")
end

-- What the maintenance of an integration is started with.
local STARTED = { object = { { "mode", { choice = { "debug", "maintenance" } } }, { "duration", "integer",
  about = maintenance.ABOUT_DURATION },
  { "name", "text?", optional = true }, { "resolve_at_end", "boolean", optional = true } } }

-- Deeds -------------------------------------------------------------------------------------------------------------------

---The statement that has a window looked at soon, whatever happens to this process.
function maintenance.job(request)
  return function(key)
    return { sql = "INSERT INTO job (kind, due_at, clock, priority, detail) " ..
      "VALUES ('maintenance', $1, 'wall', 10, CAST($2 AS TEXT))",
      args = { request.now, key }, expect = 1 }
  end
end

---Starts and ends what is due of a window, or (`stop`) ends what runs. Returns the answer that refuses.
function maintenance.settle(request, window_id, stop)
  local by, by_id = auth.by(request.actor)
  local result, sentence, code = port.call("maintenance", { window = window_id, stop = stop, by = by, by_id = by_id })
  if not result then return change.port_error(sentence, code) end
end

local function answer(request)
  local r = require("resources.integration")
  local row = rows.by_id(r, request.id)
  return row and { status = 200, value = rows.show(r, row, request) } or errors.not_found()
end

local function found(request)
  local row = rows.by_id(require("resources.integration"), request.id)
  if not row then return nil, errors.not_found() end
  return row
end

---POST /integrations/<id>/maintenance_start/ with {"mode", "duration": seconds, "resolve_at_end"}.
maintenance.start = {
  about = "Puts the integration under maintenance.", gives = { ref = "Integration" },
  takes = STARTED,
  answer = function(request)
    local row, refusal = found(request)
    if not row then return refusal end
    if row.maintenance_mode then return errors.detail(400, "Already on maintenance") end
    local sent
    sent, refusal = body.object(request)
    if not sent then return refusal end
    local inner = setmetatable({ body = json.encode { mode = sent.mode, duration = sent.duration, name = sent.name,
      resolve_at_end = sent.resolve_at_end, integration_id = request.id } }, { __index = request })
    local made = change.create(require("resources.maintenance_window"), inner)
    return made.status == 201 and answer(request) or made
  end,
}

---POST /integrations/<id>/maintenance_stop/: ends what covers the integration now. What is planned stays planned.
maintenance.stop = {
  about = "Ends the maintenance that covers the integration now. What is planned stays planned.", gives = { ref = "Integration" },
  answer = function(request)
    local row, refusal = found(request)
    if not row then return refusal end
    for _, w in ipairs(store.rows("SELECT id FROM maintenance WHERE " .. WHOLE, row.id)) do
      refusal = maintenance.settle(request, w.id, true)
      if refusal then return refusal end
      audit.add(request, "stop", "maintenance_window", w.id)
    end
    return answer(request)
  end,
}

---POST /maintenance_windows/<id>/stop/: ends the occurrence that runs; the next one comes as planned.
maintenance.stop_window = {
  about = "Ends the occurrence that runs; the next one comes as planned.", gives = { ref = "MaintenanceWindow" },
  answer = function(request)
    local r = require("resources.maintenance_window")
    local row = rows.by_id(r, request.id)
    if not row then return errors.not_found() end
    if row.state ~= "running" then return errors.detail(400, "This window does not run now.") end
    local refusal = maintenance.settle(request, row.id, true)
    if not refusal then audit.add(request, "stop", "maintenance_window", row.id) end
    return refusal or { status = 200, value = rows.show(r, rows.by_key(r, row.id), request) }
  end,
}

return maintenance
