--- JSON texts as the three filters print them.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local json <const> = require "tocsin.json"
local json_print <const> = require "jinja.json_print"
local value <const> = require "jinja.value"
local raised <const> = require "raised"

describe("JSON of values", function()
  local mixed <const> = R.dict(3, "b", R.list(3, 1, value.NULL, true), "a", "é<\"", 1.5, 1e22)

  it("is compact and ASCII, in the order of the dict", function()
    assert.equal([[{"b": [1, null, true], "a": "\u00e9<\"", "1.5": 1e+22}]], json_print.compact(mixed))
  end)

  it("is pretty, sorted, and keeps its characters", function()
    assert.equal('{\n    "a": "é",\n    "b": [\n        1\n    ]\n}',
      json_print.pretty(R.dict(2, "b", R.list(1, 1), "a", "é")))
    assert.equal("[]", json_print.pretty(R.list(0)))
  end)

  it("is safe in HTML, and indented by a number or a text", function()
    assert.equal([["\u003c/script\u003e \u0026 \u0027"]], json_print.tojson "</script> & '")
    assert.equal("[\n  1\n]", json_print.tojson(R.list(1, 1), 2))
    assert.equal("[\n--1\n]", json_print.tojson(R.list(1, 1), "--"))
  end)

  it("is the same of a payload and of its table", function()
    local payload <const> = json.payload [[{"z": {"y": [1.0, 12345678901234567890123, "\u00e9"]}, "a": {}}]]
    local printed <const> = json_print.pretty(payload)
    assert.equal(printed, json_print.pretty(json.expand(payload)))
    assert.truthy(printed:find("12345678901234567890123", 1, true))
  end)

  it("is refused for what JSON has not", function()
    assert.same({ "TypeError", "Object of type Undefined is not JSON serializable" }, { raised(json_print.compact, R.undef "x") })
    assert.same({ "TypeError", "Object of type datetime is not JSON serializable" },
      { raised(json_print.compact, require("jinja.datetime").at(0)) })
    local circle <const> = R.list(0)
    R.method(circle, "append", 1, circle)
    assert.same({ "ValueError", "Circular reference detected" }, { raised(json_print.compact, circle) })
  end)
end)
