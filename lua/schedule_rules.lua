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

local function same(a, b) return table.concat(a, " ") == table.concat(b, " ") end
schedule_rules.same = same

-- Where slots begin and end, by time.
local function edges_of(final)
  local edges = {}
  for _, slot in ipairs(final) do
    edges[#edges + 1] = { at = slot.from, by = 1, users = slot.users }
    edges[#edges + 1] = { at = slot.to, by = -1, users = slot.users }
  end
  table.sort(edges, function(a, b) return a.at < b.at end)
  return edges
end

-- Who is on call, kept up to date from edge to edge: a list may hold thousands of slots of the same people.
local function new_crowd() return { slots = {}, count = 0, usual = {}, other = 0 } end

-- Somebody comes or goes; `other` counts in how many people the crowd differs from the usual one.
local function move(crowd, id, by)
  local before = crowd.slots[id] or 0
  crowd.slots[id] = before + by
  if (before > 0) == (before + by > 0) then return end
  crowd.count = crowd.count + by
  crowd.other = crowd.other + ((before + by > 0) == (crowd.usual[id] ~= nil) and -1 or 1)
end

local function people_of(crowd)
  local set = {}
  for id, slots in pairs(crowd.slots) do
    if slots > 0 then set[id] = true end
  end
  return sorted_keys(set), set
end

-- Takes all edges of one moment, from the i-th on; returns the number of the first of the next.
local function take_moment(crowd, edges, i)
  local at = edges[i].at
  while edges[i] and edges[i].at == at do
    for _, id in ipairs(edges[i].users) do move(crowd, id, edges[i].by) end
    i = i + 1
  end
  return i
end

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
  local edges, crowd, i = edges_of(final), new_crowd(), 1
  while edges[i] and edges[i].at <= now do i = take_moment(crowd, edges, i) end
  local users, usual = people_of(crowd)
  local turn = { users = users, next = {} }
  crowd.usual, crowd.other = usual, 0
  while edges[i] do
    local at = edges[i].at
    i = take_moment(crowd, edges, i)
    if crowd.other > 0 and not turn.change_at then turn.change_at = at end
    if turn.change_at and crowd.count > 0 then
      turn.next, turn.next_at = (people_of(crowd)), at
      return turn
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
