--- Methods of str, list, dict and numbers: what the corpus cannot show, because it is about identity and order.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local value <const> = require "jinja.value"
local json <const> = require "tocsin.json"
local raised <const> = require "raised"

local function call(v, name, ...) return R.method(v, name, select("#", ...), ...) end

describe("methods of dict", function()
  it("give live views", function()
    local d <const> = R.dict(1, "a", 1)
    local keys <const>, values <const>, items <const> = call(d, "keys"), call(d, "values"), call(d, "items")
    call(d, "update", R.dict(1, "b", 2))
    assert.equal("dict_keys(['a', 'b']) dict_values([1, 2]) dict_items([('a', 1), ('b', 2)])",
      R.str(keys) .. " " .. R.str(values) .. " " .. R.str(items))
    assert.equal(2, R.filter "length"(keys, 0))
    assert.is_true(R.contains("b", keys))
    assert.is_true(R.contains(R.tuple(2, "b", 2.0), items))
  end)

  it("notice a change of size in a loop", function()
    local d <const> = R.dict(2, "a", 1, "b", 2)
    local next_key <const> = R.iter(d)
    assert.equal("a", next_key())
    call(d, "pop", "b")
    assert.same({ "RuntimeError", "dictionary changed size during iteration" }, { raised(next_key) })
  end)

  it("copy the dict and not what is in it", function()
    local d <const> = R.dict(1, "l", R.list(1, 1))
    local copy <const> = call(d, "copy")
    call(copy, "pop", "l")
    assert.equal("{'l': [1]}", R.str(d))
    call(R.item(call(d, "copy"), "l"), "append", 2)
    assert.equal("{'l': [1, 2]}", R.str(d))
  end)

  it("raise Python's errors", function()
    local d <const> = R.dict(1, "a", 1)
    assert.same({ "KeyError", "'z'" }, { raised(call, d, "pop", "z") })
    assert.same({ "KeyError", "(1, 'x')" }, { raised(call, d, "pop", R.tuple(2, 1, "x")) })
    assert.same({ "KeyError", "'popitem(): dictionary is empty'" }, { raised(call, R.dict(0), "popitem") })
    assert.same({ "ValueError", "dictionary update sequence element #1 has length 3; 2 is required" },
      { raised(call, d, "update", R.list(2, R.tuple(2, 1, 2), "abc")) })
    assert.same({ "TypeError", "unhashable type: 'list'" }, { raised(call, d, "get", R.list(0)) })
  end)

  it("change one payload only, and only a fresh copy of it", function()
    local wire <const> = json.payload [[{"a": 1, "b": 2}]]
    local mine <const> = json.fresh(wire)
    assert.equal(1, call(mine, "pop", "a"))
    assert.equal("", R.str(R.path(mine, "a")))
    assert.equal(1, R.path(wire, "a"))
    assert.equal("{'b': 2}", R.str(mine))
  end)
end)

describe("methods of list", function()
  it("change the list itself, whoever holds it", function()
    local l <const> = R.list(3, 3, 1, 2)
    local holder <const> = R.tuple(1, l)
    assert.equal(value.NULL, call(l, "append", 0))
    assert.equal(value.NULL, R.method(l, "sort", 0, { "reverse", reverse = true }))
    assert.equal("([3, 2, 1, 0],)", R.str(holder))
    call(l, "insert", -1, "x")
    call(l, "insert", 99, "y")
    call(l, "insert", -99, "z")
    assert.equal("['z', 3, 2, 1, 'x', 0, 'y']", R.str(l))
    assert.equal("y", call(l, "pop"))
    assert.equal("z", call(l, "pop", 0))
    assert.equal("x", call(l, "pop", -2))
    call(l, "extend", l)
    assert.equal("[3, 2, 1, 0, 3, 2, 1, 0]", R.str(l))
    call(l, "clear")
    assert.equal("[]", R.str(l))
    assert.same({ "IndexError", "pop from empty list" }, { raised(call, l, "pop") })
  end)

  it("grow under a loop that sees it", function()
    local l <const> = R.list(1, 1)
    local next_item <const>, seen = R.iter(l), 0
    for item in next_item do
      seen = seen + item
      if l.n < 4 then call(l, "append", l.n + 1) end
    end
    assert.equal(10, seen)
  end)
end)

describe("methods of str", function()
  it("count code points", function()
    assert.equal(1, call("é€x", "find", "€"))
    assert.equal("xé€", call("é€", "rjust", 3, "x"))
    assert.equal("['é', '€']", R.str(call("é-€", "split", "-")))
    assert.equal("-é-€-", call("é€", "replace", "", "-"))
  end)

  it("of Markup escape their arguments and stay Markup", function()
    local m <const> = R.markup "<a>"
    assert.equal("Markup('<&lt;>')", R.repr(call(m, "replace", "a", "<")))
    assert.equal("Markup('&lt;<a>b')", R.repr(call(R.markup "<a>", "join", R.list(2, "<", "b"))))
    assert.equal("[Markup('<'), Markup('>')]", R.repr(call(m, "split", "a")))
    -- MarkupSafe 3 escapes only what is put in; older ones escape what is looked for, too.
    assert.equal("Markup('a-')", R.repr(call(R.markup "a<", "replace", "<", "-")))
  end)
end)

describe("numbers", function()
  it("have the few methods Python gives them", function()
    assert.equal(71, call(R.int "1180591620717411303424", "bit_length"))
    assert.equal("(3, 4)", R.str(call(0.75, "as_integer_ratio")))
    assert.equal(3, call(7, "bit_count"))
    assert.equal(1, R.attr(true, "real"))
  end)
end)
