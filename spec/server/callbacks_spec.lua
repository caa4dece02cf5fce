--- What providers and people send back, through the real server: signed as the vendor signs, forged, unsigned, and again.
--- Signatures are made or judged by the libraries that the vendors give away (spec/support/judge.js).
require "tocsin.core"
local cjson = require "cjson"
local crypto = require "tocsin.crypto"
local encode = require "sending.encode"
local line_process = require "line_process"
local provider_world = require "provider_world"
local server = require "server"

local SLACK_ID <const>, TELEGRAM_ID <const>, MATTERMOST_ID <const> = "U024BE7LH", "1111", "9ojw1kfqqtfmbqh8hqnyhgs5zw"

describe("what comes back to the server", function()
  local w, judge, user, ids, groups

  setup(function()
    w, ids, groups = provider_world.open(), {}, 0
    judge = line_process.start("node", { "spec/support/judge.js" })
    for name, over in pairs { slack = {}, twilio = {}, pushover = {}, ntfy = {}, mattermost = {}, telegram = { webhook_secret = "s3cret_T" } } do
      ids[name] = w:provider(name, over).id
    end
    w.server.expects = '"message":"Provider P%w+ called back and was refused'
    user = w:api("POST", "/users/", { username = "ada", name = "Ada", role = "editor" }).id
    local addresses = { slack = { id = SLACK_ID }, telegram = { id = TELEGRAM_ID }, mattermost = { id = w.addresses.mattermost.id, user = MATTERMOST_ID },
      sms = w.addresses.twilio, phone_call = w.addresses.twilio, pushover = w.addresses.pushover, ntfy = w.addresses.ntfy }
    for name, address in pairs(addresses) do
      w:api("POST", "/contact_methods/", { user_id = user, channel = name, address = address, is_verified = true })
    end
  end)
  teardown(function()
    judge:stop()
    w:close()
  end)

  -- A new group whose alerts go to this path → its id, and what the fake was sent for it
  local function open(path, fake_name)
    w:received()
    local group = w:alert(path, { key = "k" .. groups, title = "Disk " .. groups })
    local found
    server.wait(function()
      for _, entry in ipairs(w:received()[fake_name] or {}) do
        local body = crypto.unbase64(entry.request.body)
        local words = body:gsub("+", " "):gsub("%%20", " ")
        if words:find("Disk " .. groups, 1, true) then found = body end -- others may still be called off
      end
      return found
    end, fake_name)
    return group, found
  end
  -- The same, posted in the rooms or with ada called on this channel.
  local function problem(channel_name, fake_name, rooms)
    groups = groups + 1
    local is_important = channel_name == "pushover"
    if channel_name then
      local rule = w:api("GET", "/personal_notification_rules/?user_id=" .. user).results[1]
      if rule then w:api("DELETE", "/personal_notification_rules/" .. rule.id .. "/") end
      w:api("POST", "/personal_notification_rules/", { user_id = user, type = "notify_by_" .. channel_name, important = is_important })
    end
    return open(w:hook(channel_name and w:chain({ user }, is_important), rooms), fake_name)
  end
  local function state(group) return w:api("GET", "/alert_groups/" .. group .. "/").state end
  local function by(group) return w:api("GET", "/alert_groups/" .. group .. "/").acknowledged_by end
  local function log_lines(group) return tonumber(w:column(("SELECT count(*) FROM group_log WHERE action = 'acknowledged' AND alert_group_id = " ..
    "(SELECT id FROM alert_group ORDER BY id DESC LIMIT 1) -- %s"):format(group))) end
  local function post(target, body, headers)
    return w.server:request("POST", target, { body = body, headers = headers, anonymous = true })
  end

  -- The right one acts once; each of the others is refused and does nothing.
  local function check(group, right, wrong)
    for name, send in pairs(wrong) do
      assert.equal(403, send().status, name)
      assert.equal("firing", state(group), name)
    end
    assert.equal(200, right().status)
    assert.same({ "acknowledged", user, 1 }, { state(group), by(group), log_lines(group) })
    right()
    assert.same({ "acknowledged", user, 1 }, { state(group), by(group), log_lines(group) })
  end

  local FORM <const> = "application/x-www-form-urlencoded"

  it("is a button in a Slack channel", function()
    local secret = w.accounts.slack.signing_secret
    local group, body = problem(nil, "slack", { slack = { channel_id = "C024BE91L", enabled = true } })
    local value
    for _, attachment in ipairs(cjson.decode(body).attachments) do
      for _, block in ipairs(attachment.blocks or {}) do
        for _, element in ipairs(block.elements or {}) do
          if element.action_id == "acknowledge" then value = element.value end
        end
      end
    end
    local function click(options)
      local payload = cjson.encode { type = "block_actions", user = { id = options.user or SLACK_ID }, actions = { { action_id = "acknowledge", value = value } } }
      local form, stamp = "payload=" .. encode.percent(payload), tostring(os.time() - (options.age or 0))
      local sign = judge:ask { ["do"] = "slack_sign", secret = options.secret or secret, body = form, stamp = stamp }.signature
      local is_good = judge:ask { ["do"] = "slack", secret = secret, body = form, stamp = stamp, signature = sign }.ok
      assert.equal(not options.age and not options.secret, is_good) -- Slack's own library agrees
      return post("/callbacks/" .. ids.slack, form, { ["Content-Type"] = FORM, ["X-Slack-Request-Timestamp"] = stamp,
        ["X-Slack-Signature"] = not options.unsigned and sign or nil })
    end
    check(group, function() return click {} end, { forged = function() return click { secret = "guess" } end,
      unsigned = function() return click { unsigned = true } end, replayed = function() return click { age = 302 } end })
  end)

  it("is a button in a Telegram group, by webhook", function()
    local group, body = problem(nil, "telegram", { telegram = { id = "-1001234567890", enabled = true } })
    local data = cjson.decode(body).reply_markup.inline_keyboard[1][1].callback_data
    local function click(token)
      return post("/callbacks/" .. ids.telegram, cjson.encode { update_id = 5, callback_query = { id = "1", data = data,
        from = { id = tonumber(TELEGRAM_ID), is_bot = false, first_name = "Ada" } } }, { ["X-Telegram-Bot-Api-Secret-Token"] = token })
    end
    check(group, function() return click "s3cret_T" end, { forged = function() return click "guess" end, unsigned = function() return click(nil) end })
    server.wait(function()
      for _, entry in ipairs(w:received().telegram or {}) do
        if entry.request.url:find("answerCallbackQuery", 1, true) then return true end
      end
    end, "Telegram to be told that the button was seen")
  end)

  it("is a button in a Mattermost channel", function()
    local group, body = problem(nil, "mattermost", { mattermost = { id = w.addresses.mattermost.id, enabled = true } })
    local integration = cjson.decode(body).props.attachments[1].actions[1].integration
    assert.equal(provider_world.PUBLIC .. "/callbacks/" .. ids.mattermost, integration.url)
    local function click(context, user_id)
      return post("/callbacks/" .. ids.mattermost, cjson.encode { user_id = user_id or MATTERMOST_ID, channel_id = w.addresses.mattermost.id, context = context }, {})
    end
    local stranger = click(integration.context, "x" .. MATTERMOST_ID:sub(2))
    assert.equal(200, stranger.status)
    assert.is_truthy(stranger.body:find("Nobody here has this address", 1, true))
    check(group, function() return click(integration.context) end, {
      forged = function() return click { value = integration.context.value, sign = ("0"):rep(64) } end,
      unsigned = function() return click { value = integration.context.value } end,
      ["of another group"] = function() return click { value = "acknowledge:999", sign = integration.context.sign } end })
  end)

  local function twilio(target, fields, token, is_unsigned, sent_to)
    local parts = {}
    for name, value in pairs(fields) do parts[#parts + 1] = name .. "=" .. encode.percent(value) end
    local sign = judge:ask { ["do"] = "twilio", token = token or w.accounts.twilio.auth_token, url = provider_world.PUBLIC .. target, fields = fields }.signature
    return post(sent_to or target, table.concat(parts, "&"), { ["Content-Type"] = FORM, ["X-Twilio-Signature"] = not is_unsigned and sign or nil })
  end

  it("is a key that was pressed in a call", function()
    local group, body = problem("phone_call", "twilio")
    local form = encode.read_form(body)
    local target = form.Twiml:match('action="([^"]*)"'):gsub("&amp;", "&"):sub(#provider_world.PUBLIC + 1)
    local pressed = { CallSid = "CA00112233445566778899aabbccddeeff", Direction = "outbound-api", From = form.From, To = form.To, Digits = "1" }
    check(group, function() return twilio(target, pressed) end, { forged = function() return twilio(target, pressed, "guess") end,
      unsigned = function() return twilio(target, pressed, nil, true) end,
      ["of another address"] = function() return twilio(target, pressed, nil, false, target .. "&x=1") end })
  end)

  it("is a reply to a text message", function()
    local group, body = problem("sms", "twilio")
    local form = encode.read_form(body)
    local number = form.Body:match "^#(%d+)"
    local message = { MessageSid = "SM02", From = form.To, To = "+15550100", Body = number .. " ack" }
    local target = "/callbacks/" .. ids.twilio
    check(group, function() return twilio(target, message) end, { forged = function() return twilio(target, message, "guess") end,
      unsigned = function() return twilio(target, message, nil, true) end })
  end)

  it("is the news that a text message did not arrive: the next rule comes at once, and every attempt is shown", function()
    groups = groups + 1
    local bob = w:person("bob", "sms", w.addresses.twilio)
    w:api("POST", "/contact_methods/", { user_id = bob, channel = "ntfy", address = w.addresses.ntfy, is_verified = true })
    w:api("POST", "/personal_notification_rules/", { user_id = bob, type = "wait", duration = 3600 })
    w:api("POST", "/personal_notification_rules/", { user_id = bob, type = "notify_by_ntfy" })
    local group, body = open(w:hook(w:chain { bob }), "twilio")
    local target = encode.read_form(body).StatusCallback:sub(#provider_world.PUBLIC + 1)
    server.wait(function() return w:notifications(group, "page").sms.state == "sent" end, "the record")
    local news = { MessageSid = w:notifications(group, "page").sms.deliveries[1].external_id, MessageStatus = "undelivered", ErrorCode = "30003" }
    assert.equal(403, twilio(target, news, "guess").status)
    assert.equal("sent", w:notifications(group, "page").sms.state)
    assert.equal(204, twilio(target, news).status)
    local pages
    server.wait(function()
      pages = w:notifications(group, "page")
      return pages.ntfy and pages.ntfy.state == "sent"
    end, "the next rule, an hour early")
    assert.same({ "failed", "failed", "Twilio error 30003", "rule_before_failed" },
      { pages.sms.state, pages.sms.deliveries[1].state, pages.sms.error, pages.ntfy.reason })
  end)

  it("is an acknowledge in the Pushover app", function()
    local group, body = problem("pushover", "pushover")
    local form = encode.read_form(body)
    assert.equal("2", form.priority)
    local target = form.callback:sub(#provider_world.PUBLIC + 1)
    local function tap(changed) return post(changed or target, "receipt=r&acknowledged=1&acknowledged_by=" .. form.user, { ["Content-Type"] = FORM }) end
    check(group, tap, { forged = function() return tap((target:gsub("sign=%x", "sign=z"))) end,
      unsigned = function() return tap((target:gsub("&sign=.*$", ""))) end, ["of another group"] = function() return tap((target:gsub("group=%d+", "group=1"))) end })
  end)

  it("is a link that was opened: nothing happens before its form is sent", function()
    local group, body = problem("ntfy", "ntfy")
    local link
    for _, action in ipairs(cjson.decode(body).actions) do
      if action.label == "Acknowledge" then link = action.url:sub(#provider_world.PUBLIC + 1) end
    end
    for _, method in ipairs { "GET", "HEAD", "OPTIONS" } do
      w.server:request(method, link, { anonymous = true })
      assert.equal("firing", state(group))
    end
    check(group, function() return post(link, "", {}) end, { forged = function() return post(link:gsub(".$", function(c) return c == "A" and "B" or "A" end), "", {}) end,
      unsigned = function() return post(link:gsub("%.[^.]*$", "."), "", {}) end,
      ["of another verb"] = function() return post(link:gsub("/act/a", "/act/r"), "", {}) end })
  end)
end)
