--- Forms and percent escapes, as a handler reads them.
local cjson <const> = require "cjson"
local raw <const> = require "raw_http"

describe("a form", function()
  local server

  setup(function() server = raw.start_echo "--loops 1" end)
  teardown(function() server:finish() end)

  local function read(form, key)
    local answer = assert(raw.ask(server.port, raw.request("POST", "/form?key=" .. (key or ""), form)))
    return cjson.decode(answer.body)
  end

  it("is walked pair by pair, decoded", function()
    local cases = {
      ["a=1&b=2"] = { { "a", "1" }, { "b", "2" } },
      ["a=x+y%20z"] = { { "a", "x y z" } },
      ["%61=%C3%A9&b=%2b"] = { { "a", "é" }, { "b", "+" } },
      ["a==&b"] = { { "a", "=" }, { "b", "" } },
      ["&&a=1&&"] = { { "a", "1" } },
      ["=1"] = { { "", "1" } },
      ["a=%zz%4&b=%"] = { { "a", "%zz%4" }, { "b", "%" } },
      ["a=%00%0d%0A"] = { { "a", "\0\r\n" } },
      ["a=%2525"] = { { "a", "%25" } },
    }
    for form, pairs_wanted in pairs(cases) do assert.same(pairs_wanted, read(form).pairs, form) end
    assert.same(0, #read("").pairs)
  end)

  it("gives the first value of a key, however the key is escaped", function()
    assert.equal("1", read("a=1&a=2", "a").value)
    assert.equal("2", read("ab=1&a=2", "a").value)
    assert.equal("2", read("a=1&%61b=2", "ab").value)
    assert.equal("x", read("two+words=x", "two%20words").value)
    assert.equal("", read("empty=&a=1", "empty").value)
    assert.equal("", read("bare", "bare").value)
    assert.is_nil(read("ab=1", "a").value)
    assert.is_nil(read("a=1", "ab").value)
    assert.is_nil(read("", "a").value)
  end)
end)
