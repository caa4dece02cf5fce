--- Shapes: what a value of the API looks like, said as data, and written as the schemas of OpenAPI 3.1 (JSON Schema 2020-12).
---
--- A shape is a word, `text integer number boolean time id any`, with a `?` when it may be null; or a table: `{ list = shape }`,
--- `{ object = { { name, shape, optional = true, about = "…" }, … } }` (`open`: others may be there too), `{ map = shape }` by
--- any name,
--- `{ choice = { … } }`, `{ ref = "Component" }`, `{ page = shape, more = members }` of a list's answer, `{ any_of = { shape, …
--- } }`, or `{ "text", max = 10 }`
--- for a word with more to say: `max min pattern about`. A table may be null with `null = true`.
local json = require("tocsin.json")
local writer = require("api.writer")

local shape = {}

local WORDS <const> = {
  text = { "string" }, integer = { "integer" }, number = { "number" }, boolean = { "boolean" },
  id = { "string" }, time = { "string", "date-time" }, any = {},
}

-- What a bound is called, by the kind of value that it bounds.
local BOUNDS <const> = { string = { "minLength", "maxLength" }, array = { "minItems", "maxItems" }, integer = { "minimum",
  "maximum" } }

local function kind_of(name, is_null) return is_null and writer.list { name, "null" } or name end

local function put_bounds(out, kind, s)
  local names = BOUNDS[kind]
  if s.min then writer.put(out, names[1], s.min) end
  if s.max then writer.put(out, names[2], s.max) end
  if s.pattern then writer.put(out, "pattern", s.pattern) end
end

local function of_word(s)
  local word, mark = string.match(s[1], "^(%l+)(%??)$")
  local known = WORDS[word] or error("there is no shape " .. s[1])
  local out = writer.object()
  if known[1] then writer.put(out, "type", kind_of(known[1], mark == "?" or s.null)) end
  if known[2] then writer.put(out, "format", known[2]) end
  put_bounds(out, known[1], s)
  return out
end

local function of_object(s)
  local properties, required = writer.object(), {}
  for _, member in ipairs(s.object) do
    local inner = shape.schema(member[2])
    if member.about then writer.put(inner, "description", member.about) end
    writer.put(properties, member[1], inner)
    if not member.optional then required[#required + 1] = member[1] end
  end
  local out = writer.object("type", kind_of("object", s.null), "properties", properties)
  if #required > 0 then writer.put(out, "required", writer.list(required)) end
  if s.open or #s.object == 0 then writer.put(out, "additionalProperties", s.open or false) end
  return out
end

local function of_choice(s)
  local choices = { table.unpack(s.choice) }
  if s.null then choices[#choices + 1] = json.null end
  return writer.object("type", kind_of("string", s.null), "enum", writer.list(choices))
end

local function one_of_these(list, is_null)
  local out = {}
  for i, one in ipairs(list) do out[i] = shape.schema(one) end
  if is_null then out[#out + 1] = writer.object("type", "null") end
  return writer.object("anyOf", writer.list(out))
end

local function of_ref(s)
  if s.null then return one_of_these({ { ref = s.ref } }, true) end
  return writer.object("$ref", "#/components/schemas/" .. s.ref)
end

local function of_list(s)
  local out = writer.object("type", kind_of("array", s.null), "items", shape.schema(s.list))
  put_bounds(out, "array", s)
  return out
end

local function of_page(s)
  local members = { { "next", "text?", about = "The address of the next page." },
    { "previous", "text?", about = "The address of the page before." }, { "results", { list = s.page } },
    { "count", "integer", about = "How many there are on all pages." }, { "page_size", "integer" }, { "current_page_number",
      "integer" },
    { "total_pages", "integer" }, table.unpack(s.more or {}) }
  return shape.schema { object = members }
end

---The schema of a shape.
---@return table a writer's object
function shape.schema(s)
  if type(s) == "string" then return of_word { s } end
  local out
  if s.list then out = of_list(s)
  elseif s.object then out = of_object(s)
  elseif s.map then out = writer.object("type", kind_of("object", s.null), "additionalProperties", shape.schema(s.map))
  elseif s.choice then out = of_choice(s)
  elseif s.ref then out = of_ref(s)
  elseif s.page then out = of_page(s)
  elseif s.any_of then out = one_of_these(s.any_of, s.null)
  else out = of_word(s) end
  if s.about then writer.put(out, "description", s.about) end
  return out
end

---The same shape, which may also be null.
function shape.or_null(s)
  if type(s) == "string" then return string.find(s, "?", 1, true) and s or s .. "?" end
  local copy = { null = true }
  for key, value in pairs(s) do copy[key] = value end
  return copy
end

return shape
