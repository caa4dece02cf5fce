--- Broken filters, tests and methods: a corpus in which nothing changes when one is broken does not test it.
local datetime <const> = require "jinja.datetime"
local differential <const> = require "differential"
local oncall <const> = require "jinja.oncall"
local registry <const> = require "jinja.registry"
local value <const> = require "jinja.value"

local mutants <const> = {}

-- What a broken function may do, given the right one.
local BROKEN <const> = {
  filter = {
    ["gives its input back"] = function() return function(v) return v end end,
    ["forgets its arguments"] = function(f) return function(v) return f(v, 0) end end,
    ["gives None"] = function() return function() return value.NULL end end,
  },
  test = {
    ["says no"] = function() return function() return false end end,
    ["says yes"] = function() return function() return true end end,
  },
  method = {
    ["gives its object"] = function() return function(self) return self end end,
    ["gives None"] = function() return function() return value.NULL end end,
  },
}

-- Mutants that are no mistake: what they do is what the filter does.
local SAME <const> = {}
for _, line in ipairs {
  "forgets its arguments: abs b64decode capitalize count dictsort e escape first forceescape iso8601_to_time items json_dumps"
    .. " last length list lower parse_json random reverse safe string striptags timedeltaparse timestamp_to_datetime title"
    .. " tojson_pretty upper urlencode wordcount pprint filesizeformat", -- they take none that matter to a mutant
  "gives its object: int.conjugate float.conjugate",
} do
  local what <const>, names <const> = string.match(line, "^(.-): (.*)$")
  for name in string.gmatch(names, "%S+") do SAME[what .. " " .. name] = true end
end

-- Runs `f` with the entry of a table replaced.
local function with_entry(t, name, entry, f)
  local right <const> = t[name]
  t[name] = entry
  local ok <const>, result = pcall(f)
  t[name] = right
  if not ok then error(result, 0) end
  return result
end

local TYPES <const> = {
  str = value.STR, dict = value.DICT, list = value.LIST, tuple = value.TUPLE, int = value.INT, float = value.FLOAT,
  bytes = value.BYTES, Markup = value.MARKUP, datetime = datetime.DATETIME, timedelta = datetime.TIMEDELTA,
}

-- Where the function behind a name is kept: a table and the key; nothing for attributes.
local function place_of(kind, name)
  if kind == "filter" then return oncall.filters[name] and oncall.filters or registry.filters, name end
  if kind == "test" then return registry.tests, name end
  local type_name <const>, method <const> = string.match(name, "^(.-)%.(.*)$")
  local T <const> = TYPES[type_name]
  if T and T.methods[method] then return T.methods, method end
end

-- Is there a case whose answer changes?
local function is_killed(list)
  for _, entry in ipairs(list) do
    local env <const> = differential.environment(entry.case)
    local text <const>, e <const> = differential.render(entry.case, env, "plain")
    if differential.difference(entry.case, entry.answer, text, e) then return true end
  end
  return false
end

local function cases_by_use(cases, answers)
  local by_use <const> = {}
  for i, answer in ipairs(answers) do
    for _, use in ipairs(answer.uses) do
      by_use[use] = by_use[use] or {}
      table.insert(by_use[use], { case = cases[i], answer = answer })
    end
  end
  return by_use
end

--- The mutants that no case notices, one a line.
function mutants.survivors(cases, answers, universe)
  local by_use <const>, found <const>, count = cases_by_use(cases, answers), {}, 0
  for _, use in ipairs(universe) do
    local kind <const>, name <const> = string.match(use, "^(%S+) (.+)$")
    local t, key
    if BROKEN[kind] then t, key = place_of(kind, name) end
    for what, make in pairs(t and BROKEN[kind] or {}) do
      if not SAME[what .. " " .. name] then
        count = count + 1
        local killed <const> = with_entry(t, key, make(t[key]), function() return is_killed(by_use[use] or {}) end)
        if not killed then found[#found + 1] = use .. ": " .. what end
      end
    end
  end
  io.write(string.format("mutants: %d broken filters, tests and methods, %d unnoticed\n", count, #found))
  table.sort(found)
  return table.concat(found, "\n")
end

return mutants
