--- Calls by Python's rules, and what is said of wrong arguments.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local raised <const> = require "raised"

local function show(v) return R.str(v) end

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
end)
