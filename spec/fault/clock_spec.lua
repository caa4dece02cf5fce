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

  -- Many jobs are moved piece by piece, and the server may end between two of them.
  local MANY <const> = 60000

  local function many_jobs()
    c:sql(([[WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < %d)
      INSERT INTO job (kind, due_at, detail) SELECT 'page', (unixepoch() + 36000) * 1000000, '77 77' FROM r;]]):format(MANY))
    return math.tointeger(c:ask "SELECT min(due_at) FROM job WHERE detail = '77 77'")
  end
  local function is_moving() return c:ask "SELECT count(*) FROM setting WHERE name = 'clock_move'" == "1" end
  -- Seconds by which all were moved: by the same.
  local function moved_by(due)
    server.wait(function() return not is_moving() end, "the jobs to be moved")
    local low, high = c:ask("SELECT min(due_at), max(due_at) FROM job WHERE detail = '77 77'"):match "(%d+)|(%d+)"
    assert.equal(low, high)
    return math.floor((low - due) / 1000000 + 0.5)
  end
  local function kill_within_move(seconds)
    c:start()
    set_clock(seconds)
    assert.equal(200, c:post "b")
    server.wait(is_moving, "the move to begin")
    c:stop("sigkill")
    assert.is_true(is_moving())
  end

  it("while many jobs wait moves each once, though the server is killed between them", function()
    local due = many_jobs()
    kill_within_move(2 * HOUR)
    c:start()
    assert.equal(2 * HOUR, moved_by(due))
    assert.equal(0, c:count_log "clock_was_set")
  end)

  it("again before many jobs were moved moves each by both", function()
    local due = many_jobs()
    kill_within_move(2 * HOUR)
    set_clock(HOUR)
    c:start()
    assert.equal(1, c:count_log "clock_was_set_back")
    local by = moved_by(due)
    assert.is_true(by >= HOUR and by < HOUR + 60, by) -- as if no time had passed while it was down
    assert.equal(0, c:stop())
    c:start()
    assert.equal(by, moved_by(due))
  end)
end)
