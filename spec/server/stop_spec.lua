--- The server's end under load: what was answered is on disk, and the process is gone within five seconds.
local server <const> = require "server"
local raw <const> = require "raw_http"
local uv <const> = require "luv"

local END_MS <const> = (os.getenv("SPEC_SAN") or "") == "" and 5000 or 20000

local function path_of(made) return made.link:match("^https?://[^/]+(/.*)$") end

-- Ends the server by SIGTERM → milliseconds until it was gone; checks a clean end.
local function end_of(s)
  local start = uv.hrtime()
  local code = s:stop()
  assert.equal(0, code, table.concat(s.log, "\n"))
  return (uv.hrtime() - start) / 1e6
end

-- The alert_uids that are stored.
local function stored(data)
  local set, count = {}, 0
  local text = raw.shell(("sqlite3 -readonly %s/tocsin.db \"SELECT json_extract(CAST(payload AS TEXT), '$.alert_uid') FROM alert\""):format(data))
  for uid in text:gmatch("[^\n]+") do
    assert(not set[uid], uid .. " is stored twice")
    set[uid], count = true, count + 1
  end
  return set, count
end

local function post(path, uid)
  return raw.request("POST", path, ('{"alert_uid":"%s","title":"t"}'):format(uid), "Content-Type: application/json\r\n")
end

describe("a SIGTERM", function()
  for _, workers in ipairs { 1, 4 } do
    it("under load loses nothing that was answered, with " .. workers .. " I/O loops", function()
      local s = server.start { args = { "--workers", tostring(workers) } }
      s:make_token()
      local path = path_of(s:api("POST", "/integrations/", { type = "formatted_webhook", name = "load" }))
      local lines, each = {}, 60
      for i = 1, 32 do lines[i] = raw.connect(s.port) end
      for i, c in ipairs(lines) do
        local batch = {}
        for n = 1, each do batch[n] = post(path, i .. "-" .. n) end
        c:send(table.concat(batch))
      end
      assert.equal(200, lines[1]:read().status)
      assert.is_true(end_of(s) < END_MS)
      local set = stored(s.data)
      local answered = 0
      for i, c in ipairs(lines) do
        local n = i == 1 and 1 or 0
        local answer = c:read()
        while answer do
          n = n + 1
          if answer.status == 200 then
            answered = answered + 1
            assert.is_true(set[i .. "-" .. n], "answered, and gone: " .. i .. "-" .. n)
          else
            assert.equal(503, answer.status)
          end
          answer = c:read()
        end
        c:close()
      end
      assert.is_true(answered > 0)
      server.remove(s.data)
    end)
  end

  it("is not held up by those who send slowly, say nothing, or never read", function()
    local s = server.start()
    s:make_token()
    local path = path_of(s:api("POST", "/integrations/", { type = "webhook", name = "slow" }))
    local open = {}
    local function line(bytes)
      local c = raw.connect(s.port)
      if bytes then c:send(bytes) end
      open[#open + 1] = c
    end
    line()
    line("POST " .. path .. " HTTP/1.1\r\nHost: x\r\n")
    line("POST " .. path .. " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
    line("POST " .. path .. " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\"")
    line(("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"):rep(200))
    local door = assert(uv.new_pipe())
    local is_open
    door:connect(s.data .. "/control.sock", function(err) is_open = not err end)
    server.wait(function() return is_open end, "the control socket")
    assert.is_true(end_of(s) < END_MS)
    for _, c in ipairs(open) do c:close() end
    door:close()
    uv.run("nowait")
    server.remove(s.data)
  end)

  it("is not held up by a slow lane full of bombs: they are stored as they came", function()
    local s = server.start()
    s:make_token()
    local bomb = "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}"
    local path = path_of(s:api("POST", "/integrations/", { type = "webhook", name = "bombs", templates = {
      grouping_key = bomb, resolve_signal = bomb, acknowledge_signal = bomb, web = { title = bomb } } }))
    local lines = {}
    for i = 1, 100 do
      lines[i] = raw.connect(s.port)
      lines[i]:send(post(path, "b" .. i))
    end
    server.wait(function()
      return tonumber(s:request("GET", "/metrics").body:match("tocsin_slow_lane_total (%d+)")) >= 90
    end, "the slow lane")
    local took = end_of(s)
    assert.is_true(took < END_MS, ("it took %.0f ms"):format(took))
    local set = stored(s.data)
    local answered = 0
    for i, c in ipairs(lines) do
      local answer = c:read()
      if answer and answer.status == 200 then
        answered = answered + 1
        assert.is_true(set["b" .. i])
      end
      c:close()
    end
    assert.is_true(answered >= 90, "answered: " .. answered)
    server.remove(s.data)
  end)
end)

describe("two servers", function()
  it("each on its own folder and port do not see each other", function()
    local a, b = server.start(), server.start()
    a:make_token()
    b:make_token()
    local hook = a:api("POST", "/integrations/", { type = "webhook", name = "a" })
    assert.equal(200, a:request("POST", path_of(hook), { body = "{}" }).status)
    assert.equal(403, b:request("POST", path_of(hook), { body = "{}" }).status)
    assert.equal(403, b:request("GET", "/api/v1/integrations/", { anonymous = true, headers = { Authorization = a.token } }).status)
    a:finish()
    b:finish()
  end)

  it("cannot have the same port", function()
    local a = server.start()
    local b = server.start { args = { "--listen", "127.0.0.1:" .. a.port }, may_fail = true }
    assert.equal(1, (b:stop()))
    assert.truthy(table.concat(b.log, "\n"):find(tostring(a.port), 1, true))
    server.remove(b.data)
    a:finish()
  end)
end)

