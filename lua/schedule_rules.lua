--- What a schedule's room is told, and when: hand-overs, reports, swaps. Pure.
local calendar <const> = require("jinja.calendar")

local schedule_rules = {}

local HOUR <const>, DAY <const> = 3600000000, 86400000000

--- Options of a schedule, as the API names them, with what holds when nobody said so.
schedule_rules.OPTIONS = {
  { "frequency", choices = { "each_shift", "never" } },
  { "mention_current", default = true },
  { "mention_next", default = false },
  { "empty_slot", choices = { "mention_all", "mention_previous", "inform" } },
  { "reports", default = true },
}

---@param stored table<string, any> those that were set
---@return table<string, any>
function schedule_rules.options(stored)
  local out = {}
  for _, option in ipairs(schedule_rules.OPTIONS) do
    local value = stored[option[1]]
    if value == nil then value = option.choices and option.choices[1] end
    if value == nil then value = option.default end
    out[option[1]] = value
  end
  return out
end

-- Hand-overs ------------------------------------------------------------------------------------------------------------

local function sorted_keys(set)
  local list = {}
  for id in pairs(set) do list[#list + 1] = id end
  table.sort(list)
  return list
end

-- Who is on call at a moment, by the final slots.
local function people_at(final, at)
  local set = {}
  for _, slot in ipairs(final) do
    for _, id in ipairs(slot.from <= at and at < slot.to and slot.users or {}) do set[id] = true end
  end
  return sorted_keys(set)
end

local function same(a, b) return table.concat(a, " ") == table.concat(b, " ") end
schedule_rules.same = same

---@class schedule_turn
---@field users integer[] who is on call now, by rising id
---@field change_at integer? when other people are, µs; nil: not in this window
---@field next integer[] who follows, after a gap if there is one; empty: nobody in this window
---@field next_at integer?

---Whose turn it is, and when it ends.
---@param final table[] slots of tocsin.schedule, from `now` on
---@param now integer
---@return schedule_turn
function schedule_rules.turn(final, now)
  local moments, turn = {}, { users = people_at(final, now), next = {} }
  for _, slot in ipairs(final) do
    moments[slot.from], moments[slot.to] = true, true
  end
  for _, at in ipairs(sorted_keys(moments)) do
    local users = at > now and people_at(final, at)
    if users and not turn.change_at and not same(users, turn.users) then turn.change_at = at end
    if users and turn.change_at and #users > 0 then
      turn.next, turn.next_at = users, at
      break
    end
  end
  return turn
end

---Whom a hand-over's message mentions.
---@param options table<string, any>
---@param turn schedule_turn
---@param before integer[] who was on call until now
---@return integer[] ids
---@return boolean everyone
function schedule_rules.mentioned(options, turn, before)
  local list = {}
  local function add(ids)
    for _, id in ipairs(ids) do list[#list + 1] = id end
  end
  if options.mention_current then add(turn.users) end
  if options.mention_next then add(turn.next) end
  if #turn.users == 0 and options.empty_slot == "mention_previous" then add(before) end
  return list, #turn.users == 0 and options.empty_slot == "mention_all"
end

-- Reports -------------------------------------------------------------------------------------------------------------

---The next Monday at 12:00 UTC.
---@param now integer µs
---@return integer
function schedule_rules.next_report(now)
  local day = now // DAY
  local noon = (day - calendar.weekday(day)) * DAY + 12 * HOUR
  return noon > now and noon or noon + 7 * DAY
end

-- Swaps -----------------------------------------------------------------------------------------------------------------

-- How long before its beginning people are reminded of a swap that nobody has taken.
local REMINDERS <const> = { 28 * DAY, 21 * DAY, 14 * DAY, 7 * DAY, 3 * DAY, 2 * DAY, DAY, 12 * HOUR }

---@class schedule_swap
---@field status "open"|"taken"|"past_due"|"deleted"
---@field from integer µs
---@field told "open"|"taken"|"withdrawn"|nil what people know
---@field told_at integer?

---What is to be said of a swap now, and when it has to be looked at again.
---@param swap schedule_swap
---@param now integer
---@return "asked"|"reminder"|"taken"|"withdrawn"|nil
---@return integer? next_at
function schedule_rules.swap_step(swap, now)
  if swap.status == "taken" then return swap.told ~= "taken" and "taken" or nil end
  if swap.status == "deleted" then return swap.told == "open" and "withdrawn" or nil end
  if swap.status ~= "open" then return nil end
  local step = not swap.told and "asked" or nil
  for _, before in ipairs(REMINDERS) do
    local at = swap.from - before
    if at > now then return step, at end
    if swap.told and at > swap.told_at then step = "reminder" end
  end
  return step
end

return schedule_rules
