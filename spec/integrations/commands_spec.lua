--- `tocsin render`: exact output, errors with their line, and cases by the line.
require "tocsin.core"
local command = require "command.render"
local json = require "tocsin.json"

local function cases(text)
  local out = {}
  command.cases(text, function(line) out[#out + 1] = line end)
  return table.concat(out)
end

describe("render", function()
  it("prints exactly what the template gives", function()
    assert.equal("a\n 1 ", command.one("a\n {{ x }} \n", '{"x":1}'))
    assert.equal(("x"):rep(60000), command.one(("x"):rep(60000), nil))
    assert.equal("[] {'a': 1}", command.one("{{ y }} {{ z }}", '{"y":[],"z":{"a":1}}'))
  end)
  it("names the line of an error", function()
    local output, sentence = command.one("a\n{{ 1 +* }}", nil)
    assert.is_nil(output)
    assert.matches("^line 2: ", sentence)
    output, sentence = command.one("{{ x.y }}", "{}")
    assert.is_nil(output)
    assert.matches("^line 1: 'x' is undefined", sentence)
  end)
  it("wants an object as context", function()
    assert.same({ n = 2, [2] = "the context must be a JSON object" }, table.pack(command.one("x", "[1]")))
    assert.matches("JSON parse error", (select(2, command.one("x", "{"))))
  end)
end)

describe("render --cases", function()
  it("answers each line with one line of ASCII JSON", function()
    local text = cases('{"id":"ä","template":"{{ x }}","context":{"x":"é\\u0001\\n\\"😀"}}\n\n{"id":2,"template":"{{ y.z }}","context":{}}\n{"id":3,"template":"x"}\n')
    assert.not_matches("[\128-\255]", text)
    local lines = {}
    for line in text:gmatch("(.-)\n") do lines[#lines + 1] = assert(json.decode(line)) end
    assert.same({ id = "ä", output = 'é\1\n"😀' }, lines[1])
    assert.same({ id = 2, error = "line 1: 'y' is undefined" }, lines[2])
    assert.same({ id = 3, output = "x" }, lines[3])
  end)
  it("goes on after a line that is no case", function()
    assert.equal('{"id":null,"error":"a case must be a JSON object"}\n{"id":1,"error":"the case has no template"}\n{"id":2,"output":"x"}\n',
      cases '[1]\n{"id":1}\n{"id":2,"template":"x","context":null}\n')
  end)
end)

describe("JSON text in ASCII", function()
  it("escapes what is not", function()
    assert.equal([["a\"\\\n\u0000\u007f\u00e9\ud83d\ude00"]], command.ascii('a"\\\n\0\127é😀'))
    assert.equal([["\ufffd"]], command.ascii("\xff"))
  end)
end)
