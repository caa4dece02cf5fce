--- Lua states with limits, entered from C.
require "tocsin.core"
local json = require "tocsin.json"
local script_process = require "script_process"
local call = script_process.call

local function run(source, requests, options)
  return script_process.run({ t = source }, requests, options)
end

local function one(source, args, fuel, memory)
  return run("return { main = function(...) " .. source .. " end }", { call("t", "main", args, fuel, memory) })[1]
end

describe("a script call", function()
  it("takes and gives values of each type", function()
    local answer = one("local a, b, c, d = ... return d, c, b, a + 1", { 41, "text", 1.5, true })
    assert.equal("OK", answer.err)
    assert.same({ true, 1.5, "text", 42 }, answer.results)
    assert.same({ json.null, json.null, json.null, json.null }, one("return nil").results)
    assert.equal(json.null, one("return require('tocsin.json').null").results[1])
  end)

  it("gives containers as payloads, which end with the call", function()
    local answers = run([[
      local json = require "tocsin.json"
      local t = {}
      function t.keep(p) t.kept = p return json.path(p, "a", "b"), json.encode(p) end
      function t.use() return json.path(t.kept, "a", "b") end
      return t]], { call("t", "keep", { { a = { b = "hello" } } }), call("t", "use") })
    assert.same({ "hello", '{"a":{"b":"hello"}}', json.null, json.null }, answers[1].results)
    assert.equal("SCRIPT", answers[2].err)
    assert.matches("after the call that brought it", answers[2].why)
  end)

  it("refuses a result that C cannot take", function()
    assert.matches("result 1 is a table", one("return {}").why)
  end)

  it("turns errors into sentences", function()
    assert.same({ "SCRIPT", "lua/t.lua:1: boom" }, { (function(a) return a.err, a.why end)(one("error('boom')")) })
    assert.equal("told so", one("error({class = 'X', message = 'told so'})").why)
    assert.matches("table", one("error({})").why)
    assert.matches("nil", one("error(nil)").why)
    assert.matches("no function 'absent'", run("return {}", { call("t", "absent") })[1].why)
    assert.matches("module 'gone' is not there", run("return {}", { call("gone", "f") })[1].why)
    assert.matches("lua/t.lua:1:", run("return {", { call("t", "f") })[1].why)
    assert.matches("requires itself", run("require 't'", { call("t", "f") })[1].why)
    assert.matches("is not there", one("require '../../etc/passwd'").why)
  end)

  it("goes on after an error, also of a module that did not load", function()
    local answers = run("local t = {} function t.bad() error('x') end function t.good() return 7 end return t",
      { call("t", "bad"), call("gone", "f"), call("t", "good") })
    assert.same({ "SCRIPT", "SCRIPT", "OK" }, { answers[1].err, answers[2].err, answers[3].err })
    assert.equal(7, answers[3].results[1])
  end)

  it("meters fuel, the same each time, and loading a module costs none", function()
    local source = [[
      local fuel = require "tocsin.fuel"
      fuel.spend(10 ^ 9 // 1 | 0)
      local t = {}
      function t.some() for _ = 1, 10 do fuel.spend(7) end end
      function t.loop() while true do fuel.spend(10) end end
      function t.swallow() while true do if pcall(t.loop) then return end fuel.spend(1) end end
      return t]]
    local answers = run(source, { call("t", "some", {}, 1000), call("t", "loop", {}, 1000), call("t", "some", {}, 1000),
      call("t", "swallow", {}, 100000), call("t", "some"), call("t", "some", {}, 70), call("t", "some", {}, 69) })
    local got = {}
    for i, a in ipairs(answers) do got[i] = a.err .. " " .. a.fuel end
    assert.same({ "OK 70", "FUEL 1000", "OK 70", "FUEL 100000", "FUEL 0", "OK 70", "FUEL 69" }, got)
  end)

  it("caps memory for a call and gives it back", function()
    local source = [[
      local fuel = require "tocsin.fuel"
      local t = {}
      function t.double() local s = "x" while true do s = s .. s end end
      function t.rows() local r = {} while true do r[#r + 1] = { #r } end end
      function t.swallow()
        local kept = {}
        while true do
          pcall(function() while true do kept[#kept + 1] = { #kept } end end)
          fuel.spend(1)
        end
      end
      function t.garbage() local n = 0 for i = 1, 300000 do n = n + #{ i, i } end return n end
      return t]]
    local answers = run(source, { call("t", "garbage", {}, 1000000, 2000000), call("t", "double", {}, 1000000, 2000000),
      call("t", "rows", {}, 1000000, 2000000), call("t", "swallow", {}, 1000000, 2000000),
      call("t", "garbage", {}, 1000000, 2000000) }, { memory = 64000000 })
    local got = {}
    for i, a in ipairs(answers) do
      got[i] = a.err
      assert.is_true(a.memory < 3000000, "memory after call " .. i)
    end
    assert.same({ "OK", "MEMORY", "MEMORY", "MEMORY", "OK" }, got)
  end)

  it("is cut by the state's cap where a call gives none", function()
    assert.equal("MEMORY", run("return { f = function() local r = {} while true do r[#r + 1] = { #r } end end }",
      { call("t", "f") }, { memory = 4000000 })[1].err)
  end)
end)

describe("the library of a script", function()
  it("has no way to files, bytecode, the collector or the process", function()
    for _, name in ipairs { "io", "os", "debug", "package", "coroutine", "dofile", "loadfile", "print", "collectgarbage",
      "string.dump", "('x').rep", "getmetatable('')" } do
      local answer = one("return " .. name)
      assert.is_true(answer.err == "SCRIPT" or answer.results[1] == json.null, name)
    end
  end)

  it("loads text in the environment it is told, never bytecode", function()
    assert.equal(7, one("return load('return x', 'n', 't', {x = 7})()").results[1])
    assert.equal("SCRIPT", one("return load('return x()', 'n', 't', {})()").err)
    local answer = one("return load('\\27Lua', 'n', 'b')")
    assert.equal(json.null, answer.results[1])
    assert.matches("binary", answer.results[2])
    assert.equal(json.null, one("return load('return string', 'n', 't', nil) and nil").results[1])
  end)

  it("reads the tree's files and asks the parts above", function()
    assert.matches("^return", one("return require('tocsin.asset').get('lua/t.lua')").results[1])
    assert.equal(json.null, one("return require('tocsin.asset').get('../secret')").results[1])
    assert.equal("t.lua", one("return table.concat(require('tocsin.asset').list('lua'), ' ')").results[1])
    assert.equal(7, one("return require('tocsin.port').call('echo', {a = 7}).a").results[1])
    assert.same({ json.null, "nothing answers to 'x'", "NOT_FOUND", json.null },
      one("return require('tocsin.port').call('x', {})").results)
  end)

  it("knows the script's id key", function()
    local text = one("return require('tocsin.ids').encode('I', 7)").results[1]
    assert.equal(7, one("return require('tocsin.ids').decode('I', ...)", { text }).results[1])
    local ids = require "tocsin.ids".new("\1\2\3\4\5\6\7\8\9\10\11\12\13\14\15\16")
    assert.equal(text, ids.encode("I", 7))
  end)
end)
