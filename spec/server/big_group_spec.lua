--- Deleting or wiping a large alert group delays no neighbour, and a kill in the midst of it leaves no half of it behind.
local server <const> = require "server"
local raw <const> = require "raw_http"
local big_group <const> = require "big_group"
local uv <const> = require "luv"

local COUNT <const> = 30000

describe("a large group", function()
  local s, folder, made

  before_each(function()
    folder = server.folder()
    made = big_group.fill(folder, COUNT, 1000)
    s = server.start { data = folder }
    s.token = made.token
  end)
  after_each(function()
    s:finish()
    server.remove(folder)
  end)

  local function left(condition)
    return tonumber(raw.shell(("sqlite3 -readonly %s/tocsin.db 'PRAGMA busy_timeout = 5000; SELECT count(*) FROM alert WHERE %s'")
      :format(folder, condition)):match("(%d+)%s*$"))
  end
  local function erase(mode)
    return s:request("DELETE", "/api/v1/alert_groups/" .. made.id .. "/", { body = { mode = mode } }).status
  end

  -- The longest wait for an answer among alerts posted until `is_done()`, which is asked after every 20 of them.
  local function worst_latency(is_done)
    local c <close> = raw.connect(s.port)
    local worst, n = 0, 0
    repeat
      n = n + 1
      local body = ('{"key":"neighbour %d"}'):format(n)
      local start = uv.hrtime()
      c:send(("POST %s HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"):format(made.path, #body, body))
      assert.equal(200, assert(c:read { patience = server.patience_ms / 1000 }).status)
      worst = math.max(worst, uv.hrtime() - start)
    until n % 20 == 0 and is_done()
    return worst
  end

  for _, mode in ipairs { "delete", "wipe" } do
    it("makes nobody wait while it is erased: " .. mode, function()
      local c <close> = raw.connect(s.port)
      local start, body = uv.hrtime(), ('{"mode":"%s"}'):format(mode)
      c:send(("DELETE /api/v1/alert_groups/%s/ HTTP/1.1\r\nHost: t\r\nAuthorization: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s")
        :format(made.id, made.token, #body, body))
      local worst = worst_latency(function() return left "length(payload) > 100" == 0 end)
      local whole = uv.hrtime() - start
      assert.equal(204, assert(c:read { patience = server.patience_ms / 1000 }).status)
      assert.is_true(worst * 8 < whole, ("the longest wait beside it was %.0f ms of %.0f ms"):format(worst / 1e6, whole / 1e6))
    end)
  end

  it("that is being deleted when the process is killed goes on being deleted", function()
    assert.equal(204, erase("delete"))
    s:stop("sigkill")
    local there = left "1 = 1"
    assert.is_true(there > 0 and there < COUNT, there .. " alerts were left at the kill")
    s = server.start { data = folder }
    s.token = made.token
    assert.equal(404, s:request("GET", "/api/v1/alert_groups/" .. made.id .. "/").status)
    assert.equal(0, s:api("GET", "/alerts/").count)
    server.wait(function() return left "1 = 1" == 0 end, "the rest to be deleted")
  end)
end)
