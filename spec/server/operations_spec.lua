--- Starting, stopping, settings, tokens, health and metrics of a running server.
local server <const> = require "server"

server.both_ways("the server", function()
  it("tells its health, readiness and metrics", function()
    local s = server.start()
    s:make_token()
    local hook = s:api("POST", "/integrations/", { type = "webhook", name = 'quote " and \\' })
    s:request("POST", hook.link:match("^https?://[^/]+(/.*)$"), { body = "{}" })
    assert.equal(200, s:request("GET", "/health/").status)
    assert.equal(200, s:request("GET", "/ready/").status)
    assert.equal("", s:request("HEAD", "/health/").body)
    assert.equal(405, s:request("POST", "/health/").status)
    local text = s:request("GET", "/metrics").body
    assert.truthy(text:find('tocsin_alerts_total{integration="quote \\" and \\\\",type="webhook",id="' .. hook.id .. '"} 1\n', 1, true))
    assert.truthy(text:find("tocsin_commit_batch_size_count %d"))
    assert.truthy(text:find("tocsin_commit_waiting 0\n", 1, true))
    for line in text:gmatch("[^\n]+") do
      assert.truthy(line:find("^# HELP ") or line:find("^# TYPE ") or line:find("^[%w_]+{?.*}? [%d.e+-]+$"), line)
    end
    s:finish()
  end)

  it("refuses an unknown or bad setting by its name, from flag, file and environment", function()
    local folder = server.folder()
    local function refused(args, env, word)
      local s = server.start { data = folder, args = args, env = env, may_fail = true }
      assert.equal(2, (s:stop()))
      local log = table.concat(s.log, "\n")
      assert.truthy(log:find(word, 1, true), log)
    end
    refused({ "--no-such-thing", "1" }, nil, "no_such_thing")
    refused({ "--workers", "many" }, nil, "workers")
    refused({ "--workers", "1000" }, nil, "from 0 to 64")
    refused({}, { "TOCSIN_WORKRES=2", "PATH=" .. os.getenv("PATH") }, "workres")
    refused({}, { "TOCSIN_METRICS=maybe", "PATH=" .. os.getenv("PATH") }, "metrics")
    local f <close> = assert(io.open(folder .. "/conf", "w"))
    f:write("# a comment\nworkers = 1\nbody_limit = none\n")
    f:close()
    refused({ "--config", folder .. "/conf" }, nil, "line 3")
    server.remove(folder)
  end)

  it("refuses a second server on the same data folder", function()
    local s = server.start()
    local second = server.start { data = s.data, may_fail = true }
    assert.equal(1, (second:stop()))
    assert.truthy(table.concat(second.log, "\n"):find(tostring(s.pid), 1, true))
    s:finish()
  end)

  it("makes tokens while it runs and when it does not", function()
    local s = server.start()
    local viewer = s:make_token("viewer")
    assert.equal(64, #viewer)
    assert.equal(200, s:request("GET", "/api/v1/integrations/").status)
    assert.equal(403, s:request("POST", "/api/v1/integrations/", { body = { type = "webhook", name = "x" } }).status)
    assert.equal(403, s:request("GET", "/api/v1/integrations/", { anonymous = true }).status)
    assert.equal(403, s:request("GET", "/api/v1/integrations/", { anonymous = true, headers = { Authorization = ("0"):rep(64) } }).status)
    local data = s.data
    assert.equal(0, (s:stop()))
    local code, out = server.run { "token", "create", "--data", data, "--name", "offline" }
    assert.equal(0, code)
    s = server.start { data = data }
    s.owns_data, s.token = true, out:match("%x+")
    assert.equal(200, s:request("GET", "/api/v1/integrations/", { headers = { Authorization = "Bearer " .. s.token }, anonymous = true }).status)
    s:finish()
  end)

  it("never prints a token of an integration", function()
    local s = server.start { args = { "--log-level", "debug" } }
    s:make_token()
    local hook = s:api("POST", "/integrations/", { type = "webhook", name = "quiet", token = "tellnobody-0123456789" })
    local path = hook.link:match("^https?://[^/]+(/.*)$")
    s:request("POST", path, { body = "{bad" })
    s:request("POST", path, { body = "{}" })
    s:request("POST", path:gsub("webhook", "zabbix"), { body = "{}" })
    assert.equal(0, (s:stop()))
    assert.is_nil(table.concat(s.log, "\n"):find("tellnobody", 1, true))
    server.remove(s.data)
  end)
end)
