--- VictorOps' senders at its REST endpoint: what each kind of message does.
local world = require "world"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

describe("VictorOps' door", function()
  local w, hook

  before_each(function()
    w = world.open()
    hook = w:integration { type = "victorops" }
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function post(body, path)
    local status, answer, kind = engine.request(w.core, "POST", path or "/integrations/generic/20131114/alert/" .. hook.token .. "/database", {},
      type(body) == "table" and json.encode(body) or body)
    assert.equal("application/json", kind)
    return status, json.decode(answer)
  end
  local function send(kind, more)
    local e = { message_type = kind, entity_id = "db/disk", state_message = "97 %" }
    for name, value in pairs(more or {}) do e[name] = value end
    local status, answer = post(e)
    assert.same({ 200, "success" }, { status, answer.result })
    return answer.entity_id
  end
  local function state(n) return world.state(w:groups()[n or 1]) end

  it("opens, acknowledges and resolves by entity_id", function()
    assert.equal("db/disk", send "CRITICAL")
    send "WARNING"
    assert.same({ 1, "firing", 2 }, { #w:groups(), state(), w:groups()[1].alerts_count })
    send "ACKNOWLEDGEMENT"
    assert.equal("acknowledged", state())
    send "RECOVERY"
    assert.equal("resolved", state())
  end)

  it("reads the kind whatever its case", function()
    send "critical"
    send "recovery"
    assert.same({ 1, "resolved" }, { #w:groups(), state() })
  end)

  it("only records INFO, whatever is open", function()
    send "CRITICAL"
    send "INFO"
    assert.same({ 2, "firing", "resolved" }, { #w:groups(), state(1), state(2) })
  end)

  it("stores no acknowledgement of nothing", function()
    send "ACKNOWLEDGEMENT"
    assert.equal(0, #w:groups())
  end)

  it("names what has no entity_id, and tells the routing key to templates", function()
    local name = send("CRITICAL", { entity_id = "" })
    assert.matches("^%x+$", name)
    assert.equal("database", json.decode(w:alerts(1)[1].parsed).routing_key)
    assert.matches('"routing_key":"database"', w:groups()[1].labels)
    send("RECOVERY", { entity_id = name })
    assert.equal("resolved", state())
  end)

  it("says what is wrong, and stores nothing", function()
    local function failure(status, ...)
      local got, answer = post(...)
      assert.same({ status, "failure", 0 }, { got, answer.result, #w:groups() })
      return answer.messages
    end
    assert.matches("message_type", failure(400, {}))
    assert.matches("message_type", failure(400, { message_type = "ODD" }))
    assert.matches("message_type", failure(400, { message_type = 7 }))
    for _, body in ipairs { "", "[]", "{", "x", "null" } do failure(400, body) end
    local unknown = "/integrations/generic/20131114/alert/0c1a3c4e-9d7a-4d2e-8f3a-1b2c3d4e5f60/x"
    assert.matches("not known", failure(404, { message_type = "CRITICAL" }, unknown))
    failure(404, { message_type = "CRITICAL" }, "/integrations/generic/20131114/alert/")
    failure(404, { message_type = "CRITICAL" }, "/integrations/generic/20131114/alert/" .. hook.token .. "/a/b")
  end)

  it("needs no routing key", function()
    local path = "/integrations/generic/20131114/alert/" .. hook.token
    assert.equal(200, (post({ message_type = "CRITICAL" }, path)))
    assert.equal(200, (post({ message_type = "CRITICAL" }, path .. "/")))
  end)
end)
