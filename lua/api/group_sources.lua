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
local YOUNG <const> = "SELECT g.id AS id FROM alert_group AS g WHERE g.id > " .. INDEXED .. " AND "
local TEAM_MAX <const> = 100    -- integrations of a team whose lists are merged
local NAMED_MAX <const> = 2000  -- integrations that a condition names
local YOUNG_MAX <const> = 20000 -- titles that are not in the index yet and looked through
local WORDS_MAX <const>, PREFIX_MIN <const> = 10, 3
local ENOUGH <const> = 10000

-- A source is a list of parts, each a SELECT of ids that ends in its conditions, with the name of its id there and its
-- arguments. `is_young`: of groups that are in no index yet; `inner`: its SQL where a range of ids is asked for, within `low` and
-- `high` of the source, outside of which indexed ones are not. A source that `is_table` reads alert_group itself as `t`.
local function young(condition, ...) return { sql = YOUNG .. condition, id = "g.id", args = { ... }, is_young = true } end

local function part(sql, id, ...) return { sql = sql, id = id, args = { ... } } end

---Appends a source to a statement: all of its ids.
function group_sources.add(q, source)
  for i, one in ipairs(source) do q.add((i > 1 and "UNION ALL " or "") .. one.sql, table.unpack(one.args)) end
end

---The last group that the indexes know.
function group_sources.indexed_to() return store.row("SELECT " .. INDEXED .. " AS id").id end

---All groups.
function group_sources.all()
  return { part("SELECT t.id AS id FROM alert_group AS t WHERE 1 = 1", "t.id"), is_table = true }
end

local function indexed(table_name, column)
  local sql = "SELECT alert_group_id AS id FROM " .. table_name .. " WHERE " .. column .. " = ?"
  return function(_, key) return key and { young("g." .. column .. " = ?", key), part(sql, "alert_group_id", key) } end
end

group_sources.integration = indexed("group_by_integration", "integration_id")
group_sources.route = indexed("group_by_route", "route_id")

---One group.
function group_sources.id(_, key) return key and { part("SELECT id FROM alert_group WHERE id = ?", "id", key) } end

---Those that follow another one.
function group_sources.root(_, key)
  return key and { part("SELECT id FROM alert_group WHERE root_id = ? AND root_id IS NOT NULL", "id", key) }
end

local function marks(list) return string.rep("?", #list, ", ") end

-- The lists of some integrations as one; nil: they are too many.
local function of_integrations(list)
  if #list == 0 then return { part("SELECT id FROM alert_group WHERE 1 = 0", "id") } end
  if #list > TEAM_MAX then return nil end
  local parts = { young("g.integration_id IN (" .. marks(list) .. ")", table.unpack(list)) }
  for _, key in ipairs(list) do parts[#parts + 1] = group_sources.integration(nil, key)[2] end
  return parts
end

local function keys_of(list)
  for i, row in ipairs(list) do list[i] = row.id end
  return list
end

-- The integrations of a team, or of none; nil: the filter says neither.
local function of_team(values, key)
  local is_none = values[#values] == "null"
  if not is_none and not (key and store.row("SELECT 1 FROM team WHERE id = $1", key)) then return nil end
  return keys_of(store.rows("SELECT id FROM integration WHERE team_id IS $1 LIMIT " .. NAMED_MAX + 1, not is_none and key or nil))
end

-- A condition that names integrations: SQL and its arguments; nil: they are too many.
local function among(list)
  if not list or #list > NAMED_MAX then return nil end
  return "t.integration_id IN (" .. marks(list) .. ")", list
end

---Those of a team, or of none.
function group_sources.team(values, key)
  local list = of_team(values, key)
  return list and of_integrations(list)
end

---The same as a condition.
function group_sources.team_condition(values, key) return among(of_team(values, key)) end

---Is this integration a source, whose groups are seen by who sees it? What windows collect is seen by who sees the window.
function group_sources.is_of_source(key)
  return store.row("SELECT 1 FROM integration WHERE id = $1 AND type <> 'maintenance'", key) ~= nil
end

---The same of a route.
function group_sources.is_route_of_source(key)
  local row = store.row("SELECT integration_id AS id FROM route WHERE id = $1", key)
  return row ~= nil and group_sources.is_of_source(row.id)
end

local function seen_by(actor)
  local r, q = rights.resource("integration"), statement.new()
  q.add("SELECT t.id AS id FROM integration AS t WHERE t.type <> 'maintenance'")
  rights.add_list(q, r, actor)
  q.add("LIMIT ?", NAMED_MAX + 1)
  return keys_of(store.rows(q.text(), table.unpack(q.args)))
end

---Those that an actor sees, where they are of few integrations.
function group_sources.seen(actor) return of_integrations(seen_by(actor)) end

---The same as a condition.
function group_sources.seen_condition(actor) return among(seen_by(actor)) end

---Open groups by the condition of their state; those that are resolved are nearly all.
function group_sources.state(condition)
  return { part("SELECT t.id AS id FROM alert_group AS t WHERE " .. condition, "t.id"), is_table = true }
end

local LABEL <const> = "SELECT l.alert_group_id AS id FROM label AS l WHERE l.key = ? AND l.value = ?"
local LABEL_TOO <const> = " AND EXISTS (SELECT 1 FROM label AS o WHERE o.key = ? AND o.value = ? AND " ..
  "o.alert_group_id = l.alert_group_id)"

local SOME <const> = 3000
local HAVING <const> = "SELECT count(*) AS n FROM (SELECT 1 FROM label WHERE key = $1 AND value = $2 LIMIT " .. SOME .. ")"

-- The labels that are asked for, rare ones first: a list begins with what leaves the least to look at.
local function by_rarity(values)
  local list, counts = {}, {}
  for key, value in labels.wanted(values) do list[#list + 1] = { key, value } end
  if #list < 2 then return list end
  for _, pair in ipairs(list) do counts[pair] = store.row(HAVING, pair[1], pair[2]).n end
  table.sort(list, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] < counts[b] end
    return a[1] .. "\0" .. a[2] < b[1] .. "\0" .. b[2]
  end)
  return list
end

---Labels, all of which must be there.
function group_sources.label(values)
  local held, held_args, listed, listed_args = {}, {}, {}, {}
  for _, pair in ipairs(by_rarity(values)) do
    held[#held + 1] = labels.holding("g.labels")
    held_args[#held_args + 1] = json.encode(pair[1]) .. ":" .. json.encode(pair[2])
    listed[#listed + 1] = #listed == 0 and LABEL or LABEL_TOO
    table.move(pair, 1, 2, #listed_args + 1, listed_args)
  end
  if #listed == 0 then return nil end
  return { young(table.concat(held, " AND "), table.unpack(held_args)),
    part(table.concat(listed), "l.alert_group_id", table.unpack(listed_args)) }
end

-- The ids between which groups of a time can be.
local SPAN <const> = "SELECT MIN(first_id) AS first, MAX(last_id) AS last, (SELECT MAX(first_id) FROM group_span) AS newest " ..
  "FROM group_span WHERE max_at >= $1 AND min_at <= $2"
local WITHOUT_END <const> = math.maxinteger

---Those that began in a time, both ends in it.
function group_sources.started_at(from, to)
  local span = store.row(SPAN, from, to)
  local last = span.last or 0
  if span.newest and last >= span.newest then last = WITHOUT_END end -- the same list when there are more of them
  local low, time_of = span.first or 1, "SELECT t.id AS id FROM alert_group AS t WHERE t.started_at BETWEEN ? AND ? AND "
  local new = part(time_of .. "t.id > " .. INDEXED, "t.id", from, to)
  local old = part(time_of .. "t.id BETWEEN ? AND MIN(?, " .. INDEXED .. ")", "t.id", from, to, low, last)
  new.is_young = true
  old.inner = part(time_of .. "+t.id <= MIN(?, " .. INDEXED .. ")", "t.id", from, to, last)
  return { new, old, is_table = true, low = low, high = last }
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
  local having = {}
  for i in ipairs(words) do having[i] = " AND instr(lower(g.title), lower(?)) > 0" end
  return { young("g.id > (SELECT MAX(id) FROM alert_group) - " .. YOUNG_MAX .. table.concat(having), table.unpack(words)),
    part("SELECT rowid AS id FROM group_title WHERE group_title MATCH ?", "rowid", match_of(words)) }
end

return group_sources
