--- A job that fails whenever it runs (here the database refuses what it writes): it is tried later and later, and no other waits.
local uv <const> = require "luv"
local called <const> = require "called"
local receiver <const> = require "receiver"
local server <const> = require "server"

local SLACK_MS <const> = (os.getenv("SPEC_SAN") or "") == "" and 300 or 3000

local function cpu_seconds(pid)
  local f <close> = assert(io.open("/proc/" .. pid .. "/stat"))
  local user, system = f:read("a"):match("%) %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ (%d+) (%d+)")
  return (tonumber(user) + tonumber(system)) / 100
end

describe("a job that always fails", function()
  it("holds no other up, and runs when it can", function()
    local fake = receiver.open()
    local url = "http://127.0.0.1:" .. fake.port
    local c = called.new { people = { ada = { url .. "/ada" } }, steps = {
      { type = "wait", wait_ms = 1500 }, { type = "notify_persons", user = "ada" } } }
    c:sql [[CREATE TRIGGER bad BEFORE UPDATE ON escalation WHEN NEW.alert_group_id <= 3 BEGIN SELECT RAISE(ABORT, 'bad'); END;]]
    c:start()
    for i = 1, 3 do assert.equal(200, c:post("bad" .. i)) end
    server.wait(function() return c:count_log "job_failed" >= 3 end, "them to fail")
    local from = uv.hrtime()
    assert.equal(200, c:post "good")
    server.wait(function() return fake:count "/ada" == 1 end, "the page")
    local ms = (uv.hrtime() - from) // 1000000
    assert.is_true(ms >= 1500 and ms < 1500 + SLACK_MS, ms .. " ms")
    assert.equal("3", c:ask "SELECT count(*) FROM job WHERE kind = 'escalate'")
    -- A group that is gone takes its job with it, and nobody looks for that one without a pause.
    for _, group in ipairs(c.server:api("GET", "/alert_groups/").results) do
      if group.title == "bad1" then c.server:request("DELETE", "/api/v1/alert_groups/" .. group.id .. "/", { body = { mode = "delete" } }) end
    end
    server.wait(function() return c:ask "SELECT count(*) FROM job WHERE kind = 'escalate'" == "2" end, "the group to go")
    local before = cpu_seconds(c.server.pid)
    uv.sleep(3000)
    assert.is_true(cpu_seconds(c.server.pid) - before < 1)
    assert.is_true(c:count_log "job_failed" < 20)
    c:stop()
    c:sql "DROP TRIGGER bad;"
    c:start()
    server.wait(function() return c:ask "SELECT count(*) FROM job WHERE kind = 'escalate'" == "0" end, "them to run")
    assert.equal(0, c:stop())
    fake:close()
    server.remove(c.data)
  end)
end)
