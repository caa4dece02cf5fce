--- The same event delivered twice pages once: by the sender's key for it, or by its bytes.
local world = require "world"
local json = require "tocsin.json"

describe("an event that is delivered twice", function()
  local w
  before_each(function() w = world.open() end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function bare(more)
    local fields = { templates = { grouping_key = "", resolve_signal = "{{ payload.state == 'ok' }}" } }
    for name, value in pairs(more or {}) do fields[name] = value end
    return w:integration(fields)
  end
  local function grouped() return bare { templates = { grouping_key = "{{ payload.id }}", resolve_signal = "{{ payload.state == 'ok' }}" } } end
  local function send(hook, payload, headers)
    assert.equal(200, (w:send(hook, json.encode(payload), headers)))
  end
  local function keyed(name, value) return { ["content-type"] = "application/json", [name] = value } end
  local function counts()
    local out = {}
    for i, group in ipairs(w:groups()) do out[i] = group.alerts_count end
    return out
  end

  it("opens one group, by its bytes, where alerts are groups of their own", function()
    local hook = bare()
    send(hook, { id = 1 })
    send(hook, { id = 1 })
    send(hook, { id = 2 })
    assert.same({ 2, 1 }, counts())
    assert.equal(4, w:alerts(w:groups()[1].id)[2].signal & 4) -- marked as a repeat
  end)

  it("is news again after five minutes", function()
    local hook = bare()
    send(hook, { id = 1 })
    w:advance(299000)
    send(hook, { id = 1 })
    w:advance(2000)
    send(hook, { id = 1 })
    assert.same({ 2, 1 }, counts())
  end)

  it("stays one when somebody has resolved it meanwhile", function()
    local hook = bare()
    send(hook, { id = 1 })
    w:must(w:groups()[1].id, "resolve")
    send(hook, { id = 1 })
    assert.same({ 2 }, counts())
    assert.equal("resolved", world.state(w:groups()[1]))
  end)

  for _, name in ipairs { "idempotency-key", "x-idempotency-key", "webhook-id", "svix-id", "x-amz-sns-message-id", "x-github-delivery",
    "x-gitlab-event-uuid", "message-id" } do
    it("is known by " .. name .. ", whatever its bytes and its group", function()
      local hook = grouped()
      send(hook, { id = 1, try = 1 }, keyed(name, "a"))
      send(hook, { id = 1, state = "ok" })
      send(hook, { id = 1, try = 2 }, keyed(name, "a"))
      assert.same({ 3 }, counts())
      assert.equal("resolved", world.state(w:groups()[1]))
      send(hook, { id = 1, try = 1 }, keyed(name, "b"))
      assert.same({ 3, 1 }, counts())
    end)
  end

  it("is another one under another key, though its bytes are the same", function()
    local hook = bare()
    send(hook, { id = 1 }, keyed("idempotency-key", "a"))
    send(hook, { id = 1 }, keyed("idempotency-key", "b"))
    assert.equal(2, #w:groups())
  end)

  it("is news when its source had said in between that it is over", function()
    local hook = grouped()
    send(hook, { id = 1 })
    send(hook, { id = 1, state = "ok" })
    send(hook, { id = 1 })
    assert.equal(2, #w:groups())
  end)

  it("is news where a person resolved what is grouped: it is told of again", function()
    local hook = grouped()
    send(hook, { id = 1 })
    w:must(w:groups()[1].id, "resolve")
    send(hook, { id = 1 })
    assert.equal(2, #w:groups())
  end)

  it("is known by its query where it has no body", function()
    local hook = bare()
    local function ask(query) assert.equal(200, (w:send(hook, "", {}, query))) end
    ask "?id=1"
    ask "?id=2"
    ask "?id=1"
    assert.same({ 2, 1 }, counts())
  end)

  it("is another one for another integration", function()
    local one, other = bare(), bare()
    send(one, { id = 1 }, keyed("idempotency-key", "a"))
    send(other, { id = 1 }, keyed("idempotency-key", "a"))
    send(one, { id = 2 })
    send(other, { id = 2 })
    assert.equal(4, #w:groups())
  end)

  it("calls once", function()
    local chain = w:api(201, "POST", "escalation_chains/", { name = "c" }).id
    w:api(201, "POST", "escalation_policies/", { escalation_chain_id = chain, type = "wait", duration = 60 })
    local hook = bare { default_route = { escalation_chain_id = chain } }
    for _ = 1, 5 do send(hook, { id = 1 }) end
    assert.equal(1, #w:rows "SELECT 1 FROM escalation")
  end)
end)
