--- The wall clock is set while things wait, on virtual time: waits take as long as they take, and moments of the day come
--- on the new clock.
local calling = require "calling"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local SECOND <const>, MINUTE <const>, HOUR <const> = 1000, 60 * 1000, 3600 * 1000

describe("a clock that is set", function()
  local w

  before_each(function()
    w = calling.open { settings = { deliver = 1 } }
    w:provider("ntfy", {})
    w:user("ada", { rules = { "ntfy", 10, "ntfy" }, addresses = { ntfy = { topic = "ada" } } })
    w:user("bob", { rules = { "ntfy" }, addresses = { ntfy = { topic = "bob" } } })
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function set_clock(by_ms)
    local before = engine.now(w.core)
    assert(engine.port_text(w.core, "set_clock", tostring(by_ms)))
    assert.equal(before + by_ms * 1000, engine.now(w.core))
  end
  local function take(with)
    local n = 0
    for _, letter in ipairs(w:outgoing()) do
      w:answer(letter, with or { status = 200, body = "{}" })
      n = n + 1
    end
    return n
  end
  local function hook(steps, fields) return w:hook(w:chain(steps), fields) end
  local function open(steps)
    w:post(hook(steps), { key = "a", title = "x" })
    return w:groups()[1].id
  end

  for name, by in pairs { forward = 3 * HOUR, back = -3 * HOUR } do
    it(name .. " makes no wait of a chain or a person shorter or longer", function()
      open { { type = "notify_persons", users = { "ada" } }, { type = "wait", wait_ms = 5 * MINUTE }, { type = "notify_persons", users = { "bob" } } }
      assert.equal(1, take())
      w:advance(2 * MINUTE)
      set_clock(by)
      w:advance(3 * MINUTE - SECOND)
      assert.equal(0, take())
      w:advance(SECOND)
      assert.equal(1, take()) -- bob
      w:advance(5 * MINUTE - SECOND)
      assert.equal(0, take())
      w:advance(SECOND)
      assert.equal(1, take()) -- ada's own wait of ten minutes
    end)

    it(name .. " neither gives up a message that is tried again nor hurries it", function()
      open { { type = "notify_persons", users = { "bob" } } }
      assert.equal(1, take { status = 429, headers = { ["retry-after"] = "60" }, body = "{}" })
      set_clock(by)
      assert.same({ "waiting" }, w:column "SELECT state FROM notification")
      w:advance(59 * SECOND)
      assert.equal(0, take())
      w:advance(SECOND)
      assert.equal(1, take { status = 502 })
      w:advance(10 * SECOND)
      assert.equal(1, take())
      assert.same({ "sent" }, w:column "SELECT state FROM notification")
    end)

    it(name .. " holds no message back by a provider's limit", function()
      open { { type = "notify_persons", users = { "bob" } } }
      assert.equal(1, take())
      w:must(1, "resolve")
      set_clock(by)
      w:advance(2 * MINUTE) -- no bundling
      w:post(hook { { type = "notify_persons", users = { "bob" } } }, { key = "b" })
      assert.equal(1, take())
    end)

    it(name .. " ends a silence when its time is over", function()
      local id = open { { type = "notify_persons", users = { "bob" } } }
      take()
      w:must(id, "silence", { delay = 1800 })
      set_clock(by)
      w:advance(30 * MINUTE - SECOND)
      assert.equal("silenced", w:groups()[1].silenced_at and "silenced" or "firing")
      w:advance(2 * SECOND)
      assert.equal("firing", w:groups()[1].silenced_at and "silenced" or "firing")
    end)

    it(name .. " begins the window of a rate limit anew at the latest when it is over", function()
      local limited = hook({ { type = "notify_persons", users = { "bob" } } }, { rate_limit = 1 })
      w:post(limited, { key = "a" })
      set_clock(by)
      w:advance(5 * MINUTE)
      w:post(limited, { key = "b" })
    end)

    it(name .. " brings a time of the day at that time", function()
      local day = 86400 * 1000
      local at = engine.now(w.core) // 1000 % day
      local from = (at + 6 * HOUR) % day
      local clock = ("%02d:%02d:%02d"):format(from // HOUR, from // MINUTE % 60, from // SECOND % 60)
      local to = (from + HOUR) % day
      local id = open { { type = "notify_if_time_from_to", from_time = clock,
        to_time = ("%02d:%02d:%02d"):format(to // HOUR, to // MINUTE % 60, to // SECOND % 60) }, { type = "notify_persons", users = { "bob" } } }
      w:advance(HOUR)
      set_clock(by)
      w:advance(5 * HOUR - by - 2 * SECOND)
      assert.equal(0, take())
      w:advance(3 * SECOND)
      assert.equal(1, take())
      assert.is_truthy(id)
    end)
  end

  it("is followed once, also when a transaction fails afterwards", function()
    open { { type = "wait", wait_ms = 30 * MINUTE }, { type = "notify_persons", users = { "bob" } } }
    set_clock(HOUR)
    local now = engine.now(w.core)
    -- Its foreign keys are looked at by the COMMIT, which then fails.
    local failed = engine.port_text(w.core, "write", json.encode { statements = json.array { { sql = "PRAGMA defer_foreign_keys = ON", args = json.array() },
      { sql = "INSERT INTO team_member (team_id, user_id) VALUES (999, 999)", args = json.array() } } })
    assert.is_nil(failed)
    assert.equal(now, engine.now(w.core))
    w:advance(30 * MINUTE - SECOND)
    assert.equal(0, take())
    w:advance(2 * SECOND)
    assert.equal(1, take())
  end)

  it("is followed once, and small differences are nobody's business", function()
    open { { type = "wait", wait_ms = 5 * MINUTE }, { type = "notify_persons", users = { "bob" } } }
    local due = w:column "SELECT due_at FROM job WHERE kind = 'escalate'"[1]
    local before = engine.now(w.core)
    assert(engine.port_text(w.core, "set_clock", "400"))
    assert.equal(before, engine.now(w.core))
    assert(engine.port_text(w.core, "set_clock", tostring(HOUR - 400)))
    assert.equal(before + HOUR * 1000, engine.now(w.core))
    w:advance(MINUTE)
    assert.equal(due + HOUR * 1000, w:column "SELECT due_at FROM job WHERE kind = 'escalate'"[1])
  end)
end)
