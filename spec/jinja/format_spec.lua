--- `str.format` and the specifications of `{:…}`.
require "tocsin.core"
local formatting <const> = require "jinja.format"
local number <const> = require "jinja.number"
local value <const> = require "jinja.value"
local raised <const> = require "raised"

describe("format(v, spec)", function()
  for _, case in ipairs {
    { 42, "08b", "00101010" }, { 42, "#x", "0x2a" }, { -42, "+,d", "-42" }, { 1234567, "_d", "1_234_567" },
    { 1234.5, ",.2f", "1,234.50" }, { 0.256, ".1%", "25.6%" }, { 1e300, "g", "1e+300" }, { 3.0, "", "3.0" },
    { 5, "^7", "   5   " }, { "é", "*>4", "***é" }, { "long", ".2", "lo" }, { true, "d", "1" }, { true, "", "True" },
    { number.parse "18446744073709551616", ",", "18,446,744,073,709,551,616" }, { 65, "c", "A" }, { -0.0, "z.1f", "0.0" },
    { -7, "=+6d", "-    7" }, { 7, "06.1f", "0007.0" },
  } do
    it(("makes %q of %s"):format(case[3], tostring(case[1]) .. ":" .. case[2]), function()
      assert.equal(case[3], formatting.value(case[1], case[2]))
    end)
  end

  it("refuses what does not fit the type", function()
    assert.same({ "ValueError", "Unknown format code 'd' for object of type 'str'" }, { raised(formatting.value, "a", "d") })
    assert.same({ "ValueError", "Cannot specify ',' with 's'." }, { raised(formatting.value, "a", ",s") })
    assert.same({ "ValueError", "Too many decimal digits in format string" }, { raised(formatting.value, 1, "99999999999") })
    assert.same({ "TypeError", "unsupported format string passed to list.__format__" },
      { raised(formatting.value, value.list { n = 0 }, "5") })
  end)
end)

describe("str.format", function()
  local function format(s, ...) return formatting.format(s, table.pack(...), { "k", k = "v" }, false) end

  it("takes fields by place, by name, nested, with conversions", function()
    assert.equal("a b v {}", format("{} {} {k} {{}}", "a", "b"))
    assert.equal("b a", format("{1} {0}", "a", "b"))
    assert.equal("'a'", format("{!r}", "a"))
    assert.equal("  a", format("{0:>{1}}", "a", 3))
  end)

  it("meets nothing behind underscores", function()
    assert.equal("", format("{0.__class__}", "a"))
    for _, s in ipairs { "{0.__class__.__mro__}", "{0.__class__.mro}", "{0.__class__[0]}" } do
      assert.same({ "SecurityError", "access to attribute '__class__' of 'str' object is unsafe." }, { raised(format, s, "a") })
    end
  end)

  it("escapes fields in safe text", function()
    assert.equal("<b>&lt;i&gt;</b>", formatting.format("<b>{}</b>", table.pack "<i>", nil, true))
  end)

  it("says what is wrong with a text", function()
    assert.same({ "ValueError", "Single '}' encountered in format string" }, { raised(format, "}") })
    assert.same({ "ValueError", "expected '}' before end of string" }, { raised(format, "{0") })
    assert.same({ "IndexError", "tuple index out of range" }, { raised(format, "{}") })
    assert.same({ "KeyError", "'nope'" }, { raised(format, "{nope}") })
  end)
end)
