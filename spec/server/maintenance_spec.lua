--- Maintenance through the real server and its own clock: started over HTTP, ended by itself, over a kill in the middle.
local server <const> = require "server"
local cjson <const> = require "cjson"

describe("maintenance", function()
  local s, hook
  before_each(function()
    s = server.start()
    s:make_token()
    hook = s:api("POST", "/integrations/", { type = "formatted_webhook", name = "works" })
  end)
  after_each(function() s:finish() end)

  local function alert(uid)
    local answer = s:request("POST", "/integrations/v1/formatted_webhook/" .. hook.token .. "/", { body = { alert_uid = uid, title = uid }, anonymous = true })
    assert.equal(200, answer.status)
  end
  local function start(fields) return s:api("POST", "/integrations/" .. hook.id .. "/maintenance_start/", fields) end
  local function shown() return s:api("GET", "/integrations/" .. hook.id .. "/") end
  local function group_of(title)
    for _, g in ipairs(s:api("GET", "/alert_groups/").results) do
      if g.title == title then return g end
    end
  end
  local function metric(name) return tonumber(s:request("GET", "/metrics").body:match("\ntocsin_" .. name .. " (%d+)\n")) end

  it("is in effect when its answer has left, and ends by itself", function()
    assert.equal("maintenance", start({ mode = "maintenance", duration = 2 }).maintenance_mode)
    alert "disk"
    assert.equal(400, s:request("POST", "/api/v1/integrations/" .. hook.id .. "/maintenance_start/", { body = { mode = "debug", duration = 60 } }).status)
    assert.are_not.equal(cjson.null, group_of("disk").root_alert_group_id)
    assert.same({ 1, 1 }, { metric "maintenance_windows_running", metric "maintenance_collected_total" })
    server.wait(function() return shown().maintenance_mode == cjson.null end, "the end")
    assert.equal(cjson.null, group_of("disk").root_alert_group_id)
    assert.same({ 0, 1 }, { metric "maintenance_windows_running", metric "maintenance_released_total" })
  end)

  it("goes on after a kill, and is stopped by a call", function()
    start { mode = "maintenance", duration = 3600 }
    alert "disk"
    local data = s.data
    s:stop("sigkill")
    local again = server.start { data = data }
    again.token, again.owns_data, s = s.token, true, again
    assert.equal("maintenance", shown().maintenance_mode)
    alert "net"
    assert.equal(group_of("disk").root_alert_group_id, group_of("net").root_alert_group_id)
    assert.equal(cjson.null, s:api("POST", "/integrations/" .. hook.id .. "/maintenance_stop/").maintenance_mode)
    assert.equal(cjson.null, group_of("net").root_alert_group_id)
    assert.equal("firing", group_of("net").state)
  end)
end)
