--- What an integration file does, in words for people who look for their source: what it groups by, how its problems end. Pure.
local integration <const> = require("integration")
local gmatch <const>, find <const> = string.gmatch, string.find
local ipairs <const> = ipairs

local describe = {}

-- The fields of the payload that a template looks at, in the order in which they come.
local function fields_of(template)
  local out, seen = {}, {}
  for path in gmatch(template or "", "payload%.([%a_][%w_.]*)") do
    path = string.gsub(path, "%.$", "")
    if not seen[path] and not find(path, "^items$") then out[#out + 1] = path end
    seen[path] = true
  end
  return out
end

-- What the examples that reach a state are called.
local function names_with(spec, state)
  local out = {}
  for _, example in ipairs(spec.examples) do
    if example.expect.state == state then out[#out + 1] = example[1] end
  end
  return out
end

local function first_with(spec, field)
  for _, example in ipairs(spec.examples) do
    local v = example.expect[field]
    if type(v) == "string" and v ~= "" then return v end
  end
end

---@class source_description
---@field type string
---@field name string
---@field about string
---@field group_fields string[] fields of the body that make the grouping id
---@field group_example string|nil one, as it comes out
---@field title_example string|nil
---@field ends string[] what its examples of an end are called; none: its problems have no end of their own
---@field acknowledges string[] likewise
---@field secret string|nil what can be checked of its requests, in words
---@field kinds integer how many bodies are shown and tested

--- What a loaded file does.
---@param spec table
---@return source_description
function describe.source(spec)
  return {
    type = spec.type, name = spec.name, about = spec.about, group_fields = fields_of(spec.grouping_id),
    group_example = first_with(spec, "grouping_id"), title_example = first_with(spec, "title"),
    ends = names_with(spec, "resolved"), acknowledges = names_with(spec, "acknowledged"),
    secret = integration.secret_words(spec), kinds = #spec.examples,
  }
end

--- Every source that people can choose, by name.
---@return {words: source_description, spec: table}[]
function describe.all()
  local out = {}
  for _, name in ipairs(integration.list()) do
    local spec = integration.load(name)
    if spec and not spec.is_hidden then out[#out + 1] = { words = describe.source(spec), spec = spec } end
  end
  table.sort(out, function(a, b) return string.lower(a.words.name) < string.lower(b.words.name) end)
  return out
end

return describe
