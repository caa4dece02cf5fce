--- What literals mean: integers, floats, strings with Python's escapes.
require "tocsin.core"
local literal <const> = require "jinja.literal"

describe("a literal", function()
  it("is an integer of any size and base", function()
    assert.equal(255, literal.integer "0xFF")
    assert.equal(5, literal.integer "0b101")
    assert.equal(8, literal.integer "0o10")
    assert.equal(1000000, literal.integer "1_000_000")
    assert.equal(math.maxinteger, literal.integer "9223372036854775807")
    assert.equal("9223372036854775808", literal.integer "9223372036854775808")
    assert.equal("18446744073709551615", literal.integer "0xFFFFFFFFFFFFFFFF")
  end)

  it("is a float", function()
    assert.equal("float", math.type(literal.float "1e3"))
    assert.equal(1234.5, literal.float "1_234.5")
  end)

  it("is a string with escapes", function()
    assert.equal("a\nb\t\\'", literal.string [[a\nb\t\\\']])
    assert.equal("éAé😀", literal.string [[\xe9\101\u00e9\U0001F600]])
    assert.equal("\\d", literal.string [[\d]])
    assert.equal("ab", literal.string "a\\\nb")
    local v, why = literal.string [[\x4]]
    assert.is_nil(v)
    assert.truthy(why:find("truncated", 1, true))
    assert.is_nil((literal.string [[\U00110000]]))
  end)

  it("has no lone surrogates, which UTF-8 cannot hold", function()
    assert.truthy(utf8.len(literal.character(0xD800)))
  end)

  it("has a truth where it is made of literals alone", function()
    local lexer <const>, parser <const> = require "jinja.lexer", require "jinja.parser"
    local function truth(text)
      local node <const> = parser.parse(lexer.tokenize("{% set y = " .. text .. " %}", {}), {}).body[1]
      return literal.truth(node.value)
    end
    for text, expect in pairs { ["1"] = true, ["''"] = false, ["none"] = false, ["[]"] = false, ["(1, [])"] = true, ["{}"] = false,
      ["not 0"] = true, ["not [1]"] = false, ["0 or []"] = false, ["1 and 'a'"] = true, ["() if true"] = false,
      ["1 if 0 else 2"] = true, ["x or 1"] = "?", ["[x]"] = "?", ["1 if 0"] = "?", ["x if 1 else 0"] = "?", ["not x"] = "?" } do
      local found = truth(text)
      if found == nil then found = "?" end
      assert.equal(expect, found, text)
    end
  end)
end)
