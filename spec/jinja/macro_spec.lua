--- Macros and call bodies as values: how their arguments are bound, and how deep they may call each other.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local raised <const> = require "raised"

describe("a macro", function()
  it("binds its parameters as Jinja2 does", function()
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

  it("shows what it is, and what its body names", function()
    local m <const> = R.macro { name = "m", params = { "a", "b" }, varargs = true, body = function() return "" end }
    assert.equal("('a', 'b') True False False m", R.str(R.attr(m, "arguments")) .. " " .. R.str(R.attr(m, "catch_varargs")) ..
      " " .. R.str(R.attr(m, "catch_kwargs")) .. " " .. R.str(R.attr(m, "caller")) .. " " .. R.attr(m, "name"))
  end)

  it("gives safe text where its caller is under autoescape", function()
    local m <const> = R.macro { name = "m", params = {}, body = function() return "<b>" end }
    local registry <const> = require "jinja.registry"
    registry.begin(nil, nil, true)
    assert.equal("<b>", R.str_escaped(R.call(m, 0)))
    registry.begin(nil, nil, false)
    assert.equal("&lt;b&gt;", R.str_escaped(R.call(m, 0)))
  end)
end)
