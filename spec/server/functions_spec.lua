--- Functions of integration files in a running server: parts on several threads, and a death in the middle of one.
local server <const> = require "server"
local raw <const> = require "raw_http"

local HEAD <const> = [==[name = "Test", about = "t", connect = "c", grouping_id = "{{ payload.id }}",
  title = "{% if payload.slow %}{% for i in range(3000) %}{% endfor %}{% endif %}{{ payload.id }}",
  examples = { { "one", payload = "{}", expect = { state = "firing" } } }, ]==]

-- A folder with these types: name → functions
local function types(list)
  local folder = server.folder()
  for name, functions in pairs(list) do
    local file <close> = assert(io.open(folder .. "/" .. name .. ".lua", "w"))
    file:write("return { " .. HEAD .. functions .. " }")
  end
  return folder
end

local function path_of(made) return made.link:match("^https?://[^/]+(/.*)$") end

server.both_ways("a request of many alerts", function()
  it("is stored whole and in order, wherever its alerts are rendered", function()
    local folder = types { many = "split = function(payload) return payload.list end" }
    local s = server.start { args = { "--integrations", folder, "--fuel-inline", "20000" } }
    s:make_token()
    local hook = s:api("POST", "/integrations/", { type = "many", name = "many" })
    local lines, rounds, parts <const> = {}, 6, 24
    for i = 1, 4 do lines[i] = raw.connect(s.port) end
    for round = 1, rounds do
      for i, c in ipairs(lines) do
        local list = {}
        for n = 1, parts do list[n] = ('{"id":"%d-%d","n":%d,"slow":%s}'):format(round, i, n, (n + i) % 3 == 0) end
        c:send(raw.request("POST", path_of(hook), '{"list":[' .. table.concat(list, ",") .. "]}"))
      end
      for _, c in ipairs(lines) do assert.equal(200, assert(c:read { patience = server.patience_ms / 1000 }).status) end
    end
    for _, c in ipairs(lines) do c:close() end
    assert.equal(rounds * #lines * parts, s:api("GET", "/alerts/?perpage=1").count)
    for _, group in ipairs(s:api("GET", "/alert_groups/?perpage=100").results) do
      local alerts = s:api("GET", "/alerts/?perpage=100&alert_group_id=" .. group.id).results
      assert.equal(parts, #alerts)
      for n, alert in ipairs(alerts) do assert.equal(parts + 1 - n, alert.payload.n) end
    end
    s:finish()
    server.remove(folder)
  end)
end)

describe("a server that dies in a function of an integration file", function()
  -- Takes about a millisecond, and never comes to a rendering.
  local WORK <const> = "local n = 0 for i = 1, 60000 do n = n + i end "
  local folder
  setup(function()
    folder = types {
      receives = "receive = function(request) " .. WORK .. "return { ignore = true } end",
      splits = "split = function(payload) if payload.work then " .. WORK .. "end return payload.list or {} end",
    }
  end)
  teardown(function() server.remove(folder) end)

  local function read_marks(s)
    local file <close> = assert(io.open(s.data .. "/rendering", "rb"))
    local found = {}
    for i = 1, 65 do
      local id = string.unpack("<i8", file:read(8))
      if id ~= 0 then found[#found + 1] = { slot = i - 1, id = id } end
    end
    return found
  end

  -- Kills a server while its loop is busy with this integration's requests → what it left in the marker
  local function kill_at_work(data, path)
    local s = server.start { data = data, args = { "--integrations", folder, "--workers", "1" } }
    local c <close> = raw.connect(s.port)
    c:send((raw.request("POST", path, '{"work":1}')):rep(200))
    server.wait(function() return #read_marks(s) > 0 end, "the first request to be read")
    s:stop("sigkill")
    return read_marks(s)
  end

  for _, kind in ipairs { "receives", "splits" } do
    it("starts its integration in the slow lane until one request was read: " .. kind, function()
      local s = server.start { args = { "--integrations", folder, "--workers", "1" } }
      local data = s.data
      s:make_token()
      local token = s.token
      local hook = s:api("POST", "/integrations/", { type = kind, name = kind })
      s:stop()
      local marks = {}
      for _ = 1, 20 do -- now and then it dies between two requests
        marks = kill_at_work(data, path_of(hook))
        if #marks > 0 then break end
      end
      local id = tonumber(raw.shell(("sqlite3 -readonly %s/tocsin.db 'SELECT id FROM integration'"):format(data)))
      assert.same({ { slot = 0, id = id } }, marks)
      s = server.start { data = data, args = { "--integrations", folder, "--workers", "1" } }
      s.token, s.owns_data = token, true
      assert.truthy(table.concat(s.log, "\n"):find(('"event":"starts_in_slow_lane","integration":%d'):format(id), 1, true))
      assert.same({}, read_marks(s))
      for _ = 1, 2 do assert.equal(200, s:request("POST", path_of(hook), { body = '{"list":[{"id":1},{"id":2}]}' }).status) end
      local slow = raw.shell(("sqlite3 -readonly %s/tocsin.db 'SELECT signal & 8 FROM alert ORDER BY id'"):format(data))
      assert.equal(kind == "splits" and "8\n8\n0\n0\n" or "", slow)
      s:finish()
    end)
  end
end)
