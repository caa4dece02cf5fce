--- Somebody answers while a real server calls many people every second: a second later nobody's phone rings any more.
local uv <const> = require "luv"
local called <const> = require "called"
local patience <const> = require "patience"
local receiver <const> = require "receiver"
local server <const> = require "server"

local PEOPLE <const>, RULES <const> = 25, 9 -- a message to each of them every second

describe("people who are being called", function()
  local c, fake

  before_each(function()
    local people, steps = {}, {}
    fake = receiver.open()
    for i = 1, PEOPLE do
      local urls = {}
      for rule = 1, RULES do urls[rule] = ("http://127.0.0.1:%d/u%d/%d"):format(fake.port, i, rule) end
      people["u" .. i], steps[i] = urls, { type = "notify_persons", user = "u" .. i }
    end
    c = called.new { people = people, steps = steps }
    c:start()
  end)
  after_each(function()
    assert.equal(0, c:stop())
    fake:close()
    server.remove(c.data)
  end)

  for verb, body in pairs { acknowledge = "{}", resolve = "{}", silence = '{"delay":600}' } do
    it("are left in peace within a second of the answer to " .. verb, function()
      assert.equal(200, c:post("a"))
      server.wait(function() return #fake.requests >= 2 * PEOPLE end, "two messages to everybody")
      local group = c.server:api("GET", "/alert_groups/").results[1].id
      c.server:api("POST", "/alert_groups/" .. group .. "/" .. verb .. "/", require("cjson").decode(body))
      local answered_at = uv.hrtime()
      patience.pause(3500)
      local late = 0
      for _, request in ipairs(fake.requests) do late = late + (request.at_ns > answered_at + 1e9 and 1 or 0) end
      assert.equal(0, late)
      assert.equal("0", c:ask "SELECT count(*) FROM notification WHERE state = 'waiting'")
      assert.is_true(#fake.requests < PEOPLE * RULES)
    end)
  end
end)
