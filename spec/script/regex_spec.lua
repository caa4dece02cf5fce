--- tocsin.regex: Python's dialect, its error texts, and the bound on every search.
require "tocsin.core"
local regex = require "tocsin.regex"
local fuel = require "tocsin.fuel"
local cjson = require "cjson"

describe("regular expressions", function()
  it("find and replace as Python's do, on generated patterns", function()
    local pipe <close> = assert(io.popen("/usr/bin/python3 spec/script/regex_cases.py 6000"))
    local seen, wrong = 0, {}
    for line in pipe:lines() do
      local pattern, template, s, want = table.unpack(cjson.decode(line))
      local got = { regex.search(pattern, s), regex.match(pattern, s), (regex.replace(pattern, template, s)) }
      if got[1] ~= want[1] or got[2] ~= want[2] or got[3] ~= want[3] then wrong[#wrong + 1] = line end
      seen = seen + 1
    end
    assert.same({}, { table.unpack(wrong, 1, 5) })
    assert.is_true(seen > 3000)
  end)

  it("replace with templates", function()
    for _, case in ipairs {
      { "b*", "-", "abc", "-a--c-" }, { "x*", "-", "abxd", "-a-b--d-" }, { "(?m)^", ">", "a\nb\n", ">a\n>b\n>" },
      { "$", "!", "a\n", "a!\n!" }, { "a|(b)", [=[[\1]]=], "ab", "[][b]" },
      { "(?P<n>a)(x)?", [[\g<n>\g<1>\2\g<0>]], "-a-", "-aaa-" }, { "a", [[\n\t\r\a\f\v\\\b]], "a", "\n\t\r\a\f\v\\\b" },
      { "a", [[\101\0\x41\u0041\U00000041\400\777]], "a", "A\0AAAĀǿ" }, { "a", [[$1&\-\é\.]], "a", [[$1&\-\é\.]] },
      { [[(\d+)-(\d+)]], [[\2:\1]], "10-20 é 3-4", "20:10 é 4:3" }, { "é", "e", "né é", "ne e" },
      { "z", [[\1]], "a", "a" },
      { "^", "x", "", "x" }, { "(a)|b", [[<\g<1>>]], "ab", "<a><>" },
    } do
      local got = regex.replace(case[1], case[2], case[3])
      assert.equal(case[4] or nil, got, case[1])
    end
  end)

  it("speak the dialect", function()
    for _, case in ipairs {
      { [[(?P<x>a)(?P=x)]], "aa", true }, { [[(?<x>a)\g<x>]], "aa", true }, { [[(?P<x>a)(?P>x)]], "aa", true },
      { [[a\Z]], "a\n", false }, { "a$", "a\n", true }, { [[\v]], "\v", true }, { [[\v]], "\n", false },
      { "a.b", "a\rb", true },
      { "a.b", "a\nb", false }, { [[\s]], "\u{85}", true }, { [[\d]], "٣", true }, { [[(?a)\d]], "٣", false },
      { [[\w+$]], "né", true }, { [[\p{Lu}]], "É", true }, { "[[:digit:]]", "x1", true }, { "a{,2}b", "aab", true },
      { "^a{,2}$", "aaa", false }, { "a{x}", "a{x}", true }, { "a++b", "aab", true }, { "(?>a*)a", "aaa", false },
      { "(?|(a)|(b))\\1", "bb", true }, { "(?i)É", "é", true }, { "(?x) a # b\n c", "ac", true },
      { [[\mfoo\M]], "a foo b", true },
      { "(a)(?(1)b|c)", "ab", true }, { "(?s).", "\n", true }, { "[]a]", "]", true }, { "[[.a.]", "[", true },
      { [[\N]], "\n", false }, { [[(?=a)a*?(?:ab|a)]], "ab", true }, { "(?:^)*a", "a", true }, { "", "", true },
      { "[\\b]", "\b", true }, { "(?u)(?V0)a", "a", true }, { "a(?#x)b", "ab", true }, { [[\/\-\_\é]], "/-_é", true },
      { "b(?i)x", "bX", true }, { "b(?i)x", "BX", false }, { [[\u00e9\xe9]], "éé", true },
    } do
      assert.equal(case[3], regex.search(case[1], case[2]), case[1])
    end
    assert.is_false(regex.match("b", "ab"))
    assert.is_true(regex.match("a", "ab"))
  end)

  -- Texts and positions of the regex module, 2026.5.9.
  it("refuse in Python's words", function()
    for pattern, message in pairs {
      ["*"] = "nothing to repeat at position 0", ["a**"] = "multiple repeat at position 2", ["("] = "missing ) at position 1",
      ["a)"] = "unbalanced parenthesis at position 1", ["[a"] = "unterminated character set at position 2",
      ["[z-a]"] = "bad character range at position 4", ["\\q"] = [[bad escape \q at position 2]],
      ["\\Q.\\E"] = [[bad escape \Q at position 2]], ["[\\q]"] = [[bad escape \q at position 3]],
      ["\\x1"] = [[incomplete escape \x1 at position 2]], ["(a)\\2"] = "invalid group reference at position 5",
      ["(?P<a"] = "missing > at position 5", ["\\g<b>"] = "unknown group at position 3",
      ["(?q)"] = "unknown extension at position 2",
      ["(?C)"] = "unknown extension at position 2", ["(*UTF)a"] = "unknown verb at position 2",
      ["(*"] = "nothing to repeat at position 1",
      ["a{3,2}"] = "min repeat greater than max repeat at position 2", ["|*"] = "nothing to repeat at position 1",
      ["a\\"] = "bad escape (end of pattern) at position 2", ["é("] = "missing ) at position 2",
      ["[]"] = "unterminated character set at position 2",
      ["\\18"] = "invalid group reference at position 3", ["(?-)"] = "bad inline flags: no flags after '-' at position 3",
      ["\\p{Foo}"] = "unknown property at position 7", ["\n("] = "missing ) at position 2 (line 2, column 2)",
      ["(?:foo){e<=1}"] = "fuzzy matching is not supported at position 7",
      ["(?<=a+)b"] = "look-behind requires fixed-width pattern",
    } do
      local result, class, got = regex.search(pattern, "x")
      assert.same({ nil, "error", message }, { result, class, got }, pattern)
    end
  end)

  it("refuse bad templates in Python's words", function()
    for template, words in pairs {
      [ [[\q]] ] = { "error", [[bad escape \q at position 2]] }, [ [[\8]] ] = { "error", "invalid group reference" },
      [ [[\g<nope>]] ] = { "IndexError", "unknown group" }, [ [[\g<n]] ] = { "error", "missing > at position 4" },
      [ [[\g]] ] = { "error", "missing < at position 2" }, [ [[\x4]] ] = { "error", [[incomplete escape \x4 at position 3]] },
      ["\\"] = { "error", "bad escape (end of pattern) at position 1" },
    } do
      local result, class, message = regex.replace("(?P<n>a)", template, "a")
      assert.same({ nil, words[1], words[2] }, { result, class, message }, template)
    end
  end)
end)

describe("hostile regular expressions", function()
  local as, big = ("a"):rep(3000) .. "!", ("a"):rep(100000) .. "!"
  local catastrophic <const> = {
    { "(a+)+$", as }, { "(a*)*[bc]", as }, { "(a|aa)+$", as }, { "(a|a?)+$", as }, { "(.*a){20}[bc]", as },
    { "^(\\w+\\s?)*$", as },
    { "a*+[bc]", big }, { "a*[bc]", big }, { "[a-z]{40000}[xy]", big }, { "(?:a?){30}a{30}[bc]", as },
    { "(x+x+)+[yz]", ("x"):rep(3000) },
    { "^(([a-z])+.)+[A-Z]([a-z])+$", as }, { "(?=(a+))a*[bc]\\1", as }, { "(.+)\\1[xy]", big }, { "(?<=a{1000})[bc]", big },
    { "(a?){200}a{200}[bc]", as }, { "(\\d+|a)*[bc]", as }, { "((a{0,5}){0,5}){0,5}[bc]", as }, { "(?R)?a*[bc]", as },
    { "^(?:a|b|ab)*[cd]$", ("ab"):rep(1500) }, { "(.*)(.*)(.*)(.*)(.*)[xy]", as }, { "(?s).*.*.*=.*[xy]", as .. "=" },
    { "(?>a*)[bc]", big }, { ".*?.*?.*?.*?[yz]", as }, { "(?i)(A+)+$", as }, { "((?:a|é)*)*[yz]", ("aé"):rep(1000) },
    { "(?R)", "a" }, { "(?:(?=a*)a)*[bc]", big }, { "(?:(a)|(?:a))+\\d", big },
  }

  it("stop within the bound, and say that they did", function()
    local stopped = 0
    for _, case in ipairs(catastrophic) do
      local started = os.clock()
      local ok, result, class, left = fuel.with(fuel.SLOW, function()
        local r, class = regex.search(case[1], case[2])
        return r, class or false, fuel.left()
      end)
      assert.is_true(ok, case[1])
      assert.is_nil(class or nil, case[1])
      assert.is_not_true(result, case[1])
      assert.is_true(fuel.SLOW - left < 1600000, case[1] .. " used " .. fuel.SLOW - left)
      assert.is_true(os.clock() - started < 3, case[1])
      if result == nil then stopped = stopped + 1 end
    end
    assert.is_true(stopped >= 20, "only " .. stopped)
  end)

  it("spend the budget when it is smaller than the bound", function()
    local ok, e = fuel.with(fuel.INLINE, function() return regex.search("(a+)+$", as) end)
    assert.is_false(ok)
    assert.equal("FuelError", e.class)
  end)

  it("stop at the same place each time", function()
    local function used()
      local _, left = fuel.with(fuel.SLOW, function()
        regex.replace("(a|aa)+?b|é", "x", as)
        return fuel.left()
      end)
      return left
    end
    used() -- compiles
    assert.equal(used(), used())
  end)

  it("bound what a replacement builds", function()
    local ok, result = fuel.with(fuel.SLOW, function() return regex.replace("", ("x"):rep(10000), as) end)
    assert.is_true(ok)
    assert.is_nil(result)
  end)

  it("refuse patterns that are too big or too deep", function()
    for _, pattern in ipairs { ("a"):rep(20001), ("("):rep(1000) .. (")"):rep(1000), ("(?:a{1000}){1000}b"):rep(10), "a{70000}",
      ("(a)"):rep(300), "\xff", "(?P<" .. ("n"):rep(100) .. ">a)(?P<1>b)" } do
      local result, class, message = regex.search(pattern, "a")
      assert.is_nil(result)
      assert.equal("error", class)
      assert.equal("string", type(message))
    end
    assert.is_true(regex.search("(?P<" .. ("n"):rep(100) .. ">a)", "a"))
  end)

  it("are not confused by damaged text", function()
    assert.is_false(regex.search("a", "a\xff"))
    assert.is_nil(regex.replace("a", "b", "a\xc3"))
  end)

  it("forget old patterns but keep those in use", function()
    for i = 1, 1200 do
      assert.is_true(regex.search("^x" .. i .. "$", "x" .. i))
      assert.is_true(regex.search("^kept$", "kept"))
    end
  end)
end)
