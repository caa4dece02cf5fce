--- The wall clock of a real server is set, while it runs and while it does not: nobody is called late or early.
local uv <const> = require "luv"
local called <const> = require "called"
local receiver <const> = require "receiver"
local server <const> = require "server"

local HOUR <const> = 3600
local SLACK_MS <const> = (os.getenv("SPEC_SAN") or "") == "" and 1000 or 5000

describe("a wall clock that is set", function()
  local c, fake, file

  before_each(function()
    fake, file = receiver.open(), os.tmpname()
    local url = "http://127.0.0.1:" .. fake.port
    c = called.new { env = server.preloaded("set_clock", { SET_CLOCK = file }), people = { ada = { url .. "/ada" }, bob = { url .. "/bob" } }, steps = {
      { type = "notify_persons", user = "ada" }, { type = "wait", wait_ms = 3000 }, { type = "notify_persons", user = "bob" } } }
  end)
  after_each(function()
    assert.equal(0, c:stop(), table.concat(c.server.log, "\n"))
    fake:close()
    os.remove(file)
    server.remove(c.data)
  end)

  local function set_clock(seconds)
    local f <close> = assert(io.open(file, "w"))
    f:write(seconds)
  end

  local function call_ada()
    local from = uv.hrtime()
    assert.equal(200, c:post("a"))
    server.wait(function() return fake:count "/ada" == 1 and c:ask "SELECT count(*) FROM delivery" == "1" end, "the first page")
    return from
  end

  local function expect_bob(from, least_ms, most_ms)
    server.wait(function() return fake:count "/bob" == 1 end, "the second page")
    local ms = (uv.hrtime() - from) // 1000000
    assert.is_true(ms >= least_ms and ms <= most_ms, ms .. " ms")
  end

  for name, seconds in pairs { forward = HOUR, back = -HOUR } do
    it(name .. " while people wait makes nobody wait longer or shorter", function()
      c:start()
      local from = call_ada()
      set_clock(seconds)
      assert.equal(200, c:post("b")) -- the clock is looked at when something happens, and every few seconds
      expect_bob(from, 3000, 3000 + SLACK_MS)
      server.wait(function() return c:count_log "clock_was_set" == 1 end, "the log line")
      local off = math.tointeger(c:ask "SELECT max(received_at) / 1000000 FROM alert") - os.time()
      assert.is_true(off > -10 and off < HOUR + 10)
    end)
  end

  it("back while the server is down makes nobody wait longer than that", function()
    c:start()
    local from = call_ada()
    c:stop("sigkill")
    set_clock(-HOUR)
    c:start()
    expect_bob(from, 3000, 3000 + SLACK_MS + 2000)
    assert.equal(1, c:count_log "clock_was_set_back")
    assert.equal(0, c:stop())
    c:start()
    assert.equal(0, c:count_log "clock_was_set_back")
    assert.equal(1, fake:count "/ada")
  end)

  it("forward while the server is down calls who is overdue by that clock", function()
    c:start()
    local from = call_ada()
    c:stop("sigkill")
    set_clock(HOUR)
    c:start()
    expect_bob(from, 0, 3000 + SLACK_MS)
    assert.equal(0, c:count_log "clock_was_set_back")
  end)
end)
