--- Contributors' functions: what they may do, and that nothing they write runs past its limit.
require "tocsin.core"
local sandbox = require "tocsin.sandbox"
local sandbox_env = require "sandbox_env"
local script_process = require "script_process"

local LIMIT = 200000
local RUNNER = [[
local sandbox, sandbox_env = require "tocsin.sandbox", require "sandbox_env"
local t = {}
function t.main(source, limit)
  local f, message = sandbox.load(source, "=hostile", sandbox_env.new())
  if not f then return "refused", message end
  local ok, result = sandbox.call(f, limit)
  if type(result) ~= "string" and type(result) ~= "number" then result = type(result) end
  return ok and "ended" or "stopped", result
end
return t
]]

-- Each tries to run for ever, to take all memory, or to get at what it must not have.
local endless = {
  "while true do end",
  "repeat until false",
  "for i = 1, math.huge do end",
  "for i = 1, 1e18 do end",
  "::a:: goto a",
  "local function f() return f() end f()",
  "local function f() f() end f()",
  "local function f() return 1 + f() end f()",
  "local t = {} while true do t[#t + 1] = 1 end",
  "local t = {} while true do t[#t + 1] = {} end",
  "local t = {} for i = 1, 1e9 do t[i * 1.5] = i end",
  "local s = 'x' while true do s = s .. s end",
  "local s = '' while true do s = s .. 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' end",
  "local s = string.rep('x', 1000000) while true do local t = s .. 'y' end",
  "local s = string.rep('x', 500000) while true do local t = string.upper(s) end",
  "local s = string.rep('x', 500000) while true do local t = string.reverse(s) .. 'x' end",
  "while true do string.rep('x', 100000) end",
  "while true do string.rep('', 1000000) end",
  "while true do string.rep('x', 1 << 62) end",
  "while true do string.rep('x', 3, string.rep('y', 400000)) end",
  "local s = string.rep('a', 500000) while true do string.find(s, string.rep('a', 1000) .. 'b') end",
  "local s = string.rep('a', 500000) for i = 1, 1e9 do string.find(s, 'b', -1000000) end",
  "local s = string.rep('a,', 200000) while true do string.split(s, ',') end",
  "local s = string.rep('a', 100000) while true do string.replace(s, 'a', 'b') end",
  "local s = string.rep('a', 1000) while true do s = string.replace(s, 'a', 'aa') end",
  "local s = string.rep(' ', 500000) while true do string.trim(s) end",
  "while true do string.format('%99.99f', 1e308) end",
  "local s = string.rep('x', 500000) while true do string.format('%s%s', s, s) end",
  "local s = string.rep('x', 500000) while true do string.format('%99s', s) end",
  "local t = {} for i = 1, 50000 do t[i] = i end while true do table.insert(t, 1, 0) end",
  "local t = {} for i = 1, 50000 do t[i] = i end while true do table.remove(t, 1) table.insert(t, 1) end",
  "local t = {} for i = 1, 20000 do t[i] = -i end while true do table.sort(t) end",
  "local t = {} for i = 1, 2000 do t[i] = i end table.sort(t, function() while true do end end)",
  "local t = {} for i = 1, 20000 do t[i] = 'x' end while true do table.concat(t, ', ') end",
  "local t = {} for i = 1, 100 do t[i] = string.rep('x', 10000) end while true do table.concat(t) end",
  "local t = {} for i = 1, 100000 do t[i] = i end while true do table.unpack(t) end",
  "local function f(...) return f(1, 2, 3, 4, 5, 6, 7, 8, 9, ...) end f(1)",
  "local function g(n, ...) while n == 0 do local t = { ... } end return g(n - 1, 1, 2, 3, 4, 5, 6, 7, 8, ...) end g(3000)",
  "local function g(n, ...) while n == 0 do select('#', ...) end return g(n - 1, 1, 2, 3, 4, 5, 6, 7, 8, ...) end g(3000)",
  "local t = {} for i = 1, 20000 do t['k' .. i] = 1 end for k in pairs(t) do t[k] = nil end while true do next(t) end",
  "local a, b = string.rep('x', 400000), string.rep('x', 399999) .. 'x' while true do local c = a == b end",
  "local a, b = string.rep('x', 400000) .. 'a', string.rep('x', 400000) .. 'b' while true do local c = a < b end",
  "local t, s = {}, string.rep('x', 100000) for i = 1, 1e9 do t[s .. i] = nil end",
  "local s = string.rep('1', 400000) while true do local n = tonumber(s) end",
  "local s = string.rep('9', 100000) while true do json.decode(s) end",
  "local s = '[' .. string.rep('0,', 50000) .. '0]' while true do json.decode(s) end",
  "local t = { 1 } for i = 1, 100 do t = { t, t } end while true do json.encode(t) end",
  "local t = {} t[1] = t while true do json.encode(t) end",
  "while true do error('x') end",
  "local f = function() while true do end end for _ in f do end",
  "local n = 0 while true do n = n + 1 local s = tostring(n) .. 'k' end",
  "local t = {} while true do t = { t } end",
  "local c = {} for i = 1, 1e9 do c[i] = function() return c, i end end",
  "for i = 1, 1e9 do string.char(65, 66, 67) end",
  "while true do string.byte('abc', 1, 3) end",
  "while true do string.sub('abc', 1, 3) end",
  "while true do math.max(1, 2, 3) end",
  "while true do assert(true) end",
  "error(string.rep('x', 1000000))",
  "error({})", "error(nil)", "error()", "assert(false)", "assert(nil, {})",
  "local x = nil; x()", "return 1 + {}", "return #5", "return {} < {}", "string.rep()",
  "string.byte('x', -1e18 // 1 | 0, 3)",
  "table.concat({ {} })", "table.concat({}, '', 1, 1 << 62)", "table.unpack({}, 1, 1e8)",
  "string.byte(string.rep('x', 1000), 1, 1000)",
  "string.format('%d', 'x')", "string.format('%y')", "string.format('%100d', 1)",
  "table.sort({ 3, 1, 2, 5, 4 }, function() return true end) error('x')", "table.sort({ 1, 'x', {} })",
}

-- What must not be reachable. Each must fail.
local forbidden = {
  "os.exit(1)", "io.open('/etc/passwd')", "require 'io'", "load 'return 1'", "dofile 'x'", "loadstring 'x'", "debug.sethook()",
  "collectgarbage 'stop'", "coroutine.wrap(print)", "setmetatable({}, {})", "getmetatable('').__index = nil", "rawset({}, 1, 1)",
  "pcall(error)", "xpcall(error, error)", "print 'x'", "_G.x = 1", "x = 1", "string.sub = nil", "math.huge = 1", "json.null = 1",
  "string = nil", "rawget({}, 1)", "('x'):rep(3)", "('x').rep('x', 3)", "string.dump(string.rep)", "string.gsub('x', 'x', 'y')",
  "string.match('x', 'x')", "string.gmatch('x', '.')", "table.move({}, 1, 1e9, 2)", "math.random()", "_ENV.x = 1", "utf8.char(1)",
  "local _ENV = { } x.y = 1", "string.pack('i', 1)", "return 'x' + 1",
}

describe("the sandbox", function()
  local requests = {}
  for _, source in ipairs(endless) do
    requests[#requests + 1] = script_process.call("t", "main", { source, LIMIT }, 5000000, 2 << 20)
  end
  requests[#requests + 1] = script_process.call("t", "main", { "return 'still here'", LIMIT }, 5000000, 2 << 20)
  local answers = script_process.run({ t = RUNNER }, requests, { tree = ".", memory = 64 << 20 })

  it("stops every hostile script in time and memory", function()
    local slow = os.getenv "SPEC_SAN" ~= "" and 10 or 1
    for i, source in ipairs(endless) do
      local answer = answers[i]
      local how = answer.err == "OK" and answer.results[1] or answer.err
      assert.is_true(how == "stopped" or how == "FUEL" or how == "MEMORY", source .. " → " .. how .. " " .. answer.why)
      assert.is_true(answer.ms < 300 * slow, ("%s took %.0f ms"):format(source, answer.ms))
      assert.is_true(answer.memory < 8 << 20, source)
      if how == "stopped" then
        assert.is_string(answer.results[2])
        assert.is_true(#answer.results[2] <= 1000)
      end
    end
    assert.is_true(#endless >= 70)
  end)

  it("leaves the state whole", function()
    assert.same({ "ended", "still here" }, { answers[#answers].results[1], answers[#answers].results[2] })
  end)

  it("has nothing that leads out", function()
    for _, source in ipairs(forbidden) do
      local f = assert(sandbox.load(source, "=contributed", sandbox_env.new()))
      local ok, message = sandbox.call(f, LIMIT)
      assert.is_false(ok, source)
      assert.matches("^contributed:1: ", message, source)
    end
    assert.is_nil((sandbox.load(string.dump(function() end), "=contributed", {})))
    assert.is_nil((sandbox.load("return return", "=contributed", {})))
  end)

  it("counts instructions, nested calls too", function()
    local function loop() while true do end end
    local ok, message = sandbox.call(loop, 1000)
    assert.is_false(ok)
    assert.matches("ran past its limit of 1000 instructions", message)
    ok, message = sandbox.call(function()
      if sandbox.call(loop, 1000000) == false then loop() end
    end, 5000)
    assert.is_false(ok)
    assert.matches("ran past its limit of 5000", message)
    assert.same({ true, 1, nil, 3 }, { sandbox.call(function() return 1, nil, 3 end, 100) })
    assert.is_nil(sandbox.left())
  end)

  it("gives strings their metatable back", function()
    sandbox.call(error, 1000, "x")
    assert.equal("xxx", ("x"):rep(3))
    assert.is_false((sandbox.call(function() return ("x"):rep(3) end, 1000)))
    assert.equal("xxx", ("x"):rep(3))
  end)

  it("keeps nothing from one call to the next", function()
    local environment = sandbox_env.new { hello = "there" }
    assert.is_false((sandbox.call(assert(sandbox.load("counter = 1", "=c", environment)), LIMIT)))
    assert.same({ true, "there" }, { sandbox.call(assert(sandbox.load("return hello", "=c", environment)), LIMIT) })
    assert.is_false(getmetatable(environment))
  end)

  it("offers functions that do what they say", function()
    local function value(source)
      local f = assert(sandbox.load(source, "=c", sandbox_env.new()))
      return select(2, assert(sandbox.call(f, LIMIT)))
    end
    for source, expected in pairs {
      ["return string.upper('ab') .. string.lower('CD') .. string.sub('hello', 2, -2)"] = "ABcdell",
      ["return table.concat(string.split('a,b,,c', ','), '|')"] = "a|b||c",
      ["return #string.split('', ',')"] = 1,
      ["return string.trim('  x y\\n')"] = "x y",
      ["return string.trim('   ')"] = "",
      ["return string.replace('a.b.c', '.', '%1')"] = "a%1b%1c",
      ["return string.find('a.b.c', '.b', 1)"] = 2,
      ["return string.find('abc', 'c', -1)"] = 3,
      ["return select(2, string.find('a.b.c', '.b', 1))"] = 3,
      ["return string.find('abc', 'z') == nil"] = true,
      ["return string.find('abc', '', 10) == nil"] = true,
      ["return string.starts('abc', 'ab') and string.ends('abc', 'bc') and string.ends('abc', '')"] = true,
      ["return string.format('%5.1f|%d|%s|%s|%x', 1.25, 3, true, nil, 255)"] = "  1.2|3|true|nil|ff",
      ["return string.format('%s', {})"] = "table",
      ["return string.rep('ab', 3, '-')"] = "ab-ab-ab",
      ["return string.byte('a') + string.len('bcd')"] = 100,
      ["return string.char(104, 105)"] = "hi",
      ["local t = { 3, 1, 2 } table.sort(t) table.insert(t, 1, 0) table.remove(t) return table.concat(t, ' ')"] = "0 1 2",
      ["local t = { 'b', 'a' } table.sort(t, function(a, b) return a < b end) return table.concat(t)"] = "ab",
      ["return select('#', table.unpack({ 1, 2, 3 }))"] = 3,
      ["return json.encode({ b = json.array {}, a = json.decode('[1,null]') })"] = '{"a":[1,null],"b":[]}',
      ["return json.decode('[') == nil"] = true,
      ["local n = 0 for k, v in pairs { a = 1, b = 2 } do n = n + v end for _, v in ipairs { 4 } do n = n + v end return n"] = 7,
      ["return tostring(null) .. tostring(1.5) .. tonumber('0x10') .. tonumber('11', 2) .. type({})"] = "null1.5163table",
      ["return math.floor(2.5) + math.max(1, 9)"] = 11,
    } do
      assert.equal(expected, value(source), source)
    end
  end)

  it("raises spent fuel instead of returning it", function()
    local fuel = require "tocsin.fuel"
    local went_on = false
    local ok, e = fuel.with(2000, function()
      sandbox.call(function() while true do end end, 1000000)
      went_on = true
    end)
    assert.is_false(ok)
    assert.is_false(went_on)
    assert.equal("FuelError", e.class)
  end)
end)
