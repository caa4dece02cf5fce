--- GET /schedules/<id>/quality/?date=YYYY-MM-DD&days=N: is somebody always on call, and has everybody the same share? Of the 52
--- weeks from the next Monday on when it does not say otherwise.
local calendar = require("jinja.calendar")
local errors = require("api.errors")
local ids = require("tocsin.ids")
local quality = require("schedule_quality")
local query_string = require("api.query")
local rows = require("api.rows")
local schedule = require("tocsin.schedule")
local schedule_resource = require("resources.schedule")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")

local schedule_quality = {}

local DAY = 86400000000
local DAYS, DAYS_MAX = 364, 366

local QUERY = { { "date", type = "text", about = "The first day, YYYY-MM-DD; the next Monday unless it is said." },
  { "days", type = "integer", min = 1, max = DAYS_MAX, about = "How many; 364 unless it is said." } }
local OVERLOADED = { object = { { "id", "id" }, { "username", "text?" }, { "score", "number" } } }
local QUALITY = { object = { { "total_score", "number" }, { "covered", "number" }, { "balance", "number?" },
  { "overloaded_users", { list = OVERLOADED } } } }

local function next_monday(now)
  local day = now // DAY
  return (day + 7 - calendar.weekday(day)) * DAY
end

-- From when, for how many days; or the refusal.
local function window(request)
  local date, days = query_string.get(request.query, "date"), query_string.get(request.query, "days")
  local from = date and time.parse(date .. "T00:00:00") or not date and next_monday(request.now)
  if not from then return nil, errors.field("date", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.") end
  local count = days == nil and DAYS or string.find(days, "^%d%d?%d?$") and math.tointeger(tonumber(days))
  if not count or count < 1 or count > DAYS_MAX then return nil, errors.field("days", "Must be a number from 1 to 366.") end
  return { from = from, to = from + count * DAY }
end

local function show(found)
  local list = {}
  for i, one in ipairs(found.overloaded) do
    local user = store.row("SELECT username FROM user WHERE id = $1", one.user)
    list[i] = writer.object("id", ids.encode("U", one.user), "username", user and user.username, "score", one.score)
  end
  return writer.object("total_score", found.score, "covered", found.covered, "balance", found.balance, "overloaded_users",
    writer.list(list))
end

schedule_quality.get = {
  about = "How much of a time is covered, and how equal people's shares are.", query = QUERY, gives = QUALITY,
  answer = function(request)
    local row = rows.by_id(schedule_resource, request.id)
    if not row then return errors.not_found() end
    local asked, refusal = window(request)
    if not asked then return refusal end
    local answer, sentence = schedule.ask({ what = "final", id = row.id, from = asked.from, to = asked.to })
    if not answer then return errors.detail(400, sentence) end
    return { status = 200, value = show(quality.of(answer.final, asked.to - asked.from)) }
  end,
}

return schedule_quality
