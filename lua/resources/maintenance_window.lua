--- A maintenance window: what it covers, when it runs, once or again and again, and what runs of it now.
local auth = require("api.auth")
local calendar = require("jinja.calendar")
local change = require("api.change")
local errors = require("api.errors")
local json = require("tocsin.json")
local labels = require("api.labels")
local maintenance = require("api.maintenance")
local managed = require("api.managed")
local recurrence = require("api.recurrence")
local rights = require("api.rights")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")
local zone = require("tocsin.zone")

local SECOND <const>, DAY <const> = 1000000, 86400000000
local DURATION_MAX <const> = 366 * 86400

-- What makes it another window: not while it runs.
local FIXED <const> = { mode = "mode", integration_id = "integration_id", route_id = "route_id", labels = "labels",
  start_time = "start", timezone = "time_zone" }

-- Sooner or later than planned, while it runs. What is shown may be sent back at any time.
local function store_end(value, request, c)
  if not c.old or c.old.state ~= "running" then return {} end
  local at = time.parse_moment(value)
  if not at then return nil, "Expected a moment such as 2026-05-19T12:00:00Z." end
  if time.text(at) == time.text(c.old.end_at) then return {} end
  if at <= request.now then return nil, "Must be in the future: to end it now, stop it." end
  if at > request.now + DURATION_MAX * SECOND then return nil, "Must be within 366 days." end
  return { end_at = at }
end

-- --- the rules of a whole window ---

local value_of = change.value_of

-- The clock of a zone now, to the second.
local function wall_now(now, name)
  local seconds = now // SECOND
  return string.sub(time.text((seconds + (zone.offset(name, seconds) or 0)) * SECOND), 1, 19)
end

local function weekday_of(text)
  return recurrence.DAYS[calendar.weekday(time.parse(text) // DAY) + 1]
end

local function fill_new(request, c)
  local v = c.values
  v.timezone = v.timezone ~= json.null and v.timezone or "UTC"
  if not v.start_time or v.start_time == json.null then v.start_time = wall_now(request.now, v.timezone) end
  v.labels = v.labels or "[]"
  v.created_by, v.created_by_id = auth.by(request.actor)
  v.created_at = c.now
end

local function check_cover(c, actor)
  local integration_id, route_id = value_of(c, "integration_id"), value_of(c, "route_id")
  if route_id then
    local route = store.row("SELECT integration_id FROM route WHERE id = $1", route_id)
    integration_id = integration_id or route and route.integration_id
    if not route or route.integration_id ~= integration_id then
      return errors.field("route_id", "This route belongs to another integration.")
    end
    if not value_of(c, "integration_id") then c.values.integration_id = integration_id end
  end
  if not integration_id and value_of(c, "labels") == "[]" then
    return errors.field("integration_id", "A window covers an integration, a route or labels: at least one is required.")
  end
  if not integration_id and rights.is_limited(actor) then
    return errors.field("integration_id", "Labels alone cover the integrations of every team, and there are some that you do " ..
      "not see: name an integration.")
  end
  local of = integration_id and store.row("SELECT type FROM integration WHERE id = $1", integration_id)
  if of and of.type == "maintenance" then
    return errors.field("integration_id", "The groups of maintenance windows cannot be under maintenance.")
  end
end

local function check_repetition(c)
  local frequency, start = value_of(c, "frequency"), value_of(c, "start_time")
  local by_day, till = value_of(c, "by_day"), value_of(c, "until_time")
  if not frequency then
    if by_day then return errors.field("by_day", "Only a window with a frequency has weekdays.") end
    if till then return errors.field("until", "Only a window with a frequency has a last start.") end
  end
  if till and till < start then return errors.field("until", "Must not be earlier than the start.") end
  if by_day and not string.find(by_day, weekday_of(start), 1, true) then
    return errors.field("start", "Must be on one of the days in by_day.")
  end
end

local function is_changed(c, column)
  local new = c.values[column]
  if new == nil then return false end
  local old = c.old[column]
  return new ~= (old == nil and json.null or old)
end

-- While it runs only its end and what comes after it can change.
local function check_running(c)
  for column, name in pairs(FIXED) do
    if is_changed(c, column) then return errors.field(name, "This field cannot be changed while the window runs.") end
  end
  if is_changed(c, "duration_ms") and not c.values.end_at then
    c.values.end_at = c.old.planned_at + c.values.duration_ms * 1000
  end
end

local function check_change(c)
  if c.old.state == "running" then return check_running(c) end
  local is_moved = is_changed(c, "start_time") or is_changed(c, "timezone")
  if is_moved then c.values.planned_at = json.null end
  for _, column in ipairs { "start_time", "timezone", "duration_ms", "frequency", "interval", "by_day", "until_time" } do
    if is_changed(c, column) then c.values.state = "planned" end
  end
end

local function add_words(request, c)
  local w = {}
  for _, column in ipairs { "name", "integration_id", "route_id", "labels", "duration_ms" } do w[column] = value_of(c, column) end
  local words = maintenance.words(w, request.actor)
  if not c.old or c.old.state ~= "running" then c.values.words = words end
end

local function before_write(request, c)
  if c.kind == "delete" then
    return c.old.state == "running" and maintenance.settle(request, c.old.id, true) or nil
  end
  if not c.old then fill_new(request, c) end
  if c.values.interval == json.null then c.values.interval = 1 end
  if c.values.timezone == json.null then c.values.timezone = "UTC" end
  if c.old and c.values.start_time == json.null then c.values.start_time = nil end
  local refusal = (c.old and check_change(c)) or check_cover(c, request.actor) or check_repetition(c)
  if refusal then return refusal end
  if not c.old or next(c.values) ~= nil then add_words(request, c) end
  c.after[#c.after + 1] = maintenance.job(request)
  return value_of(c, "mode") == "maintenance" and maintenance.ensure(request) or nil
end

local function show_author(row)
  return writer.object("type", row.created_by, "id", row.created_by == "user" and row.created_by_id and
    require("tocsin.ids").encode("U", row.created_by_id) or json.null)
end

return {
  name = "maintenance_window", table = "maintenance", prefix = "MW", path = "maintenance_windows",
  files = { { folder = "maintenance_windows", by = { "name", "start" }, is_late = true,
    is_here = function(shown) return shown.state ~= "ended" end } },
  examples = { { name = "new", mode = "debug", integration_id = "@integration", start = "2030-01-01T00:00:00",
    duration = 3600 } },
  methods = { "list", "get", "create", "update", "delete" }, area = "maintenance",
  belongs = { { "integration", "integration_id", nullable = true } },
  page_size = 50, order = "t.id",
  columns = "t.labels, t.by_day, t.version, t.planned_at, t.end_at, t.created_by, t.created_by_id",
  filters = {
    { "integration_id", "t.integration_id = ?", type = "integration" },
    { "route_id", "t.route_id = ?", type = "route" },
    { "state", "t.state = ?" },
    { "mode", "t.mode = ?" },
  },
  fields = {
    { "id", type = "id", prefix = "MW" },
    { "name", type = "text", max = 150, nullable = true, blank_null = true },
    { "mode", type = "choice", choices = { "debug", "maintenance" }, required = true },
    { "integration_id", type = "ref", to = "integration", nullable = true },
    { "route_id", type = "ref", to = "route", nullable = true },
    { "labels", nullable = true, shape = labels.SHAPE, takes = labels.SENT,
      show = function(row) return labels.show_list(row.labels, "value") end,
      store = labels.store("labels", "value", labels.check_value) },
    { "start", type = "text", column = "start_time", nullable = true, check_text = recurrence.check_wall },
    { "time_zone", type = "text", max = 64, column = "timezone", nullable = true, blank_null = true,
      check_text = recurrence.check_timezone },
    { "duration", type = "duration", column = "duration_ms", required = true, min = 1, max = DURATION_MAX,
      about = maintenance.ABOUT_DURATION },
    { "frequency", type = "choice", choices = recurrence.FREQUENCIES, nullable = true },
    { "interval", type = "integer", min = 1, max = recurrence.INTERVAL_MAX, nullable = true },
    recurrence.by_day(),
    { "until", type = "text", column = "until_time", nullable = true, check_text = recurrence.check_wall },
    { "resolve_at_end", type = "boolean" },
    { "state", type = "text", readonly = true },
    { "started_at", type = "time" },
    { "end_at", file = false, nullable = true, shape = "time?", store = store_end,
      show = function(row) return time.text(row.end_at) end },
    { "next_start_at", type = "time", column = "next_at" },
    { "alert_group_id", type = "ref", to = "alert_group", readonly = true },
    { "created_by", shape = { object = { { "type", "text" }, { "id", "id?" } } }, show = show_author },
    { "created_at", type = "time" },
    managed.field "maintenance_window",
  },
  guard = function(row) return { table = "maintenance", id = row.id, version = row.version } end,
  before_write = before_write,
  after_write = function(request, c, key)
    if c.kind ~= "delete" then maintenance.settle(request, key, nil) end
  end,
}
