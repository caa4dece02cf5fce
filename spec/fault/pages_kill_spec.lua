--- kill -9 while people are called: every group that should page does, and only an answer that was cut off makes a message
--- leave twice, with the same key. 1,000 lives with `make fault`, a few of every kind otherwise.
local page_loop <const> = require "page_loop"
local server <const> = require "server"
local cjson <const> = require "cjson"

local is_long <const> = os.getenv("FAULT") == "long"
local rounds <const> = is_long and 125 or ((os.getenv("SPEC_SAN") or "") == "" and 4 or 1)

describe("killed with SIGKILL while people are called", function()
  it(("loses no message in %d lives, and sends none twice but after an answer that was cut off"):format(rounds * #page_loop.POINTS), function()
    math.randomseed(11)
    local loop = page_loop.open(11)
    for _ = 1, rounds do
      for _, point in ipairs(page_loop.POINTS) do loop:live(point, math.random(point == "random" and 60 or 12)) end
    end
    loop:rest()
    local found = loop:verify()
    local text = cjson.encode(found)
    if is_long then print(text) end
    assert.same({ 0, 0, 0, 0, 0 }, { found.lost, found.twice, found.after_answer, found.mixed, found.errors }, text .. table.concat(loop.errors, "\n"))
    assert.is_true(found.accepted > rounds * #page_loop.POINTS and found.pages > found.accepted, text)
    for _, point in ipairs(page_loop.POINTS) do assert.is_truthy(found.reached[point], "no server died at " .. point .. ": " .. text) end
    -- And it would have been noticed.
    local one <const> = "(SELECT max(n.id) FROM notification AS n JOIN alert_group AS g ON g.id = n.alert_group_id WHERE g.acknowledged_at IS NULL)"
    loop:spoil("INSERT INTO delivery (notification_id, attempt, at, channel, address, state) VALUES (" .. one .. ", 2, 1, 'webhook', '', 'sent');")
    assert.equal(1, loop:verify().twice)
    loop:spoil("DELETE FROM notification WHERE id = " .. one .. ";")
    assert.equal(1, loop:verify().lost)
    server.remove(loop.data)
  end)
end)
