--- The disk full: on a small tmpfs the server answers 503 (451 to mails), keeps what it answered, and recovers by itself.
local server <const> = require "server"
local small_disk <const> = require "small_disk"
local smtp <const> = require "smtp_client"

describe("a full disk", function()
  local disk

  setup(function()
    disk = small_disk.open("80m")
    disk:run(("head -c 40M /dev/zero > '%s/neighbour'"):format(disk.folder))
  end)
  teardown(function()
    if disk then disk:close() end
  end)

  it("answers 503 and recovers when there is room again", function()
    local s = server.start { data = disk.folder .. "/data", binary = disk:inside(server.binary), args = { "--smtp-listen", "127.0.0.1:0" } }
    s:make_token()
    local hook = s:api("POST", "/integrations/", { type = "formatted_webhook", name = "full" })
    local path = hook.link:match("^https?://[^/]+(/.*)$")
    local function post(uid)
      return s:request("POST", path, { body = ('{"alert_uid":"%s","message":"%s"}'):format(uid, ("x"):rep(100000)) })
    end
    s:api("POST", "/integrations/", { type = "inbound_email", name = "mails", token = "mails-of-spec" })
    local function mail()
      local c = smtp.connect(smtp.port_of(s))
      c:say "EHLO spec"
      local reply = c:mail("mails-of-spec@x.example", "Subject: s\n\n" .. ("x"):rep(100000))
      c:close()
      return reply
    end
    local stored, answer = 0, nil
    for i = 1, 1000 do
      answer = post("g" .. i)
      if answer.status ~= 200 then break end
      stored = stored + 1
    end
    assert.equal(503, answer.status)
    assert.truthy(answer.headers["retry-after"])
    assert.equal("451 4.3.0 The disk is full; the alert was not stored.", mail())
    assert.is_true(stored > 10)
    -- People still act: the reserve is for them.
    local group = s:api("GET", "/alert_groups/").results[1]
    assert.equal(200, s:request("POST", "/api/v1/alert_groups/" .. group.id .. "/acknowledge/", { body = "{}" }).status)
    assert.equal(503, s:request("GET", "/ready/").status)
    disk:run(("rm '%s/neighbour'"):format(disk.folder))
    local ok
    server.wait(function()
      ok = post("after").status == 200
      return ok
    end, "the disk to be usable again")
    assert.equal("250 2.0.0 Stored", mail())
    assert.equal(stored + 2, s:api("GET", "/alerts/").count)
    assert.equal(200, s:request("GET", "/ready/").status)
    assert.equal(0, (s:stop()))
    local log = table.concat(s.log, "\n")
    assert.truthy(log:find("disk_full", 1, true), log)
    assert.equal("ok", disk:run(("sqlite3 %s/data/tocsin.db 'PRAGMA integrity_check'"):format(disk.folder)))
  end)
end)
