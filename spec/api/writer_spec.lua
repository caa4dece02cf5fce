--- The JSON of API answers.
require "tocsin.core"
local json = require "tocsin.json"
local writer = require "api.writer"

describe("an answer's JSON", function()
  it("keeps the order of members, null and empty lists", function()
    local value = writer.object("b", nil, "a", writer.list({}), "c", json.null, "d", writer.object())
    assert.equal('{"b":null,"a":[],"c":null,"d":{}}', writer.text(value))
  end)

  it("writes numbers exactly", function()
    local value = writer.list({ 3, 3.5, -9007199254740993, 0.1, 1e300, 2.0 })
    assert.equal("[3,3.5,-9007199254740993,0.1,1e+300,2]", writer.text(value))
  end)

  it("escapes what JSON and terminals need escaped", function()
    assert.equal('"a\\"b\\\\c\\nd\\u0000\\u001b\\u007f\u{e9}"', writer.quote('a"b\\c\nd\0\27\127\u{e9}'))
  end)

  it("is a valid document whatever the bytes", function()
    for _, bytes in ipairs { "\xff", "a\xc3", "\xed\xa0\x80b", "ok\xf8\x88\x80\x80\x80x" } do
      local text = writer.quote(bytes)
      assert.is_truthy(utf8.len(text))
      assert.is_string(json.decode(text))
    end
    assert.equal('"a\u{FFFD}b"', writer.quote("a\xffb"))
  end)

  it("splices raw bytes as they are", function()
    assert.equal('{"p":{"n": 1.0}}', writer.text(writer.object("p", writer.raw('{"n": 1.0}'))))
  end)

  it("refuses a table of which nobody said what it is", function()
    assert.has_error(function() writer.text({}) end)
  end)
end)
