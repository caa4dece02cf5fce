--- The disk full while people are called: the reserve carries pages as long as it lasts; then each leaves once, and what could
--- not be written is written when there is room.
local uv <const> = require "luv"
local called <const> = require "called"
local patience <const> = require "patience"
local receiver <const> = require "receiver"
local server <const> = require "server"
local small_disk <const> = require "small_disk"

local SENT <const> = "SELECT count(*) FROM notification WHERE alert_group_id = 1 AND state = 'sent'"

describe("a full disk", function()
  local c, fake, disk

  before_each(function() fake = receiver.open() end)
  after_each(function()
    assert.equal(0, c:stop(), table.concat(c.server.log, "\n"))
    assert.equal("ok", c:ask "PRAGMA integrity_check")
    fake:close()
    if disk then disk:close() else server.remove(c.data) end
    disk = nil
  end)

  local function start(options)
    local url = "http://127.0.0.1:" .. fake.port
    options.people = { ada = { url .. "/ada" }, bob = { url .. "/bob" } }
    options.steps = { { type = "notify_persons", user = "ada" }, { type = "wait", wait_ms = 2500 }, { type = "notify_persons", user = "bob" } }
    c = called.new(options)
    c:start()
  end
  local function wait_for(sql, wanted) server.wait(function() return c:ask(sql) == wanted end, sql) end

  it("holds no page up while the reserve lasts", function()
    disk = small_disk.open("60m")
    start { data = disk.folder .. "/data", disk = disk, binary = disk:inside(server.binary) }
    assert.equal(200, c:post "a")
    server.wait(function() return fake:count "/ada" == 1 end, "the first page")
    disk:run(("head -c 100M /dev/zero >> '%s/neighbour' 2>/dev/null || true"):format(disk.folder))
    server.wait(function() return c:post "b" == 503 end, "the disk to be full")
    local from = uv.hrtime()
    server.wait(function() return fake:count "/bob" == 1 end, "the second page")
    assert.is_true(uv.hrtime() - from < 4e9)
    wait_for(SENT, "2")
    disk:run(("rm '%s/neighbour'"):format(disk.folder))
    server.wait(function() return c:post "c" == 200 end, "room")
    assert.same({ 1, 1 }, { fake:count "/ada", fake:count "/bob" })
  end)

  it("without any reserve sends each page once, and goes on when there is room", function()
    local file = os.tmpname()
    os.remove(file)
    start { env = server.preloaded("no_space", { NO_SPACE = file }) }
    fake.status = nil
    assert.equal(200, c:post "a")
    server.wait(function() return fake:count "/ada" == 1 end, "the first page")
    assert(io.open(file, "w")):close()
    assert.equal(503, c:post "b")
    fake:answer(200)
    patience.pause(6000) -- an answer that is not written down, and a step that is due
    assert.same({ 1, 0 }, { fake:count "/ada", fake:count "/bob" })
    assert.is_true(c:count_log "not_recorded" <= 2 and c:count_log "job_failed" <= 8, table.concat(c.server.log, "\n"))
    os.remove(file)
    server.wait(function() return fake:count "/bob" == 1 end, "the second page")
    wait_for(SENT, "2")
    assert.same({ "2", 1, 1 }, { c:ask "SELECT count(*) FROM delivery", fake:count "/ada", fake:count "/bob" })
    server.wait(function() return c:post "c" == 200 end, "alerts to be taken again")
  end)
end)
