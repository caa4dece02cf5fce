--- A server that stood still for seconds (a suspended machine, a debugger) finds nobody missing for what it could not hear.
local server <const> = require "server"
local socket <const> = require "socket"

describe("a server that stood still", function()
  it("grants its heartbeats an interval, and says so", function()
    local s = server.start()
    s:make_token()
    local hook = s:api("POST", "/integrations/", { type = "webhook", name = "beats" })
    assert.equal(0, (s:stop()))
    assert(os.execute(("sqlite3 %s/tocsin.db 'UPDATE heartbeat SET interval_ms = 4000'"):format(s.data)))
    local again = server.start { data = s.data }
    again.token, again.owns_data, s = s.token, true, again
    local function beat() return s:request("GET", "/integrations/v1/webhook/" .. hook.token .. "/heartbeat/", { anonymous = true }).status end
    local function events()
      local list = {}
      for i, e in ipairs(s:api("GET", "/integrations/" .. hook.id .. "/heartbeat_history/").results) do list[i] = e.event .. " " .. e.reason end
      return list
    end
    assert.equal(200, beat())
    socket.sleep(0.5) -- it is watched by now
    os.execute("kill -STOP " .. s.pid)
    socket.sleep(10)
    os.execute("kill -CONT " .. s.pid)
    server.wait(function() return #events() == 2 end, "the grace")
    assert.same({ "grace server_stood_still", "armed first_beat" }, events(), table.concat(s.log, "\n"))
    assert.equal(200, beat())
    server.wait(function() return events()[1] == "missing no_beat" end, "the silence")
    s:finish()
  end)
end)
