--- Labels as the API writes them, {key: {id, name}, value: {id, name}}, and as the database keeps them.
local body = require("api.body")
local json = require("tocsin.json")
local keys = require("keys")
local writer = require("api.writer")

local labels = {}

local LENGTH_MAX, COUNT_MAX = 200, 100

local NAMED = { object = { { "id", "text" }, { "name", "text" } } }
local SENT_NAME = { object = { { "id", "text", optional = true }, { "name", "text", optional = true } } }

---What a list of labels looks like: shown, shown with the switch `inherited`, and sent.
labels.SHAPE = { list = { object = { { "key", NAMED }, { "value", NAMED } } } }
labels.OWN_SHAPE = { list = { object = { { "key", NAMED }, { "value", NAMED }, { "inherited", "boolean" } } } }
labels.SENT = { max = COUNT_MAX, null = true,
  list = { object = { { "key", SENT_NAME }, { "value", SENT_NAME }, { "inherited", "boolean", optional = true } } } }

---One label of an answer; ids are the names themselves.
function labels.show(key, value)
  return writer.object("key", writer.object("id", key, "name", key), "value", writer.object("id", value, "name", value))
end

---The stored list [{"key", <part>}] as labels of an answer.
---@param part string "value" or "template"
function labels.show_list(stored, part)
  local list = {}
  for i, label in ipairs(json.decode(stored or "[]")) do list[i] = labels.show(label.key, label[part]) end
  return writer.list(list)
end

---The same of labels that an integration passes down to its groups, or not.
function labels.show_own(stored)
  local list = {}
  for i, label in ipairs(json.decode(stored or "[]")) do
    list[i] = labels.show(label.key, label.value)
    writer.put(list[i], "inherited", label.inherited ~= false)
  end
  return writer.list(list)
end

---A group's stored object key → value, sorted by key.
function labels.show_object(stored)
  local object, list = stored and json.decode(stored) or {}, {}
  for i, key in ipairs(keys.sorted(object)) do list[i] = labels.show(key, tostring(object[key])) end
  return writer.list(list)
end

local function name_of(sent)
  if body.is_object(sent) then sent = sent.name or sent.id end
  return type(sent) == "string" and utf8.len(sent) and sent or nil
end

local function stored_switches(stored)
  local switches = {}
  for _, label in ipairs(json.decode(stored)) do switches[label.key] = label.inherited end
  return switches
end

-- Whether a label goes down to groups: what was sent, else what it was, else yes. Only `false` is stored.
local function switch_of(label, key, switches)
  local inherited = label.inherited
  if inherited == nil then inherited = switches[key] end
  if inherited ~= nil and type(inherited) ~= "boolean" then return nil, "inherited must be a valid boolean." end
  return inherited
end

---Checks a list of labels that was sent; `check(text)` looks at each value.
---@param stored string|false|nil what such a list was: its labels have the switch `inherited`
---@return string|nil JSON for the column, or nil and a sentence
function labels.take(sent, part, check, stored)
  if not body.is_list(sent) or #sent > COUNT_MAX then
    return nil, "Expected a list of at most " .. COUNT_MAX .. " labels."
  end
  local list, seen, switches = {}, {}, stored and stored_switches(stored) or {}
  for i, label in ipairs(sent) do
    local key, value, switch = nil, nil, nil
    if body.is_object(label) then key, value = name_of(label.key), name_of(label.value) end
    if not key or not value or key == "" or utf8.len(key) > LENGTH_MAX then
      return nil, string.format("Label %d: expected {key: {name}, value: {name}}, a key of 1 to %d characters.", i, LENGTH_MAX)
    end
    local why = check(value)
    if seen[key] then why = string.format('the key "%s" is there twice.', key) end
    if stored and not why then switch, why = switch_of(label, key, switches) end
    if why then return nil, string.format("Label %d: %s", i, why) end
    seen[key] = true
    list[i] = writer.object("key", key, part, value)
    if switch == false then writer.put(list[i], "inherited", false) end
  end
  return writer.text(writer.list(list))
end

---`store` of a field that is such a list; null is an empty one.
---@param has_switch boolean? each says whether it is inherited
function labels.store(column, part, check, has_switch)
  return function(value, _, c)
    if value == json.null then return { [column] = "[]" } end
    local text, why = labels.take(value, part, check, has_switch and (c.old and c.old[column] or "[]"))
    if not text then return nil, why end
    return { [column] = text }
  end
end

---A static value: at most 200 characters.
function labels.check_value(text)
  if text == "" or utf8.len(text) > LENGTH_MAX then
    return "a value has 1 to " .. LENGTH_MAX .. " characters."
  end
end

---The labels of a filter, `label=key:value`, repeated: all must be there. What is not of that form is passed over, as the
---reference does.
---@param values string[]
---@return fun(): string?, string? iterator of key and value
function labels.wanted(values)
  local at = 0
  return function()
    while at < #values do
      at = at + 1
      local key, value = string.match(values[at], "^([^:]*):([^:]*)$")
      if key then return key, value end
    end
  end
end

---The condition that a column of JSON holds a text of JSON, `?`. Quotes inside texts are escaped there, so that one that
---begins and ends with quotes matches nowhere else. LIKE would take "PROD" for "prod".
function labels.holding(column)
  return "replace(" .. column .. ", ?, '') <> " .. column
end

---A filter by labels in a column that holds a list of them.
function labels.add_list_filter(column)
  return function(q, values)
    for key, value in labels.wanted(values) do
      q.add("AND " .. labels.holding(column), string.format('"key":%s,"value":%s', writer.quote(key), writer.quote(value)))
    end
  end
end

return labels
