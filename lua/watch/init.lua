--- Looks after schedules: tells their rooms who is on call now, what is wrong ahead, and who wants to swap.
---
--- Run by a worker when something is due or has changed (core/engine/watch.h). What was found and what was said stand in
--- one write: after a crash it is looked again, and nothing is said twice. Messages follow from a difference between what
--- was known and what is so, so they need no events, and what changed while nobody looked is said once.
local facts <const> = require("watch.facts")
local json <const> = require("tocsin.json")
local messages <const> = require("watch.messages")
local port <const> = require("tocsin.port")
local rules <const> = require("schedule_rules")
local store <const> = require("tocsin.store")
local warnings <const> = require("schedule_warnings")
local words <const> = require("schedule_words")

local watch = {}

local AT_ONCE <const> = 10 -- schedules a look
local DAY <const>, RETRY <const> = 86400000000, 600000000
local WARNINGS_MAX <const> = 200 -- kept of a schedule

local function append(list, more)
  for _, one in ipairs(more) do list[#list + 1] = one end
end

local function names(ids)
  local list = {}
  for i, id in ipairs(ids) do list[i] = facts.name(id) end
  return list
end

local function decoded(text) return text and json.decode(text) end

-- One look at one schedule: `row` as it is, what was known, what is so; statements are collected in `out`.
local function new_look(row, at)
  return { row = row, at = at, now = at.now, id = row.id, zone = row.timezone or "UTC",
    rooms = messages.rooms(json.decode(row.channels)),
    options = rules.options(json.decode(row.notify)), before = decoded(row.on_call), warned = decoded(row.warnings), out = {},
    next_at = at.now + DAY }
end

local function sooner(look, at)
  if at and at < look.next_at then look.next_at = at end
end

local function say_hand_over(look, turn)
  if not look.before or rules.same(look.before, turn.users) or look.options.frequency == "never" then return end
  local people, everyone = rules.mentioned(look.options, turn, look.before)
  local text = words.hand_over { schedule = look.row.name, zone = look.zone, users = names(turn.users),
    before = names(look.before), next = names(turn.next), next_at = turn.next_at }
  append(look.out, messages.to_rooms(look.rooms, "hand_over", text, { people = people, everyone = everyone }, look.at))
end

-- A user group follows who is on call; while nobody is, it stays as it was.
local function put_members(look, turn)
  local group = (json.decode(look.row.channels).slack or {}).user_group_id
  look.members = look.row.members
  local wanted = group and #turn.users > 0 and group .. ": " .. table.concat(turn.users, " ")
  if not wanted or wanted == look.members then return end
  look.members = wanted
  look.out[#look.out + 1] = messages.to_group("slack", group, turn.users, look.at)
end

-- Of new ones at once, of all every Monday.
local function say_warnings(look, list, shifts)
  local is_monday = look.row.report_at and look.now >= look.row.report_at
  local said = is_monday and list or look.warned and warnings.new(list, look.warned, look.row.looked_at + facts.AHEAD) or {}
  look.report_at = look.row.report_at and not is_monday and look.row.report_at or rules.next_report(look.now)
  sooner(look, look.report_at)
  if #said == 0 or not look.options.reports or #look.rooms == 0 then return end
  local people = {}
  for _, warning in ipairs(said) do
    if warning.user then people[warning.user] = facts.name(warning.user) end
  end
  local text = words.report({ schedule = look.row.name, zone = look.zone, people = people, shifts = shifts,
    is_new = not is_monday }, said)
  append(look.out, messages.to_rooms(look.rooms, "schedule_report", text, nil, look.at))
end

-- Swaps -----------------------------------------------------------------------------------------------------------------

local SWAPS <const> = "SELECT id, swap_start_at, swap_end_at, beneficiary_id, benefactor_id, description, told, told_at, " ..
  "deleted_at FROM shift_swap WHERE schedule_id = $1 AND swap_end_at > $2 AND (told = 'open' OR told IS NULL AND " ..
  "deleted_at IS NULL) ORDER BY id"

local function status_of(swap, now)
  if swap.deleted_at then return "deleted" end
  if swap.benefactor_id then return "taken" end
  return swap.swap_start_at > now and "open" or "past_due"
end

-- Who could take a swap: everybody who is on call in the days ahead, but for the one who asks.
local function others(final, beneficiary)
  local list, seen = {}, { [beneficiary] = true }
  for _, slot in ipairs(final) do
    for _, id in ipairs(slot.users) do
      if not seen[id] then list[#list + 1] = id end
      seen[id] = true
    end
  end
  return list
end

local KNOWN <const> = { asked = "open", reminder = "open", taken = "taken", withdrawn = "withdrawn" }

local function say_swap(look, swap, step, final)
  local text = words.swap { schedule = look.row.name, zone = look.zone, step = step, from = swap.swap_start_at,
    to = swap.swap_end_at, beneficiary = facts.name(swap.beneficiary_id),
    benefactor = swap.benefactor_id and facts.name(swap.benefactor_id),
    text = swap.description }
  local people = step == "taken" and { swap.beneficiary_id, swap.benefactor_id } or others(final, swap.beneficiary_id)
  append(look.out, messages.to_rooms(look.rooms, "shift_swap", text, nil, look.at))
  append(look.out, messages.to_people(people, "shift_swap", text, look.at))
  look.out[#look.out + 1] = { sql = "UPDATE shift_swap SET told = $1, told_at = $2 WHERE id = $3",
    args = json.array { KNOWN[step], look.now, swap.id } }
end

local function say_swaps(look, final)
  for _, swap in ipairs(store.rows(SWAPS, look.id, look.now)) do
    local step, next_at = rules.swap_step({ status = status_of(swap, look.now), from = swap.swap_start_at, told = swap.told,
      told_at = swap.told_at }, look.now)
    if step then say_swap(look, swap, step, final) end
    sooner(look, next_at)
  end
end

-- Looking -----------------------------------------------------------------------------------------------------------------

local PUT <const> = "INSERT INTO schedule_watch (schedule_id, on_call, warnings, members, looked_at, report_at, next_at) " ..
  "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (schedule_id) DO UPDATE SET on_call = excluded.on_call, " ..
  "warnings = excluded.warnings, members = excluded.members, looked_at = excluded.looked_at, " ..
  "report_at = excluded.report_at, next_at = excluded.next_at"

local function put(statements, ...) statements[#statements + 1] = { sql = PUT, args = json.array { ... } } end

local function remember(look, on_call, list)
  put(look.out, look.id, json.encode(json.array(on_call)), json.encode(json.array(list)), look.members or json.null, look.now,
    look.report_at or json.null, look.next_at)
end

-- Statements of several looks in one write, which is one wait for the disk; when one of them cannot be written, each by itself.
local function write(looks)
  local all = json.array()
  for _, statements in ipairs(looks) do append(all, statements) end
  local result, sentence, code = port.call("write", { statements = all, is_outbox = true })
  if result or #all == 0 then return end
  if #looks == 1 then
    -- A schedule that was deleted meanwhile is nobody's concern any more.
    if code ~= "CONFLICT" then error(sentence, 0) end
    return
  end
  for _, statements in ipairs(looks) do write { statements } end
end

local function look_at(look)
  local list, final, shifts = facts.ahead(look.id, look.now)
  if not list then -- it is too large to be read: the reason is the only warning
    sooner(look, look.now + RETRY)
    return remember(look, look.before or {}, { { kind = "problem", text = final } })
  end
  local turn = rules.turn(final, look.now)
  sooner(look, turn.change_at)
  say_hand_over(look, turn)
  put_members(look, turn)
  say_warnings(look, list, shifts)
  say_swaps(look, final)
  remember(look, turn.users, { table.unpack(list, 1, WARNINGS_MAX) })
end

-- What goes wrong with one schedule must not keep the others from being looked at. Returns the statements.
local function look_safely(row, at)
  local ok, look = pcall(new_look, row, at)
  local problem = look
  if ok then ok, problem = pcall(look_at, look) end
  if ok then return look.out end
  port.call("log", { level = "error", message = "schedule " .. row.id .. " could not be looked after: " .. tostring(problem) })
  local out = {}
  put(out, row.id, row.on_call or "[]", row.warnings or "[]", row.members or json.null, at.now, row.report_at or json.null,
    at.now + RETRY)
  return out
end

local DUE <const> = "SELECT s.id, s.name, s.timezone, s.channels, s.notify, w.on_call, w.warnings, w.members, w.looked_at, " ..
  "w.report_at " ..
  "FROM schedule AS s LEFT JOIN schedule_watch AS w ON w.schedule_id = s.id WHERE w.schedule_id IS NULL OR w.looked_at <= $1 " ..
  "OR w.looked_at > $2 OR w.next_at <= $2 ORDER BY COALESCE(w.next_at, 0), s.id LIMIT $3"

-- With nobody on call, and with a gap ahead.
local COUNTS <const> = "SELECT min(next_at) AS next_at, sum(on_call = '[]') AS uncovered, " ..
  "sum(warnings LIKE '%\"kind\":\"gap\"%') AS gaps FROM schedule_watch"

--- Looks at some of those that are due.
---@param now integer µs
---@param changed_at integer µs: what was looked at until then may be different now
---@return integer next_at when to look again; 0: at once, -1: when something changes
---@return integer? uncovered how many schedules have nobody on call, when all have been looked at
---@return integer? gaps how many will
function watch.look(now, changed_at)
  local due = store.rows(DUE, changed_at, now, AT_ONCE)
  local looks, at = {}, messages.at(now)
  for i, row in ipairs(due) do looks[i] = look_safely(row, at) end
  write(looks)
  if #due == AT_ONCE then return 0 end
  local counts = store.row(COUNTS)
  return counts.next_at or -1, counts.uncovered or 0, counts.gaps or 0
end

return watch
