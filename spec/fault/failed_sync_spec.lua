--- A sync that fails: the server says so, accepts nothing more until it is started again, and has all that it answered.
local server <const> = require "server"

local build <const> = os.getenv("SPEC_BUILD")
local sanitized <const> = (os.getenv("SPEC_SAN") or "") ~= ""

describe("a failed sync", function()
  it("ends acceptance with 503, a log line and a readiness that says why; a restart has all that was answered", function()
    local folder = server.folder()
    local switch = folder .. "/fail"
    local preload = build .. "/fail_sync.so"
    if sanitized then preload = os.getenv("SPEC_PRELOAD") .. " " .. preload end
    local s = server.start { data = folder .. "/data",
      env = { "LD_PRELOAD=" .. preload, "FAIL_SYNC=" .. switch, "PATH=" .. os.getenv("PATH") } }
    s:make_token()
    local hook = s:api("POST", "/integrations/", { type = "formatted_webhook", name = "door" })
    local path = hook.link:match("^https?://[^/]+(/.*)$")
    local function post(uid) return s:request("POST", path, { body = ('{"alert_uid":"%s"}'):format(uid) }) end
    for i = 1, 5 do assert.equal(200, post("before" .. i).status) end

    assert(io.open(switch, "w")):close()
    local answer = post("during")
    assert.equal(503, answer.status)
    assert.truthy(answer.headers["retry-after"])
    local ready = s:request("GET", "/ready/")
    assert.equal(503, ready.status)
    assert.truthy(ready.body:find("restart", 1, true), ready.body)

    -- The disk is well again, but what the kernel dropped is gone: only a new start reads it anew.
    os.remove(switch)
    assert.equal(503, post("after").status)
    assert.equal(503, s:request("POST", "/api/v1/integrations/", { body = { type = "webhook", name = "late" } }).status)
    s:stop()
    assert.truthy(table.concat(s.log, "\n"):find('"event":"storage_failed"', 1, true))

    s = server.start { data = folder .. "/data" }
    s:make_token()
    assert.equal(200, post("again").status)
    local seen = {}
    for _, alert in ipairs(s:api("GET", "/alerts/").results) do
      local uid = alert.payload.alert_uid
      assert.is_nil(seen[uid], uid)
      seen[uid] = true
    end
    for i = 1, 5 do assert.is_true(seen["before" .. i]) end
    assert.is_true(seen.again)
    assert.equal(0, (s:stop()))
    server.remove(folder)
  end)
end)
