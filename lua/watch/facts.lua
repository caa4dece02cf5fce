--- What is known of a schedule: whose turn it is, and what is wrong ahead.
local json <const> = require("tocsin.json")
local schedule <const> = require("tocsin.schedule")
local store <const> = require("tocsin.store")
local warnings <const> = require("schedule_warnings")

local facts = {}

local AHEAD <const> = 30 * 86400000000
facts.AHEAD = AHEAD

local CHANNELS <const> = "SELECT DISTINCT channel FROM notification_rule WHERE user_id = $1 AND is_important = $2 " ..
  "AND channel IS NOT NULL"
local METHOD <const> = "SELECT id FROM contact_method WHERE user_id = $1 AND is_enabled = 1 AND failed_at IS NULL " ..
  "AND channel IN ($2, CASE $2 WHEN 'mobile_app_critical' THEN 'mobile_app' ELSE $2 END)"

-- Whether one of a list of rules comes to somebody.
local function has_way(id, rules)
  for _, rule in ipairs(rules) do
    if store.row(METHOD, id, rule.channel) then return true end
  end
  return false
end

local BY_EMAIL <const> = { { channel = "email" } } -- what counts without any rule

-- Why nobody could call a person, by the rules that the engine follows (core/engine/paging.c); nil: they can be called.
local function obstacle(id)
  local user = store.row("SELECT role IN ('editor', 'admin') AS is_called FROM user WHERE id = $1", id)
  if not user or user.is_called == 0 then return "viewers are not called" end
  local usual, important = store.rows(CHANNELS, id, 0), store.rows(CHANNELS, id, 1)
  if not has_way(id, #usual > 0 and usual or BY_EMAIL) then return "no rule leads to a contact method that works" end
  if #important > 0 and not has_way(id, important) then return "no important rule leads to a contact method that works" end
end

local function is_person(id) return store.row("SELECT id FROM user WHERE id = $1 AND deleted_at IS NULL", id) ~= nil end

--- What people call somebody, also one who is gone.
---@param id integer
---@return string
function facts.name(id)
  local row = store.row("SELECT username, name FROM user WHERE id = $1", id)
  if not row then return "?" end
  return row.name and row.name ~= "" and row.name or row.username
end

-- People of a shift who are gone, each once.
local function count_missing(row)
  local count, seen = 0, {}
  local function add(list)
    for _, id in ipairs(list) do
      if not seen[id] and not is_person(id) then count = count + 1 end
      seen[id] = true
    end
  end
  add(json.decode(row.users))
  for _, group in ipairs(json.decode(row.rolling_users)) do add(group) end
  return count
end

local SHIFTS <const> = "SELECT id, name, users, rolling_users FROM shift WHERE schedule_id = $1 UNION " ..
  "SELECT s.id, s.name, s.users, s.rolling_users FROM shift AS s JOIN schedule_shift AS l ON l.shift_id = s.id " ..
  "WHERE l.schedule_id = $1 ORDER BY id"

--- The names of a schedule's shifts by their ids, and those that name people who are gone.
---@param id integer
---@return table<integer, string> names
---@return {shift: integer, text: string}[] missing
function facts.shifts(id)
  local names, missing = {}, {}
  for _, row in ipairs(store.rows(SHIFTS, id)) do
    names[row.id] = row.name
    local count = count_missing(row)
    if count > 0 then
      missing[#missing + 1] = { shift = row.id, text = count == 1 and "a person of it does not exist any more" or
        count .. " people of it do not exist any more" }
    end
  end
  return names, missing
end

-- The calendar of overrides does not count while these are made in the web.
local FAILED <const> = "SELECT c.part, c.error FROM schedule_copy AS c JOIN schedule AS s ON s.id = c.schedule_id " ..
  "WHERE c.schedule_id = $1 AND c.error IS NOT NULL AND (c.part = 'primary' OR s.enable_web_overrides = 0) ORDER BY c.part DESC"

--- What is wrong in the thirty days ahead, and the final slots of them.
---@param id integer
---@param now integer µs
---@return schedule_warning[]|nil list nil: the schedule cannot be read
---@return table[]|string final, or the sentence why not
---@return table<integer, string>|nil shifts names
function facts.ahead(id, now)
  local answer, sentence = schedule.ask({ what = "final", id = id, from = now, to = now + AHEAD })
  if not answer then return nil, sentence end
  local names, missing = facts.shifts(id)
  local list = warnings.list({ answer = answer, obstacle = obstacle, missing = missing,
    calendars = store.rows(FAILED, id) })
  return list, answer.final, names
end

return facts
