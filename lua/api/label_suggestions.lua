--- Keys and values of labels that exist, for who types one: of integrations, routes and webhooks, and of alert groups.
---
--- GET /labels/keys/?search= and GET /labels/values/?key=&search= → [{"id", "name"}], sorted, the first 100 that begin with
--- `search`. Those of groups come from their index by seeking from one to the next, so a key of a million values costs
--- no more than what is shown.
local errors = require("api.errors")
local json = require("tocsin.json")
local keys = require("keys")
local query_string = require("api.query")
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

local COLUMNS <const> = { "labels", "static_labels", "dynamic_labels", "routing_labels" }

-- Calls `note` with each label that stands in the configuration; that of a dynamic one has no value.
local function each_configured(note)
  local rows = store.rows("SELECT labels, static_labels, dynamic_labels FROM integration WHERE deleted_at IS NULL")
  local function add(sql)
    for _, row in ipairs(store.rows(sql)) do rows[#rows + 1] = row end
  end
  add("SELECT routing_labels FROM route WHERE routing_labels IS NOT NULL")
  add("SELECT labels FROM webhook WHERE deleted_at IS NULL")
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

---GET /labels/keys/
label_suggestions.keys = {
  about = "Keys of labels that exist: the first hundred that begin with `search`.", query = { SEARCH }, gives = NAMES,
  answer = function(request)
    local found, search = {}, parameter(request, "search")
    each_configured(function(key) found[key] = true end)
    for _, row in ipairs(store.rows(KEYS, search)) do found[row.x] = true end
    return answer(found, search)
  end,
}

---GET /labels/values/
label_suggestions.values = {
  about = "Values of a key: the first hundred that begin with `search`.", query = { KEY, SEARCH }, gives = NAMES,
  answer = function(request)
    local found, search, key = {}, parameter(request, "search"), parameter(request, "key")
    if key == "" then return errors.field("key", "This parameter is required.") end
    each_configured(function(k, value)
      if k == key and value then found[value] = true end
    end)
    for _, row in ipairs(store.rows(VALUES, key, search)) do found[row.x] = true end
    return answer(found, search)
  end,
}

return label_suggestions
