--- The rules of the house that a machine can check.
local function lines_of(command)
  local pipe <close> = assert(io.popen(command))
  local out = {}
  for line in pipe:lines() do out[#out + 1] = line end
  return out
end

-- A folder may include from its own row's folders only.
local may_include = {
  base = { base = true },
  net = { base = true, net = true },
  store = { base = true, store = true },
  script = { base = true, store = true, script = true },
  engine = { base = true, net = true, store = true, script = true, engine = true },
}

describe("the house", function()
  it("has no include that runs back up", function()
    local seen = 0
    for _, line in ipairs(lines_of [[grep -Rn '#include "' core/base core/net core/store core/script core/engine]]) do
      local from, to = line:match('^core/(%w+)/[^:]+:%d+:%s*#include "(%w+)/')
      assert(from, line .. ": write the folder in the include")
      assert.is_true(may_include[from][to] or false, line)
      seen = seen + 1
    end
    assert.is_true(seen > 20)
  end)

  it("knows Lua only in script/ and SQLite only in store/", function()
    for _, line in ipairs(lines_of [[grep -RnE '#include <(lua|lauxlib|lualib)' core]]) do
      assert.is_truthy(line:find("^core/script/"), line)
    end
    for _, line in ipairs(lines_of [[grep -RnE '#include <sqlite3' core]]) do
      assert.is_truthy(line:find("^core/store/"), line)
    end
  end)

  it("carries no absolute path of a machine and no tab in sources", function()
    assert.same({}, lines_of [[git grep -nE '/(work|root)/' -- . ':!.ci' ':!spec/base/house_spec.lua']])
    assert.same({}, lines_of [[git grep -nP '\t' -- '*.c' '*.h' '*.cc' '*.lua' '*.sql']])
  end)
end)

describe("the tour of the core", function()
  local function read(path)
    local f <close> = assert(io.open(path))
    return f:read("a")
  end

  it("names every file, and no file that is gone", function()
    local tour = read("core/README.md")
    local stems = {}
    for _, path in ipairs(lines_of "git ls-files core") do
      local stem, extension = path:match("([%w_]+)%.(%w+)$")
      if extension ~= "sql" and stem ~= "README" then
        stems[stem] = true
        local binding = stem:match("^bind_(%w+)$")
        assert(tour:find("%f[%w_]" .. (binding or stem) .. "%f[^%w_]"), path .. " is not named in core/README.md")
      end
    end
    local files = tour:match("## Files(.-)## Threads")
    for name in files:gmatch("`([%w_]+)`") do
      assert(stems[name] or name == "require", "core/README.md names " .. name .. ", which is not there")
    end
  end)
end)
