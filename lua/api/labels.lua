--- Labels as the API writes them, {key: {id, name}, value: {id, name}}, and as the database keeps them.
local body = require("api.body")
local json = require("tocsin.json")
local keys = require("keys")
local writer = require("api.writer")

local labels = {}

local LENGTH_MAX, COUNT_MAX = 200, 100

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

---Checks a list of labels that was sent; `check(text)` looks at each value.
---@return string|nil JSON for the column, or nil and a sentence
function labels.take(sent, part, check)
  if not body.is_list(sent) or #sent > COUNT_MAX then
    return nil, "Expected a list of at most " .. COUNT_MAX .. " labels."
  end
  local list = {}
  for i, label in ipairs(sent) do
    local key, value = nil, nil
    if body.is_object(label) then key, value = name_of(label.key), name_of(label.value) end
    if not key or not value or key == "" or utf8.len(key) > LENGTH_MAX then
      return nil, string.format("Label %d: expected {key: {name}, value: {name}}, a key of 1 to %d characters.", i, LENGTH_MAX)
    end
    local why = check(value)
    if why then return nil, string.format("Label %d: %s", i, why) end
    list[i] = writer.object("key", key, part, value)
  end
  return writer.text(writer.list(list))
end

---A static value: at most 200 characters.
function labels.check_value(text)
  if text == "" or utf8.len(text) > LENGTH_MAX then
    return "a value has 1 to " .. LENGTH_MAX .. " characters."
  end
end

return labels
