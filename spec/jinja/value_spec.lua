--- Dicts and their keys, access to attributes and items, calls, equality and what the sandbox refuses.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local value <const> = require "jinja.value"
local json <const> = require "tocsin.json"
local raised <const> = require "raised"

local NULL <const> = value.NULL

local function show(v) return R.str(v) end

describe("a dict", function()
  it("has one key for 1, 1.0 and True: the first spelling and the last value", function()
    assert.equal("{1: 'c'}", show(R.dict(3, 1, "a", 1.0, "b", true, "c")))
    assert.equal("{True: 'c'}", show(R.dict(2, true, "a", 1, "c")))
  end)

  it("takes None, tuples, floats, big integers and Undefined as keys", function()
    local d <const> = R.dict(6, NULL, "n", R.tuple(2, 1, "x"), "t", 2.5, "f", R.int "36893488147419103232", "b",
      R.undef "u", "u", R.tuple(2, "1", "x"), "other")
    assert.equal("n", R.item(d, NULL))
    assert.equal("t", R.item(d, R.tuple(2, 1.0, "x")))
    assert.equal("other", R.item(d, R.tuple(2, "1", "x")))
    assert.equal("f", R.item(d, 2.5))
    assert.equal("b", R.item(d, 36893488147419103232.0))
    assert.equal("u", R.item(d, R.undef "another"))
  end)

  it("keeps tuples apart whatever their text", function()
    local d <const> = R.dict(4, R.tuple(2, "a", "b,1:c"), 1, R.tuple(3, "a", "b", "c"), 2, R.tuple(1, R.tuple(0)), 3,
      R.tuple(1, ""), 4)
    assert.equal(4, d.n)
  end)

  it("refuses keys that cannot be hashed, but a lookup of one is only undefined", function()
    assert.same({ "TypeError", "unhashable type: 'list'" }, { raised(R.dict, 1, R.list(0), 1) })
    assert.same({ "TypeError", "unhashable type: 'dict'" }, { raised(R.dict, 1, R.tuple(1, R.dict(0)), 1) })
    assert.equal("", show(R.item(R.dict(0), R.list(0))))
  end)

  it("keeps its order through deletion and re-adding", function()
    local d <const> = R.dict(3, "a", 1, "b", 2, "c", 3)
    assert.equal(1, R.method(d, "pop", 1, "a"))
    value.dict_set(d, "a", 9)
    value.dict_set(d, "b", 8)
    assert.equal("{'b': 8, 'c': 3, 'a': 9}", show(d))
    assert.equal("('a', 9)", show(R.method(d, "popitem", 0)))
  end)
end)

describe("access", function()
  local payload <const> = json.payload [[{"items": [1], "values": {"B": 2}, "title": "T", "_x": 1, "__class__": "c"}]]

  it("finds methods before members behind a dot, members first in brackets", function()
    for _, p in ipairs { payload, json.expand(payload) } do
      assert.is_true(R.test "callable"(R.attr(p, "items"), 0))
      assert.equal("[1]", show(R.item(p, "items")))
      assert.equal(2, R.path(R.item(p, "values"), "B"))
      assert.equal("", show(R.path(p, "values", "B")))
      assert.equal("T", R.path(p, "title"))
    end
  end)

  it("fails only where an Undefined is used, and says what was missing", function()
    local missing <const> = R.path(payload, "a")
    assert.equal("", show(missing))
    assert.same({ "UndefinedError", "'dict object' has no attribute 'a'" }, { raised(R.path, payload, "a", "b") })
    assert.same({ "UndefinedError", "'x' is undefined" }, { raised(R.attr, R.undef "x", "y") })
    assert.same({ "UndefinedError", "list object has no element 3" }, { raised(R.add, R.item(R.list(0), 3), 1) })
    assert.same({ "UndefinedError", "'None' has no attribute 'x'" }, { raised(R.call, R.attr(NULL, "x"), 0) })
    assert.same({ "UndefinedError", "list object has no element -4" }, { raised(R.attr, R.item(R.list(1, 1), -4), "a") })
  end)

  it("hides what begins with an underscore, except a dict's own members", function()
    assert.equal(1, R.attr(payload, "_x"))
    assert.equal("c", R.item(payload, "__class__"))
    local hidden <const> = R.attr(payload, "__class__")
    assert.equal("", show(hidden))
    assert.is_false(R.test "defined"(hidden, 0))
    local message <const> = "access to attribute '__class__' of 'dict' object is unsafe."
    assert.same({ "SecurityError", message }, { raised(R.attr, hidden, "x") })
    assert.same({ "SecurityError", message }, { raised(R.call, hidden, 0) })
    for _, v in ipairs { "s", 1, 1.5, true, R.list(0), R.tuple(0), R.undef "u", R.markup "m", R.global "range" } do
      local name <const> = "__class__"
      assert.equal("SecurityError", (raised(R.attr, R.attr(v, name), "mro")))
    end
  end)

  it("has nothing of Lua in reach", function()
    for _, v in ipairs { "s", 1, R.list(1, 1), R.dict(1, "a", 1), R.tuple(0), R.global "dict", R.global "cycler",
      R.attr("s", "upper"), R.gen(function() end), R.int "99999999999999999999" } do
      for _, name in ipairs { "n", "k", "v", "s", "call", "self", "methods", "name", "rep", "gsub", "byte", "fields", "dict",
        "next", "sign", "hint" } do
        assert.equal(value.UNDEF, getmetatable(R.attr(v, name)), name)
      end
    end
  end)

  it("slices as Python does", function()
    local l <const> = R.list(5, 0, 1, 2, 3, 4)
    assert.equal("[4, 3, 2, 1, 0]", show(R.slice(l, nil, nil, -1)))
    assert.equal("[1, 3]", show(R.slice(l, 1, nil, 2)))
    assert.equal("[]", show(R.slice(l, 3, 1, NULL)))
    assert.equal("[4, 2, 0]", show(R.slice(l, 99, -99, -2)))
    assert.equal("[0]", show(R.slice(l, math.mininteger, math.maxinteger, math.maxinteger)))
    assert.equal("[4]", show(R.slice(l, nil, nil, math.mininteger)))
    assert.same({ "ValueError", "slice step cannot be zero" }, { raised(R.slice, l, nil, nil, 0) })
  end)
end)

describe("a call", function()
  it("speaks of its arguments as Python does", function()
    local d <const> = R.dict(1, "a", 1)
    assert.same({ "TypeError", "get expected at least 1 argument, got 0" }, { raised(R.method, d, "get", 0) })
    assert.same({ "TypeError", "dict.get() takes no keyword arguments" },
      { raised(R.method, d, "get", 1, "a", { "default", default = 1 }) })
    assert.same({ "TypeError", "do_replace() missing 1 required positional argument: 'new'" },
      { raised(R.filter "replace", "s", 1, "a") })
    assert.same({ "TypeError", "do_upper() takes 1 positional argument but 2 were given" },
      { raised(R.filter "upper", "s", 1, "a") })
    assert.same({ "TypeError", "do_upper() got an unexpected keyword argument 'foo'" },
      { raised(R.filter "upper", "s", 0, { "foo", foo = 1 }) })
    assert.same({ "TypeError", "'str' object is not callable" }, { raised(R.call, "s", 0) })
    assert.same({ "UndefinedError", "'str object' has no attribute 'nope'" }, { raised(R.method, "s", "nope", 0) })
  end)

  it("takes any number of arguments when they are spread", function()
    local many <const> = R.list(0)
    for i = 1, 300 do many[i] = i end
    many.n = 300
    local c <const> = R.call_spread(R.global "cycler", many, nil)
    assert.equal(1, R.method(c, "next", 0))
    assert.equal(300, R.attr(c, "items").n)
    assert.equal("7", R.method_spread("{6}", "format", many, nil))
    assert.equal("{'a': 1, 'b': 2}",
      show(R.call_spread(R.global "dict", R.list(0), R.spread_kw({ "a", a = 1 }, R.dict(1, "b", 2)))))
    assert.same({ "TypeError", "got multiple values for keyword argument 'a'" },
      { raised(R.spread_kw, { "a", a = 1 }, R.dict(1, "a", 2)) })
  end)

  it("binds a macro's parameters as Jinja2 does", function()
    local function macro(options, params)
      options.name, options.params = "m", params
      options.body = function(...)
        local out <const> = {}
        for i = 1, select("#", ...) do
          local v <const> = select(i, ...)
          out[i] = v == nil and "-" or R.repr(v)
        end
        while out[#out] == "-" do out[#out] = nil end
        return table.concat(out, " ")
      end
      return R.macro(options)
    end
    local two <const> = macro({}, { "a", "b" })
    assert.equal("1 2", R.call(two, 2, 1, 2))
    assert.equal("1 2", R.call(two, 1, 1, { "b", b = 2 }))
    assert.equal("- 2", R.call(two, 0, { "b", b = 2 }))
    assert.same({ "TypeError", "macro 'm' takes not more than 2 argument(s)" }, { raised(R.call, two, 3, 1, 2, 3) })
    assert.same({ "TypeError", "macro 'm' takes no keyword argument 'c'" },
      { raised(R.call, two, 0, { "c", c = 1 }) })
    assert.equal("1 {'x': 2} (3, 4)", R.call(macro({ kwargs = true, varargs = true }, { "a" }), 3, 1, 3, 4, { "x", x = 2 }))
    assert.equal("1 Undefined", R.call(macro({ caller = true }, { "a" }), 1, 1))
    R.begin {}
    local deep
    deep = R.macro { name = "deep", params = {}, body = function() return R.call(deep, 0) end }
    assert.same({ "RecursionError", "maximum recursion depth exceeded" }, { raised(R.call, deep, 0) })
    R.begin {}
    assert.equal("1 2", R.call(two, 2, 1, 2))
  end)
end)

describe("equality and order", function()
  it("look at values, not at forms", function()
    assert.is_true(R.eq(1, true))
    assert.is_true(R.eq(R.list(1, 1), R.list(1, 1.0)))
    assert.is_false(R.eq(R.list(0), R.tuple(0)))
    assert.is_true(R.eq(R.dict(2, "a", 1, "b", 2), R.dict(2, "b", 2, "a", 1)))
    assert.is_false(R.eq(9007199254740993, 9007199254740992.0))
    assert.is_true(R.eq(R.markup "x", "x"))
    assert.is_true(R.eq(json.payload [[{"a":[1]}]], R.dict(1, "a", R.list(1, 1))))
    assert.is_true(R.lt("Z", "a"))
    assert.is_false(R.lt(0.0 / 0.0, 1))
    assert.same({ "TypeError", "'<' not supported between instances of 'str' and 'int'" }, { raised(R.lt, "a", 1) })
    assert.same({ "TypeError", "'>=' not supported between instances of 'NoneType' and 'int'" }, { raised(R.ge, NULL, 1) })
  end)

  it("end on values that hold themselves", function()
    local a <const>, b <const> = R.list(0), R.list(0)
    R.method(a, "append", 1, a)
    R.method(b, "append", 1, b)
    assert.equal("RecursionError", (raised(R.eq, a, b)))
    assert.equal("RecursionError", (raised(R.lt, a, b)))
    assert.equal("[[...]]", show(a))
    local deep = R.list(0)
    for _ = 1, 600 do deep = R.list(1, deep) end
    assert.equal("RecursionError", (raised(R.str, deep)))
  end)
end)
