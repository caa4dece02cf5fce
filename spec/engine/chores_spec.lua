--- What chats are asked of themselves, through the core on virtual time: Telegram's updates, Slack's rooms, user groups and members.
local calling = require "calling"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local SECOND <const>, MINUTE <const> = 1000, 60000

describe("a chat that is asked", function()
  local w, waiting, users

  before_each(function()
    w, waiting, users = calling.open { settings = { deliver = 1, provider_refresh = 600 } }, {}, {}
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  -- What was asked and not answered yet, by the last part of the address.
  local function asked()
    for _, letter in ipairs(w:outgoing()) do waiting[letter.url:match "([%w%.]+)%f[?%z][^/]*$"] = letter end
    return waiting
  end
  local function names()
    local out = {}
    for name in pairs(asked()) do out[#out + 1] = name end
    table.sort(out)
    return out
  end
  local function answer(name, body, more)
    local letter = assert(asked()[name], name .. " was not asked")
    waiting[name] = nil
    local with = more or {}
    with.status, with.body = with.status or 200, type(body) == "table" and json.encode(body) or body
    w:answer(letter, with)
    return letter
  end
  local function person(name, channel, id)
    users[name] = w:user(name, { rules = { "sms" } })
    w:insert("contact_method", { user_id = users[name], channel = channel, address = json.encode { id = id }, verified_at = 1, created_at = 1 })
  end
  local function sync(provider)
    local out = {}
    for _, row in ipairs(w:api(200, "GET", "providers/").results) do
      if not provider or row.type == provider then
        for _, one in ipairs(row.sync) do out[one.what] = one end
        out.id = row.id
      end
    end
    return out
  end

  describe("for what people did", function()
    local group
    before_each(function()
      w:provider("telegram", { token = "123456:ABC" })
      person("ada", "telegram", "1111")
      w:post(w:integration { templates = { grouping_key = "{{ payload.key }}" } }, { key = "a" })
      group = w:groups()[1].id
      w:advance(SECOND)
    end)
    local function press(number, user)
      return { update_id = number, callback_query = { id = "q" .. number, from = { id = user or 1111 }, data = "acknowledge:" .. group } }
    end
    local function updates(...) return { ok = true, result = json.array { ... } } end

    it("acts as who pressed a button, tells the chat that it was seen, and asks for what comes after it", function()
      local first = asked().getUpdates
      assert.is_nil(json.decode(first.body).offset)
      answer("getUpdates", updates(press(7)))
      assert.equal("acknowledged", w.state(w:groups()[1]))
      assert.equal(users.ada, w:groups()[1].acknowledged_by_id)
      assert.equal("telegram", json.decode(w:column "SELECT detail FROM group_log WHERE action = 'acknowledged'"[1]).source)
      w:advance(SECOND)
      assert.same({ "answerCallbackQuery", "getUpdates" }, names())
      assert.equal(8, json.decode(waiting.getUpdates.body).offset)
    end)

    it("asks again at once after a silence, but never in a tight circle, and writes nothing for it", function()
      answer("getUpdates", updates())
      local before = w:column "SELECT cursor FROM chore"
      for _ = 1, 20 do
        answer("getUpdates", updates())
        w:advance(199)
        assert.same({}, names())
        w:advance(1)
      end
      assert.same(before, w:column "SELECT cursor FROM chore")
    end)

    it("does all that one answer brings", function()
      local first = asked().getUpdates
      local limit, presses = json.decode(first.body).limit, {}
      for i = 1, limit do presses[i] = press(i, i == 5 and 1111 or 2222) end
      answer("getUpdates", updates(table.unpack(presses)))
      assert.equal("acknowledged", w.state(w:groups()[1]))
      local told = {}
      for _ = 1, 5 do
        w:advance(SECOND)
        for _, letter in ipairs(w:outgoing()) do
          local body = json.decode(letter.body)
          if body.callback_query_id then told[body.callback_query_id] = body.text end
          w:answer(letter, { status = 200, body = '{"ok":true,"result":true}' })
        end
      end
      for i = 1, limit do -- each is told what became of their own press
        assert.matches(i == 5 and "^Acknowledge #" or "^Nobody here has this address", told["q" .. i])
      end
    end)

    it("rests when what came could not be dealt with, and does it then", function()
      w:rows "ALTER TABLE chore RENAME TO chore_away"
      answer("getUpdates", updates(press(7)))
      w:advance(9 * SECOND)
      assert.same({}, names())
      w:rows "ALTER TABLE chore_away RENAME TO chore"
      w:advance(2 * SECOND)
      answer("getUpdates", updates(press(7)))
      assert.equal("acknowledged", w.state(w:groups()[1]))
      assert.same({ '{"at":8}' }, w:column "SELECT cursor FROM chore")
      assert.same({ "acknowledged acknowledged_by_user" }, w:lines(w:groups()[1].id, "acknowledged"))
    end)

    it("goes on after a restart where it was", function()
      answer("getUpdates", updates(press(41)))
      w:advance(SECOND)
      assert.equal(42, json.decode(asked().getUpdates.body).offset)
      assert.same({ '{"at":42}' }, w:column "SELECT cursor FROM chore")
    end)

    it("tells a stranger so, and does nothing", function()
      answer("getUpdates", updates(press(7, 2222)))
      w:advance(SECOND)
      assert.equal("firing", w.state(w:groups()[1]))
      assert.is_truthy(asked().answerCallbackQuery.body:find("Nobody here has this address", 1, true))
    end)

    it("comes back later when it was refused, shows why, and forgets it when it works again", function()
      answer("getUpdates", '{"ok":false,"error_code":409,"description":"Conflict: can\'t use getUpdates method while webhook is active"}', { status = 409 })
      w:advance(9 * SECOND)
      assert.same({}, names())
      assert.matches("409.*Delete the bot's webhook", sync().updates.failure)
      w:advance(2 * SECOND)
      answer("getUpdates", updates())
      assert.equal(json.null, sync().updates.failure)
      w:advance(SECOND)
      answer("getUpdates", "", { failure = "TIMEOUT", status = 0 })
      assert.equal("It failed as the spec wanted it.", sync().updates.failure)
      w:advance(SECOND)
      assert.same({}, names())
      w:advance(10 * SECOND)
      assert.same({ "getUpdates" }, names())
    end)

    it("waits as long as it was told to", function()
      answer("getUpdates", '{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 35","parameters":{"retry_after":35}}', { status = 429 })
      w:advance(34 * SECOND)
      assert.same({}, names())
      w:advance(2 * SECOND)
      assert.same({ "getUpdates" }, names())
    end)

    it("is not asked when it calls us, nor when it is switched off", function()
      answer("getUpdates", updates())
      local id = sync().id
      w:api(200, "PUT", "providers/" .. id .. "/", { settings = { webhook_secret = "s3cret" } })
      answer("getUpdates", updates())
      w:advance(MINUTE)
      assert.same({}, names())
      w:api(200, "PUT", "providers/" .. id .. "/", { settings = { webhook_secret = json.null } })
      w:advance(2 * SECOND)
      answer("getUpdates", updates())
      w:api(200, "PUT", "providers/" .. id .. "/", { is_enabled = false })
      answer("getUpdates", updates(press(9)))
      w:advance(MINUTE)
      assert.same({}, names())
      assert.equal("firing", w.state(w:groups()[1]))
    end)
  end)

  describe("for its lists", function()
    before_each(function()
      w:provider("slack", { token = "xoxb-1111-2222-abcdefgh" })
      person("ada", "slack", "U0ADA")
      person("bob", "slack", "U0BOB")
      w:advance(SECOND)
    end)
    local function channels(next_cursor, ...)
      local list = json.array()
      for i, id in ipairs { ... } do list[i] = { id = id, name = id:lower() } end
      return { ok = true, channels = list, response_metadata = { next_cursor = next_cursor } }
    end
    local function groups(...) return { ok = true, usergroups = json.array { ... } } end
    local function rooms() return w:column "SELECT name FROM chat_channel ORDER BY name" end
    local function members() return w:column "SELECT u.username FROM user_group_member AS m JOIN user AS u ON u.id = m.user_id ORDER BY 1" end

    it("fills rooms page by page, drops those that are gone, and looks again after ten minutes", function()
      assert.same({ "conversations.list", "usergroups.list" }, names())
      answer("conversations.list", channels("p2", "C1", "C2"))
      assert.same({ "c1", "c2" }, rooms())
      w:advance(2 * SECOND)
      assert.same({ "usergroups.list" }, names())
      w:advance(2 * SECOND)
      assert.matches("cursor=p2", asked()["conversations.list"].url)
      answer("conversations.list", channels("", "C3"))
      assert.same({ "c1", "c2", "c3" }, rooms())
      assert.equal(3, w:api(200, "GET", "slack_channels/").count)
      w:advance(9 * MINUTE)
      assert.same({ "usergroups.list" }, names())
      w:advance(MINUTE)
      answer("conversations.list", channels("", "C1", "C4"))
      assert.same({ "c1", "c4" }, rooms())
      assert.is_string(sync().rooms.synced_at)
    end)

    it("fills user groups with our people, and calls them by a step", function()
      answer("usergroups.list", groups({ id = "S1", name = "On call", handle = "oncall", users = json.array { "U0ADA", "U0NOBODY" } },
        { id = "S2", name = "All", handle = "all" }))
      assert.same({ "ada" }, members())
      local group = w:api(200, "GET", "user_groups/?slack_handle=oncall").results[1]
      assert.equal("S1", group.slack.id)
      local id = w:rows "SELECT id FROM user_group WHERE handle = 'oncall'"[1].id
      w:post(w:hook(w:chain { { type = "notify_user_group", user_group_id = id } }), { key = "a" })
      assert.same({ "00:00 ada sms" }, w:calls(w:groups()[1].id))
      w:advance(10 * MINUTE)
      answer("usergroups.list", groups { id = "S1", name = "On call", handle = "on-call", users = json.array { "U0BOB" } })
      assert.same({ "bob" }, members())
      assert.same({ "on-call" }, w:column "SELECT handle FROM user_group")
      assert.same({ id }, w:column "SELECT id FROM user_group")
    end)

    it("keeps a user group that a step names, without anybody, until it comes back", function()
      local oncall = { id = "S1", name = "On call", handle = "oncall", users = json.array { "U0ADA" } }
      answer("usergroups.list", groups(oncall, { id = "S2", name = "Other", handle = "other" }))
      local id = w:rows "SELECT id FROM user_group WHERE handle = 'oncall'"[1].id
      local hook = w:hook(w:chain { { type = "notify_user_group", user_group_id = id } })
      w:advance(10 * MINUTE)
      answer("usergroups.list", groups())
      assert.same({ "oncall" }, w:column "SELECT handle FROM user_group")
      assert.same({}, members())
      w:post(hook, { key = "a" })
      assert.same({ "escalation_failed no_one_to_notify" }, w:lines(w:groups()[1].id, "escalation_failed"))
      w:advance(10 * MINUTE)
      answer("usergroups.list", groups(oncall))
      assert.same({ id }, w:column "SELECT id FROM user_group")
      assert.same({ "ada" }, members())
    end)

    it("goes on in time when the clock is set back, and takes no list apart for it", function()
      answer("usergroups.list", groups())
      answer("conversations.list", channels("p2", "C1"))
      w:advance(4 * SECOND)
      assert(engine.port_text(w.core, "set_clock", tostring(-60 * MINUTE)))
      w:advance(10 * SECOND)
      answer("conversations.list", channels("", "C2"))
      w:advance(2 * SECOND)
      answer("conversations.list", channels("p2", "C1"))
      w:advance(4 * SECOND)
      answer("conversations.list", channels("", "C2"))
      assert.same({ "c1", "c2" }, rooms())
      w:advance(11 * MINUTE)
      assert.same({ "conversations.list", "usergroups.list" }, names())
    end)

    it("looks again at once when it is told to, and when the account changes", function()
      answer("conversations.list", channels("", "C1"))
      answer("usergroups.list", groups())
      w:advance(MINUTE)
      assert.same({}, names())
      w:api(200, "POST", "providers/" .. sync().id .. "/sync/")
      w:advance(SECOND)
      assert.same({ "conversations.list", "usergroups.list" }, names())
      answer("conversations.list", channels("", "C1"))
      answer("usergroups.list", groups())
      w:api(200, "PUT", "providers/" .. sync().id .. "/", { settings = { token = "xoxb-new" } })
      w:advance(SECOND)
      assert.same({ "conversations.list", "usergroups.list" }, names())
    end)

    it("keeps what it knows when the list is refused, and says what to do", function()
      answer("conversations.list", channels("", "C1"))
      w:advance(10 * MINUTE)
      answer("conversations.list", { ok = false, error = "missing_scope" })
      assert.same({ "c1" }, rooms())
      assert.matches("Give the app the scopes", sync().rooms.failure)
      w:advance(9 * MINUTE)
      assert.is_nil(asked()["conversations.list"])
      w:advance(2 * MINUTE)
      answer("conversations.list", "", { status = 429, headers = { ["retry-after"] = "90" } })
      w:advance(80 * SECOND)
      assert.is_nil(asked()["conversations.list"])
      w:advance(11 * SECOND)
      answer("conversations.list", channels("", "C1"))
      assert.equal(json.null, sync().rooms.failure)
    end)

    it("survives every answer that is none", function()
      for _, body in ipairs { "", "{", "null", "[]", "5", '{"ok":true}', '{"ok":true,"channels":5}', '{"ok":true,"channels":[null,5,{"id":[]},{"id":"x y"}]}',
        '{"ok":true,"channels":[{"id":"C9"}],"response_metadata":5}', ("["):rep(500) } do
        answer("conversations.list", body)
        w:api(200, "POST", "providers/" .. sync().id .. "/sync/")
        w:advance(2 * SECOND)
      end
      assert.same({ "" }, rooms())
      for _, body in ipairs { '{"ok":true,"usergroups":{"a":1}}', '{"ok":true,"usergroups":[{"id":"S1","users":[5,null,{"id":"U0ADA"}]}]}' } do
        answer("usergroups.list", body)
        w:api(200, "POST", "providers/" .. sync().id .. "/sync/")
        w:advance(2 * SECOND)
      end
      assert.same({ "ada" }, members())
    end)

    it("knows who is in the rooms that a step calls whole", function()
      local integration = w:hook(w:chain { { type = "notify_whole_channel" } })
      w:api(200, "PUT", "routes/" .. integration.default_route.id .. "/", { slack = { channel_id = "C1", enabled = true } })
      w:post(integration, { key = "early" })
      assert.same({ "room_called step_due" }, w:lines(w:groups()[1].id, "escalation_failed", "room_called"))
      w:advance(2 * SECOND)
      assert.matches("channel=C1", asked()["conversations.members"].url)
      answer("conversations.members", { ok = true, members = json.array { "U0ADA", "U0X" }, response_metadata = { next_cursor = "m2" } })
      w:advance(4 * SECOND)
      assert.matches("cursor=m2", asked()["conversations.members"].url)
      answer("conversations.members", { ok = true, members = json.array { "U0BOB" } })
      w:post(integration, { key = "late" })
      local function called(n) return (table.concat(w:calls(w:groups()[n].id), " "):gsub("00:00 nil slack ?", "")) end -- the post
      assert.equal("00:00 ada sms 00:00 bob sms", called(2))
      w:advance(10 * MINUTE)
      answer("conversations.members", { ok = true, members = json.array { "U0BOB" } })
      w:post(integration, { key = "later" })
      assert.equal("00:00 bob sms", called(3))
    end)

    describe("in a room whose people nobody tells", function()
      local function hook(given, steps)
        local integration = w:hook(w:chain(steps or { { type = "notify_whole_channel" }, { type = "notify_persons", users = { "ada" } } }))
        w:api(200, "PUT", "routes/" .. integration.default_route.id .. "/", given)
        return integration
      end
      -- What comes after the message of the group, which is there first.
      local function called()
        for _ = 1, 3 do
          for _, letter in ipairs(w:outgoing()) do
            local room = letter.url:find "rocket" or letter.url:find "signal"
            if room and letter.body:find("@all", 1, true) then return letter end
            if room then w:answer(letter, { status = 201, body = '{"success":true,"message":{"rid":"GENERAL","_id":"jC9"},"timestamp":"1"}' }) end
          end
          w:advance(2 * SECOND)
        end
      end
      before_each(function()
        w:provider("rocketchat", { url = "https://rocket.example.org", user_id = "aobEdbYhXfu5hkeqG", token = "9HqLlyZOugoStsXCUfD" })
      end)

      it("calls everybody by a message of its own, and the chain goes on", function()
        w:post(hook { rocketchat = { id = "#alerts", enabled = true } }, { key = "a", title = "Disk @here" })
        local id = w:groups()[1].id
        local letter = called()
        local text = json.decode(letter.body).text
        assert.equal("@all", text:match "^%S+")
        assert.is_truthy(text:find("acknowledge it", 1, true), text)
        assert.is_nil(text:find("@here", 1, true))
        assert.same({ "room_called step_due" }, w:lines(id, "room_called", "escalation_failed"))
        assert.is_truthy(table.concat(w:calls(id), " "):find("ada", 1, true))
        w:answer(letter, { status = 403, body = '{"success":false,"error":"not allowed"}' })
        assert.same({ "room_call_failed not_delivered" }, w:lines(id, "room_call_failed"))
      end)

      it("does not ask for what somebody has already", function()
        w:post(hook({ rocketchat = { id = "#alerts", enabled = true } }, { { type = "wait", wait_ms = 60000 }, { type = "notify_whole_channel" } }), { key = "a" })
        local id, post = w:groups()[1].id, nil
        for _, letter in ipairs(w:outgoing()) do post = letter.url:find "rocket" and letter or post end
        w:advance(61 * SECOND) -- the post is not taken yet, and the call waits behind it
        assert.same({ "room_called step_due" }, w:lines(id, "room_called"))
        w:must(id, "acknowledge")
        w:answer(post, { failure = "TIMEOUT" })
        assert.is_nil(called())
        assert.same({ "cancelled" }, w:column "SELECT state FROM notification WHERE kind = 'call'")
      end)

      it("says which chat has no way to call everybody", function()
        w:provider("signal", { url = "http://signal.example.org:8080", number = "+15550100" })
        w:post(hook { signal = { id = "group.OTVYYkVlVXlGSDM=", enabled = true } }, { key = "a" })
        local id = w:groups()[1].id
        called()
        assert.same({ "room_called step_due", "room_call_failed not_delivered" }, w:lines(id, "room_called", "room_call_failed"))
        assert.matches("Signal has no way to call everybody", w:column "SELECT detail FROM group_log WHERE action = 'room_call_failed'"[1])
      end)
    end)

    it("says so when a whole room is to be called and the route has none", function()
      w:post(w:hook(w:chain { { type = "notify_whole_channel" } }), { key = "a" })
      assert.same({ "escalation_failed no_room" }, w:lines(w:groups()[1].id, "escalation_failed"))
    end)
  end)
end)
