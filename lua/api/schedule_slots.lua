--- GET /schedules/<id>/slots/: what a calendar shows of a time: who is on call in the end, where nobody is, and every shift
--- before
--- any gives way.
local errors = require("api.errors")
local final_shifts = require("api.final_shifts")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local rows = require("api.rows")
local schedule = require("tocsin.schedule")
local schedule_resource = require("resources.schedule")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")

local schedule_slots = {}

local USER <const> = { object = { { "id", "id" }, { "username", "text?" } } }
local SLOT <const> = { object = { { "start", "time" }, { "end", "time" }, { "shift", "id?" }, { "level", "integer" },
  { "is_override", "boolean" }, { "is_all_day", "boolean" }, { "users", { list = USER } },
  { "text", "text?", about = "What the calendar says, when it names nobody whom we know." } } }
local GAP <const> = { object = { { "start", "time" }, { "end", "time" } } }
local SHOWN <const> = { object = { { "final", { list = SLOT } }, { "gaps", { list = GAP } }, { "empty", { list = SLOT } },
  { "slots", { list = SLOT } }, { "problem", "text?" } } }

local function users_of(slot, known)
  local list = {}
  for i, id in ipairs(slot.users) do
    if not known[id] then
      local row = store.row("SELECT username FROM user WHERE id = $1", id)
      known[id] = writer.object("id", ids.encode("U", id), "username", row and row.username)
    end
    list[i] = known[id]
  end
  return writer.list(list)
end

local function show(slots, known)
  local list = {}
  for i, slot in ipairs(slots) do
    local shift = math.type(slot.shift) == "integer" and ids.encode("O", slot.shift) or nil
    list[i] = writer.object("start", time.text(slot.from), "end", time.text(slot.to), "shift", shift, "level", slot.level,
      "is_override", slot.is_override, "is_all_day", slot.is_all_day, "users", users_of(slot, known),
      "text", type(slot.text) == "string" and #slot.users == 0 and slot.text or nil)
  end
  return writer.list(list)
end

local function gaps_of(gaps)
  local list = {}
  for i, gap in ipairs(gaps) do list[i] = writer.object("start", time.text(gap.from), "end", time.text(gap.to)) end
  return writer.list(list)
end

schedule_slots.get = {
  about = "What a calendar shows of a time: who is on call, where nobody is, and every shift before any gives way.",
  query = final_shifts.QUERY, gives = SHOWN,
  answer = function(request)
    local row = rows.by_id(schedule_resource, request.id)
    if not row then return errors.not_found() end
    local asked, refusal = final_shifts.window(request)
    if not asked then return refusal end
    local final, why, code = schedule.ask({ what = "final", id = row.id, from = asked.from, to = asked.to })
    if not final then return code == "NOT_FOUND" and errors.not_found() or errors.detail(400, why) end
    local all = schedule.ask({ what = "slots", id = row.id, from = asked.from, to = asked.to }) or { slots = {} }
    local known = {}
    return { status = 200, value = writer.object("final", show(final.final, known), "gaps", gaps_of(final.gaps),
      "empty", show(final.empty, known), "slots", show(all.slots, known), "problem",
      final.problem ~= json.null and final.problem or nil) }
  end,
}

return schedule_slots
