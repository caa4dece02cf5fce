--- The rules of the house that a machine can check.
require "tocsin.core"
local json <const> = require "tocsin.json"
local script_process <const> = require "script_process"

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
  text = { base = true, text = true },
  jinja = { base = true, text = true, jinja = true },
  script = { base = true, store = true, text = true, jinja = true, script = true },
  engine = { base = true, net = true, store = true, text = true, script = true, engine = true },
}

local function text_of(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

-- Lua that turns data into words asks nobody: neither disk, nor the core, nor a terminal.
local PURE_BINDINGS <const> = { access = true, asset = true, crypto = true, fuel = true, ids = true, json = true, lexer = true, limits = true, output = true,
  print = true, program = true, regex = true,
  sandbox = true, text = true, trace = true, zone = true }

-- The first part of a module's name, for those that read rows or act: everything else under lua/ is pure.
local ACTING <const> = { actor_names = true, api = true, backtests = true, bundle = true, config = true, resources = true, command = true, links = true,
  outbox = true, watch = true, web = true, webhook = true }

local function module_of(path)
  return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
end

local function modules()
  local out = {}
  for _, path in ipairs(lines_of "git ls-files -co --exclude-standard 'lua/*.lua'") do out[#out + 1] = module_of(path) end
  assert(#out > 80)
  return out
end

-- Generated from Unicode's and HTML's tables.
local GENERATED <const> = { ["core/text/unicode_data.c"] = true, ["core/text/html_names.c"] = true }

-- What a script state does not have: strings without a metatable.
local STRING_METHODS <const> = "sub|gsub|match|find|format|lower|upper|rep|byte|gmatch|len|reverse"

describe("the house", function()
  it("has no include that runs back up", function()
    local seen = 0
    for _, line in ipairs(lines_of [[grep -Rn '#include "' core/base core/net core/store core/text core/jinja core/script core/engine]]) do
      local from, to = line:match('^core/(%w+)/[^:]+:%d+:%s*#include "(%w+)/')
      assert(from, line .. ": write the folder in the include")
      assert.is_true(may_include[from][to] or false, line)
      seen = seen + 1
    end
    assert.is_true(seen > 20)
  end)

  it("has no circle of includes among the parts at the top", function()
    local needs = {}
    for _, line in ipairs(lines_of [[grep -HnE '#include "[a-z_]+[.]h"' core/*.c core/*.h]]) do
      local from, to = line:match '^core/([%w_]+)%.[ch]:%d+:#include "([%w_]+)%.h"'
      if from ~= to then needs[from] = needs[from] or {}; needs[from][to] = true end
    end
    assert.is_true(needs.main.app and needs.app.front and needs.front.metrics)
    local done = {}
    local function walk(name, path)
      assert(not path:find(" " .. name .. " ", 1, true), "a circle:" .. path .. name)
      if done[name] then return end
      for to in pairs(needs[name] or {}) do walk(to, path .. name .. " ") end
      done[name] = true
    end
    for name in pairs(needs) do walk(name, " ") end
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
    assert.same({}, lines_of [[git grep -nP '\t' -- '*.c' '*.h' '*.cc' '*.lua' '*.sql' ':!spec/differential/corpus']])
  end)

  it("has no file of more than 500 lines, but for generated tables", function()
    local seen = 0
    for _, path in ipairs(lines_of [[git ls-files -co --exclude-standard 'core/*.[ch]' 'core/*.cc' 'core/*.sql' 'core/*.lua' 'lua/*.lua']]) do
      local _, count = text_of(path):gsub("\n", "")
      assert(count <= 500 or GENERATED[path], ("%s has %d lines: split it"):format(path, count))
      seen = seen + 1
    end
    assert.is_true(seen > 200)
  end)

  it("keeps words apart from deeds: pure modules require pure modules", function()
    local seen = 0
    for _, line in ipairs(lines_of [[grep -rnE '\brequire\b *[("]' lua integrations --include=*.lua]]) do
      local path, code = line:match("^([^:]+):%d+:(.*)$")
      local name = code:match('require *%(? *"([^"]+)"')
      if not ACTING[module_of(path):match("^[^.]+")] and not code:match("^%s*%-%-") then
        assert(not path:find("^integrations/"), line .. ": an integration file requires nothing")
        assert(name, line .. ": write the module's name")
        local binding, first = name:match("^tocsin%.(.+)$"), name:match("^[^.]+")
        assert(binding and PURE_BINDINGS[binding] or not binding and not ACTING[first], line .. ": this module acts")
        seen = seen + 1
      end
    end
    assert.is_true(seen > 200)
  end)

  it("has a spec for every module of the template engine", function()
    for _, path in ipairs(lines_of "git ls-files -co --exclude-standard 'lua/jinja/*.lua'") do
      local name = path:match "^lua/jinja/(%l+)/" or path:match "([%l_]+)%.lua$" -- filters/ and methods/ have one for all
      local spec = io.open("spec/jinja/" .. name .. "_spec.lua") or io.open("spec/jinja/" .. name:match "^%l+" .. "_spec.lua")
      assert(spec, path .. " has no spec of its name or of its first word"):close()
    end
  end)

  it("calls no method of a string where strings have none", function()
    assert.same({}, lines_of([[grep -rnE '^([^-]|-[^-])*:(]] .. STRING_METHODS .. [[)\(' lua integrations --include=*.lua]]))
  end)

  it("has no Lua module that does not load in a script of the server", function()
    local source = [[return { main = function(name)
      local is_loaded, what = pcall(require, name)
      return is_loaded and type(what) or tostring(what)
    end }]]
    local names, requests = modules(), {}
    for i, name in ipairs(names) do requests[i] = script_process.call("load_each", "main", { name }, 100000000) end
    for i, answer in ipairs(script_process.run({ load_each = source }, requests, { tree = "." })) do
      assert.equal("OK", answer.err, names[i] .. ": " .. answer.why)
      assert.equal("table", answer.results[1], names[i])
      assert.equal(json.null, answer.results[2])
    end
  end)
end)

describe("the tour of the core", function()
  it("names every file of core/ in its tour, and none that is not there", function()
    local tour = text_of "core/README.md"
    local folder, named, seen = nil, {}, 0
    for line in tour:match("## Files(.-)\n## "):gmatch "[^\n]+" do
      folder = line:match "^%*%*(core/)%*%*" or line:match "^%*%*(%l+/)%*%*" or folder
      local name = line:match "^| `([^`]+)` |"
      if name then named[(folder == "core/" and "" or folder) .. name] = true end
    end
    for _, path in ipairs(lines_of "git ls-files -co --exclude-standard core") do
      local name = path:gsub("^core/", ""):gsub("^schema/.*", "schema/")
      local stem = name:match "^(.*)%.[ch]$"
      local row = named[name] ~= nil and name or stem
      assert(name == "README.md" or named[row] ~= nil, path .. " has no line in core/README.md")
      named[row or ""], seen = false, seen + 1
    end
    for name, is_missing in pairs(named) do assert(not is_missing, "core/README.md names " .. name .. ", which is not there") end
    assert.is_true(seen > 150)
  end)

  it("opens a folder by its doors only", function()
    local doors = {
      net = { http = true, http_server = true, http_client = true, resolver = true, address_guard = true, forwarded = true, http_deflate = true,
        listening = true, smtp_server = true },
      store = { store = true, commit = true, group_rows = true, schedule_rows = true, escalation_rows = true, page_rows = true,
        message_rows = true, outbox_rows = true, deed_rows = true, changed_groups = true, copy = true },
      text = { json = true, mime = true },
      script = { script = true, fuel = true, own_files = true, engine_ops = true, module = true },
      jinja = { program = true, node = true, lexer = true },
    }
    local is_of_templates <const> = { jinja = true, script = true } -- for whom text/ is there
    for _, line in ipairs(lines_of [[grep -Rn '#include "[a-z]*/' core]]) do
      local from, to, header = line:match('^core/([%w_]+)[^:]*:%d+:%s*#include "(%w+)/([%w_]+)%.h"')
      local is_open = doors[to] and doors[to][header] or to == "text" and is_of_templates[from]
      assert(from == to or not doors[to] or is_open, line .. ": this header is for its own folder")
    end
  end)
end)
