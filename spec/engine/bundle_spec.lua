--- Many groups at once: one message for all of them, and how many messages a person gets in a day.
local calling = require "calling"
local json = require "tocsin.json"

local SECOND <const>, MINUTE <const>, DAY <const> = 1000, 60 * 1000, 86400 * 1000

describe("messages about many groups", function()
  local w, hook

  local function start(rules, settings)
    settings = settings or {}
    settings.deliver = 1
    w = calling.open { settings = settings }
    w:provider("ntfy", {})
    w:user("ada", { rules = rules or { "ntfy" }, addresses = { ntfy = { topic = "ada" } } })
    hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } })
  end
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function fire(from, to) for i = from, to or from do w:post(hook, { key = "k" .. i, title = "Problem " .. i }) end end
  -- What leaves, each answered with `with`.
  local function sent(with)
    local out = {}
    for i, letter in ipairs(w:outgoing()) do
      out[i] = json.decode(letter.body)
      w:answer(letter, with or { status = 200, body = "{}" })
    end
    return out
  end
  local function states()
    local out = {}
    for _, row in ipairs(w:rows "SELECT state, count(*) AS n FROM notification GROUP BY state ORDER BY state") do
      out[#out + 1] = row.n .. " " .. row.state
    end
    return out
  end

  it("go as one, two minutes after the first", function()
    start()
    fire(1, 5)
    assert.equal(1, #sent())
    w:advance(119 * SECOND)
    fire(6)
    assert.same({}, sent())
    w:advance(SECOND)
    local letters = sent()
    assert.equal(1, #letters)
    assert.matches("And 4 more alert groups", letters[1].message)
    assert.matches("Problem 2", letters[1].title)
    assert.same({ "6 sent" }, states())
    local carried = w:rows "SELECT carrier_id, count(*) AS n FROM notification WHERE carrier_id IS NOT NULL GROUP BY carrier_id"
    assert.same({ { carrier_id = 2, n = 4 } }, carried)
    w:advance(MINUTE)
    fire(7)
    assert.same({}, sent())
    w:advance(MINUTE)
    assert.equal(1, #sent())
    w:advance(2 * MINUTE)
    fire(8)
    assert.equal(1, #sent())
  end)

  it("leave out those that somebody answered meanwhile", function()
    start()
    fire(1, 4)
    sent()
    w:must(2, "acknowledge")
    w:must(4, "resolve")
    w:advance(2 * MINUTE)
    local letters = sent()
    assert.equal(1, #letters)
    assert.matches("Problem 3", letters[1].title)
    assert.not_matches("more alert group", letters[1].message or "")
    assert.same({ "2 cancelled", "2 sent" }, states())
  end)

  it("wait together while the provider is away", function()
    start()
    fire(1, 4)
    sent()
    w:advance(2 * MINUTE)
    assert.equal(1, #sent { status = 502 })
    assert.same({}, sent())
    w:advance(2 * SECOND)
    local letters = sent()
    assert.equal(1, #letters)
    assert.matches("And 2 more alert groups", letters[1].message)
    assert.same({ "4 sent" }, states())
  end)

  it("that can never arrive bring the next rule of every page", function()
    start { "ntfy", 15, "ntfy" }
    fire(1, 3)
    sent()
    w:advance(2 * MINUTE)
    assert.equal(1, #sent { status = 403, body = [[{"code":40301,"http":403,"error":"forbidden"}]] })
    for _, group in ipairs { 2, 3 } do
      assert.same({ "page_failed not_delivered" }, w:lines(group, "page_failed"))
      assert.equal(2, #w:calls(group))
    end
  end)

  it("do not wait for each other when one is important", function()
    start()
    fire(1)
    sent()
    w:post(w:hook(w:chain { { type = "notify_persons", users = { "ada" }, is_important = 1 } }), { key = "x" })
    w:advance(SECOND) -- the rate of a target
    assert.equal(1, #sent())
  end)

  it("are not held back by a clock that was set back", function()
    start()
    fire(1, 2)
    sent()
    w:rows "UPDATE notification SET created_at = created_at + 3600000000, ended_at = ended_at + 3600000000, due_at = due_at + 3600000000"
    fire(3)
    local row = w:rows "SELECT created_at, due_at FROM notification ORDER BY id DESC LIMIT 1"[1]
    assert.equal(row.created_at, row.due_at)
  end)

  it("of a storm are two", function()
    start()
    fire(1, 215)
    assert.equal(1, #sent())
    w:advance(2 * MINUTE)
    local letters = sent()
    assert.equal(1, #letters)
    assert.matches("And 213 more alert groups", letters[1].message)
    assert.same({ "215 sent" }, states())
  end)

  describe("in a day", function()
    local function phone(limit)
      w = calling.open { settings = { deliver = 1, daily_phone_limit = limit } }
      w:provider("twilio", { account_sid = "AC" .. ("0"):rep(32), auth_token = ("f"):rep(32), from = "+15005550006" })
      w:provider("ntfy", {})
      w:user("ada", { rules = { "sms", 15, "ntfy" }, addresses = { ntfy = { topic = "ada" }, sms = { phone = "+15558675310" } } })
      hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } })
    end
    local function texts()
      local out = {}
      for i, letter in ipairs(w:outgoing()) do
        out[i] = letter.url:match("twilio") and letter.body:gsub("%+", " "):gsub("%%(%x%x)", function(x) return string.char(tonumber(x, 16)) end) or "ntfy"
        w:answer(letter, letter.url:match("twilio") and { status = 201, body = [[{"sid":"SM1","status":"queued"}]] } or { status = 200, body = "{}" })
      end
      return out
    end

    it("are no more than the limit: the last ones say so, then the next rule comes at once", function()
      phone(4)
      local left = {}
      for i = 1, 4 do
        fire(i)
        local letters = texts()
        assert.equal(1, #letters)
        left[i] = letters[1]:match("(%d+) messages? left today") or "-"
        w:must(i, "resolve")
        w:advance(3 * MINUTE)
      end
      assert.same({ "-", "2", "1", "0" }, left)
      fire(5)
      assert.same({ "ntfy" }, texts())
      assert.same({ "page_failed daily_limit" }, w:lines(5, "page_failed"))
      assert.matches("4 calls and text messages in a day", w:rows "SELECT error FROM notification WHERE state = 'failed'"[1].error)
      assert.is_nil(w:rows "SELECT failed_at FROM contact_method WHERE channel = 'sms'"[1].failed_at)
      w:must(5, "resolve")
      w:advance(DAY)
      fire(6)
      assert.matches("Problem 6", texts()[1])
    end)

    it("are as many as there are when the limit is 0", function()
      phone(0)
      for i = 1, 4 do
        fire(i)
        assert.not_matches("left today", texts()[1])
        w:must(i, "resolve")
        w:advance(3 * MINUTE)
      end
    end)
  end)
end)
