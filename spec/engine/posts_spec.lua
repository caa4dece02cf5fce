--- Groups in the rooms of their routes, as stories on virtual time: posted once, updated in place, in order.
local calling = require "calling"
local json = require "tocsin.json"

local SECOND <const>, MINUTE <const> = 1000, 60 * 1000
local TEMPLATES <const> = { grouping_key = "{{ payload.key }}", resolve_signal = "{{ payload.state == 'ok' }}",
  slack = { title = "{{ payload.title }}" }, telegram = { title = "{{ payload.title }}" },
  mattermost = { title = "{{ payload.title }}" } }

describe("a route with rooms", function()
  local w

  before_each(function()
    w = calling.open { settings = { deliver = 1 } }
    function w:outgoing() -- without the notes in threads (notes_spec.lua), which arrive
      local out = {}
      for _, letter in ipairs(calling.outgoing(self)) do
        local ts = letter.body:match '"thread_ts":"([%d.]+)"'
        if ts then self:answer(letter, { status = 200, body = json.encode { ok = true, channel = "C024BE91L", ts = ts } })
        else out[#out + 1] = letter end
      end
      return out
    end
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function slack() return w:provider("slack", { token = "xoxb-1111-2222-abcdefgh", signing_secret = "8f742231b10e8888" }) end
  local function telegram() return w:provider("telegram", { token = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11" }) end
  local function hook(rooms) return w:integration { templates = TEMPLATES, default_route = rooms } end
  local function group()
    local all = w:groups()
    return all[#all].id
  end

  -- What left for Slack since the last look, one line each.
  local function said(letters)
    local out = {}
    for i, letter in ipairs(letters) do
      local body = json.decode(letter.body)
      out[i] = (letter.url:match "[%w.]+$") .. " " .. (body.ts or body.channel or body.chat_id) .. " " .. body.text:match "^[^\n]*"
    end
    return out
  end
  local moment = 0
  local function took(letter)
    moment = moment + 1
    local ts = json.decode(letter.body).ts or ("1700000000.%06d"):format(moment)
    w:answer(letter, { status = 200, body = json.encode { ok = true, channel = "C024BE91L", ts = ts } })
    return ts
  end
  local function only()
    local letters = w:outgoing()
    assert.equal(1, #letters)
    return letters[1]
  end

  it("says of a group in debug mode that nobody is called, until it is over", function()
    slack()
    local h = hook { slack = { channel_id = "C024BE91L" } }
    local chain = w:chain { { type = "notify_persons", users = { w:user("ada", {}) and "ada" } } }
    w:rows("UPDATE route SET escalation_chain_id = $1 WHERE integration_id = 1", chain)
    w:api(200, "POST", "integrations/" .. h.id .. "/maintenance_start/", { mode = "debug", duration = 60 })
    w:post(h, { key = "a", title = "First" })
    local letter = only()
    assert.same({ "chat.postMessage C024BE91L Debug: First" }, said { letter })
    assert.truthy(letter.body:find("Debug: nobody is called", 1, true), letter.body)
    local ts = took(letter)
    w:advance(10 * SECOND)
    assert.same({}, w:outgoing()) -- but for the note in its thread
    w:advance(50 * SECOND)
    letter = only()
    assert.same({ "chat.update " .. ts .. " First" }, said { letter })
    assert.is_nil(letter.body:find("nobody is called", 1, true), letter.body)
    took(letter)
    local timeline = w:api(200, "GET", "alert_groups/" .. w:api(200, "GET", "alert_groups/").results[1].id .. "/timeline/").results
    local told = {}
    for _, line in ipairs(timeline) do told[line.type] = line.text end
    assert.same({ "Debug mode: nobody is called.", "The maintenance is over: people are called." }, { told.debug, told.released })
  end)

  it("keeps the order of a room over a short trouble", function()
    slack()
    local h = hook { slack = { channel_id = "C024BE91L" } }
    w:post(h, { key = "a", title = "First" })
    w:answer(only(), { status = 502 })
    w:post(h, { key = "b", title = "Second" })
    assert.same({}, w:outgoing())
    w:advance(2 * SECOND)
    local letter = only()
    assert.same({ "chat.postMessage C024BE91L First" }, said { letter })
    took(letter)
    w:advance(2 * SECOND)
    assert.same({ "chat.postMessage C024BE91L Second" }, said(w:outgoing()))
  end)

  it("does not let one message that is never taken hold up its room", function()
    slack()
    local h = hook { slack = { channel_id = "C024BE91L" } }
    w:post(h, { key = "a", title = "First" })
    w:answer(only(), { status = 500 })
    w:post(h, { key = "b", title = "Second" })
    local waited, lines = 0, {}
    repeat
      w:advance(SECOND)
      waited = waited + 1
      for _, letter in ipairs(w:outgoing()) do
        lines[#lines + 1] = said { letter }[1]:match("%a+$")
        if lines[#lines] == "First" then w:answer(letter, { status = 500 }) else took(letter) end
      end
    until lines[#lines] == "Second" or waited > 3600
    assert.is_true(waited <= 15, waited)
    w:post(h, { key = "c", title = "Third" })
    w:advance(SECOND)
    assert.is_truthy(table.concat(said(w:outgoing())):find("Third", 1, true))
  end)

  it("leaves a room alone for as long as its provider asks", function()
    slack()
    local h = hook { slack = { channel_id = "C024BE91L" } }
    w:post(h, { key = "a", title = "First" })
    w:answer(only(), { status = 429, headers = { ["retry-after"] = "30" } })
    w:post(h, { key = "b", title = "Second" })
    w:advance(29 * SECOND)
    assert.same({}, w:outgoing())
    w:advance(3 * SECOND)
    local letter = only()
    assert.same({ "chat.postMessage C024BE91L First" }, said { letter })
  end)

  it("posts a group once, with buttons, and changes that message when it is acknowledged and resolved", function()
    slack()
    local h = hook { slack = { channel_id = "C024BE91L" } }
    w:post(h, { key = "a", title = "Disk of db-1 is full" })
    local letter = only()
    assert.same({ "chat.postMessage C024BE91L Disk of db-1 is full" }, said { letter })
    local number = group()
    assert.is_truthy(letter.body:find('"acknowledge:' .. number .. '"', 1, true))
    local ts = took(letter)
    assert.same({}, w:outgoing())

    w:must(number, "acknowledge")
    w:advance(SECOND)
    letter = only()
    assert.equal("https://slack.com/api/chat.update", letter.url)
    assert.equal(ts, json.decode(letter.body).ts)
    assert.is_truthy(letter.body:find('"unacknowledge:' .. number .. '"', 1, true))
    took(letter)

    w:post(h, { key = "a", title = "Disk of db-1 is fine", state = "ok" })
    w:advance(SECOND)
    letter = only()
    assert.is_truthy(letter.body:find("#2eb886", 1, true))
    assert.is_truthy(letter.body:find("Disk of db-1 is fine", 1, true)) -- the latest alert's words
    took(letter)
    w:advance(MINUTE)
    assert.same({}, w:outgoing())
    assert.equal(1, w:rows "SELECT count(*) AS n FROM message"[1].n)
  end)

  it("writes nothing for other routes, for rooms that are switched off or not named, and for a group that opens resolved", function()
    slack()
    w:post(hook {}, { key = "a" })
    w:post(hook { slack = { channel_id = "C024BE91L", enabled = false } }, { key = "a" })
    w:post(hook { slack = { enabled = true }, telegram = { id = "-100" } }, { key = "a" })
    w:post(hook { slack = { channel_id = "C024BE91L" } }, { key = "a", state = "ok" })
    w:advance(MINUTE)
    assert.equal(4, #w:groups())
    assert.same({}, w:rows "SELECT id FROM notification")
    assert.same({}, w:rows "SELECT channel FROM message")
  end)

  it("counts the alerts of a storm every ten seconds at most", function()
    slack()
    local h = hook { slack = { channel_id = "C024BE91L" } }
    w:post(h, { key = "a", title = "1" })
    took(only())
    local updates = 0
    for i = 2, 631 do -- ten a second, for a minute and a little
      w:post(h, { key = "a", title = tostring(i) })
      w:advance(100)
      for _, letter in ipairs(w:outgoing()) do
        updates = updates + 1
        took(letter)
      end
      assert.is_true(w:rows "SELECT count(*) AS n FROM notification WHERE state = 'waiting'"[1].n <= 1)
    end
    assert.equal(6, updates)
    w:advance(10 * SECOND)
    local letter = only()
    assert.same({ "chat.update 631" }, { (said { letter }[1]:gsub("%d+%.%d+ ", "")) })
    assert.is_truthy(letter.body:find("631 alerts", 1, true))
    took(letter)
    w:advance(MINUTE)
    assert.same({}, w:outgoing())
  end)

  it("shows a change of state at once though an update of the count waits", function()
    slack()
    local h = hook { slack = { channel_id = "C024BE91L" } }
    w:post(h, { key = "a", title = "1" })
    took(only())
    w:advance(2 * SECOND)
    w:post(h, { key = "a", title = "2" })
    assert.same({}, w:outgoing())
    w:must(group(), "acknowledge")
    local letter = only()
    assert.is_truthy(letter.body:find("#daa038", 1, true) and letter.body:find("2 alerts", 1, true))
    took(letter)
    w:advance(MINUTE)
    assert.same({}, w:outgoing())
  end)

  it("shows what happened while the post was on its way", function()
    slack()
    local h = hook { slack = { channel_id = "C024BE91L" } }
    w:post(h, { key = "a", title = "1" })
    local letter = only()
    w:must(group(), "acknowledge")
    assert.same({}, w:outgoing())
    local ts = took(letter)
    w:advance(SECOND)
    letter = only()
    assert.equal(ts, json.decode(letter.body).ts)
    assert.is_truthy(letter.body:find("#daa038", 1, true))
    w:must(group(), "resolve") -- while that update is on its way
    took(letter)
    w:advance(SECOND)
    assert.is_truthy(only().body:find("#2eb886", 1, true))
  end)

  it("tries again while the provider is down, and keeps the order of the room", function()
    slack()
    local h = hook { slack = { channel_id = "C024BE91L" } }
    w:post(h, { key = "a", title = "first" })
    w:answer(only(), { status = 503 })
    w:post(h, { key = "b", title = "second" })
    assert.same({}, w:outgoing()) -- behind the first
    w:advance(2 * SECOND)
    w:answer(only(), { failure = "TIMEOUT" })
    local heard = {}
    for _ = 1, 10 do
      w:advance(SECOND)
      for _, letter in ipairs(w:outgoing()) do
        heard[#heard + 1] = said { letter }[1]
        took(letter)
      end
    end
    assert.same({ "chat.postMessage C024BE91L first", "chat.postMessage C024BE91L second" }, heard)
  end)

  it("has a message in each of two rooms, and one that hangs does not hold up the other", function()
    slack()
    telegram()
    local h = hook { slack = { channel_id = "C024BE91L" }, telegram = { id = "-1001234567890", enabled = true } }
    w:post(h, { key = "a", title = "Disk" })
    local letters = w:outgoing()
    assert.equal(2, #letters)
    local to_telegram = letters[1].url:find("telegram", 1, true) and letters[1] or letters[2]
    assert.equal("-1001234567890", tostring(json.decode(to_telegram.body).chat_id))
    assert.is_truthy(to_telegram.body:find("acknowledge:" .. group(), 1, true))
    w:answer(to_telegram, { status = 200, body = [[{"ok":true,"result":{"message_id":77,"chat":{"id":-1001234567890},"text":"x"}}]] })
    w:must(group(), "acknowledge")
    w:advance(SECOND)
    local update = only() -- Slack has not answered yet
    assert.is_truthy(update.url:find("editMessage", 1, true))
    assert.equal(77, tonumber(json.decode(update.body).message_id))
  end)

  it("updates a post of Mattermost by its id", function()
    w:provider("mattermost", { url = "https://chat.example.org", token = "xr3j5x3p4pfk7kk6ck7b4e6ghh" })
    w:post(hook { mattermost = { id = "4xp9fdt77pncbef59f4k1qe83o", enabled = true } }, { key = "a", title = "Disk" })
    local letter = only()
    assert.equal("4xp9fdt77pncbef59f4k1qe83o", json.decode(letter.body).channel_id)
    w:answer(letter, { status = 201, body = [[{"id":"8xk1ctb9ifn3fmmhgtjkkdpzbh","channel_id":"4xp9fdt77pncbef59f4k1qe83o"}]] })
    w:must(group(), "silence", { delay = 60 })
    w:advance(SECOND)
    letter = only()
    assert.equal("https://chat.example.org/api/v4/posts/8xk1ctb9ifn3fmmhgtjkkdpzbh/patch", letter.url)
    assert.is_truthy(letter.body:find("Silenced", 1, true))
  end)

  it("says in the group's log that a room has no provider, or none that takes the message", function()
    w:post(hook { slack = { channel_id = "C024BE91L" } }, { key = "a" })
    assert.same({ "post_failed not_delivered" }, w:lines(group(), "post_failed"))
    local detail = w:rows("SELECT detail FROM group_log WHERE action = 'post_failed'")[1].detail
    assert.same({ channel = "slack", error = "No provider carries slack. Add one, or switch one on." }, json.decode(detail))
    w:must(group(), "acknowledge") -- nothing to update
    assert.equal(1, w:rows "SELECT count(*) AS n FROM notification"[1].n)

    slack()
    w:post(hook { slack = { channel_id = "NO ROOM" } }, { key = "a" })
    assert.same({}, w:outgoing())
    assert.same({ "post_failed not_delivered" }, w:lines(group(), "post_failed"))
    w:post(hook { slack = { channel_id = "C024BE91L" } }, { key = "a" })
    w:answer(only(), { status = 200, body = [[{"ok":false,"error":"is_archived"}]] })
    assert.same({ "post_failed not_delivered" }, w:lines(group(), "post_failed"))
  end)

  it("does not count alerts into a message that was deleted, but tries again at the next change of state", function()
    slack()
    local h = hook { slack = { channel_id = "C024BE91L" } }
    w:post(h, { key = "a" })
    took(only())
    w:must(group(), "acknowledge")
    w:advance(SECOND)
    w:answer(only(), { status = 200, body = [[{"ok":false,"error":"message_not_found"}]] })
    assert.same({ "post_failed not_updated" }, w:lines(group(), "post_failed"))
    w:post(h, { key = "a", title = "2" })
    w:advance(MINUTE)
    assert.same({}, w:outgoing())
    w:must(group(), "resolve")
    assert.equal("https://slack.com/api/chat.update", only().url)
  end)

  it("takes the words of a wiped group away, even from a post that is on its way", function()
    slack()
    local h = hook { slack = { channel_id = "C024BE91L" } }
    w:post(h, { key = "a", title = "secret" })
    local letter = only()
    w:remove(group(), "wipe")
    took(letter)
    w:advance(SECOND)
    letter = only()
    assert.is_truthy(letter.url:find("chat.update", 1, true))
    assert.is_nil(letter.body:find("secret", 1, true))
  end)

  it("forgets the message of a deleted group, even one that is on its way", function()
    slack()
    local h = hook { slack = { channel_id = "C024BE91L" } }
    w:post(h, { key = "a" })
    took(only())
    w:post(h, { key = "a", title = "2" })
    w:remove(group(), "delete")
    w:advance(MINUTE)
    assert.same({}, w:outgoing())
    assert.same({}, w:rows "SELECT channel FROM message")
    w:post(h, { key = "b" })
    local letter = only()
    w:remove(group(), "delete")
    took(letter)
    w:advance(MINUTE)
    assert.same({}, w:outgoing())
    assert.same({}, w:rows "SELECT channel FROM message")
  end)

  it("posts to a channel whose provider is the room: the first, or the one that is named", function()
    local first, second = "https://discord.com/api/webhooks/1/aaaa", "https://discord.com/api/webhooks/2/bbbb"
    w:provider("discord", { url = first })
    local name = w:rows("SELECT name FROM provider WHERE id = $1", w:provider("discord", { url = second }))[1].name
    w:post(hook { discord = { enabled = true } }, { key = "a" })
    w:post(hook { discord = { id = name, enabled = true } }, { key = "a" })
    local letters = w:outgoing()
    assert.equal(1, letters[1].url:find(first, 1, true))
    assert.equal(1, letters[2].url:find(second, 1, true))
  end)
end)

describe("a critical push", function()
  it("goes to the contact method of the mobile app", function()
    local w = calling.open()
    w:user("ada", { rules = { "mobile_app" }, important = { "mobile_app_critical" }, without = { mobile_app_critical = true } })
    w:post(w:hook(w:chain { { type = "notify_persons", users = { "ada" }, is_important = 1 } }), { key = "a" })
    local row = w:rows "SELECT n.channel, c.channel AS contact FROM notification AS n JOIN contact_method AS c ON c.id = n.contact_method_id"[1]
    assert.same({ "mobile_app_critical", "mobile_app" }, { row.channel, row.contact })
    w:close()
  end)
end)
