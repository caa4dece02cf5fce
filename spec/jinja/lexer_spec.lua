--- Template text to tokens: what the tokens are, where they stand, and what a bad character is called.
require "tocsin.core"
local lexer <const> = require "jinja.lexer"

-- "kind:value" of every token, the last one (eof) left out; an error is "error:message".
local function tokens(source, options)
  local t <const> = lexer.tokenize(source, options or {})
  local shown <const> = {}
  for i = 1, t.n do
    local kind, value = t.kinds[i], t.values[i]
    if kind == "error" then value = value.message end
    if kind ~= "eof" then shown[#shown + 1] = value == nil and kind or kind .. ":" .. tostring(value) end
  end
  return table.concat(shown, " ")
end

-- The one token between `{{` and `}}`.
local function one(source)
  return string.match(tokens("{{ " .. source .. " }}"), "^variable_begin (.*) variable_end$")
end

describe("the lexer", function()
  it("splits text, prints and tags", function()
    assert.equal("data:a variable_begin name:x .:. name:y variable_end data:b block_begin name:if name:z block_end",
      tokens("a{{ x.y }}b{% if z %}"))
  end)

  it("drops one newline at the end and reads CR and CRLF as LF", function()
    assert.equal("data:a", tokens("a\n"))
    assert.equal("data:a\n", tokens("a\n\n"))
    assert.equal("data:a\nb\nc", tokens("a\r\nb\rc\r\n"))
    assert.equal("data:a\n", tokens("a\n", { keep_trailing_newline = true }))
    assert.equal("", tokens("\n"))
  end)

  it("strips as the signs at a tag say, also Unicode spaces", function()
    assert.equal("data:a variable_begin name:x variable_end data:b", tokens("a \n\u{A0}{{- x -}}\u{2003}\n b"))
    assert.equal("data:a\u{200B} variable_begin name:x variable_end", tokens("a\u{200B}{{- x }}"))
    assert.equal("data:a  data:b", tokens("a {# c -#} b"))
    assert.equal("block_begin name:x block_end data:\n", tokens("{%+ x +%}\n\n"))
  end)

  it("trims and strips blocks when told to", function()
    local both <const> = { trim_blocks = true, lstrip_blocks = true }
    assert.equal("data:a\n block_begin name:x block_end data:b", tokens("a\n  {% x %}\nb", both))
    assert.equal("data:a\n   block_begin name:x block_end data:b", tokens("a\n  {%+ x %}\nb", both))
    assert.equal("data:   variable_begin name:x variable_end data:\nb", tokens("  {{ x }}\nb", both))
    assert.equal("data:a block_begin name:x block_end data:\nb", tokens("a{% x +%}\nb", both))
  end)

  it("keeps what is raw", function()
    assert.equal("data:{{ x }}", tokens("{% raw %}{{ x }}{% endraw %}"))
    assert.equal("data:a data:{% raw %} data:b", tokens("a {%- raw -%} {% raw %} {%- endraw -%} b"))
    assert.equal("error:Missing end of raw directive", tokens("{% raw %}x"))
    assert.equal("", tokens("{% raw %}"))
  end)

  it("knows comments, and one that is cut off", function()
    assert.equal("data:x data:y", tokens("x{# {{ a }} #}y"))
    assert.equal("", tokens("{#-#}{##}"))
    assert.equal("error:Missing end of comment tag", tokens("{# a"))
    assert.equal("data:a", tokens("a{#"))
  end)

  it("closes a tag only outside of brackets", function()
    assert.equal("variable_begin {:{ string:a ::: {:{ }:} }:} .:. name:a variable_end", tokens("{{{'a': {}}.a}}"))
  end)

  it("reads numbers as Python writes them", function()
    local expected <const> = {
      ["1_000"] = "integer:1000", ["0x_ff"] = "integer:255", ["0B101"] = "integer:5", ["0o17"] = "integer:15",
      ["00"] = "integer:0", ["012"] = "integer:0 integer:12", ["1__0"] = "integer:1 name:__0", ["0b"] = "integer:0 name:b",
      ["1.5e-3"] = "float:0.0015", ["1E3"] = "float:1000.0", ["00.5"] = "float:0.5", ["1_0.2_5"] = "float:10.25",
      ["9223372036854775807"] = "integer:9223372036854775807", ["9223372036854775808"] = "integer:9223372036854775808",
      ["0xffffffffffffffffff"] = "integer:4722366482869645213695", ["1.x"] = "integer:1 .:. name:x",
      ["a.0.1"] = "name:a .:. integer:0 .:. integer:1",
    }
    for source, shown in pairs(expected) do assert.equal(shown, one(source), source) end
  end)

  it("reads strings and their escapes", function()
    local expected <const> = {
      [ [['a\n\t\\\'"']] ] = "a\n\t\\'\"", [ [["\d\q"]] ] = "\\d\\q", [ [['\x41\u00e9\U0001f600\101']] ] = "Aé😀A",
      [ [['\é']] ] = "\\xe9", [ [['\—']] ] = "\\u2014", ["'a\\\nb'"] = "ab", ["'a\r\nb'"] = "a\nb",
    }
    for source, value in pairs(expected) do assert.equal("string:" .. value, one(source), source) end
    assert.equal("string:a string:b", one("'a' \"b\""))
  end)

  it("refuses bad escapes with Python's words", function()
    local expected <const> = {
      [ [[{{ '\x4' }}]] ] = [[truncated \xXX escape]], [ [[{{ '\u12' }}]] ] = [[truncated \uXXXX escape]],
      [ [[{{ '\U1' }}]] ] = [[truncated \UXXXXXXXX escape]], [ [[{{ '\U00110000' }}]] ] = "illegal Unicode character",
      [ [[{{ '\N' }}]] ] = [[malformed \N character escape]], [ [[{{ '\N{x}' }}]] ] = "unknown Unicode character name",
    }
    for source, message in pairs(expected) do
      assert.equal("variable_begin error:" .. message, tokens(source), source)
    end
  end)

  it("knows names past ASCII", function()
    assert.equal("name:é", one("é"))
    assert.equal("name:名前_1", one("名前_1"))
    assert.equal("variable_begin error:Invalid character in identifier", tokens("{{ x² }}"))
    assert.equal("variable_begin error:unexpected char '“' at 3", tokens("{{ “x” }}"))
  end)

  it("counts offsets in code points and shows the character as Python does", function()
    assert.equal("data:é—😀 variable_begin error:unexpected char '$' at 6", tokens("é—😀{{ $ }}"))
    assert.equal([[variable_begin error:unexpected char "'" at 3]], tokens("{{ 'abc }}"))
    assert.equal([[variable_begin error:unexpected char '\\' at 3]], tokens([[{{ \ }}]]))
    assert.equal([[variable_begin error:unexpected char '\u200b' at 3]], tokens("{{ \u{200B} }}"))
  end)

  it("checks brackets", function()
    assert.equal("variable_begin error:unexpected ')'", tokens("{{ ) }}"))
    assert.equal("variable_begin (:( error:unexpected ']', expected ')'", tokens("{{ (] }}"))
    assert.equal("variable_begin" .. string.rep(" [:[", 1000) .. " error:the expression is nested too deeply",
      tokens("{{ " .. string.rep("[", 1001) .. " }}"))
  end)

  it("gives nothing for comments, however many", function()
    assert.equal("data:a data:b", tokens("a" .. string.rep("{##}", 100000) .. "b"))
  end)

  it("numbers lines from one", function()
    local t <const> = lexer.tokenize("a\n{{ x\n }}\n{# \n #}{% raw %}\n{% endraw %}{{- y }}", {})
    local lines <const> = {}
    for i = 1, t.n do
      if t.kinds[i] == "name" then lines[#lines + 1] = t.values[i] .. t.lines[i] end
    end
    assert.same({ "x2", "y6" }, lines)
  end)
end)
