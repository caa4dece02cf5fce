--- Heartbeats through the real server: their address over HTTP, and what a restart makes of them.
local server <const> = require "server"
local cjson <const> = require "cjson"

server.both_ways("heartbeats", function()
  local s, hook
  before_each(function()
    s = server.start()
    s:make_token()
    hook = s:api("POST", "/integrations/", { type = "webhook", name = "beats", heartbeat = { interval = 60 } })
  end)
  after_each(function() s:finish() end)

  local function beat(method, path) return s:request(method, path or "/integrations/v1/webhook/" .. hook.token .. "/heartbeat/", { anonymous = true }) end
  local function block() return s:api("GET", "/integrations/" .. hook.id .. "/").heartbeat end
  local function metric(name) return tonumber(s:request("GET", "/metrics").body:match("\ntocsin_" .. name .. " (%d+)\n")) end

  it("answer GET, HEAD and POST, and nobody else", function()
    assert.matches("/integrations/v1/webhook/" .. hook.token .. "/heartbeat/$", hook.heartbeat.link)
    local got, post, head = beat "GET", beat "POST", beat "HEAD"
    assert.same({ 200, ":)", 200, "", 200, "" }, { got.status, got.body, post.status, post.body, head.status, head.body })
    assert.equal("2", head.headers["content-length"])
    assert.equal(405, beat("DELETE").status)
    assert.equal(404, beat("POST", "/integrations/v1/webhook/" .. hook.token .. "/heartbeat/more/").status)
    assert.equal(403, beat("POST", "/integrations/v1/webhook/" .. ("x"):rep(25) .. "/heartbeat/").status)
    assert.equal(400, beat("POST", "/integrations/v1/zabbix/" .. hook.token .. "/heartbeat/").status)
    assert.equal("alive", block().state)
    assert.same({ 3, 1, 0 }, { metric "heartbeat_beats_total", metric "heartbeats_alive", metric "heartbeats_missing" })
  end)

  it("are armed when the answer has left, whatever becomes of the process, and granted a grace", function()
    assert.equal(200, beat("GET").status)
    local data = s.data
    s:stop("sigkill")
    local again = server.start { data = data }
    again.token, again.owns_data, s = s.token, true, again
    assert.equal("alive", block().state)
    local function history() return s:api("GET", "/integrations/" .. hook.id .. "/heartbeat_history/").results end
    server.wait(function() return #history() == 2 end, "the grace")
    assert.same({ "grace", "server_started", "armed", "first_beat" }, { history()[1].event, history()[1].reason, history()[2].event, history()[2].reason })
    assert.are_not.equal(cjson.null, block().grace_until)
    assert.equal(200, beat("GET").status)
  end)
end)
