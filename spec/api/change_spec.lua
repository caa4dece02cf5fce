--- What a change over the API does when another write comes between, and when nothing can be written.
require "tocsin.core"
local json = require "tocsin.json"

local THING = {
  name = "thing", table = "thing", prefix = "X",
  fields = { { "id", type = "id", prefix = "X" }, { "name", type = "text" } },
  unique = { ["thing.name"] = { "name", "Taken." } },
  guard = function(row) return { table = "thing", id = row.id, version = row.version } end,
}

describe("a change over the API", function()
  local change, answers, calls, version
  local replaced = { "api.rows", "api.change", "tocsin.port", "api.field", "tocsin.store" }
  local kept = {}

  before_each(function()
    for _, name in ipairs(replaced) do kept[name], package.loaded[name] = package.loaded[name], nil end
    calls, version = {}, 0
    package.loaded["tocsin.port"] = { call = function(_, arguments)
      calls[#calls + 1] = arguments.statements
      return table.unpack(answers[math.min(#calls, #answers)])
    end }
    package.loaded["api.rows"] = {
      by_id = function() version = version + 1; return { id = 7, version = version, name = "old" } end,
      by_key = function() return { id = 7 } end,
      show = function(_, row) return row.id end,
    }
    change = require "api.change"
  end)

  after_each(function()
    for _, name in ipairs(replaced) do package.loaded[name] = kept[name] end
  end)

  local function put(...)
    answers = { ... }
    return change.put(THING, { id = "X1", body = '{"name":"new"}', headers = {}, now = 5, actor = { token_id = 3, role = "admin" } })
  end

  local DONE = { { rows = { { id = 7 } } } }

  it("is one write, guarded by the version that was read", function()
    assert.same({ status = 200, value = 7 }, put(DONE))
    local statements = calls[1]
    assert.same({ sql = "UPDATE thing SET version = version + 1 WHERE id = $1 AND version = $2", args = { 7, 1 }, expect = 1 },
      statements[1])
    assert.same({ sql = "UPDATE thing SET name = $1 WHERE id = $2", args = { "new", 7 }, expect = 1 }, statements[2])
    assert.is_truthy(string.find(statements[3].sql, "^INSERT INTO audit"))
    assert.same({ "api", 3, json.null, "token", 3, json.null, json.null, 5, "update", "thing", 7, '{"name":"old"}', '{"name":"new"}' }, statements[3].args)
    assert.equal("[7]", json.encode(statements[4].args))
  end)

  it("starts again from what is stored when another came first", function()
    assert.equal(200, put({ nil, "expect 1, got 0", "CONFLICT" }, DONE).status)
    assert.same({ 2, 1, 2 }, { #calls, calls[1][1].args[2], calls[2][1].args[2] })
  end)

  it("gives up with 409 when it never comes first", function()
    assert.equal(409, put({ nil, "expect 1, got 0", "CONFLICT" }).status)
    assert.equal(8, #calls)
  end)

  it("names the field of a broken constraint at once", function()
    local answer = put({ nil, "UNIQUE constraint failed: thing.name", "CONFLICT" })
    assert.equal('{"name":["Taken."]}', require("api.writer").text(answer.value))
    assert.same({ 400, 1 }, { answer.status, #calls })
  end)

  it("says 503 while nothing can be written", function()
    for _, code in ipairs { "FULL", "DISK_FULL", "IO", "BUSY", "CLOSED" } do
      calls = {}
      local answer = put({ nil, "no", code })
      assert.equal(503, answer.status)
      assert.equal("Retry-After: 5\r\n", answer.headers)
    end
    assert.has_error(function() put({ nil, "no such table", "SCRIPT" }) end)
  end)
end)
