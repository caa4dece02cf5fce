--- `%` formatting and str.format where C's printf is of no help: widths, exactness, fuel.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local fuel <const> = require "tocsin.fuel"
local raised <const> = require "raised"

-- The class of the error when f runs out of this budget.
local function spent(f, ...)
  local ok <const>, e <const> = fuel.with(100000, f, ...)
  return not ok and e.class
end

local function format(s, ...) return R.method(s, "format", select("#", ...), ...) end

describe("%-formatting", function()
  it("is exact at any precision", function()
    assert.equal("0.1000000000000000055511151231257827021181583404541015625" .. string.rep("0", 65),
      R.mod("%.120f", 0.1))
    assert.equal("-1." .. string.rep("0", 150), R.mod("%.150f", -1.0))
    assert.equal("2", R.mod("%.0f", 2.5))
    assert.equal("1.00", R.mod("%.2f", 1.005))
  end)

  it("pads past what string.format takes, in code points", function()
    assert.equal(string.rep(" ", 197) .. "é12", (R.mod("%200s", "é12")))
    assert.equal("-" .. string.rep("0", 148) .. "7", R.mod("%0150d", -7))
    assert.equal("héll", R.mod("%.4s", "héllo"))
  end)

  it("makes no character that UTF-8 has none for", function()
    assert.equal("\u{FFFD}\u{D7FF}\u{E000}", R.mod("%c%c%c", R.tuple(3, 0xD800, 0xD7FF, 0xE000)))
    assert.equal("\u{FFFD}", format("{:c}", 0xDFFF))
    assert.equal("\u{FFFD}", R.method("a", "translate", 1, R.dict(1, 97, 0xD800)))
  end)

  it("counts its arguments", function()
    assert.same({ "TypeError", "not enough arguments for format string" }, { raised(R.mod, "%s %s", "a") })
    assert.same({ "TypeError", "not all arguments converted during string formatting" },
      { raised(R.mod, "%s", R.tuple(2, 1, 2)) })
    assert.equal("abc", R.mod("abc", R.list(1, 1)))
    assert.same({ "KeyError", "'zz'" }, { raised(R.mod, "%(zz)s", R.dict(1, "a", 1)) })
    assert.same({ "TypeError", "%d format: a real number is required, not str" }, { raised(R.mod, "%d", "x") })
    assert.same({ "ValueError", "unsupported format character 'z' (0x7a) at index 2" }, { raised(R.mod, "é%z", 1) })
  end)

  it("escapes what it puts into Markup", function()
    assert.equal("Markup('<b>&lt;</b>')", R.repr(R.mod(R.markup "<b>%s</b>", "<")))
    assert.equal("<b>", R.mod("%s", R.markup "<b>"))
  end)
end)

describe("str.format", function()
  it("groups, signs and fills", function()
    assert.equal("00,001,234", format("{:010,}", 1234))
    assert.equal("0,001,234", format("{:08,}", 1234))
    assert.equal("+1.23e+03", format("{:+.3}", 1234.0))
    assert.equal("**x***", format("{:*^6}", "x"))
    assert.equal("    1", format("{:5}", true))
    assert.equal("75b_cd15", format("{:_x}", 123456789))
  end)

  it("reaches members through the sandbox", function()
    assert.equal("", format("{0.__class__}", "x"))
    assert.equal("SecurityError", (raised(format, "{0.__class__.__mro__}", "x")))
    assert.equal("", format("{0.nope}", "x"))
    assert.same({ "IndexError", "tuple index out of range" }, { raised(format, "{}") })
    assert.same({ "KeyError", "'x'" }, { raised(format, "{x}") })
  end)

  it("is charged before anything is built", function()
    for _, case in ipairs { { "%*d", R.tuple(2, 2000000000, 1) }, { "%2000000000d", 1 }, { "%.2000000000f", 1.5 },
      { "%.2000000000d", 1 } } do
      assert.equal("FuelError", spent(R.mod, case[1], case[2]), case[1])
    end
    for _, spec in ipairs { "{:2000000000}", "{:02000000000,.2f}", "{:.2000000000f}" } do
      assert.equal("FuelError", spent(format, spec, 5.0), spec)
    end
  end)
end)
