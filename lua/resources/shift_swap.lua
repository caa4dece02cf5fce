--- A request to swap shifts: what one person (the beneficiary) has in a time, another (the benefactor) takes.
local errors = require("api.errors")
local field = require("api.field")
local time = require("api.time")

local function store_moment(column)
  return function(value)
    local at = time.parse_moment(value)
    if at then return { [column] = at } end
    return nil, "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
  end
end

local function show_moment(column)
  return function(row) return time.text(row[column]) end
end

---open, taken or past_due.
local function status_of(row, now)
  if row.benefactor_id then return "taken" end
  return row.swap_start_at <= now and "past_due" or "open"
end

local function check_times(c)
  local from = c.values.swap_start_at or c.old.swap_start_at
  local to = c.values.swap_end_at or c.old.swap_end_at
  if from >= to then return errors.field("swap_end", "swap_end must occur after swap_start") end
  if c.values.swap_start_at and c.values.swap_start_at < c.now then
    return errors.field("swap_start", "swap_start must be in the future")
  end
end

local function before_write(_, c)
  if c.kind == "delete" then return nil end
  if c.old and status_of(c.old, c.now) ~= "open" and next(c.values) then
    for name, value in pairs(c.values) do
      if c.old[name] ~= value then
        local state = status_of(c.old, c.now)
        return errors.detail(400, "Only an open shift swap request can be changed; this one is " .. state .. ".")
      end
    end
  end
  if c.old and c.values.swap_start_at == c.old.swap_start_at then c.values.swap_start_at = nil end
  if not c.old then c.values.created_at = c.now end
  if not c.old or next(c.values) then c.values.updated_at = c.now end
  return check_times(c)
end

local function add_starting_after(q, values)
  local text = values[#values]
  local at = time.parse_moment(text) or time.parse_day(text)
  if not at then return "Enter a valid date/time." end
  q.add("AND t.swap_start_at >= ?", at)
end

local function add_open_only(q, values)
  if string.lower(values[#values]) == "true" then
    q.add("AND t.benefactor_id IS NULL AND t.swap_start_at > ?", values.now)
  end
end

return {
  name = "shift_swap", table = "shift_swap", prefix = "SSR", path = "shift_swaps",
  examples = { { schedule = "@schedule", beneficiary = "@user", swap_start = "2030-01-01T00:00:00Z",
    swap_end = "2030-01-02T00:00:00Z" } },
  methods = { "get", "create", "update", "delete" }, area = "schedules",
  belongs = { { "schedule", "schedule_id" } },
  page_size = 50, order = "t.swap_start_at, t.id",
  live = "deleted_at IS NULL",
  columns = "t.swap_start_at, t.swap_end_at, t.benefactor_id, t.version, t.created_at, t.updated_at",
  filters = {
    { "schedule_id", "t.schedule_id = ?", type = "schedule" },
    { "beneficiary", "t.beneficiary_id = ?", type = "user" },
    { "benefactor", "t.benefactor_id = ?", type = "user" },
    { "starting_after", add = add_starting_after, about = "A moment or a day; now unless it is said." },
    { "open_only", add = add_open_only, shape = "boolean" },
  },
  fields = {
    { "id", type = "id", prefix = "SSR" },
    { "created_at", type = "time", readonly = true },
    { "updated_at", type = "time", readonly = true },
    { "schedule", type = "ref", to = "schedule", column = "schedule_id", required = true, create_only = true },
    { "swap_start", required = true, shape = "time", show = show_moment("swap_start_at"), store = store_moment("swap_start_at") },
    { "swap_end", required = true, shape = "time", show = show_moment("swap_end_at"), store = store_moment("swap_end_at") },
    { "beneficiary", type = "ref", to = "user", column = "beneficiary_id", required = true, create_only = true },
    { "benefactor", shape = "id?", show = function(row)
      return row.benefactor_id and field.show_of({ type = "ref" })({ to = "user" }, row.benefactor_id)
    end },
    { "description", type = "text", max = 3000, blank = true, nullable = true, null = "" },
    { "status", shape = { choice = { "open", "taken", "past_due" } }, show = function(row, request) return status_of(row,
      request.now) end },
  },
  guard = function(row) return { table = "shift_swap", id = row.id, version = row.version } end,
  delete_sql = "UPDATE shift_swap SET deleted_at = $1 WHERE id = $2",
  status_of = status_of,
  before_write = before_write,
}
