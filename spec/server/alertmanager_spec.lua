--- A real Prometheus Alertmanager sends to a running server by its webhook receiver: fires, groups, resolves.
local uv <const> = require "luv"
local cjson <const> = require "cjson"
local server <const> = require "server"
local socket <const> = require "socket"

local CONFIG <const> = [[
route:
  receiver: tocsin
  group_by: [alertname]
  group_wait: 10ms
  group_interval: 50ms
  repeat_interval: 1h
receivers:
  - name: tocsin
    webhook_configs:
      - url: %s
        send_resolved: true
]]

local function free_port()
  local probe = assert(socket.bind("127.0.0.1", 0))
  local _, port = probe:getsockname()
  probe:close()
  return tonumber(port)
end

server.both_ways("a real Alertmanager", function()
  local s, hook, folder, am, port

  setup(function()
    s = server.start()
    s:make_token()
    hook = s:api("POST", "/integrations/", { type = "alertmanager", name = "prometheus" })
    folder, port = server.folder(), free_port()
    local f <close> = assert(io.open(folder .. "/am.yml", "w"))
    f:write(CONFIG:format(hook.link))
    f:close()
    am = assert(uv.spawn("prometheus-alertmanager", { args = { "--config.file=" .. folder .. "/am.yml",
      "--storage.path=" .. folder .. "/data", "--web.listen-address=127.0.0.1:" .. port, "--cluster.listen-address=" } },
      function() end))
    local client
    server.wait(function()
      client = socket.connect("127.0.0.1", port)
      return client ~= nil
    end, "Alertmanager")
    client:close()
  end)

  teardown(function()
    am:kill("sigkill")
    server.wait(function() return not am:is_active() end, "Alertmanager's end")
    am:close()
    s:finish()
    server.remove(folder)
  end)

  local function fire(alerts)
    local elsewhere = setmetatable({ port = port }, getmetatable(s))
    local answer = elsewhere:request("POST", "/api/v2/alerts", { body = cjson.encode(alerts), headers = { ["Content-Type"] = "application/json" } })
    assert.equal(200, answer.status)
  end

  -- The group with this title, once it satisfies `is_right`.
  local function eventually(title, is_right)
    local found
    server.wait(function()
      found = nil
      for _, group in ipairs(s:api("GET", "/alert_groups/").results) do
        if group.title:find(title, 1, true) then found = group end
      end
      if found and is_right(found) then return true end
    end, title)
    return found
  end

  it("fires, groups by its own key, and resolves", function()
    local function labels(instance) return { alertname = "DiskFull", instance = instance, severity = "critical" } end
    fire { { labels = labels("db-1"), annotations = { summary = "97 % used" } } }
    local group = eventually("DiskFull", function(g) return g.state == "firing" end)
    fire { { labels = labels("db-2") } }
    local joined = eventually("DiskFull", function(g) return g.alerts_count >= 2 end)
    assert.equal(group.id, joined.id)
    fire { { labels = { alertname = "HighLoad", instance = "db-1" } } }
    local other = eventually("HighLoad", function() return true end)
    assert.not_equal(group.id, other.id)
    fire { { labels = labels("db-1"), endsAt = "2020-01-01T00:00:00Z" }, { labels = labels("db-2"), endsAt = "2020-01-01T00:00:00Z" } }
    local over = eventually("DiskFull", function(g) return g.state == "resolved" end)
    assert.equal(group.id, over.id)
    assert.equal("firing", eventually("HighLoad", function() return true end).state)
  end)
end)
