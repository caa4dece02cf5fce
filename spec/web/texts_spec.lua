--- The texts of the pages: each that a template names is there, and each that is there is used.
require "tocsin.core"
local texts <const> = require "web.texts"

-- What `t.area.name` would find on a dict instead of the text.
local METHODS <const> = { clear = true, copy = true, fromkeys = true, get = true, items = true, keys = true, pop = true,
  popitem = true, setdefault = true, update = true, values = true }

local function lines_of(command)
  local pipe <close> = assert(io.popen(command))
  local out = {}
  for line in pipe:lines() do out[#out + 1] = line end
  return out
end

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

-- What a path of names leads to, as far as it goes through tables; "@name" is an item in brackets, which no method hides.
local function walk(path)
  local at = texts
  for name in path:gmatch "[^.]+" do
    if type(at) ~= "table" then return at end
    local item = name:match "^@(.*)$"
    if METHODS[name] then return nil end
    at = at[item or name]
    if at == nil then return nil end
  end
  return at
end

describe("the texts of the pages", function()
  it("have every text that a template names", function()
    local wrong, seen = {}, 0
    for _, path in ipairs(lines_of "git ls-files -co --exclude-standard 'lua/web/templates/*.html'") do
      for named in read(path):gsub('%["([%w_]+)"%]', ".@%1"):gmatch "%f[%w_.]t%.([%w_.@]*[%w_])" do
        seen = seen + 1
        if walk(named) == nil then wrong[#wrong + 1] = path .. ": t." .. named end
      end
    end
    assert.same({}, wrong)
    assert.is_true(seen > 200)
  end)

  it("have none that nothing names", function()
    local all = {}
    for _, path in ipairs(lines_of "git ls-files -co --exclude-standard 'lua/web/*'") do
      if not path:find "/texts/" then all[#all + 1] = read(path) end
    end
    local used, unused = table.concat(all, "\n"), {}
    local function look(node, path)
      for name, text in pairs(node) do
        local here = path == "" and tostring(name) or path .. "." .. name
        -- What is found by a value (a state, a verb) is named by its table alone, or by the end of its name.
        local ending = tostring(name):match "(_%w+)$" or tostring(name)
        local is_named = used:find(tostring(name), 1, true) or used:find(path:match "[^.]*$" .. "[", 1, true) or
          used:find('"' .. ending .. '"', 1, true)
        if type(text) == "table" and next(text) ~= 1 then look(text, here) elseif not is_named then unused[#unused + 1] = here end
      end
    end
    look(texts, "")
    assert.same({}, unused)
  end)
end)
