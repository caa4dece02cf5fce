--- What templates are given: answers of the API and plain Lua tables, as values that a template can hold.
---
--- Pages show what the API tells: a handler of the API is asked, and its answer goes into the template under the API's
--- own names. So nothing is looked up or worded twice.
local json <const> = require "tocsin.json"
local value <const> = require "jinja.value"
local writer <const> = require "api.writer"

local view <const> = {}

--- A value of the API's writer (an object, a list, a scalar) as a template's value.
function view.of_answer(answer) return json.payload(writer.text(answer)) end

--- A plain Lua value as a template's: a table with items is a list, one with names a dict (in no order), an empty one a
--- list. What `tocsin.json` has decoded is such a value too. Values that are a template's already stay as they are.
function view.of(v)
  local is_array <const> = type(v) == "table" and getmetatable(v) == json.array_mt
  if type(v) ~= "table" or getmetatable(v) and not is_array then return v end
  if is_array or #v > 0 or next(v) == nil then
    local list = { n = #v }
    for i = 1, #v do list[i] = view.of(v[i]) end
    return value.list(list)
  end
  local dict = value.new_dict()
  for name, item in pairs(v) do value.dict_set(dict, name, view.of(item)) end
  return dict
end

--- Text that is HTML already, made by us.
view.html = value.markup

return view
