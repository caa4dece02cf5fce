--- OnCall's filters and the values of time, beside Jinja2 with the same filters in Python.
require "tocsin.core"
local jinja = require "jinja"
local json = require "tocsin.json"
local oncall = require "jinja.oncall"
local cjson = require "cjson"

local env = jinja.new { filters = oncall.filters, globals = {} }

-- The text, or {class} when it fails. The context is parsed as payloads are, so that numbers keep their type.
local function render(source, context)
  local template, refused = env:compile(source)
  if not template then return { refused.class } end
  local text, failed = template:render(context)
  return text or { failed.class }
end

local function context_of(line)
  local case = json.expand(json.payload(line))
  local context = {}
  for i = 1, case[2].n do context[case[2].k[i]] = case[2].v[case[2].k[i]] end
  return context
end

describe("OnCall's filters", function()
  it("do what Python's do, on generated cases", function()
    local pipe <close> = assert(io.popen "/usr/bin/python3 -W ignore spec/jinja/oncall_cases.py 3 60")
    local seen, wrong = 0, {}
    for line in pipe:lines() do
      local source, _, want = table.unpack(cjson.decode(line))
      local got = render(source, context_of(line))
      local same = got == want or type(got) == "table" and type(want) == "table" and got[1] == want[1]
      if not same then wrong[#wrong + 1] = line .. " but " .. (type(got) == "table" and "<" .. got[1] .. ">" or got) end
      seen = seen + 1
    end
    assert.same({}, { table.unpack(wrong, 1, 8) })
    assert.is_true(seen > 2500)
  end)

  it("fail in Python's words", function()
    for source, message in pairs {
      ["{{ '2023-01-01T00:00Z' | iso8601_to_time | datetimeformat_as_timezone('%c', 'potato') }}"] = "KeyError: 'potato'",
      ["{{ ('2023-01-01T00:00Z' | iso8601_to_time) < ('2023-01-01' | iso8601_to_time) }}"] =
        "TypeError: can't compare offset-naive and offset-aware datetimes",
      ["{{ ('2023-01-01T00:00Z' | iso8601_to_time) - ('2023-01-01' | iso8601_to_time) }}"] =
        "TypeError: can't subtract offset-naive and offset-aware datetimes",
      ["{{ ('2023-01-01' | iso8601_to_time) + 1 }}"] =
        "TypeError: unsupported operand type(s) for +: 'datetime.datetime' and 'int'",
      ["{{ ('1d' | timedeltaparse) < 1 }}"] =
        "TypeError: '<' not supported between instances of 'datetime.timedelta' and 'int'",
      ["{{ ('9999-12-31' | iso8601_to_time) + ('1d' | timedeltaparse) }}"] = "OverflowError: date value out of range",
      ["{{ ('1d' | timedeltaparse) / 0 }}"] = "ZeroDivisionError: division by zero",
      ["{{ nope | datetimeformat }}"] = "UndefinedError: 'nope' is undefined",
      ["{{ 'a' | regex_search('(') }}"] = "error: missing ) at position 1",
      ["{{ 'a' | regex_replace('a', '\\\\g<x>') }}"] = "IndexError: unknown group",
      ["{{ 'a' | regex_match('a', pattern='b') }}"] = "TypeError: regex_match() got multiple values for argument 'pattern'",
      ["{{ [p.nope] | tojson }}"] = "TypeError: Object of type Undefined is not JSON serializable",
      ["{{ ['1d' | timedeltaparse] | tojson }}"] = "TypeError: Object of type timedelta is not JSON serializable",
      ["{{ {(1, 2): 3} | tojson }}"] = "TypeError: keys must be str, int, float, bool or None, not tuple",
      ["{{ {1: 2, 'a': 3} | tojson }}"] = "TypeError: '<' not supported between instances of 'str' and 'int'",
      ["{% set l = [] %}{% set _ = l.append(l) %}{{ l | tojson }}"] = "ValueError: Circular reference detected",
    } do
      local template = assert(env:compile(source))
      local text, e = template:render { p = json.expand(json.payload "{}") }
      assert.is_nil(text, source)
      assert.equal(message, e.class .. ": " .. e.message, source)
    end
  end)

  it("answer None to a search that would not end", function()
    local fuel = require "tocsin.fuel"
    local template = assert(env:compile "{{ s | regex_search('(a+)+$') }} {{ s | regex_replace('(a|aa)+$', '') }}")
    local ok, text = fuel.with(fuel.SLOW, function() return template:render { s = ("a"):rep(5000) .. "!" } end)
    assert.is_true(ok)
    assert.equal("None None", text)
  end)

  it("print a moment given from outside", function()
    local now = oncall.time(1715949296789012)
    local template = assert(env:compile "{{ now }} {{ now | datetimeformat('%d-%m-%Y %H') }} {{ [now] }} {{ {now: 1}[now] }}")
    assert.equal("2024-05-17 12:34:56.789012+00:00 17-05-2024 12 [datetime.datetime(2024, 5, 17, 12, 34, 56, 789012, "
      .. "tzinfo=datetime.timezone.utc)] 1", template:render { now = now })
  end)
end)

describe("a payload printed in C", function()
  local text = [[{"b":[1,2.5,1e16,null,true,"é'<\u0001"],"a":{},"c":{"z":[],"y":123456789012345678901234567890}}]]

  it("is printed as when it is walked in Lua", function()
    for _, filter in ipairs { "json_dumps", "tojson_pretty", "tojson", "tojson(indent=1)", "tojson(0)", "string" } do
      local template = assert(env:compile("{{ p | " .. filter .. " }}"))
      local untouched, walked = json.payload(text), json.payload(text)
      json.expand(walked)
      assert.equal(template:render { p = json.expand(walked) }, template:render { p = untouched }, filter)
    end
  end)

  it("shows what a template changed", function()
    local template = assert(env:compile "{% set _ = p.pop('b') %}{{ p | json_dumps }}")
    assert.equal([[{"a": {}, "c": {"z": [], "y": 123456789012345678901234567890}}]], template:render { p = json.payload(text) })
  end)
end)
