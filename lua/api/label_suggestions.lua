--- Keys and values of labels that exist, for who types one: of integrations, routes and webhooks, and of alert groups.
---
--- GET /labels/keys/?search= and GET /labels/values/?key=&search= → [{"id", "name"}], sorted, the first 100 that begin with
--- `search`. Those of groups come from their index by seeking from one to the next, so a key of a million values costs
--- no more than what is shown. Who does not see every team is told of what they see, and of groups only the newest.
local errors = require("api.errors")
local json = require("tocsin.json")
local keys = require("keys")
local query_string = require("api.query")
local rights = require("api.rights")
local statement = require("api.statement")
local store = require("tocsin.store")
local writer = require("api.writer")

local label_suggestions = {}

local SHOWN_MAX <const> = 100

-- The distinct texts of one column of the index in order, from the argument `first` on.
local function distinct(column, where, first)
  return string.format("WITH RECURSIVE found(x) AS (SELECT (SELECT MIN(%s) FROM label WHERE %s %s >= %s) UNION ALL " ..
    "SELECT (SELECT MIN(%s) FROM label WHERE %s %s > found.x) FROM found WHERE found.x IS NOT NULL) " ..
    "SELECT x FROM found WHERE x IS NOT NULL LIMIT %d", column, where, column, first, column, where, column, SHOWN_MAX)
end

local KEYS <const> = distinct("key", "", "$1")
local VALUES <const> = distinct("value", "key = $1 AND", "$2")

-- What is looked through for who does not see the groups of every team.
local NEWEST <const> = "t.labels IS NOT NULL AND t.id > (SELECT max(id) - 20000 FROM alert_group)"
local LAST <const> = "ORDER BY t.id DESC LIMIT 1000"

local COLUMNS <const> = { "labels", "static_labels", "dynamic_labels", "routing_labels" }

-- The rows of a resource that this actor sees.
local function seen(actor, name, columns, where, last)
  local r, q = rights.resource(name), statement.new()
  q.add("SELECT " .. columns .. " FROM " .. r.table .. " AS t WHERE " .. where)
  rights.add_list(q, r, actor)
  q.add(last or "")
  return store.rows(q.text(), table.unpack(q.args))
end

-- Calls `note` with each label that stands in the configuration; that of a dynamic one has no value.
local function each_configured(actor, note)
  local rows = {}
  local function add(...)
    for _, row in ipairs(seen(actor, ...)) do rows[#rows + 1] = row end
  end
  add("integration", "t.labels, t.static_labels, t.dynamic_labels", "t.deleted_at IS NULL")
  add("route", "t.routing_labels", "t.routing_labels IS NOT NULL")
  add("webhook", "t.labels", "t.deleted_at IS NULL")
  for _, row in ipairs(rows) do
    for _, column in ipairs(COLUMNS) do
      for _, label in ipairs(row[column] and json.decode(row[column]) or {}) do note(label.key, label.value) end
    end
  end
end

local function answer(found, search)
  local list = {}
  for _, name in ipairs(keys.sorted(found)) do
    if #list < SHOWN_MAX and string.sub(name, 1, #search) == search then
      list[#list + 1] = writer.object("id", name, "name", name)
    end
  end
  return { status = 200, value = writer.list(list) }
end

local SEARCH <const> = { "search", type = "text", blank = true, about = "What they begin with." }
local KEY <const> = { "key", type = "text", required = true }
local NAMES <const> = { list = { object = { { "id", "text" }, { "name", "text" } } } }

local function parameter(request, name)
  local values = query_string.all(request.query, name)
  return values[#values] or ""
end

-- The same with each label of the newest groups for who does not see every team, of which the index of labels knows nothing.
local function each_label(actor, note)
  each_configured(actor, note)
  for _, row in ipairs(rights.is_limited(actor) and seen(actor, "alert_group", "t.labels", NEWEST, LAST) or {}) do
    for key, value in pairs(json.decode(row.labels)) do note(key, value) end
  end
end

---GET /labels/keys/
label_suggestions.keys = {
  about = "Keys of labels that exist: the first hundred that begin with `search`.", query = { SEARCH }, gives = NAMES,
  answer = function(request)
    local found, search = {}, parameter(request, "search")
    each_label(request.actor, function(key) found[key] = true end)
    for _, row in ipairs(rights.is_limited(request.actor) and {} or store.rows(KEYS, search)) do found[row.x] = true end
    return answer(found, search)
  end,
}

---GET /labels/values/
label_suggestions.values = {
  about = "Values of a key: the first hundred that begin with `search`.", query = { KEY, SEARCH }, gives = NAMES,
  answer = function(request)
    local found, search, key = {}, parameter(request, "search"), parameter(request, "key")
    if key == "" then return errors.field("key", "This parameter is required.") end
    each_label(request.actor, function(k, value)
      if k == key and value then found[value] = true end
    end)
    for _, row in ipairs(rights.is_limited(request.actor) and {} or store.rows(VALUES, key, search)) do found[row.x] = true end
    return answer(found, search)
  end,
}

return label_suggestions
