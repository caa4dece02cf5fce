--- The outbound heartbeat of a real server stops when its disk or an I/O loop stands still, and goes on with them.
local receiver <const> = require "receiver"
local server <const> = require "server"

local build <const> = os.getenv("SPEC_BUILD")
local sanitized <const> = (os.getenv("SPEC_SAN") or "") ~= ""

describe("the outbound heartbeat", function()
  local folder, watcher, s
  before_each(function()
    folder, watcher = server.folder(), receiver.open()
    local preload = build .. "/stuck.so"
    if sanitized then preload = os.getenv("SPEC_PRELOAD") .. " " .. preload end
    s = server.start { data = folder .. "/data", args = { "--outbound-heartbeat-url", ("http://127.0.0.1:%d/ping"):format(watcher.port),
      "--outbound-heartbeat-interval", "1", "--allow-private-webhooks", "1" },
      env = { "LD_PRELOAD=" .. preload, "STUCK_SYNC=" .. folder .. "/sync", "STUCK_LOOP=" .. folder .. "/loop", "PATH=" .. os.getenv("PATH") } }
  end)
  after_each(function()
    s.expects = "outbound_heartbeat_withheld"
    s:finish()
    watcher:close()
    server.remove(folder)
  end)

  local function wait_for_beats(n)
    local before = #watcher.requests
    server.wait(function() return #watcher.requests >= before + n end, n .. " beats")
  end
  local function wait_for_line(event)
    server.wait(function()
      for _, line in ipairs(s.log) do
        if line:find(event, 1, true) then return line end
      end
    end, event)
  end

  local function stops_while(what, sentence)
    wait_for_beats(2)
    assert(io.open(folder .. "/" .. what, "w")):close()
    wait_for_line "outbound_heartbeat_withheld"
    local stopped = #watcher.requests
    assert.is_truthy(table.concat(s.log, "\n"):find(sentence, 1, true))
    os.remove(folder .. "/" .. what)
    wait_for_line "outbound_heartbeat_goes_on"
    assert.is_true(#watcher.requests > stopped)
    assert.equal(watcher:count "/ping", #watcher.requests)
  end

  it("stops when no sync ends", function() stops_while("sync", "the commit thread does not answer") end)
  it("stops when no I/O loop turns", function() stops_while("loop", "an I/O loop does not answer") end)
end)
