--- Broken filters, tests, globals, methods and attributes: a corpus in which nothing changes when one is broken does not test it.
local differential <const> = require "differential"
local universe <const> = require "differential_universe"
local globals <const> = require "jinja.globals"
local oncall <const> = require "jinja.oncall"
local registry <const> = require "jinja.registry"
local support <const> = require "jinja.support"
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
  global = { ["is None"] = function() return value.NULL end },
  attribute = {
    ["is None"] = function(f, member)
      return function(v, name)
        if name == member then return value.NULL end
        return f(v, name)
      end
    end,
  },
}

-- Mutants that are no mistake: what they do is what the filter does.
local SAME <const> = {}
for _, line in ipairs {
  "forgets its arguments: abs b64decode capitalize count e escape first forceescape iso8601_to_time items json_dumps"
    .. " last length list lower parse_json random reverse safe string striptags timedeltaparse timestamp_to_datetime title"
    .. " tojson_pretty upper urlencode wordcount pprint", -- they take none
  "gives its object: int.conjugate float.conjugate set.copy", -- none of them ever changes
  "gives None: datetime.dst time.dst", -- so they do
} do
  local what <const>, names <const> = string.match(line, "^(.-): (.*)$")
  for name in string.gmatch(names, "%S+") do SAME[what .. " " .. name] = true end
end

-- Not ours: each case has a `time` that stands still.
local LEFT_OUT <const> = { ["global time"] = true }

-- Runs `f` with every place of a thing, {table, key}, holding what `make` makes of what is there.
local function with_broken(places, make, name, f)
  local right <const> = {}
  for i, place in ipairs(places) do
    right[i] = place[1][place[2]]
    place[1][place[2]] = make(right[i], name)
  end
  local ok <const>, result = pcall(f)
  for i, place in ipairs(places) do place[1][place[2]] = right[i] end
  if not ok then error(result, 0) end
  return result
end

local function holders_of(key, ...)
  local places <const> = {}
  for _, t in ipairs { ... } do
    if t[key] ~= nil then places[#places + 1] = { t, key } end
  end
  return places
end

-- Where what stands behind a name is kept, and what kind of thing it is.
local function places_of(kind, name)
  if kind == "filter" then return holders_of(name, registry.filters, registry.escaping, oncall.filters), kind end
  if kind == "test" then return holders_of(name, registry.tests), kind end
  if kind == "global" then return holders_of(name, globals.names), kind end
  local type_name <const>, member <const> = string.match(name, "^(.-)%.(.*)$")
  local methods <const>, attributes <const> = {}, {}
  for _, T in ipairs(value.types) do
    if universe.type_name(T) == type_name then
      if T.methods[member] then methods[#methods + 1] = { T.methods, member } end
      if T == value.DICT and member == "get" then methods[#methods + 1] = { support, "get" } end -- the way that generated code takes
      if T.attr then attributes[#attributes + 1] = { T, "attr" } end
    end
  end
  if #methods > 0 then return methods, "method", member end
  return attributes, "attribute", member
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

--- The mutants that no case notices, and what has no place where it can be broken, one a line; how many mutants there were.
function mutants.survivors(cases, answers, everything)
  local by_use <const>, found <const>, count = cases_by_use(cases, answers), {}, 0
  local function try(use, places, what, make, member)
    count = count + 1
    local killed <const> = with_broken(places, make, member, function() return is_killed(by_use[use] or {}) end)
    if not killed then found[#found + 1] = use .. ": " .. what end
  end
  for _, use in ipairs(everything) do
    local kind <const>, name <const> = string.match(use, "^(%S+) (.+)$")
    if kind ~= "tag" and kind ~= "error" and not LEFT_OUT[use] then
      local places <const>, sort <const>, member <const> = places_of(kind, name)
      if #places == 0 then found[#found + 1] = use .. ": nowhere" end
      for what, make in pairs(#places > 0 and BROKEN[sort] or {}) do
        if not SAME[what .. " " .. name] then try(use, places, what, make, member) end
      end
    end
  end
  table.sort(found)
  return table.concat(found, "\n"), count
end

return mutants
