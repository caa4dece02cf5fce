--- The outbound heartbeat on virtual time: it leaves while all is well, and what it says when not.
local calling = require "calling"

local SECOND <const> = 1000

describe("the outbound heartbeat", function()
  local w
  local function open(settings)
    settings.outbound_heartbeat_url = "http://watch.example.org/ping/1"
    w = calling.open { settings = settings }
  end
  after_each(function() w:close() end)

  local function beats()
    local list = {}
    for _, letter in ipairs(w:outgoing()) do
      if letter.url:find("/ping/1", 1, true) then list[#list + 1] = letter end
    end
    return list
  end

  it("leaves at the start and at each interval, and waits for its answer", function()
    open { deliver = 1, outbound_heartbeat_interval = 30 }
    w:advance(1)
    local first = beats()
    assert.same({ 1, "GET" }, { #first, first[1].method })
    w:answer(first[1], { status = 200, body = "OK" })
    w:advance(30 * SECOND)
    local second = beats()
    assert.equal(1, #second)
    w:advance(30 * SECOND)
    assert.same({}, beats()) -- the last one is still under way
    w:answer(second[1], { status = 200, body = "OK" })
    w:advance(30 * SECOND)
    assert.equal(1, #beats())
  end)

  it("that does not arrive is tried again soon", function()
    open { deliver = 1, outbound_heartbeat_interval = 600 }
    w:advance(1)
    w:answer(beats()[1], { status = 500, body = "" })
    w:advance(15 * SECOND)
    local again = beats()
    assert.equal(1, #again)
    w:answer(again[1], { failure = "TIMEOUT" })
    w:advance(15 * SECOND)
    assert.equal(1, #beats())
  end)

  it("is written down before it leaves, so that the last good moment is known", function()
    open { deliver = 1 }
    w:advance(1)
    assert.is_true(tonumber(w:column("SELECT value FROM setting WHERE name = 'well_at'")[1]) > 0)
  end)

  it("stops when notifications are due and no attempt is made, and goes on when one is", function()
    open { deliver = 1, outbound_heartbeat_interval = 60 }
    w:advance(1)
    w:answer(beats()[1], { status = 200, body = "" })
    -- What is due in a queue that holds nothing is never tried.
    w:rows("INSERT INTO outbox_queue (target, is_important, channel, provider_id, due_at) VALUES ('gone', 0, 'sms', 0, 1)")
    local sent = 0
    for _ = 1, 4 do
      w:advance(60 * SECOND)
      local list = beats()
      for _, beat in ipairs(list) do w:answer(beat, { status = 200, body = "" }) end
      sent = sent + #list
    end
    assert.equal(0, sent)
    w:rows("DELETE FROM outbox_queue WHERE target = 'gone'")
    w:advance(60 * SECOND)
    assert.equal(1, #beats())
  end)

  it("leaves although nothing else does, when delivery is off", function()
    open { deliver = 0 }
    w:advance(1)
    assert.equal(1, #beats())
  end)
end)
