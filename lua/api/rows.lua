--- Reads the rows of a resource: SQL made from its table of fields (lua/resources/README.md).
--
-- A list leaves out what its actor does not see (api/rights.lua). Whether one row by its id is seen, the dispatcher has asked
-- before a handler comes here.
local errors = require("api.errors")
local field = require("api.field")
local ids = require("tocsin.ids")
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

local function add_filter(q, pair)
  local filter, values, value = pair[1], pair[2], pair.value
  if filter.type == "team" and values[#values] == "null" then
    q.add("AND " .. string.gsub(filter[2], "= %?", "IS NULL"))
    return
  end
  local why = unknown_sentence(filter, value)
  if why then return why end
  if value then q.add("AND " .. filter[2], value) else q.add("AND 1 = 0") end
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
    local own = { "rights", is_indexed = r.is_belonging_indexed, add = function(q) rights.add_list(q, r, request.actor) end }
    given[#given + 1] = { own, {}, is_rights = true, actor = request.actor }
  end
  return given
end

-- Appends `WHERE …`; returns the answer that refuses a filter.
local function add_where(q, r, given, is_in_parts)
  q.add("WHERE 1 = 1")
  if r.live then q.add("AND t." .. r.live) end
  for _, pair in ipairs(given) do
    local filter, why = pair[1]
    if filter.add then why = filter.add(q, pair[2], is_in_parts, pair.value) else why = add_filter(q, pair) end
    if why then return errors.field(filter[1], why) end
  end
end

-- A table without an index over all of its rows is counted in parts that each have one, when the filters need no more
-- than the index holds; else in one walk through the table, which beats looking up each row from an index.
local function parts_of(r, given)
  if not r.count_parts then return { "1 = 1" }, false end
  for _, pair in ipairs(given) do
    if not pair[1].is_indexed then return { "1 = 1" }, false end
  end
  return r.count_parts, true
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

-- A source whose index has what the rights are about is asked for them too.
local function with_rights(r, source, rest)
  local own = source.has_rights and rights_of(rest)
  if not own then return source, rest end
  local text, args = rights.seen(r, own.actor, true)
  local all = table.move(args, 1, #args, #source.args + 1, { table.unpack(source.args) })
  return { sql = source.sql .. " AND " .. text, args = all }, without(rest, own)
end

-- The filter with which a list begins: ids in the order of the answer from an index (`source`), where one alone is no quicker
-- (`only`). Of several the first in the resource's order is taken; the others, which come back with it, are conditions on its
-- rows. A list without any that leaves out what its actor does not see begins with what is seen.
local function driver_of(r, given)
  for _, filter in ipairs(r.filters or {}) do
    for _, pair in ipairs(given) do
      local source = pair[1] == filter and filter.source and filter.source(pair[2], pair.value)
      if source then return with_rights(r, source, without(given, pair)) end
    end
  end
  local source = #given == 1 and given[1].is_rights and r.seen_source and r.seen_source(given[1].actor)
  if source then return source, {} end
end

-- Appends `FROM … WHERE …` of a list that begins with a source, as the table `s`.
local function add_driven(q, r, source, rest)
  q.add("FROM (")
  q.add(source.sql, table.unpack(source.args))
  q.add(") AS s")
  if #rest == 0 and not r.live then return end
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
  local parts, is_in_parts = parts_of(r, given)
  local n = 0
  for _, part in ipairs(parts) do
    local q = statement.new()
    q.add("SELECT count(*) AS n FROM (SELECT 1 FROM " .. r.table .. " AS t")
    local refusal = add_where(q, r, given, is_in_parts)
    if refusal then return nil, refusal end
    q.add("AND " .. part .. " LIMIT ?)", limit)
    n = n + counted(q)
  end
  return limit >= 0 and math.min(n, limit) or n
end

local function count_rows(r, given, actor, limit)
  local only, value = only_filter(given)
  if only then return (store.row(only.count, value) or { n = 0 }).n end
  if r.count_by and (#given == 0 or #given == 1 and given[1].is_rights) then return count_by_parent(r, actor) end
  local source, rest = driver_of(r, given)
  if source then return count_driven(r, source, rest, limit) end
  return count_walked(r, given, limit)
end

-- The ids of a page are found first, so that rows which an offset skips are not joined with anything.
local function add_page_ids(q, r, given, window)
  local only, value = only_filter(given)
  local source, rest = driver_of(r, given)
  if only then
    q.add(only.ids, value)
  elseif source then
    q.add("SELECT s.id AS id")
    add_driven(q, r, source, rest)
    q.add("ORDER BY s.id DESC")
  else
    q.add("SELECT t.id FROM " .. r.table .. " AS t")
    add_where(q, r, given)
    q.add("ORDER BY " .. r.order)
  end
  q.add("LIMIT ? OFFSET ?", window.size, window.offset)
end

-- The keys of a page, and how many bytes its rows would bring along.
local function page_keys(r, given, window)
  local q = statement.new()
  q.add("SELECT t.id AS id, " .. (r.weight or "0") .. " AS weight FROM (")
  add_page_ids(q, r, given, window)
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
  local given = given_filters(r, request, fixed)
  local limit = r.count_max and math.max(r.count_max, paging.reach(request.query, r.page_size)) or -1
  local count, refusal = count_rows(r, given, request.actor, limit)
  if refusal then return refusal end
  local window = paging.window(request.query, r.page_size, count)
  local keys, weight = {}, 0
  if count > 0 then keys, weight = page_keys(r, given, window) end
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

local function add_keys(q, r, given, order)
  local source, rest
  if not order then source, rest = driver_of(r, given) end
  if not source then
    q.add("SELECT t.id AS id FROM " .. r.table .. " AS t")
    return add_where(q, r, given), "t", order or r.order
  end
  q.add("SELECT s.id AS id")
  local refusal = add_driven(q, r, source, rest)
  if #rest == 0 and not r.live then q.add("WHERE 1 = 1") end
  return refusal, "s", "s.id DESC"
end

---The keys of the rows that a request's filters leave, in the resource's order or another one, `limit` at most; nil and the
---answer that refuses a filter. `fixed` are filters of the caller's own: a list of {{add = function(q)}, {}}. `before`: only
---keys below this one.
function rows.keys(r, request, fixed, limit, order, before)
  local q = statement.new()
  local refusal, from, by = add_keys(q, r, given_filters(r, request, fixed), order)
  if refusal then return nil, refusal end
  if before then q.add("AND " .. from .. ".id < ?", before) end
  q.add("ORDER BY " .. by .. " LIMIT ?", limit)
  local keys = store.rows(q.text(), table.unpack(q.args))
  for i, row in ipairs(keys) do keys[i] = row.id end
  return keys
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
