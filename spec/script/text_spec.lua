--- tocsin.text against Python's own str, and what only we promise: bounds and damaged text.
require "tocsin.core"
local text = require "tocsin.text"
local cjson = require "cjson"

local function from_json(v)
  if v == cjson.null then return nil end
  return v
end

local function answer_of(name, args)
  local a, b, c = text[name](from_json(args[1]), from_json(args[2]), from_json(args[3]), from_json(args[4]))
  if name == "partition" then return { a, b, c } end
  if type(a) ~= "table" then return a end
  assert(a.n == #a, "n of " .. name)
  a.n = nil
  return a
end

local function is_same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  if #a ~= #b then return false end
  for i = 1, #a do
    if a[i] ~= b[i] then return false end
  end
  return true
end

local SPECIAL <const> = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }
local function float_of(hex) return tonumber(hex) or SPECIAL[hex] end

describe("text beside Python", function()
  it("answers thousands of generated cases as Python does", function()
    local pipe <close> = assert(io.popen("/usr/bin/python3 spec/script/text_cases.py 7 250"))
    local seen, wrong = 0, {}
    for line in pipe:lines() do
      local name, args, want = table.unpack(cjson.decode(line))
      if name == "float_repr" then args[1] = float_of(args[1]) end
      if not is_same(answer_of(name, args), from_json(want)) then wrong[#wrong + 1] = line end
      seen = seen + 1
    end
    assert.same({}, { table.unpack(wrong, 1, 5) })
    assert.is_true(seen > 13000)
  end)

  it("prints the floats that trap a printf", function()
    for want, x in pairs {
      ["5.684341886080802e-14"] = 2.0 ^ -44, ["5e-324"] = 5e-324, ["1.7976931348623157e+308"] = 1.7976931348623157e308,
      ["1e-05"] = 1e-5, ["0.0001"] = 1e-4, ["0.30000000000000004"] = 0.1 + 0.2, ["1000000000000000.0"] = 1e15,
      ["1e+16"] = 1e16, ["123456789.12345679"] = 123456789.12345679, ["-0.0"] = -0.0, ["inf"] = math.huge,
      ["-inf"] = -math.huge, ["nan"] = 0 / 0, ["2.2250738585072014e-308"] = 2.2250738585072014e-308, ["100.0"] = 100,
      ["9007199254740993.0"] = nil,
    } do
      assert.equal(want, text.float_repr(x))
    end
  end)

  it("knows Unicode 15", function()
    assert.equal("'🫨'", text.str_repr("🫨"))
    assert.is_true(text.is("\u{31350}", "alpha"))
  end)

  it("escapes and quotes", function()
    assert.equal("&amp;&lt;&gt;&#34;&#39;é", text.escape_html([[&<>"'é]]))
    assert.equal([["\u003c\u0026\u0027é"]], text.json_string("<&'é", false, true))
    assert.equal("a%20%2F%C3%A9~", text.url_quote("a /é~"))
    assert.equal("a%20/%C3%A9", text.url_quote("a /é", "/"))
    assert.equal(" 123 x", text.ascii_digits("\u{3000}١2٣ x"))
    assert.equal(0x1F642, text.ord("🙂"))
    assert.is_nil(text.ord(""))
  end)
end)

describe("text and hostile input", function()
  local damaged = { "\xff", "a\xc3", "\xe2\x82", "\xf0\x9f\x99", "\xc0\xaf", "\xed\xa0\x80", "\x80\x80\x80\x80\x80\x80x",
    "é\xffé" }

  it("says what is not UTF-8 and passes it through unharmed", function()
    for _, s in ipairs(damaged) do
      assert.is_false(text.valid_utf8(s))
      for _, name in ipairs { "upper", "lower", "title", "capitalize", "swapcase", "unescape_html", "title_words" } do
        assert.equal(s, text.lower(text[name](s)))
      end
      assert.equal(s, text.reverse(text.reverse(s)))
      assert.equal(s, table.concat(text.chars(s)))
      assert.equal(s, text.slice(s, nil, nil, 1))
      assert.equal(text.len(s), #text.slice(s, nil, nil, -1) > 0 and text.len(text.slice(s, nil, nil, -1)))
      assert.equal(s, text.strip(text.center(s, 40)))
      assert.is_true(text.is(text.str_repr(s), "printable"))
    end
    assert.is_true(text.valid_utf8("aé€🙂"))
  end)

  it("refuses sizes that cannot be", function()
    for _, call in ipairs {
      function() text.rep("ab", math.maxinteger) end, function() text.rep("ab", 1 << 31) end,
      function() text.center("a", math.maxinteger) end, function() text.zfill("a", math.maxinteger) end,
      function() text.ljust("a", 1 << 40) end, function() text.expandtabs("\t\t", math.maxinteger) end,
      function() text.replace(text.rep("a", 1 << 16), "a", text.rep("b", 1 << 16)) end,
    } do
      assert.has_error(call)
    end
  end)

  it("takes indexes at the ends of the integers", function()
    local most, least = math.maxinteger, math.mininteger
    assert.equal("aé", text.slice("aé", least, most, 1))
    assert.equal("éa", text.slice("aé", most, least, -1))
    assert.equal("é", text.slice("aé", most, least, least))
    assert.equal("a", text.slice("aé", least, most, most))
    assert.equal(-1, text.find("aé", "", most))
    assert.equal(0, text.find("aé", "a", least, most))
    assert.is_nil(text.at("aé", least))
    assert.equal("", text.sub("aé", most, most))
    assert.equal("é", text.sub("aé", 1, most))
  end)
end)
