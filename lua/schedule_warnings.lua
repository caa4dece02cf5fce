--- What is wrong with a schedule in the days ahead. Pure: facts in, a list of warnings out.
local schedule_warnings = {}

local MAX <const> = 1000

---@class schedule_warning
---@field kind "gap"|"empty_shift"|"unreachable_person"|"missing_person"|"calendar_failed"|"problem"
---@field from integer? µs; nil: it has no time of its own
---@field to integer?
---@field shift integer?
---@field user integer?
---@field text string?

---@class schedule_facts
---@field answer table of tocsin.schedule to the question `final`
---@field obstacle fun(user: integer): string? why this person cannot be called; nil: they can
---@field calendars {part: string, error: string}[] that could not be fetched
---@field missing {shift: integer, text: string}[] shifts that name people who are gone

local function add_slots(list, facts)
  for _, gap in ipairs(facts.answer.gaps) do list[#list + 1] = { kind = "gap", from = gap.from, to = gap.to } end
  for _, slot in ipairs(facts.answer.empty) do
    local shift = math.type(slot.shift) == "integer" and slot.shift or nil
    list[#list + 1] = { kind = "empty_shift", from = slot.from, to = slot.to, shift = shift, text = slot.text }
  end
end

local function add_people(list, facts)
  local seen = {}
  for _, slot in ipairs(facts.answer.final) do
    for _, id in ipairs(slot.users) do
      local why = not seen[id] and facts.obstacle(id)
      if why then
        list[#list + 1] = { kind = "unreachable_person", from = slot.from, to = slot.to, user = id, text = why }
      end
      seen[id] = true
    end
  end
end

local function is_before(a, b)
  if (a.from or 0) ~= (b.from or 0) then return (a.from or 0) < (b.from or 0) end
  if a.kind ~= b.kind then return a.kind < b.kind end
  return (a.user or a.shift or 0) < (b.user or b.shift or 0)
end

---What concerns no moment comes first, the rest by time; a thousand at most.
---@param facts schedule_facts
---@return schedule_warning[]
function schedule_warnings.list(facts)
  local list = {}
  if type(facts.answer.problem) == "string" then list[1] = { kind = "problem", text = facts.answer.problem } end
  for _, calendar in ipairs(facts.calendars) do
    list[#list + 1] = { kind = "calendar_failed", text = calendar.part .. ": " .. calendar.error }
  end
  for _, one in ipairs(facts.missing) do list[#list + 1] = { kind = "missing_person", shift = one.shift, text = one.text } end
  add_slots(list, facts)
  add_people(list, facts)
  table.sort(list, is_before)
  return { table.unpack(list, 1, MAX) }
end

-- A gap may have begun or grown since: it is the same one as long as the two overlap.
local function is_same(a, b)
  if a.kind ~= b.kind or a.shift ~= b.shift or a.user ~= b.user then return false end
  if a.user or not (a.from and b.from) then return true end
  return a.from < b.to and b.from < a.to
end

---Those that were not there the last time, although their time was looked at then.
---@param list schedule_warning[]
---@param before schedule_warning[] of the last time
---@param horizon integer up to where it was looked the last time, µs
---@return schedule_warning[]
function schedule_warnings.new(list, before, horizon)
  local out = {}
  for _, warning in ipairs(list) do
    local is_known = (warning.from or 0) >= horizon
    for _, old in ipairs(before) do is_known = is_known or is_same(warning, old) end
    if not is_known then out[#out + 1] = warning end
  end
  return out
end

return schedule_warnings
