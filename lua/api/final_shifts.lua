--- GET /schedules/<id>/final_shifts/: who is on call in a time, one row for each person of each shift.
local errors = require("api.errors")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local query_string = require("api.query")
local rows = require("api.rows")
local schedule = require("tocsin.schedule")
local schedule_resource = require("resources.schedule")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")

local final_shifts = {}

local DAY = 86400000000
local DAYS_MAX, PAGE_SIZE = 365, 50
local FORMAT = "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DD, YYYY-MM-DDThh:mm."

final_shifts.QUERY = { { "start_date", type = "text", required = true, about = "YYYY-MM-DD or YYYY-MM-DDThh:mm, in UTC." },
  { "end_date", type = "text", required = true, about = "The same; a day means all of it." } }
local SHIFT = { object = { { "user_pk", "id" }, { "user_email", "text?" }, { "user_username", "text?" }, { "shift_start",
  "time" },
  { "shift_end", "time" } } }
local FOUND = { page = SHIFT, more = { { "problem", "text", optional = true, about = "A part that could not be read." } } }

---The time that a request asks about, {from, to} in µs, or nil and the refusal. An end that is a day means all of that day.
function final_shifts.window(request)
  local wrong, found, is_day = {}, {}, false
  for i, name in ipairs { "start_date", "end_date" } do
    local text = query_string.get(request.query, name)
    if text then found[i], is_day = time.parse_day(text) end
    if not found[i] then wrong[#wrong + 1] = { name, text and FORMAT or "This field is required." } end
  end
  if #wrong > 0 then return nil, errors.fields(wrong) end
  local from, to = found[1], found[2]
  if from > to then return nil, errors.field("start_date", "start_date must be less than or equal to end_date") end
  if to - from > DAYS_MAX * DAY then
    return nil, errors.field("end_date", string.format(
      "The difference between start_date and end_date must be less than one year (%d days)", DAYS_MAX))
  end
  return { from = from, to = is_day and to + DAY or to }
end

local function person(known, id)
  if not known[id] then known[id] = store.row("SELECT username, email FROM user WHERE id = $1", id) or {} end
  return known[id]
end

local function list_of(slots)
  local list, known = {}, {}
  for _, slot in ipairs(slots) do
    for _, id in ipairs(slot.users) do
      local user = person(known, id)
      list[#list + 1] = writer.object("user_pk", ids.encode("U", id), "user_email", user.email, "user_username", user.username,
        "shift_start", time.text(slot.from), "shift_end", time.text(slot.to))
    end
  end
  return list
end

final_shifts.get = {
  about = "Who is on call in a time: one item for each person of each shift.", query = final_shifts.QUERY, gives = FOUND,
  answer = function(request)
    local row = rows.by_id(schedule_resource, request.id)
    if not row then return errors.not_found() end
    local asked, refusal = final_shifts.window(request)
    if not asked then return refusal end
    local answer, sentence, code = schedule.ask({ what = "final", id = row.id, from = asked.from, to = asked.to })
    if not answer then return code == "NOT_FOUND" and errors.not_found() or errors.detail(400, sentence) end
    local list = list_of(answer.final)
    local object = writer.object("next", nil, "previous", nil, "results", writer.list(list), "count", #list,
      "page_size", PAGE_SIZE, "current_page_number", 1, "total_pages", 1)
    if answer.problem ~= json.null then writer.put(object, "problem", answer.problem) end -- a part that could not be read
    return { status = 200, value = object }
  end,
}

return final_shifts
