--- Reads the rows of a resource: SQL made from its table of fields (lua/resources/README.md).
--
-- A list leaves out what its actor does not see (api/rights.lua). Whether one row by its id is seen, the dispatcher has asked
-- before a handler comes here.
local block_lists = require("api.block_lists")
local errors = require("api.errors")
local field = require("api.field")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local paging = require("api.paging")
local query_string = require("api.query")
local rights = require("api.rights")
local statement = require("api.statement")
local store = require("tocsin.store")
local writer = require("api.writer")

local rows = {}

-- Stored bytes that one answer may carry: a payload can be 4 MiB and a page hold a thousand of them.
local WEIGHT_MAX = 8 << 20

local function columns(r)
  local list, seen = { "t.id" }, { id = true }
  for _, f in ipairs(r.fields) do
    local name = f.column or f[1]
    if f.type and not seen[name] then
      seen[name] = true
      list[#list + 1] = "t." .. name
    end
  end
  list[#list + 1] = r.columns
  return table.concat(list, ", ")
end

-- The value that a filter's parameter stands for, or nil when no row can have it: of what one does not see there is none.
local function filter_value(kind, text, actor)
  if kind == nil then return text end
  local other = rights.resource(kind)
  local key = ids.decode(other.prefix, text)
  if key and rights.is_limited(actor) and not rights.may_name(actor, other, key) then return nil end
  return key
end

local NO_TEAM = "Select a valid choice. That choice is not one of the available choices."

-- The sentence that refuses an id of a filter which nothing has: where the reference says so.
local function unknown_sentence(filter, value)
  local sentence = filter.unknown or filter.type == "team" and NO_TEAM
  if not sentence then return nil end
  local f = { to = filter.type }
  return not (value and field.is_there(f, value)) and sentence or nil
end

-- A condition that names what it means here and now, instead of asking for it with every row: SQL and its arguments.
local function named_condition(pair)
  if pair.named == nil then
    local condition, text, args = pair[1].condition, nil, nil
    if condition then text, args = condition(pair[2], pair.value) end
    pair.named = text and { text, args } or false
  end
  return pair.named
end

local function add_filter(q, pair)
  local filter, values, value = pair[1], pair[2], pair.value
  if filter.type == "team" and values[#values] == "null" then
    q.add("AND " .. string.gsub(filter[2], "= %?", "IS NULL"))
    return
  end
  local why = unknown_sentence(filter, value)
  if why then return why end
  local named = value and named_condition(pair)
  if named then q.add("AND " .. named[1], table.unpack(named[2]))
  elseif value then q.add("AND " .. filter[2], value)
  else q.add("AND 1 = 0") end
end

-- Who sees what a filter names sees every row that hangs on it.
local function is_enough(r, pair)
  if pair.value == nil then return false end
  local link, is_seen = r.belongs[1], pair[1].is_seen
  if is_seen ~= nil then return is_seen(pair.value) end
  return #r.belongs == 1 and link[1] ~= "team" and not link.where and pair[1].type == link[1]
end

-- The filters of a request that have a value: list of {filter, values, value = the last of them}, and that of the actor's
-- rights. `fixed` are of the same form.
local function given_filters(r, request, fixed)
  local given, is_seen = {}, not rights.is_filtered(r, request.actor)
  for _, pair in ipairs(fixed or {}) do given[#given + 1] = pair end
  for _, filter in ipairs(r.filters or {}) do
    local values = query_string.all(request.query, filter[1])
    if #values > 0 and values[#values] ~= "" then given[#given + 1] = { filter, values } end
  end
  for _, pair in ipairs(given) do
    pair.value = filter_value(pair[1].type, pair[2][#pair[2]], request.actor)
    is_seen = is_seen or is_enough(r, pair)
  end
  if not is_seen then
    local own = { "rights", is_steady = true,
      condition = r.seen_condition and function() return r.seen_condition(request.actor) end,
      add = function(q) rights.add_list(q, r, request.actor) end }
    given[#given + 1] = { own, {}, is_rights = true, actor = request.actor }
  end
  return given
end

-- Appends `AND …` for each filter; returns the answer that refuses one.
local function add_conditions(q, given)
  for _, pair in ipairs(given) do
    local filter, why = pair[1]
    local named = pair.is_rights and named_condition(pair)
    if named then q.add("AND " .. named[1], table.unpack(named[2]))
    elseif filter.add then why = filter.add(q, pair[2], pair.value)
    else why = add_filter(q, pair) end
    if why then return errors.field(filter[1], why) end
  end
end

-- Appends `WHERE …`.
local function add_where(q, r, given)
  q.add("WHERE 1 = 1")
  if r.live then q.add("AND t." .. r.live) end
  return add_conditions(q, given)
end

-- A filter that alone has a quicker way to its rows than a walk through the table, and the value it was given.
local function only_filter(given)
  if #given ~= 1 or not given[1][1].only then return nil end
  return given[1][1].only, given[1].value or 0
end

-- Without a filter, the rows of a resource by what its parent counts of them.
local function count_by_parent(r, actor)
  local parent, q = rights.resource(r.count_by[1]), statement.new()
  q.add("SELECT " .. r.count_by[2] .. " AS n FROM " .. parent.table .. " AS t WHERE 1 = 1")
  rights.add_list(q, parent, actor)
  return store.row(q.text(), table.unpack(q.args)).n
end

local function without(given, taken)
  local rest = {}
  for _, pair in ipairs(given) do
    if pair ~= taken then rest[#rest + 1] = pair end
  end
  return rest
end

local function rights_of(given)
  for _, pair in ipairs(given) do
    if pair.is_rights then return pair end
  end
end

-- Appends a source: its parts one after the other, each within a range of ids: `low` and `high` of it in SQL. What is young
-- begins higher than that: the `+` keeps the planner from beginning low. Conditions on the rows of a source that is their
-- table stand in its parts.
local function add_source(q, source, rest, range, ...)
  local count = 0
  for _, part in ipairs(source) do
    if not (part.is_young and range and range.is_old) then
      local is = range and part.inner or part
      if count > 0 then q.add("UNION ALL") end
      q.add(is.sql, table.unpack(is.args))
      if range then
        local high = range.high and string.format(" AND %s <= %s", is.id, range.high) or ""
        q.add(string.format("AND %s%s >= %s%s", part.is_young and "+" or "", is.id, range.low, high), ...)
      end
      local refusal = source.is_table and add_conditions(q, rest)
      if refusal then return refusal end
      count = count + 1
    end
  end
end

local FEW <const> = 3000 -- ids of a source that are counted to know whether they are few …
local NEWEST <const> = 40000 -- … and of those that have more, how many are among so many newest rows

local function size_of(source, range, ...)
  local q = statement.new()
  q.add("SELECT count(*) AS n FROM (SELECT 1 FROM (")
  add_source(q, source, {}, range, ...)
  q.add(") LIMIT ?)", FEW)
  return store.row(q.text(), table.unpack(q.args)).n
end

local function fewest(r, candidates)
  for _, one in ipairs(candidates) do
    one.size = size_of(one.source)
    if one.size >= FEW then
      local newest = { low = "(SELECT MAX(id) FROM " .. r.table .. ") - ?" }
      one.size = FEW + size_of(one.source, newest, NEWEST)
    end
  end
  local best = candidates[1]
  for _, one in ipairs(candidates) do
    if one.size < best.size then best = one end
  end
  return best
end

-- Filters that have a source, in the resource's order; `is_first` of a filter: with it or not at all.
local function candidates_of(r, given)
  local list = {}
  for _, filter in ipairs(r.filters or {}) do
    for _, pair in ipairs(given) do
      local source = pair[1] == filter and filter.source and filter.source(pair[2], pair.value)
      if source and filter.is_first then return { { pair = pair, source = source } } end
      if source then list[#list + 1] = { pair = pair, source = source } end
    end
  end
  return list
end

-- The filter with which a list begins: ids in the order of the answer from an index (`source`), where one alone is no quicker
-- (`only`). Of several the one with the fewest is taken; the others, which come back with it, are conditions on its rows. A
-- list without any that leaves out what its actor does not see begins with what is seen.
local function driver_of(r, given)
  local candidates = candidates_of(r, given)
  local best = #candidates > 1 and fewest(r, candidates) or candidates[1]
  if best then return best.source, without(given, best.pair) end
  local own = rights_of(given)
  local source = own and r.seen_source and r.seen_source(own.actor)
  if source then return source, without(given, own) end
  return nil, given
end

-- Appends `FROM … WHERE …` of a list that begins with a source, as the table `s`, within a range of its ids.
local function add_driven(q, r, source, rest, range, ...)
  q.add("FROM (")
  local refusal = add_source(q, source, rest, range, ...)
  q.add(") AS s")
  if source.is_table or #rest == 0 and not r.live then return refusal end
  q.add("CROSS JOIN " .. r.table .. " AS t ON t.id = s.id")
  return add_where(q, r, rest)
end

local function counted(q) return store.row(q.text(), table.unpack(q.args)).n end

-- How many rows there are, counted up to `limit` (-1: all).
local function count_driven(r, source, rest, limit)
  local q = statement.new()
  q.add("SELECT count(*) AS n FROM (SELECT 1")
  local refusal = add_driven(q, r, source, rest)
  if refusal then return nil, refusal end
  q.add("LIMIT ?)", limit)
  return counted(q)
end

local function count_walked(r, given, limit)
  local q = statement.new()
  q.add("SELECT count(*) AS n FROM (SELECT 1 FROM " .. r.table .. " AS t")
  local refusal = add_where(q, r, given)
  if refusal then return nil, refusal end
  q.add("LIMIT ?)", limit)
  return counted(q)
end

-- Long lists by blocks of ids (block_lists.lua) ---------------------------------------------------------------------------------

-- Does what a filter leaves change only with its groups, and is all that it means in its SQL?
local function is_steady(r, pair)
  if pair.is_rights and r.seen_condition or pair[1].condition then return named_condition(pair) ~= false end
  return pair[1].is_steady or false
end

local IN_BLOCK <const> = { low = "b.block * " .. block_lists.SIZE, high = string.format("b.block * %d + %d", block_lists.SIZE,
  block_lists.SIZE - 1) }
local IN_OLD_BLOCK <const> = { low = IN_BLOCK.low, high = IN_BLOCK.high, is_old = true } -- the indexes know all of it
local ON_PAGE <const> = { low = "?", high = "?" }

local function counting_blocks(r, source, rest)
  return function(low, high, is_old)
    local q = statement.new()
    q.add("WITH RECURSIVE b(block) AS (VALUES(?) UNION ALL SELECT block + 1 FROM b WHERE block < ?) " ..
      "SELECT b.block AS block, (SELECT count(*)", low, high)
    add_driven(q, r, source, rest, is_old and IN_OLD_BLOCK or IN_BLOCK)
    q.add(") AS n FROM b")
    return store.rows(q.text(), table.unpack(q.args))
  end
end

-- The same of those that are open.
local function counting_open(r, given)
  return function(low, high)
    local q = statement.new()
    q.add(string.format("SELECT t.id / %d AS block, count(*) AS n FROM %s AS t", block_lists.SIZE, r.table))
    add_where(q, r, given)
    q.add("AND t.is_open = 1 AND t.id BETWEEN ? AND ? GROUP BY 1", low * block_lists.SIZE, (high + 1) * block_lists.SIZE - 1)
    return store.rows(q.text(), table.unpack(q.args))
  end
end

-- A list whose counts can be kept; nil: it is none.
local function blocks_of(r, list)
  if not r.blocks then return nil end
  local closed
  for _, pair in ipairs(list.given) do
    if pair[1].is_closed and pair[1].is_closed(pair[2]) then closed = pair
    elseif not is_steady(r, pair) then return nil end
  end
  list.source = list.source or r.blocks.all()
  local rest, q = without(list.rest, closed), statement.new()
  if add_driven(q, r, list.source, rest) then return nil end
  local top = store.row("SELECT MAX(id) AS id FROM " .. r.table).id or 0
  return block_lists.open { key = q.text() .. json.encode(json.array(q.args)), top = top, steady_to = r.blocks.indexed_to(),
    low = list.source.low, high = list.source.high, count = counting_blocks(r, list.source, rest),
    open = closed and counting_open(r, without(list.given, closed)) }
end

-- Lists ---------------------------------------------------------------------------------------------------------------------

-- A list as it is asked for: its filters, and how its rows are come by.
local function list_of(r, request, fixed)
  local list = { given = given_filters(r, request, fixed), actor = request.actor }
  list.only, list.only_value = only_filter(list.given)
  if list.only then return list end
  list.is_of_parent = r.count_by and (#list.given == 0 or #list.given == 1 and list.given[1].is_rights)
  list.source, list.rest = driver_of(r, list.given)
  list.is_few = list.source ~= nil and size_of(list.source) < FEW
  if not list.is_few then list.blocks = blocks_of(r, list) end
  return list
end

-- All ids of a list that begins with few.
local function read_few(r, list)
  local q = statement.new()
  q.add("SELECT s.id AS id")
  local refusal = add_driven(q, r, list.source, list.rest)
  if refusal then return refusal end
  q.add("ORDER BY s.id DESC")
  list.ids = store.rows(q.text(), table.unpack(q.args))
  for i, row in ipairs(list.ids) do list.ids[i] = row.id end
end

local function count_rows(r, list, limit)
  if list.only then return (store.row(list.only.count, list.only_value) or { n = 0 }).n end
  if list.is_of_parent then return count_by_parent(r, list.actor) end
  if list.is_few then
    local refusal = read_few(r, list)
    return not refusal and #list.ids or nil, refusal
  end
  if list.blocks then return list.blocks:count(limit) end
  if list.source then return count_driven(r, list.source, list.rest, limit) end
  return count_walked(r, list.given, limit)
end

-- Appends the ids of a page; they are found first, so that rows which an offset skips are not joined with anything.
local function add_page_ids(q, r, list, size, offset)
  if list.only then
    q.add(list.only.ids, list.only_value)
  elseif list.ids then
    q.add("SELECT value AS id FROM json_each(?)", json.encode(json.array { table.unpack(list.ids, offset + 1, offset + size) }))
    return
  elseif list.source then
    local range, low, top
    if list.blocks then top, offset = list.blocks:place(offset)
    elseif list.before then top = list.before - 1 end
    if top then range, low = ON_PAGE, list.source.low or 0 end
    q.add("SELECT s.id AS id")
    local refusal = add_driven(q, r, list.source, list.rest, range, low, top)
    if refusal then return refusal end
    q.add("ORDER BY s.id DESC")
  else
    q.add("SELECT t.id FROM " .. r.table .. " AS t")
    local refusal = add_where(q, r, list.given)
    if refusal then return refusal end
    if list.before then q.add("AND t.id < ?", list.before) end
    q.add("ORDER BY " .. (list.order or r.order))
  end
  q.add("LIMIT ? OFFSET ?", size, offset)
end

-- The keys of a page, and how many bytes its rows would bring along.
local function page_keys(r, list, window)
  local q = statement.new()
  q.add("SELECT t.id AS id, " .. (r.weight or "0") .. " AS weight FROM (")
  add_page_ids(q, r, list, window.size, window.offset)
  q.add(") AS page JOIN " .. r.table .. " AS t ON t.id = page.id " .. (r.join or "") .. " ORDER BY " .. r.order)
  local keys, weight = store.rows(q.text(), table.unpack(q.args)), 0
  for i, row in ipairs(keys) do
    keys[i] = row.id
    weight = weight + row.weight
  end
  return keys, weight
end

---The object of a row, its members in the order of the fields.
function rows.show(r, row, request)
  local object = writer.object()
  for _, f in ipairs(r.fields) do
    if not f.write_only and (not f.when or f.when(row, request)) then
      local value
      if f.show then value = f.show(row, request) else value = field.show_of(f)(f, row[f.column or f[1]]) end
      writer.put(object, f[1], value)
    end
  end
  return object
end

---One row by its key, or nil.
function rows.by_key(r, key)
  return store.row("SELECT " .. columns(r) .. " FROM " .. r.table .. " AS t " .. (r.join or "") .. " WHERE t.id = $1" ..
    (r.live and " AND t." .. r.live or ""), key)
end

---The answer to GET /<path>/. A filter may have to walk through the whole table, so it is done twice (count, keys) and
---no more: the rows of the page are then read one by one by key. `fixed` are filters that the path stands for.
function rows.list(r, request, fixed)
  local list = list_of(r, request, fixed)
  local filters = #list.given - (list.blocks and rights_of(list.given) and 1 or 0)
  local far = filters > 1 and r.count_with_several or r.count_max
  local limit = far and math.max(far, paging.reach(request.query, r.page_size)) or -1
  local count, refusal = count_rows(r, list, limit)
  if refusal then return refusal end
  local window = paging.window(request.query, r.page_size, count)
  local keys, weight = {}, 0
  if count > 0 then keys, weight = page_keys(r, list, window) end
  if weight > WEIGHT_MAX then
    return errors.detail(400, string.format(
      "This page would hold more than %d MiB of payloads: ask for fewer with perpage.", WEIGHT_MAX >> 20))
  end
  local results = {}
  for _, key in ipairs(keys) do
    local row = rows.by_key(r, key)
    if row then results[#results + 1] = rows.show(r, row, request) end
  end
  return { status = 200, value = paging.envelope(request, window, results) }
end

---The keys of the rows that a request's filters leave, in the resource's order or another one, `limit` at most; nil and the
---answer that refuses a filter. `fixed` are filters of the caller's own: a list of {{add = function(q)}, {}}. `before`: only
---keys below this one.
function rows.keys(r, request, fixed, limit, order, before)
  local q, list = statement.new(), { given = given_filters(r, request, fixed), before = before, order = order }
  if not order then list.source, list.rest = driver_of(r, list.given) end
  local refusal = add_page_ids(q, r, list, limit, 0)
  if refusal then return nil, refusal end
  local keys = store.rows(q.text(), table.unpack(q.args))
  for i, row in ipairs(keys) do keys[i] = row.id end
  return keys
end

---How many rows a request's filters leave, counted up to `limit`; nil and the answer that refuses a filter.
function rows.count(r, request, fixed, limit)
  local given = given_filters(r, request, fixed)
  local source, rest = driver_of(r, given)
  if source then return count_driven(r, source, rest, limit) end
  return count_walked(r, given, limit)
end

---One row by its public id, or nil.
function rows.by_id(r, id)
  local key = ids.decode(r.prefix, id)
  return key and rows.by_key(r, key)
end

---The answer to GET /<path>/<id>/.
function rows.get(r, request)
  local row = rows.by_id(r, request.id)
  if not row then return errors.not_found() end
  return { status = 200, value = rows.show(r, row, request) }
end

return rows
