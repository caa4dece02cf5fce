--- Our two JSON parsers against lists, against each other, and against Python's.
require "tocsin.core"
local json = require "tocsin.json"

local function deep(n, open, close) return open:rep(n) .. (close or ""):rep(n) end

-- Accepted, with what each means when written again (or true: the same text).
local accepted = {
  { "0", true }, { "-0", "0" }, { "-0.0", true }, { "1", true }, { "-1", true }, { "10", true }, { "1.5", true },
  { "1e5", "100000.0" }, { "1E5", "100000.0" }, { "1e+5", "100000.0" }, { "1e-5", "1e-05" }, { "0e1", "0.0" },
  { "0e+1", "0.0" }, { "0.1e1", "1.0" }, { "-0e1", "-0.0" }, { "1.0", true }, { "1e400", "1e999" },
  { "-1e400", "-1e999" },
  { "1e-400", "0.0" }, { "-1e-400", "-0.0" }, { "123456789012345678901234567890", true },
  { "-123456789012345678901234567890", true }, { "9223372036854775807", true }, { "9223372036854775808", true },
  { "-9223372036854775808", true }, { "-9223372036854775809", true }, { "18446744073709551615", true },
  { "18446744073709551616", true }, { ("9"):rep(5000), true }, { "0." .. ("0"):rep(400) .. "1", "0.0" },
  { "9007199254740993", true }, { "9007199254740993.0", "9007199254740992.0" },
  { "4.9406564584124654e-324", "5e-324" },
  { "2.2250738585072011e-308", "2.225073858507201e-308" }, { "1.7976931348623157e308", "1.7976931348623157e+308" },
  { "1.7976931348623159e308", "1e999" },
  { "true", true }, { "false", true }, { "null", true }, { " null\t\r\n", "null" }, { '""', true }, { '"a"', true },
  { '"\\""', true }, { '"\\\\"', true }, { '"\\/"', '"/"' },
  { '"\\b\\f\\n\\r\\t"', '"\\u0008\\u000c\\n\\u000d\\u0009"' },
  { '"\\u0000"', true }, { '"\\u0041"', '"A"' }, { '"\\u00e9"', '"é"' }, { '"\\u20AC"', '"€"' },
  { '"\\ud83d\\ude00"', '"😀"' },
  { '"\\uD834\\uDD1E"', '"𝄞"' }, { '"\\ud800"', '"\u{FFFD}"' }, { '"\\udc00"', '"\u{FFFD}"' },
  { '"\\ud800\\ud800"', '"\u{FFFD}\u{FFFD}"' }, { '"\\ud800x"', '"\u{FFFD}x"' }, { '"\\ud800\\n"', '"\u{FFFD}\\n"' },
  { '"\\ude00\\ud83d"', '"\u{FFFD}\u{FFFD}"' }, { '"\\ud800\\u0041"', '"\u{FFFD}A"' }, { '"\\uffff"', '"\u{FFFF}"' },
  { '"\u{10FFFF}"', true }, { '"\u{FEFF}"', true }, { '"\u{2028}"', true }, { '"\127"', '"\\u007f"' },
  { '"a\\u0000b"', true },
  { "[]", true }, { "[ ]", "[]" }, { "{}", true }, { "{ }", "{}" }, { "[1,2]", true }, { "[[],{}]", true },
  { "[null]", true },
  { '{"a":1}', true }, { '{"a":1,"b":2}', true }, { '{"b":1,"a":2}', true }, { '{"":0}', true },
  { '{"a":{"b":[{}]}}', true },
  { '{"a":1,"a":2}', '{"a":2}' }, { '{"a":1,"b":2,"a":3}', '{"a":3,"b":2}' }, { '{"a":1,"\\u0061":2}', '{"a":2}' },
  { '{"a":{"x":1},"a":[]}', '{"a":[]}' }, { '{"a":1e400}', '{"a":1e999}' }, { "\xEF\xBB\xBF[]", "[]" },
  { deep(128, "[", "]"), true }, { deep(127, '{"a":') .. "1" .. ("}"):rep(127), true },
  { "[" .. ("0,"):rep(5000) .. "0]", true },
}

local refused = { "", " ", "\0", "nul", "nulll", "NULL", "True", "tru", "falsee", "undefined", "NaN", "-NaN",
  "Infinity", "-Infinity",
  "inf", "+1", "01", "-01", "00", "1.", ".1", "-.1", "1.e1", "1e", "1e+", "1e-", "1eE2", "0x1", "1_000", "1a", "--1",
  "-", "- 1", "1 2",
  "1,", "1+1", "2.e3", "0e", "0e+", "9.e+", "1\0", "١", '"', '"a', '"\\"', '"\\', '"\\a"', '"\\x41"', '"\\u"',
  '"\\u1"', '"\\u12"',
  '"\\u123"', '"\\u123g"', '"\\u 123"', '"\\ud800\\u"', '"\\ud800\\u12"', '"\\0"', '"\\\'"', '"\\U0041"', "'a'",
  '"a\nb"', '"a\tb"',
  '"\0"', '"\31"', '"a" "b"', '"a"b', "“a”", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1 2]", "[1,,2]", "[1:2]",
  "[1}", "[1]]",
  "[1]x", "[1],", "[\"a\",\n4\n,1,", "[*]", "[1;2]", "[a]", "[--1]", "{", "}", "{,}", "{1:1}", "{a:1}", "{'a':1}",
  '{"a"}', '{"a":}',
  '{"a" 1}', '{"a"::1}', '{"a":1,}', '{,"a":1}', '{"a":1 "b":2}', '{"a":1,,"b":2}', '{"a":1]', '{"a":1}}', '{"a":1}#',
  '{"a":1}/**/',
  "{/**/}", "[1] // x", "{[]:1}", '{"a":"b"', '{"a', '{"a":tru}', '{null:1}', '{"a":1}\0', "[\f1]", "[\v1]",
  "\xC2\xA0[1]", "[1\xC2\xA0]",
  "\u{2028}1", '"\xff"', '"\xc0\x80"', '"\xed\xa0\x80"', '"\xf4\x90\x80\x80"', '"\xe9"', '"\xe2\x82"',
  '"\xf0\x9f\x98"', '"\x80"',
  "[\xff]", "\xff", "\xEF\xBB\xBF", "\xEF\xBB", "\xEF\xBB\xBF\xEF\xBB\xBF[]", "\xFE\xFF\0[\0]", "[\0]\0",
  "\xFF\xFE[\0]\0", "a", "@", "#", "*",
  "<a>", "a=b", "a: b", "[1]\n[2]", "{}{}", "{} {}", "True", "None", deep(128, "["), deep(100000, "["),
  deep(1000, "{"),
  '{"a":' .. deep(500, "["), '["' }

local too_deep = { deep(129, "[", "]"), deep(1024, "[", "]"), deep(1025, "[", "]"), deep(129, "["), deep(100000, "[", "]"),
  deep(200000, '[{"":'),
  deep(128, '{"a":') .. "[]" .. ("}"):rep(128), deep(129, '{"a":') .. "1" .. ("}"):rep(129) }

local function write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
end

--- What both parsers make of each document; `keep` gets the two files' names.
local function parse_all(documents, keep)
  local name, parts = os.tmpname(), {}
  for i, text in ipairs(documents) do parts[i] = ("%010d%s"):format(#text, text) end
  write(name, table.concat(parts))
  local answers_name = name .. ".answers"
  assert(os.execute(("'%s/script_test' parse < %s > %s"):format(os.getenv "SPEC_BUILD", name, answers_name)))
  local answers = {}
  for line in io.lines(answers_name) do answers[#answers + 1] = assert(json.decode(line)) end
  assert.equal(#documents, #answers)
  if keep then keep(name, answers_name) end
  os.remove(name)
  os.remove(answers_name)
  return answers
end

-- Documents made by damaging good ones at random places; the seed makes them the same each time.
local function damaged(count)
  local seeds = {}
  for _, case in ipairs(accepted) do if #case[1] < 400 then seeds[#seeds + 1] = case[1] end end
  seeds[#seeds + 1] = '{"receiver":"web","alerts":[{"labels":{"alertname":"Disk","n":3},"values":[1.5,-2e3,null,true]}],'
    .. '"x":"a\\u00e9\\n"}'
  seeds[#seeds + 1] = '[{"k":"\\ud83d\\ude00","k":12345678901234567890123},[[[{"a":[]}]]],"é€😀",-0,-0.0,1E+2]'
  local bits = { "{", "}", "[", "]", ",", ":", '"', "\\", "\\u", "d800", "0", "1", "-", ".", "e", "E", "+", "null", "true", " ",
    "\n", "\0",
    "\xEF\xBB\xBF", "\xff", "\xc3\xa9", "\xed\xa0\x80", "1e999", "99999999999999999999", '"a":', '"a":1,', "[[[[", "/", "NaN" }
  local state = 42
  local function draw(n)
    state = (state * 6364136223846793005 + 1442695040888963407)
    return (state >> 33) % n + 1
  end
  local out = {}
  for i = 1, count do
    local text = seeds[draw(#seeds)]
    for _ = 1, draw(4) do
      local at, how = draw(#text + 1), draw(5)
      if how == 1 then text = text:sub(1, at - 1) .. text:sub(at + 1)
      elseif how == 2 then text = text:sub(1, at - 1) .. bits[draw(#bits)] .. text:sub(at)
      elseif how == 3 then text = text:sub(1, at - 1) .. bits[draw(#bits)] .. text:sub(at + 1)
      elseif how == 4 then text = text:sub(1, at - 1) .. text:sub(at, at + draw(8)) .. text:sub(at)
      else text = text:sub(1, at - 1) .. string.char(draw(256) - 1) .. text:sub(at + 1) end
    end
    out[i] = text
  end
  return out
end

-- Valid documents of random shape.
local function grown(count)
  local state = 7
  local function draw(n)
    state = (state * 6364136223846793005 + 1442695040888963407)
    return (state >> 33) % n + 1
  end
  local words = { '""', '"a"', '"b"', '"key"', '"\\u00e9"', '"€"', '"😀"', '"\\n\\t\\\\"', '"\\u0000"', '"\\udfff"', '"a b"',
    '"items"' }
  local function number()
    local text = (draw(2) == 1 and "-" or "") .. (draw(4) == 1 and "0" or tostring(draw(9)) .. ("7"):rep(draw(25) - 1))
    if draw(2) == 1 then text = text .. "." .. ("3"):rep(draw(20)) end
    if draw(3) == 1 then text = text .. "e" .. ({ "", "+", "-" })[draw(3)] .. draw(400) end
    return text
  end
  local function space() return ({ "", "", "", " ", "\n", "\t ", "\r\n" })[draw(7)] end
  local function value(depth)
    local kind = draw(depth > 5 and 4 or 7)
    if kind == 1 then return ({ "null", "true", "false" })[draw(3)] end
    if kind == 2 then return words[draw(#words)] end
    if kind <= 4 then return number() end
    local parts, n = {}, draw(draw(30) == 1 and 60 or 6) - 1
    for i = 1, n do
      parts[i] = space() .. (kind == 5 and "" or words[draw(#words)] .. space() .. ":" .. space()) .. value(depth + 1) .. space()
    end
    local body = table.concat(parts, ",")
    return kind == 5 and "[" .. body .. "]" or "{" .. body .. "}"
  end
  local out = {}
  for i = 1, count do out[i] = space() .. value(0) .. space() end
  return out
end

describe("the JSON parsers", function()
  it("accept what JSON is, exactly", function()
    assert.is_true(#accepted >= 80)
    local documents = {}
    for i, case in ipairs(accepted) do documents[i] = case[1] end
    for i, answer in ipairs(parse_all(documents)) do
      local text, expected = accepted[i][1], accepted[i][2]
      if expected == true then expected = text end
      assert.equal(expected, answer.both, text:sub(1, 60))
      assert.equal(expected, answer.strict, text:sub(1, 60))
      if answer.simd ~= json.null then assert.equal(expected, answer.simd, text:sub(1, 60)) end
    end
  end)

  it("refuse everything else, with a sentence and a place", function()
    assert.is_true(#refused >= 120)
    for i, answer in ipairs(parse_all(refused)) do
      local text = ("%q"):format(refused[i]:sub(1, 60))
      assert.equal(json.null, answer.both, text)
      assert.equal(json.null, answer.strict, text)
      assert.matches("^JSON parse error %- .+ at byte %d+$", answer.why, text)
      assert.is_true(tonumber(answer.why:match("%d+$")) <= #refused[i], text)
    end
  end)

  it("refuse what is nested deeper than 128 levels as a limit", function()
    for i, answer in ipairs(parse_all(too_deep)) do
      assert.equal(json.null, answer.both, i)
      assert.equal("LIMIT", answer.err, i)
      assert.matches("deeper than 128", answer.why)
    end
  end)

  it("point at the byte", function()
    local places = { ["[1,]"] = 3, ['{"a" 1}'] = 5, ["[1] x"] = 4, ['["a\xffb"]'] = 3, ['["\\x"]'] = 2, ['["ab'] = 1, ["01"] = 1,
      ['{"é":nul}'] = 6, [""] = 0 }
    for text, place in pairs(places) do
      local _, sentence = json.decode(text)
      assert.equal(place, tonumber(sentence:match("at byte (%d+)$")), text .. ": " .. sentence)
    end
  end)

  it("agree with Python's on thousands of damaged and grown documents", function()
    local documents = damaged(4000)
    for _, text in ipairs(grown(1500)) do documents[#documents + 1] = text end
    local verdict
    parse_all(documents, function(name, answers)
      local pipe = assert(io.popen(("python3 spec/script/json_oracle.py %s %s 2>&1"):format(name, answers)))
      verdict = pipe:read("a")
      pipe:close()
    end)
    local count, valid, strict = verdict:match("^judged (%d+) valid (%d+) strict (%d+)\n$")
    assert(count, verdict:sub(1, 2000))
    assert.equal(#documents, tonumber(count))
    assert.is_true(tonumber(valid) > 1500 and tonumber(strict) > 100, verdict)
  end)

  it("are not slowed by repeated, colliding or very many keys", function()
    local parts = {}
    for i = 1, 50000 do parts[i] = ('"%d":1'):format(i % 2 == 0 and i or 1) end
    local since = os.clock()
    assert.is_table(json.decode("{" .. table.concat(parts, ",") .. "}"))
    assert.is_true(os.clock() - since < 2)
  end)
end)

describe("json.pick", function()
  local function pick(...) return table.pack(json.pick(...)) end
  local function same(expected, ...)
    local got = pick(...)
    assert.equal(expected.n or #expected, got.n)
    for i = 1, got.n do assert.equal(expected[i], got[i]) end
  end

  it("reads members of an object without the rest of it", function()
    same({ 3, "x", "y", n = 3 }, '{"a":"x","b":{"c":"y"},"d":1}', "a", "b.c")
    same({ 2, nil, nil, n = 3 }, '{"a":"x","b":[]}', "c", "b.c")
    same({ 4, json.null, false, false, false, n = 5 }, '{"a":null,"b":1,"c":{},"d":true}', "a", "b", "c", "d")
    same({ 1, "", n = 2 }, '{"a":""}', "a")
    same({ 0, n = 1 }, "{}")
  end)

  it("has nothing to say of what is no object", function()
    for _, text in ipairs { "", "[]", "null", '"a"', "7", "{", '{"a":1} x', "\xff" } do same({ n = 0 }, text, "a") end
  end)
end)
