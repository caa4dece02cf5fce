--- JSON as Lua sees it: plain tables, ordered tables, payloads.
require "tocsin.core"
local json = require "tocsin.json"
local fuel = require "tocsin.fuel"

describe("json.decode and json.encode", function()
  it("keep an empty list a list, null apart from absent, and sort the keys of plain objects", function()
    local value = json.decode('{"z":[],"a":{},"n":null,"m":[1,2.0,-0.5,true]}')
    assert.equal(json.null, value.n)
    assert.equal(json.array_mt, getmetatable(value.z))
    assert.equal('{"a":{},"m":[1,2.0,-0.5,true],"n":null,"z":[]}', json.encode(value))
  end)

  it("give integers past 64 bits as their digits", function()
    assert.equal("123456789012345678901234567890", json.decode("123456789012345678901234567890"))
    assert.equal("18446744073709551615", json.decode("18446744073709551615"))
    assert.equal(9223372036854775807, json.decode("9223372036854775807"))
    assert.equal(math.mininteger, json.decode("-9223372036854775808"))
    assert.equal("-9223372036854775809", json.decode("-9223372036854775809"))
  end)

  it("write the shortest number that reads back the same", function()
    local cases = { { 0.1, "0.1" }, { 1 / 3, "0.3333333333333333" }, { 1e15, "1000000000000000.0" }, { 1e16, "1e+16" },
      { 1e-5, "1e-05" }, { 1e-4, "0.0001" }, { 5e-324, "5e-324" }, { -1.5e-7, "-1.5e-07" }, { 100.0, "100.0" },
      { math.huge, "1e999" }, { -math.huge, "-1e999" }, { -0.0, "-0.0" }, { 1.7976931348623157e308, "1.7976931348623157e+308" } }
    for _, case in ipairs(cases) do
      assert.equal(case[2], json.encode(case[1]))
      assert.equal(case[1], json.decode(case[2]))
    end
  end)

  it("splice raw text in and let a value bring its own", function()
    local own = setmetatable({}, { __json = function() return "12345678901234567890" end })
    assert.equal('{"a":{ "x" : 1 },"b":12345678901234567890}', json.encode({ a = json.raw('{ "x" : 1 }'), b = own }))
  end)

  it("say in a sentence what cannot be written", function()
    local deep = {}
    for _ = 1, 200 do deep = { deep } end
    local loop = {}
    loop.loop = loop
    for _, value in ipairs { print, 0 / 0, deep, loop, { 1, x = 2 }, { [true] = 1 }, io.stdout } do
      local text, sentence = json.encode(value)
      assert.is_nil(text)
      assert.matches("cannot be written as JSON", sentence)
    end
  end)

  it("write lists by their metatable or by their first item, and invalid UTF-8 as U+FFFD", function()
    assert.equal("[]", json.encode(json.array()))
    assert.equal("[1,2]", json.encode({ 1, 2 }))
    assert.equal("{}", json.encode({}))
    assert.equal('"a\u{FFFD}"', json.encode("a\xff"))
  end)

  it("name the place of an error", function()
    local value, sentence = json.decode('{"a": 1,}')
    assert.is_nil(value)
    assert.equal("JSON parse error - Expecting a property name in double quotes at byte 8", sentence)
  end)
end)

describe("a payload", function()
  local LIST, DICT = { __name = "list" }, { __name = "dict" }
  local function big(digits) return "big " .. digits end
  json.set_types { list = LIST, dict = DICT, big = big }

  it("that is a scalar is that scalar", function()
    assert.equal(3, json.payload("3"))
    assert.equal("x", json.payload('"x"'))
    assert.equal(json.null, json.payload("null"))
    assert.equal(false, json.payload("false"))
    assert.equal("big 99999999999999999999", json.payload("99999999999999999999"))
    assert.is_nil((json.payload("[")))
  end)

  it("is walked to scalars and to ordered tables that stay the same", function()
    local p = json.payload('{"a":{"b":{"c":"deep","n":null,"f":false}},"l":[{"x":1}],"i":12345678901234567890}')
    assert.equal("deep", json.path(p, "a", "b", "c"))
    assert.equal(json.null, json.path(p, "a", "b", "n"))
    assert.equal(false, json.path(p, "a", "b", "f"))
    assert.equal("big 12345678901234567890", json.path(p, "i"))
    -- A container is a payload of its own until its table is wanted; then the table is what every walk finds.
    local inner = json.path(p, "a")
    assert.is_true(json.is_payload(inner))
    assert.equal("deep", json.path(inner, "b", "c"))
    local a = json.expand(inner)
    assert.equal(DICT, getmetatable(a))
    assert.equal(a, json.path(p, "a"))
    assert.equal(a, json.expand(p).v.a)
    assert.equal(a.v.b, json.path(p, "a", "b"))
    assert.equal(LIST, getmetatable(json.expand(json.path(p, "l"))))
  end)

  it("is walked to ordered tables at once when it is a fresh one, because a template may change them", function()
    local p = json.fresh(json.payload('{"a":{"b":{"c":"deep"}},"l":[]}'))
    local b = json.path(p, "a", "b")
    assert.equal(DICT, getmetatable(b))
    b.v.c = "changed"
    assert.equal("changed", json.path(p, "a", "b", "c"))
    assert.equal(b, json.expand(p).v.a.v.b)
    assert.equal(LIST, getmetatable(json.path(p, "l")))
  end)

  it("gives nothing where a walk is not plain", function()
    local p = json.payload('{"items":1,"_x":2,"a":{"keys":3,"b":4},"l":[1],"":5}')
    for _, keys in ipairs { { "gone" }, { "a", "gone" } } do
      local v, is_missing = json.path(p, table.unpack(keys))
      assert.is_nil(v)
      assert.is_true(is_missing)
    end
    for _, keys in ipairs { { "items" }, { "_x" }, { "a", "keys" }, { "gone", "further" }, { "a", "b", "c" },
      { "l", "0" }, { "l", "append" }, { "", }, { "a", 1 } } do
      assert.equal(0, select("#", json.path(p, table.unpack(keys))), table.concat(keys, "."))
    end
    assert.equal(0, select("#", json.path("text", "a")))
  end)

  it("gives an item of any name or index without a table, until it has one", function()
    local p = json.payload('{"items":1,"_x":2,"a":{"n":null},"l":["t",{"b":[]},12345678901234567890],"":5}')
    local function item(v, key) return { n = select("#", json.item(v, key)), json.item(v, key) } end
    assert.same({ n = 1, 1 }, item(p, "items"))
    assert.same({ n = 1, 2 }, item(p, "_x"))
    assert.same({ n = 1, 5 }, item(p, ""))
    assert.same({ n = 2, nil, true }, item(p, "gone"))
    assert.same({ n = 2, nil, true }, item(p, 0))
    local l = json.item(p, "l")
    assert.is_true(json.is_payload(l))
    assert.same({ "t", "big 12345678901234567890", "t" }, { json.item(l, 0), json.item(l, -1), json.item(l, -3) })
    for _, key in ipairs { 3, -4, math.mininteger, math.maxinteger, 0.5, "0", true } do
      assert.same({ n = 2, nil, true }, item(l, key), tostring(key))
    end
    assert.equal(json.expand(json.item(l, 1)), json.expand(json.item(l, 1)))
    assert.same({ true, false, true, false }, { json.has(p, "items"), json.has(p, "t"), json.has(l, "t"), json.has(l, "b") })
    json.expand(p)
    assert.same({ 0, 0 }, { select("#", json.item(p, "items")), select("#", json.has(p, "items")) })
    assert.equal(0, select("#", json.item({}, "a")))
  end)

  it("keeps the order of the wire; of a repeated key the last value at the first's place", function()
    local p = json.payload('{"z":1,"a":2,"m":3,"a":4,"b":5}')
    local t = json.expand(p)
    assert.same({ "z", "a", "m", "b" }, t.k)
    assert.equal(4, t.n)
    assert.equal(4, t.v.a)
    assert.equal('{"z":1,"a":4,"m":3,"b":5}', json.encode(p))
  end)

  it("keeps the order when hundreds of keys repeat", function()
    local parts, expected = {}, {}
    for i = 1, 500 do parts[#parts + 1] = ('"k%d":%d'):format(i % 250, i) end
    for i = 1, 250 do expected[#expected + 1] = "k" .. i % 250 end
    local t = json.expand(json.payload("{" .. table.concat(parts, ",") .. "}"))
    assert.same(expected, t.k)
    assert.equal(251, t.v.k1)
    assert.equal(500, t.v.k0)
  end)

  it("shows what was changed in its table, and a fresh one does not", function()
    local p = json.payload('{"a":{"b":1}}')
    json.expand(p).v.a.v.b = "changed"
    assert.equal("changed", json.path(p, "a", "b"))
    assert.equal('{"a":{"b":"changed"}}', json.encode(p))
    local q = json.fresh(p)
    assert.equal(1, json.path(q, "a", "b"))
    assert.equal('{"a":{"b":1}}', json.text(q))
  end)

  it("keeps its bytes", function()
    local text = ' {"a" : 1.50, "a":2}\n'
    assert.equal(text, json.text(json.payload(text)))
    assert.is_true(json.is_payload(json.payload(text)))
    assert.is_false(json.is_payload({}))
  end)

  it("stays alive through its nodes alone", function()
    local q
    do
      local p = json.payload('{"a":{"b":["' .. ("x"):rep(10000) .. '"]}}')
      q = json.fresh(p)
    end
    collectgarbage()
    collectgarbage()
    assert.equal(10000, #json.path(q, "a", "b")[1])
  end)

  it("takes fuel by what is built", function()
    local small, large = json.payload("[1]"), json.payload("[" .. ("1,"):rep(999) .. "1]")
    local function cost(p)
      local _, used = fuel.with(1000000, function()
        local before = fuel.left()
        json.expand(p)
        return before - fuel.left()
      end)
      return used
    end
    local first = cost(small)
    assert.is_true(first > 0 and cost(large) > 100 * first)
    assert.equal(0, cost(large))
    assert.is_false((fuel.with(100, json.expand, json.payload("[" .. ("1,"):rep(999) .. "1]"))))
  end)
end)

describe("template values", function()
  it("are written as JSON, big integers with all their digits", function()
    require "jinja.number"
    local text = '{"b":[],"a":-123456789012345678901234567890,"c":{"z":1,"y":[null,2.5]}}'
    assert.equal(text, json.encode(json.expand(json.payload(text))))
  end)
end)
