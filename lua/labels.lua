--- The labels of one alert: those its integration passes down, static ones, dynamic templates, the multi-label template;
--- later ones win.
---
--- A key or value outside 1–200 code points is dropped, never cut; so is a value that reads "none". Templates see the
--- values as they are (a number of the multi-label JSON stays a number); routes and the stored labels see their text.
local json <const> = require("tocsin.json")
local limits <const> = require("tocsin.limits")
local value <const> = require("jinja.value")
local template <const> = require("template")
local type <const>, tostring <const>, ipairs <const> = type, tostring, ipairs
local byte <const>, SPACE <const>, UPPER_N <const>, LOWER_N <const> = string.byte, 32, 78, 110
local lower <const>, match <const>, find <const> = string.lower, string.match, string.find
local concat <const>, sort <const> = table.concat, table.sort
local math_type <const>, codepoints <const> = math.type, utf8.len
local dict_set <const>, new_dict <const> = value.dict_set, value.new_dict

local number_text <const> = template.get("{{ number }}")

local labels = { stored_max = limits.labels, length_max = 200 }

local function is_length_ok(text)
  local bytes = #text
  if bytes == 0 then return false end
  return bytes <= labels.length_max or (codepoints(text) or bytes) <= labels.length_max
end

-- The text of a label value as Python's str() gives it, or nil for what cannot be one.
local function text_of(v)
  local kind = type(v)
  if kind == "string" then return v end
  if kind == "boolean" then return v and "True" or "False" end
  if kind == "number" then
    if math_type(v) == "integer" then return tostring(v) end
    return (template.render(number_text, { number = v }))
  end
  return nil
end

-- `text` is not empty.
local function is_none(text)
  local first <const> = byte(text)
  if first > SPACE and first ~= UPPER_N and first ~= LOWER_N then return false end
  return find(text, "^%s*[nN]") ~= nil and lower(match(text, "^%s*(%S*)%s*$") or "") == "none"
end

-- v is the value of the text.
local function add_text(dict, key, text, v)
  if is_length_ok(text) and not is_none(text) and is_length_ok(key) then dict_set(dict, key, v) end
end

local function add(dict, key, v)
  local text = text_of(v)
  if text and type(key) == "string" then add_text(dict, key, text, v) end
end

local function add_multi(dict, text, problems)
  local parsed = json.payload(text)
  local object = value.plain(parsed)
  if type(object) ~= "table" or value.type_of(object) ~= value.DICT then
    problems.multi_label_template = "the template did not print a JSON object"
    return
  end
  for i = 1, object.n do add(dict, object.k[i], object.v[object.k[i]]) end
end

-- A list of the configuration; null is an empty one.
local function list_of(v) return type(v) == "table" and v or {} end

--- What labels a configuration can give, ready to compute; nil when there are none.
---@param config table with labels {key, value, inherited}[] (nil is true), static_labels {key, value}[],
---  dynamic_labels {key, template}[], multi_label_template text, each optional
---@return table? plan
function labels.plan(config)
  local plan = { static = {}, dynamic = {} }
  for _, label in ipairs(list_of(config.labels)) do
    if label.inherited ~= false then plan.static[#plan.static + 1] = label end
  end
  for _, label in ipairs(list_of(config.static_labels)) do plan.static[#plan.static + 1] = label end
  for _, label in ipairs(list_of(config.dynamic_labels)) do
    if type(label.key) == "string" and type(label.template) == "string" then
      plan.dynamic[#plan.dynamic + 1] = { key = label.key, field = "label:" .. label.key,
        template = template.get(label.template) }
    end
  end
  local multi = config.multi_label_template
  if type(multi) == "string" and multi ~= "" then plan.multi = template.get(multi) end
  if #plan.static == 0 and #plan.dynamic == 0 and not plan.multi then return nil end
  return plan
end

--- The labels of one alert as a dict value for templates. Errors go into `problems` by field.
---@param plan table
---@param context table
---@param problems table<string, string>
---@param field_fuel integer?
---@return table dict
function labels.compute(plan, context, problems, field_fuel)
  local dict = new_dict()
  for _, label in ipairs(plan.static) do add(dict, label.key, label.value) end
  for _, label in ipairs(plan.dynamic) do
    local text, failed = template.render(label.template, context, nil, field_fuel)
    if failed then problems[label.field] = text else add_text(dict, label.key, text, text) end
  end
  if plan.multi then
    local text, failed = template.render(plan.multi, context, nil, field_fuel)
    if failed then problems.multi_label_template = text else add_multi(dict, text, problems) end
  end
  return dict
end

--- The text of one label, nil when it is not there.
---@param dict table
---@param key string
---@return string?
function labels.get(dict, key)
  return text_of(dict.v[key])
end

--- What is stored: JSON text of the first by key, as many as may be, values as text; nil when there are none.
---@param dict table
---@return string?
function labels.to_json(dict)
  if dict.n == 0 then return nil end
  if dict.n == 1 then
    local key = dict.k[1]
    return "{" .. json.encode(key) .. ":" .. json.encode(text_of(dict.v[key])) .. "}"
  end
  local keys = {}
  for i = 1, dict.n do keys[i] = dict.k[i] end
  sort(keys)
  local out = {}
  for i = 1, math.min(#keys, labels.stored_max) do
    out[i] = json.encode(keys[i]) .. ":" .. json.encode(text_of(dict.v[keys[i]]))
  end
  return "{" .. concat(out, ",") .. "}"
end

return labels
