--- str, repr and ascii of values, and what an Undefined says.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local number <const> = require "jinja.number"
local text <const> = require "jinja.text"
local value <const> = require "jinja.value"
local raised <const> = require "raised"

describe("text", function()
  for _, case in ipairs {
    { 1e16, "1e+16" }, { 1e15, "1000000000000000.0" }, { 0.1, "0.1" }, { -0.0, "-0.0" }, { 1 / 0, "inf" }, { 1e-5, "1e-05" },
    { true, "True" }, { value.NULL, "None" }, { "it's", [["it's"]] }, { [["it's"]], [['"it\'s"']] }, { "a\n\0\u{e9}\u{200b}", [['a\n\x00é\u200b']] },
    { value.tuple { n = 1, 1 }, "(1,)" }, { value.markup "<", "Markup('<')" }, { number.parse "99999999999999999999", "99999999999999999999" },
  } do
    it("of " .. case[2], function() assert.equal(case[2], text.repr(case[1])) end)
  end

  it("has a str that keeps strings, and an ascii that escapes them", function()
    assert.equal("é", text.str "é")
    assert.equal("", text.str(R.undef "x"))
    assert.equal([['\xe9\u4e2d\U0001f600']], text.ascii "é中😀")
  end)

  it("keeps Markup through soft, and escapes all else", function()
    assert.same({ "<", true }, { text.soft(value.markup "<") })
    assert.same({ "<", false }, { text.soft "<" })
    assert.equal("&lt;&#34;&#39;&amp;", text.escaped [[<"'&]])
    assert.equal("<", text.escaped(value.markup "<"))
  end)

  it("says what was undefined", function()
    assert.equal("'x' is undefined", text.undef_message(R.undef "x"))
    assert.same({ "UndefinedError", "'x' is undefined" }, { raised(text.must_exist, R.undef "x") })
    assert.is_nil((raised(text.must_exist, value.NULL)))
  end)

  it("shows every object at the same address", function()
    assert.equal("<generator object x at 0x7f0000000000>", (text.repr(R.gen(function() end, "x")):gsub("object %S+ at", "object x at")))
  end)
end)
