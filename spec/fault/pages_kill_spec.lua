--- kill -9 while people are called: every group that should page does, and only an answer that was cut off makes a message
--- leave twice, with the same key. 1,008 lives with `make fault`, a few of every kind otherwise.
local page_loop <const> = require "page_loop"
local server <const> = require "server"
local cjson <const> = require "cjson"

local is_long <const> = os.getenv("FAULT") == "long"
local folders <const> = is_long and 21 or 1 -- each person is called for one group in a folder, so that nothing is bundled
local rounds <const> = is_long and 6 or ((os.getenv("SPEC_SAN") or "") == "" and 4 or 1)

-- The rows of a message that somebody has to get.
local ONE <const> = "(SELECT max(n.id) FROM notification AS n JOIN alert_group AS g ON g.id = n.alert_group_id WHERE g.acknowledged_at IS NULL)"

local function run(seed)
  math.randomseed(seed)
  local loop = page_loop.open(seed)
  for _ = 1, rounds do
    for _, point in ipairs(page_loop.POINTS) do loop:live(point, math.random(point == "random" and 60 or 12)) end
  end
  loop:rest()
  return loop, loop:verify()
end

describe("killed with SIGKILL while people are called", function()
  it(("loses no message in %d lives, and sends none twice but after an answer that was cut off"):format(folders * rounds * #page_loop.POINTS), function()
    local sums = {}
    for seed = 1, folders do
      local loop, found = run(seed)
      local text = cjson.encode(found)
      assert.same({ 0, 0, 0, 0, 0 }, { found.lost, found.twice, found.after_answer, found.mixed, found.errors }, text .. table.concat(loop.errors, "\n"))
      assert.is_true(found.accepted > rounds * #page_loop.POINTS and found.pages > found.accepted, text)
      for _, point in ipairs(page_loop.POINTS) do assert.is_truthy(found.reached[point], "no server died at " .. point .. ": " .. text) end
      for _, name in ipairs { "cycles", "accepted", "pages", "lost", "twice", "repeated" } do sums[name] = (sums[name] or 0) + found[name] end
      -- And it would have been noticed.
      loop:spoil("INSERT INTO delivery (notification_id, attempt, at, channel, address, state) VALUES (" .. ONE .. ", 2, 1, 'webhook', '', 'sent');")
      assert.equal(1, loop:verify().twice)
      loop:spoil("DELETE FROM notification WHERE id = " .. ONE .. ";")
      assert.equal(1, loop:verify().lost)
      server.remove(loop.data)
    end
    if is_long then print(cjson.encode(sums)) end
  end)
end)
