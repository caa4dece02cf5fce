--- Where a list of alert groups begins: ids in falling order from an index of what it is filtered by, with no walk through the
--- groups. The indexes are filled some moments after a group opens (core/engine/group_index.c); younger ones are looked through.
local json = require("tocsin.json")
local labels = require("api.labels")
local rights = require("api.rights")
local statement = require("api.statement")
local store = require("tocsin.store")
local time = require("api.time")

local group_sources = {}

local INDEXED <const> = "COALESCE((SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'groups_indexed_to'), 0)"
local YOUNG <const> = "SELECT g.id FROM alert_group AS g WHERE g.id > " .. INDEXED .. " AND "
local UNION <const> = " UNION ALL "
local TEAM_MAX <const> = 100   -- integrations of a team whose lists are merged
local YOUNG_MAX <const> = 20000 -- titles that are not in the index yet and looked through
local WORDS_MAX <const>, PREFIX_MIN <const> = 10, 3
local ENOUGH <const> = 10000

local function source(sql, ...) return { sql = sql, args = { ... } } end

local function indexed(table_name, column)
  local sql = YOUNG .. "g." .. column .. " = ?" .. UNION .. "SELECT alert_group_id FROM " .. table_name .. " WHERE " .. column ..
    " = ?"
  return function(_, key) return key and source(sql, key, key) end
end

group_sources.integration = indexed("group_by_integration", "integration_id")
group_sources.route = indexed("group_by_route", "route_id")

---One group.
function group_sources.id(_, key) return key and source("SELECT id FROM alert_group WHERE id = ?", key) end

---Those that follow another one.
function group_sources.root(_, key)
  return key and source("SELECT id FROM alert_group WHERE root_id = ? AND root_id IS NOT NULL ORDER BY id DESC", key)
end

local of_integrations

---Those of a team, or of none.
function group_sources.team(values, key)
  local is_none = values[#values] == "null"
  if not key and not is_none then return nil end
  local list = store.rows("SELECT id FROM integration WHERE team_id IS $1 LIMIT " .. TEAM_MAX + 1, not is_none and key or nil)
  return of_integrations(list)
end

-- The lists of some integrations as one; nil: they are too many.
function of_integrations(list)
  if #list == 0 then return source("SELECT id FROM alert_group WHERE 1 = 0") end
  if #list > TEAM_MAX then return nil end
  local sql, args = {}, {}
  for i, row in ipairs(list) do
    sql[i] = "SELECT alert_group_id AS id FROM group_by_integration WHERE integration_id = ?"
    args[i] = row.id
  end
  local young = YOUNG .. "g.integration_id IN (" .. string.rep("?", #list, ", ") .. ")"
  return { sql = young .. UNION .. table.concat(sql, UNION), args = table.move(args, 1, #args, #args + 1,
    { table.unpack(args) }) }
end

---Is this integration a source, whose groups are seen by who sees it? What windows collect is seen by who sees the window.
function group_sources.is_of_source(key)
  return store.row("SELECT 1 FROM integration WHERE id = $1 AND type <> 'maintenance'", key) ~= nil
end

---Those that an actor sees, where they are of few integrations.
function group_sources.seen(actor)
  local r, q = rights.resource("integration"), statement.new()
  q.add("SELECT t.id AS id FROM integration AS t WHERE t.type <> 'maintenance'")
  rights.add_list(q, r, actor)
  q.add("LIMIT ?", TEAM_MAX + 1)
  return of_integrations(store.rows(q.text(), table.unpack(q.args)))
end

---Open groups by the condition of their state; those that are resolved are nearly all.
function group_sources.state(condition)
  return function()
    local found = source("SELECT t.id FROM alert_group AS t WHERE " .. condition)
    found.has_rights = true
    return found
  end
end

local LABEL <const> = "SELECT l.alert_group_id FROM label AS l WHERE l.key = ? AND l.value = ?"
local LABEL_TOO <const> = " AND EXISTS (SELECT 1 FROM label AS o WHERE o.key = ? AND o.value = ? AND " ..
  "o.alert_group_id = l.alert_group_id)"

---Labels, all of which must be there.
function group_sources.label(values)
  local young, old, args, old_args = {}, {}, {}, {}
  for key, value in labels.wanted(values) do
    young[#young + 1] = labels.holding("g.labels")
    old[#old + 1] = #old == 0 and LABEL or LABEL_TOO
    args[#args + 1] = json.encode(key) .. ":" .. json.encode(value)
    table.move({ key, value }, 1, 2, #old_args + 1, old_args)
  end
  if #old == 0 then return nil end
  return { sql = YOUNG .. table.concat(young, " AND ") .. UNION .. table.concat(old),
    args = table.move(old_args, 1, #old_args, #args + 1, args) }
end

-- The ids between which groups of a time can be.
local SPAN <const> = "SELECT MIN(first_id) AS first, MAX(last_id) AS last FROM group_span WHERE max_at >= $1 AND min_at <= $2"

---Those that began in a time, both ends in it.
function group_sources.started_at(from, to)
  local span = store.row(SPAN, from, to)
  return source(YOUNG .. "g.started_at BETWEEN ? AND ?" .. UNION ..
    "SELECT g.id FROM alert_group AS g WHERE g.id BETWEEN ? AND MIN(?, " .. INDEXED .. ") AND g.started_at BETWEEN ? AND ?",
    from, to, span.first or 1, span.last or 0, from, to)
end

---The two moments of a range, or nil.
function group_sources.range(text)
  local from, to = string.match(text, "^([^_]+)_([^_]+)$")
  from, to = from and time.parse(from), to and time.parse(to)
  if from and to then return from, to end
end

local FOUND <const> = "SELECT count(*) AS n FROM (SELECT 1 FROM group_title WHERE group_title MATCH $1 LIMIT " .. ENOUGH .. ")"

-- The words of a search as FTS5 reads them: each for itself, the last one also as the beginning of a word when it is letters
-- alone (db-1 is not db-10), unless there is more than enough without: to gather what begins alike is slow when nearly every
-- title has it.
local function match_of(words)
  local parts = {}
  for i, word in ipairs(words) do parts[i] = '"' .. string.gsub(word, '"', '""') .. '"' end
  local whole = table.concat(parts, " ")
  local last = words[#words]
  local is_beginning = (utf8.len(last) or 0) >= PREFIX_MIN and not string.find(last, "[%d%p]")
  return is_beginning and store.row(FOUND, whole).n < ENOUGH and whole .. "*" or whole
end

---Those in whose titles all words stand; `#12` is the group of that number.
function group_sources.search(values)
  local number = string.match(values[#values], "^#(%d+)$")
  if number and #number < 19 then return group_sources.id(nil, math.tointeger(tonumber(number))) end
  local words = {}
  for word in string.gmatch(values[#values], "[^%s%c]+") do
    if #words < WORDS_MAX then words[#words + 1] = word end
  end
  local young, args = {}, {}
  for i, word in ipairs(words) do
    young[i] = "instr(lower(g.title), lower(?)) > 0"
    args[i] = word
  end
  args[#args + 1] = match_of(words)
  return { sql = YOUNG .. "g.id > (SELECT MAX(id) FROM alert_group) - " .. YOUNG_MAX .. " AND " .. table.concat(young,
    " AND ") .. UNION ..
    "SELECT rowid FROM group_title WHERE group_title MATCH ?", args = args }
end

return group_sources
