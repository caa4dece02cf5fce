--- Every test of Jinja2 is there under every name, and takes any value without falling over.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local errors <const> = require "jinja.errors"
local json <const> = require "tocsin.json"

local NAMES <const> = [[odd even divisibleby defined undefined none boolean true false integer float number string mapping
  sequence iterable callable sameas escaped in filter test lower upper eq equalto == ne != gt greaterthan > ge >= lt
  lessthan < le <=]]
local FILTERS <const> = [[abs attr batch capitalize center count d default dictsort e escape filesizeformat first float
  forceescape format groupby indent int items join last length list lower map max min pprint random reject rejectattr
  replace reverse round safe select selectattr slice sort string striptags sum title tojson trim truncate unique upper
  urlencode urlize wordcount wordwrap xmlattr]]

-- One value of every kind.
local function values()
  local itself <const> = R.list(0)
  R.method(itself, "append", 1, itself)
  return {
    json.null, true, false, 0, -1, 1.5, 0.0 / 0.0, math.huge, R.int "99999999999999999999999", "", "text", "é€",
    R.markup "<b>", R.list(0), R.list(3, 1, "a", json.null), R.tuple(0), R.tuple(2, 1, 2), R.dict(0), R.dict(2, "a", 1, 2, "b"),
    R.undef "u", R.undef_item("x", "y"), R.gen(function() end), R.global "range", R.call(R.global "range", 1, 3),
    R.attr("s", "upper"), R.method(R.dict(1, "a", 1), "items", 0), R.method(R.dict(1, "a", 1), "keys", 0),
    R.method(R.dict(1, "a", 1), "values", 0), R.call(R.global "namespace", 0), R.call(R.global "cycler", 1, 1),
    R.call(R.global "joiner", 0), R.loop(R.list(1, 1)), R.global "dict", R.filter "reverse"(R.list(1, 1), 0),
    R.method("x", "encode", 0), json.payload [[{"a": [1, 2.5, null]}]], json.payload "[1]", itself,
    R.macro { name = "m", params = {}, body = function() return "" end },
  }
end

-- Calls f; a bug of ours is any error that is not an error value.
local function must_behave(what, f, ...)
  local ok <const>, e <const> = pcall(f, ...)
  assert.is_true(ok or errors.is(e), what .. ": " .. tostring(e))
end

describe("tests", function()
  it("are all there", function()
    for name in NAMES:gmatch "%S+" do assert.is_function(R.test(name), name) end
    assert.is_nil(R.test "match")
    assert.is_nil(R.test "lessthanorequal")
  end)

  it("give a boolean or an error value for every pair of values", function()
    local all <const> = values()
    for name in NAMES:gmatch "%S+" do
      local f <const> = R.test(name)
      for _, a in ipairs(all) do
        must_behave(name, f, a, 0)
        for _, b in ipairs(all) do must_behave(name, f, a, 1, b) end
      end
    end
  end)
end)

describe("everything else", function()
  local all <const> = values()

  it("takes any value: filters", function()
    for name in FILTERS:gmatch "%S+" do
      local f <const> = assert(R.filter(name), name)
      for _, a in ipairs(values()) do
        must_behave(name, f, a, 0)
        for _, b in ipairs(all) do must_behave(name, function() R.str(f(a, 1, b)) end) end
      end
    end
  end)

  it("takes any value: filters with two arguments, under autoescape, and read to their end", function()
    for name in FILTERS:gmatch "%S+" do
      local f <const>, list <const> = R.filter(name, true), R.filter "list"
      for _, a in ipairs(values()) do
        for i, b in ipairs(all) do must_behave(name, function() list(f(a, 2, b, all[i % #all + 1]), 0) end) end
      end
    end
  end)

  it("takes any value: operators", function()
    local operators <const> = { R.add, R.sub, R.mul, R.div, R.floordiv, R.mod, R.pow, R.eq, R.ne, R.lt, R.le, R.gt, R.ge,
      R.contains, R.item, R.unpack }
    for i, f in ipairs(operators) do
      for _, a in ipairs(all) do
        for _, b in ipairs(all) do
          if f == R.unpack then b = 2 end
          must_behave("operator " .. i, f, a, b)
        end
      end
    end
    for _, f in ipairs { R.neg, R.pos, R.truth, R.str, R.repr, R.str_escaped, R.iter, R.loop, R.loop_length, R.array } do
      for _, a in ipairs(all) do must_behave("unary", f, a) end
    end
  end)

  it("takes any value: methods and calls", function()
    local value <const> = require "jinja.value"
    for _, subject in ipairs(values()) do
      for name, method in pairs(value.type_of(subject).methods) do
        local plain <const> = value.plain(subject)
        if name ~= "clear" then
          must_behave(name, method, plain, 0)
          for _, b in ipairs(all) do
            must_behave(name, method, plain, 1, b)
            must_behave(name, method, plain, 2, b, all[1])
            must_behave(name, method, plain, 0, { "key", key = b })
          end
        end
      end
    end
    for _, f in ipairs(values()) do
      must_behave("call", R.call, f, 0)
      for _, b in ipairs(all) do
        must_behave("call", R.call, f, 1, b)
        must_behave("slice", R.slice, f, b, json.null, 1)
        must_behave("attr", R.attr, f, "index")
      end
    end
  end)
end)
