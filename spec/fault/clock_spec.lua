--- The wall clock of a real server is set, while it runs and while it does not: nobody is called late or early.
---
--- Time that passes is given to it too (the clock that counts sleep goes forward), so that the machine's speed decides nothing.
local uv <const> = require "luv"
local called <const> = require "called"
local patience <const> = require "patience"
local receiver <const> = require "receiver"
local server <const> = require "server"

local HOUR <const>, MINUTE <const> = 3600, 60
local ALERT_MS <const> = (os.getenv("SPEC_SAN") or "") == "" and 1000 or 10000 -- far less than all the moving takes at once

describe("a wall clock that is set", function()
  local c, fake, file

  before_each(function()
    fake, file = receiver.open(), os.tmpname()
    local url = "http://127.0.0.1:" .. fake.port
    c = called.new { env = server.preloaded("set_clock", { SET_CLOCK = file }), people = { ada = { url .. "/ada" }, bob = { url .. "/bob" } }, steps = {
      { type = "notify_persons", user = "ada" }, { type = "wait", wait_ms = HOUR * 1000 }, { type = "notify_persons", user = "bob" } } }
  end)
  after_each(function()
    assert.equal(0, c:stop(), table.concat(c.server.log, "\n"))
    fake:close()
    os.remove(file)
    server.remove(c.data)
  end)

  -- Seconds forward: of the wall clock, and of them so many because they passed. Never half a file.
  local function set_clock(wall, passed)
    local f <close> = assert(io.open(file .. ".new", "w"))
    f:write(wall, " ", passed or 0)
    f:close()
    assert(os.rename(file .. ".new", file))
  end

  local function call_ada()
    assert.equal(200, c:post("a"))
    server.wait(function() return fake:count "/ada" == 1 and c:ask "SELECT count(*) FROM delivery" == "1" end, "the first page")
  end

  -- Whether bob was called, after everything that is due was looked at: another alert calls ada, behind him.
  local function is_bob_called(key)
    local before = fake:count "/ada"
    assert.equal(200, c:post(key))
    server.wait(function() return fake:count "/ada" > before end, "the next page")
    return fake:count "/bob" > 0
  end

  -- The wall clock is `off`, and ada was called `ago` seconds before what passes now (and what the machine takes).
  local function expect_bob_after_an_hour(off, ago)
    set_clock(off + HOUR - ago - 10 * MINUTE, HOUR - ago - 10 * MINUTE)
    assert.is_false(is_bob_called "early")
    set_clock(off + HOUR - ago, HOUR - ago)
    assert.equal(200, c:post("late"))
    server.wait(function() return fake:count "/bob" > 0 end, "the second page")
  end

  for name, seconds in pairs { forward = 5 * HOUR, back = -5 * HOUR } do
    it(name .. " while people wait makes nobody wait longer or shorter", function()
      c:start()
      call_ada()
      set_clock(seconds)
      assert.equal(200, c:post("b")) -- the clock is looked at when something happens, and every few seconds
      server.wait(function() return c:count_log "clock_was_set" == 1 end, "the log line")
      expect_bob_after_an_hour(seconds, 0)
      local off = math.tointeger(c:ask "SELECT received_at / 1000000 FROM alert ORDER BY id DESC LIMIT 1") - os.time() - HOUR
      assert.is_true(off > seconds - 2 * MINUTE and off < seconds + 2 * MINUTE, off)
      assert.equal(1, c:count_log "clock_was_set")
    end)
  end

  it("back, and a restart before it is as late as it was, makes nobody wait shorter", function()
    c:start()
    call_ada()
    set_clock(-5 * HOUR)
    assert.equal(200, c:post("b"))
    server.wait(function() return c:count_log "clock_was_set" == 1 end, "the log line")
    assert.equal(0, c:stop())
    c:start()
    expect_bob_after_an_hour(-5 * HOUR, 0)
    assert.equal(0, c:count_log "clock_was_set")
  end)

  it("back while the server is down makes nobody wait longer than that", function()
    c:start()
    call_ada()
    c:stop("sigkill")
    set_clock(-5 * HOUR)
    c:start()
    expect_bob_after_an_hour(-5 * HOUR, 0)
    server.wait(function() return c:count_log "clock_was_set_back" == 1 end, "the log line")
    assert.equal(0, c:stop())
    local ada = fake:count "/ada"
    c:start()
    assert.equal(0, c:stop())
    assert.equal(0, c:count_log "clock_was_set_back")
    assert.equal(ada, fake:count "/ada")
  end)

  it("forward while the server is down calls who is overdue by that clock", function()
    c:start()
    call_ada()
    c:stop("sigkill")
    set_clock(5 * HOUR)
    c:start()
    server.wait(function() return fake:count "/bob" == 1 end, "the second page")
    assert.equal(0, c:stop())
    assert.equal(0, c:count_log "clock_was_set_back")
  end)

  -- Many jobs and messages are moved piece by piece, and the server may end between two of them.
  local MANY <const> = 60000

  local function many(sql)
    c:sql(("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < %d) " .. sql):format(MANY))
  end
  local DUE <const> = { jobs = "job WHERE detail = '77 77'", messages = "notification WHERE reason = 'many'" }
  local function due_of(what) return math.tointeger(c:ask("SELECT min(due_at) FROM " .. DUE[what])) end
  local function many_jobs()
    many "INSERT INTO job (kind, due_at, detail) SELECT 'page', (unixepoch() + 360000) * 1000000, '77 77' FROM r;"
    return due_of "jobs"
  end
  -- Two thirds are one room's, and the others have a queue each; none may go before ten hours are over.
  local function many_messages()
    many [[INSERT INTO notification (kind, channel, target, state, reason, key, due_at, created_at, detail)
      SELECT 'post', 'ntfy', CASE WHEN n %% 3 < 2 THEN 'room:r' ELSE 'room:' || n END, 'waiting', 'many', 'k' || n,
        (unixepoch() + 36000) * 1000000, unixepoch() * 1000000, '{"room":"r"}' FROM r;]]
    return due_of "messages"
  end
  local function is_moving() return c:ask "SELECT count(*) FROM setting WHERE name = 'clock_move'" == "1" end
  -- Seconds by which all were moved: by the same.
  local function moved_by(due, what)
    patience.wait(function() return not is_moving() end, "the rows to be moved", 6 * patience.ms)
    local low, high = c:ask("SELECT min(due_at), max(due_at) FROM " .. DUE[what or "jobs"]):match "(%d+)|(%d+)"
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

  for what, fill in pairs { jobs = many_jobs, messages = many_messages } do
    for direction, seconds in pairs { forward = 2 * HOUR, back = -2 * HOUR } do
      it(direction .. " while many " .. what .. " wait moves each once, though the server is killed between them", function()
        local due = fill()
        kill_within_move(seconds)
        c:start()
        assert.equal(seconds, moved_by(due, what))
        assert.equal(0, c:count_log "clock_was_set")
      end)
    end

    it("again before many " .. what .. " were moved moves each by both", function()
      local due = fill()
      kill_within_move(2 * HOUR)
      set_clock(HOUR)
      c:start()
      server.wait(function() return c:count_log "clock_was_set_back" == 1 end, "the log line")
      local by = moved_by(due, what)
      assert.is_true(by >= HOUR and by < HOUR + MINUTE, by) -- as if no time had passed while it was down
      assert.equal(0, c:stop())
      c:start()
      assert.equal(by, moved_by(due, what))
    end)
  end

  -- The head of every queue is that of its rows.
  local STALE <const> = "SELECT count(*) FROM outbox_queue AS q JOIN (SELECT target, is_important, min(due_at) AS first " ..
    "FROM notification WHERE due_at IS NOT NULL GROUP BY target, is_important) AS n USING (target, is_important) " ..
    "WHERE resting_until = 0 AND due_at <> first"

  for name, seconds in pairs { forward = 2 * HOUR, back = -2 * HOUR } do
    it(name .. " while many messages wait holds up neither alerts nor new pages, and hurries no message", function()
      local due = many_messages()
      fake.status = nil
      c:start()
      assert.equal(200, c:post "before")
      server.wait(function() return #fake.unanswered == 1 end, "a page that is on its way")
      set_clock(seconds)
      local from, longest = uv.hrtime(), 0
      local function post(key)
        local sent = uv.hrtime()
        assert.equal(200, c:post(key))
        longest = math.max(longest, (uv.hrtime() - sent) // 1000000)
      end
      post "meanwhile"
      server.wait(is_moving, "the move to begin")
      fake:answer(503) -- written into a row that has not been moved yet
      fake.status = 200
      for i = 1, 20 do post("b" .. i) end
      server.wait(function() return fake:count "/ada" >= 2 end, "a page")
      local page_ms = (uv.hrtime() - from) // 1000000
      assert.is_true(is_moving(), "the move was over before the page, after " .. page_ms .. " ms")
      assert.is_true(longest <= ALERT_MS, longest .. " ms")
      assert.equal(seconds, moved_by(due, "messages"))
      assert.equal("0", c:ask(STALE))
      local first = c:ask "SELECT min(id) FROM notification WHERE kind = 'page'"
      server.wait(function() return c:ask("SELECT state FROM notification WHERE id = " .. first) == "sent" end, "the retry")
    end)
  end
end)
