--- What happens to a group, told in the thread below its post: what, when, in which words, and where not.
local calling = require "calling"
local json = require "tocsin.json"

local SECOND <const>, MINUTE <const> = 1000, 60000

describe("the thread of a group's post", function()
  local w, hook, moment

  before_each(function()
    w, moment = calling.open { settings = { deliver = 1 } }, 0
    w:provider("slack", { token = "xoxb-1111-2222-abcdefgh" })
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function open(chain)
    hook = w:hook(chain or json.null, { templates = { grouping_key = "{{ payload.key }}", resolve_signal = "{{ payload.state == 'ok' }}" } })
    w:api(200, "PUT", "routes/" .. hook.default_route.id .. "/", { slack = { channel_id = "C024BE91L", enabled = true } })
    w:post(hook, { key = "a", title = "Disk" })
    return w:groups()[1].id
  end
  -- Everything that waits is taken by Slack; what went into threads, oldest first.
  local function told()
    local out = {}
    for _, letter in ipairs(w:outgoing()) do
      local body = letter.url:find("slack", 1, true) and json.decode(letter.body)
      moment = moment + 1
      if body and body.thread_ts then out[#out + 1] = body.text end
      w:answer(letter, { status = 200, body = json.encode { ok = true, channel = "C024BE91L", ts = ("1700000000.%06d"):format(moment), id = "m" } })
    end
    return out
  end

  -- The same over some seconds: the room is one queue.
  local function told_in(seconds)
    local out = {}
    for _ = 1, seconds do
      w:advance(SECOND)
      for _, note in ipairs(told()) do out[#out + 1] = note end
    end
    return out
  end

  it("tells who is called and who answered, some seconds together, each thing once", function()
    w:user("ada", { rules = { "ntfy", 60, "ntfy" }, addresses = { ntfy = { topic = "ada" } } })
    w:user("bob", { rules = {} })
    w:provider("ntfy", {})
    local group = open(w:chain { { type = "notify_persons", users = { "ada", "bob" } } })
    assert.same({}, told()) -- the post
    w:advance(2 * SECOND)
    assert.same({}, told())
    w:advance(SECOND)
    local first = told()
    assert.equal(1, #first)
    assert.equal("Calling ada and bob.\nbob could not be called by email: there is no contact method for it.", first[1])
    w:must(group, "acknowledge")
    w:must(group, "unacknowledge")
    local second = table.concat(told_in(10), "|")
    assert.matches("^Acknowledged by the API%.\nThe acknowledge was taken back by the API%.", second)
    w:advance(MINUTE)
    assert.same({}, told())
  end)

  it("names people as data: they can mention nobody", function()
    w:user("<!channel> & *ada*", { rules = { "sms" } })
    open(w:chain { { type = "notify_persons", users = { "<!channel> & *ada*" } } })
    told()
    w:advance(3 * SECOND)
    local note = told()[1]
    assert.is_nil(note:find("<!channel>", 1, true))
    assert.is_truthy(note:find("&lt;!channel&gt; &amp;", 1, true))
  end)

  it("tells that a step called nobody, that nobody has answered, and that it is over by the source", function()
    w:user("ada", { rules = { "ntfy" }, addresses = { ntfy = { topic = "ada" } } })
    w:provider("ntfy", {})
    open(w:chain { { type = "notify_persons", users = {} }, { type = "notify_persons", users = { "ada" } } })
    assert.same({ "A step of the escalation failed: there is nobody to notify.\nCalling ada." }, told_in(5))
    w:advance(24 * 60 * MINUTE)
    assert.same({ "Nobody has answered." }, told_in(5))
    w:post(hook, { key = "a", state = "ok" })
    assert.same({ "Resolved by the source." }, told_in(5))
    assert.same({}, told_in(60))
  end)

  it("waits for the post, and has one note waiting whatever happens", function()
    local group = open(nil)
    local post = w:outgoing()[1]
    for _ = 1, 5 do
      w:must(group, "acknowledge")
      w:must(group, "unacknowledge")
    end
    w:advance(10 * SECOND)
    assert.same({}, w:outgoing())
    w:answer(post, { status = 200, body = json.encode { ok = true, channel = "C024BE91L", ts = "1700000000.000001" } })
    assert.equal(1, w:column("SELECT count(*) FROM notification WHERE kind = 'thread' AND state = 'waiting'")[1])
    w:advance(3 * SECOND)
    told()
    w:advance(3 * SECOND)
    told()
    assert.equal(1, w:column("SELECT count(*) FROM notification WHERE kind = 'thread'")[1])
  end)

  it("goes on with a long story in further notes", function()
    local group = open(nil)
    told()
    for _ = 1, 15 do
      w:must(group, "acknowledge")
      w:must(group, "unacknowledge")
    end
    local lines = 0
    for _ = 1, 10 do
      w:advance(5 * SECOND)
      for _, note in ipairs(told()) do
        local n = select(2, note:gsub("\n", "")) + 1
        assert.is_true(n <= 20)
        lines = lines + n
      end
    end
    assert.equal(30, lines)
  end)

  it("tells what comes after many steps that nobody is told of", function()
    w:user("ada", { rules = { "ntfy" }, addresses = { ntfy = { topic = "ada" } } })
    w:provider("ntfy", {})
    local steps = {}
    for i = 1, 40 do steps[i] = { type = "wait", wait_ms = 1000 } end
    steps[41] = { type = "notify_persons", users = { "ada" } }
    open(w:chain(steps))
    assert.same({ "Calling ada." }, told_in(50))
  end)

  it("is left alone when it cannot be told any more", function()
    local group = open(nil)
    told()
    w:must(group, "acknowledge")
    w:advance(3 * SECOND)
    local left = 0
    for _, letter in ipairs(w:outgoing()) do
      local is_note = letter.body:find("thread_ts", 1, true)
      left = left + (is_note and 1 or 0)
      w:answer(letter, { status = 200, body = is_note and '{"ok":false,"error":"message_not_found"}' or json.encode { ok = true, channel = "C024BE91L", ts = "1.2" } })
    end
    if left == 0 then
      w:advance(3 * SECOND)
      for _, letter in ipairs(w:outgoing()) do w:answer(letter, { status = 200, body = '{"ok":false,"error":"message_not_found"}' }) end
    end
    assert.same({ "failed" }, w:column "SELECT state FROM notification WHERE kind = 'thread'")
    w:must(group, "resolve")
    w:advance(MINUTE)
    told()
    assert.equal(1, w:column("SELECT count(*) FROM notification WHERE kind = 'thread'")[1])
    assert.same({}, w:lines(group, "post_failed"))
  end)

  it("is not there where an answer would ring everybody's phone", function()
    w:provider("telegram", { token = "123456:ABC" })
    hook = w:integration {}
    w:api(200, "PUT", "routes/" .. hook.default_route.id .. "/", { telegram = { id = "-100", enabled = true } })
    w:post(hook, { title = "Disk" })
    w:answer(w:outgoing()[1], { status = 200, body = '{"ok":true,"result":{"message_id":7,"chat":{"id":-100}}}' })
    w:must(w:groups()[1].id, "acknowledge")
    w:advance(MINUTE)
    for _, letter in ipairs(w:outgoing()) do assert.is_truthy(letter.url:find("editMessageText", 1, true)) end
    assert.equal(0, w:column("SELECT count(*) FROM notification WHERE kind = 'thread'")[1])
  end)

  it("goes with its group", function()
    local group = open(nil)
    told()
    w:must(group, "acknowledge")
    w:remove(group, "delete")
    w:advance(MINUTE)
    told()
    assert.equal(0, w:column("SELECT count(*) FROM message")[1])
  end)
end)

describe("the words of a note", function()
  local thread_words = require "thread_words"
  local function said(...) return thread_words.sentences({ ... }, function(id) return id == 1 and "Ann" or id == 2 and "Bob" or nil end) end
  local function line(action, fields)
    fields = fields or {}
    return { action = action, reason = fields.reason or "x", by = fields.by or "system", by_id = fields.by_id, detail = fields.detail }
  end
  it("name who did it", function()
    assert.same({ "Acknowledged by Ann.", "Resolved by the source.", "Silenced by a person who is gone.", "Opened again by a timer.", "Resolved." },
      said(line("acknowledged", { by = "user", by_id = 1 }), line("resolved", { by = "source" }), line("silenced", { by = "user", by_id = 9 }),
        line("unresolved", { by = "timer" }), line "resolved"))
  end)
  it("put those who are called at once together", function()
    local function calls(id) return line("page_started", { detail = '{"user":' .. id .. "}" }) end
    assert.same({ "Calling Ann, Bob and a person who is gone.", "Nobody has answered.", "Calling Ann." }, said(calls(1), calls(2), calls(3), line "unanswered", calls(1)))
  end)
  it("are there for every action that makes a note", function()
    local file <close> = assert(io.open "core/store/message_rows.c")
    local list, names = file:read("a"):match "#define NEWS%(X%)(.-)\n\n", {}
    for name in list:gmatch 'X%("([%l_]+)"%)' do names[#names + 1] = name end
    table.sort(names)
    assert.is_true(#names > 10)
    assert.same(names, thread_words.ACTIONS)
  end)
  it("survive lines that they do not know", function()
    assert.same({}, said(line "registered", line("wiped", { detail = "{" })))
    assert.same({ "Somebody could not be called: odd reason." }, said(line("page_failed", { reason = "odd_reason", detail = "[]" })))
  end)
end)
