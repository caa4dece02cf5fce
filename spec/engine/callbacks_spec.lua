--- Providers that call back, through the core: who is meant, what is done, what they are told, and who is refused.
local calling = require "calling"
local crypto = require "tocsin.crypto"
local encode = require "sending.encode"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local PUBLIC <const> = "https://tocsin.example.org"
local SECRET <const>, TOKEN <const> = "8f742231b10e8888abcd99yyyzzz85a5", "12345"

describe("a provider that calls back", function()
  local w, group, users, path

  before_each(function()
    w = calling.open { settings = { deliver = 1, public_url = PUBLIC } }
    users = {}
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function public_path(id)
    for _, row in ipairs(w:api(200, "GET", "providers/?perpage=100").results) do
      if w:rows("SELECT id FROM provider WHERE name = $1", row.name)[1].id == id then return "/callbacks/" .. row.id end
    end
  end
  local function person(name, channel, address, options)
    users[name] = w:user(name, { rules = { channel }, addresses = { [channel] = address }, role = options and options.role })
  end
  local function alert(...)
    w:post(w:hook(w:chain { { type = "notify_persons", users = { ... } } }), { key = "a", title = "Disk" })
    group = w:groups()[1].id
  end
  local function state() return w.state(w:groups()[1]) end
  local function call(target, body, headers)
    local status, text, kind = engine.request(w.core, "POST", target, headers or {}, body)
    return status, text, kind
  end

  -- Slack -----------------------------------------------------------------------------------------------------------

  local function slack()
    path = public_path(w:provider("slack", { token = "xoxb-1111-2222-abcdefgh", signing_secret = SECRET }))
  end
  local function click(value, options)
    options = options or {}
    local payload = json.encode { type = "block_actions", user = { id = options.user or "U024BE7LH" },
      response_url = "https://hooks.slack.com/actions/T1/2/3", actions = json.array { { action_id = "x", value = value, action_ts = options.at } } }
    local body = "payload=" .. encode.percent(payload)
    local stamp = tostring((engine.now(w.core) // 1000000) - (options.age or 0))
    local signature = "v0=" .. crypto.hex(crypto.hmac("sha256", options.secret or SECRET, "v0:" .. stamp .. ":" .. body))
    return call(path, body, { ["content-type"] = "application/x-www-form-urlencoded", ["x-slack-request-timestamp"] = stamp,
      ["x-slack-signature"] = signature })
  end

  it("acknowledges by a Slack button as the person who has that member id", function()
    slack()
    person("bob", "slack", { id = "U0OTHER" })
    person("ada", "slack", { id = "U024BE7LH" })
    alert "ada"
    assert.equal(200, (click("acknowledge:" .. group)))
    assert.equal("acknowledged", state())
    assert.equal(users.ada, w:groups()[1].acknowledged_by_id)
    assert.same({ '{"source":"slack"}' }, w:column "SELECT detail FROM group_log WHERE action = 'acknowledged'")
  end)

  it("refuses a button with a wrong or old signature", function()
    slack()
    person("ada", "slack", { id = "U024BE7LH" })
    alert "ada"
    assert.equal(403, (click("acknowledge:" .. group, { secret = "guess" })))
    assert.equal(403, (click("acknowledge:" .. group, { age = 301 })))
    assert.equal(403, (call(path, "payload=%7B%7D", {})))
    assert.equal("firing", state())
  end)

  it("tells who is unknown, a viewer or late, and nobody else", function()
    slack()
    person("ada", "slack", { id = "U024BE7LH" })
    person("eve", "slack", { id = "U0VIEWER" }, { role = "viewer" })
    alert "ada"
    w:outgoing()
    local function told(...)
      assert.equal(200, (click(...)))
      local letters, texts = w:outgoing(), {}
      for i, letter in ipairs(letters) do
        assert.equal("https://hooks.slack.com/actions/T1/2/3", letter.url)
        texts[i] = json.decode(letter.body).text
        w:answer(letter, { status = 404, body = "gone" })
      end
      return table.concat(texts, "|")
    end
    assert.matches("^Nobody here has this address", told("acknowledge:" .. group, { user = "U0NOBODY" }))
    assert.matches("^You may not act", told("acknowledge:" .. group, { user = "U0VIEWER" }))
    assert.matches("does not exist", told "acknowledge:999")
    assert.equal("firing", state())
    assert.equal("", told("resolve:" .. group))
    assert.equal("Can't acknowledge a resolved alert group.", told("acknowledge:" .. group))
    assert.same({ "sent" }, w:column "SELECT DISTINCT state FROM notification WHERE kind = 'request'")
    assert.same({}, w:column "SELECT detail FROM notification WHERE detail LIKE '%slack.com%'")
  end)

  it("takes a verified address before others, and no unverified one of several people", function()
    slack()
    person("mallory", "slack", { id = "U024BE7LH" })
    person("ada", "slack", { id = "U024BE7LH" })
    w:rows("UPDATE contact_method SET verified_at = NULL")
    alert "ada"
    click("acknowledge:" .. group)
    assert.equal("firing", state())
    w:rows("UPDATE contact_method SET verified_at = 1 WHERE user_id = $1", users.ada)
    click("acknowledge:" .. group)
    assert.equal(users.ada, w:groups()[1].acknowledged_by_id)
  end)

  -- Twilio ----------------------------------------------------------------------------------------------------------

  local function twilio()
    path = public_path(w:provider("twilio", { account_sid = "AC0123456789abcdef0123456789abcdef", auth_token = TOKEN, from = "+15550100" }))
  end
  local function ring(target, fields, token)
    local names, parts, signed = {}, {}, { PUBLIC .. target }
    for name in pairs(fields) do names[#names + 1] = name end
    table.sort(names)
    for i, name in ipairs(names) do
      parts[i] = name .. "=" .. encode.percent(fields[name])
      signed[#signed + 1] = name .. fields[name]
    end
    return call(target, table.concat(parts, "&"), { ["content-type"] = "application/x-www-form-urlencoded",
      ["x-twilio-signature"] = crypto.base64(crypto.hmac("sha1", token or TOKEN, table.concat(signed))) })
  end
  local function called()
    local letter = w:outgoing()[1]
    w:answer(letter, { status = 201, body = [[{"sid":"CA00112233445566778899aabbccddeeff","status":"queued"}]] })
    local form = encode.read_form(letter.body)
    local action = form.Twiml:match('action="([^"]*)"'):gsub("&amp;", "&")
    return action:sub(#PUBLIC + 1), form.StatusCallback:sub(#PUBLIC + 1)
  end

  it("acknowledges by the key 1 in a call, to the very address that the call was given", function()
    twilio()
    person("ada", "phone_call", { phone = "+15558675310" })
    alert "ada"
    local key = called()
    assert.equal(path .. "?do=key&group=" .. group, key:match("^(.*)&key="))
    local pressed = { CallSid = "CA00112233445566778899aabbccddeeff", Direction = "outbound-api", From = "+15550100", To = "+15558675310", Digits = "1" }
    assert.equal(403, (ring(key, pressed, "wrong")))
    assert.equal("firing", state())
    local status, body, kind = ring(key, pressed)
    assert.same({ 200, "text/xml" }, { status, kind })
    assert.is_truthy(body:find("Acknowledged. Goodbye.", 1, true))
    assert.equal(users.ada, w:groups()[1].acknowledged_by_id)
    local _, again = ring(key, pressed)
    assert.is_truthy(again:find("already", 1, true) or again:find("acknowledge an acknowledged", 1, true), again)
  end)

  it("notes what became of a call, and keeps the last word", function()
    twilio()
    person("ada", "phone_call", { phone = "+15558675310" })
    alert "ada"
    local _, status = called()
    local function delivery() return w:rows "SELECT d.state AS d, n.state AS n FROM delivery AS d JOIN notification AS n ON n.id = d.notification_id"[1] end
    assert.same({ d = "sent", n = "sent" }, delivery())
    assert.equal(204, (ring(status, { CallSid = "CA00112233445566778899aabbccddeeff", CallStatus = "no-answer", To = "+15558675310" })))
    assert.same({ d = "no_answer", n = "sent" }, delivery())
    ring(status, { CallSid = "CA00112233445566778899aabbccddeeff", CallStatus = "completed" })
    assert.same({ d = "answered", n = "delivered" }, delivery())
    ring(status, { CallSid = "CA00112233445566778899aabbccddeeff", CallStatus = "busy" })
    assert.same({ d = "answered", n = "delivered" }, delivery())
  end)

  -- What becomes of a text message, told by its SMS id.
  local function sent_sms(letter, sid)
    w:answer(letter, { status = 201, body = '{"sid":"' .. sid .. '","status":"queued"}' })
    return (encode.read_form(letter.body)).StatusCallback:sub(#PUBLIC + 1)
  end
  local function undelivered(target, sid)
    return (ring(target, { MessageSid = sid, MessageStatus = "undelivered", ErrorCode = "30003", To = "+15558675310" }))
  end

  it("calls by the next rule at once when a text message did not arrive after all", function()
    twilio()
    users.ada = w:user("ada", { rules = { "sms", 15, "phone_call", 15, "sms" },
      addresses = { sms = { phone = "+15558675310" }, phone_call = { phone = "+15558675310" } } })
    alert "ada"
    local status = sent_sms(w:outgoing()[1], "SM1")
    w:advance(60000)
    assert.same({}, w:outgoing())
    assert.equal(204, undelivered(status, "SM1"))
    assert.same({ "00:00 ada sms", "01:00 ada phone_call" }, w:calls(group))
    assert.same({ "page_failed undelivered" }, w:lines(group, "page_failed"))
    assert.same({ "failed", "Twilio error 30003" }, { w:column "SELECT state FROM notification"[1], w:column "SELECT error FROM notification"[1] })
    assert.same({ "Twilio error 30003" }, w:column "SELECT failure FROM contact_method WHERE failed_at IS NOT NULL")
    undelivered(status, "SM1") -- they tell it twice
    assert.equal(2, #w:calls(group))
    w:advance(15 * 60000)
    assert.equal("16:00 ada sms", w:calls(group)[3]) -- the wait is a whole one again
  end)

  it("cuts no wait short for a message that the page has left behind, and wakes no page that was answered", function()
    twilio()
    users.ada = w:user("ada", { rules = { "sms", 5, "phone_call", 15, "sms" },
      addresses = { sms = { phone = "+15558675310" }, phone_call = { phone = "+15558675310" } } })
    alert "ada"
    local status = sent_sms(w:outgoing()[1], "SM1")
    w:advance(6 * 60000)
    undelivered(status, "SM1")
    assert.equal(2, #w:calls(group))
    assert.same({ "page_failed undelivered" }, w:lines(group, "page_failed"))
    alert "ada"
    w:advance(3 * 60000)
    local letters = w:outgoing()
    local late = sent_sms(letters[#letters], "SM9")
    w:api(200, "POST", "alert_groups/" .. w:api(200, "GET", "alert_groups/").results[1].id .. "/acknowledge/")
    local before = w:column("SELECT count(*) FROM notification")[1]
    undelivered(late, "SM9")
    assert.equal(before, w:column("SELECT count(*) FROM notification")[1])
  end)

  it("goes on with every page that one message stood for", function()
    twilio()
    users.ada = w:user("ada", { rules = { "sms", 60, "phone_call" }, addresses = { sms = { phone = "+15558675310" }, phone_call = { phone = "+15558675310" } } })
    local hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } })
    w:post(hook, { key = "first" })
    sent_sms(w:outgoing()[1], "SM1")
    w:post(hook, { key = "second" })
    w:post(hook, { key = "third" })
    w:advance(121000)
    local letters = w:outgoing()
    assert.equal(1, #letters) -- the two together
    undelivered(sent_sms(letters[1], "SM2"), "SM2")
    assert.same({ 1, 2 }, { #w:calls(1), #w:calls(2) })
    assert.same({ "page_failed undelivered" }, w:lines(3, "page_failed"))
    assert.equal(2, #w:calls(3))
  end)

  it("acts on a text message, and answers one of a stranger politely", function()
    twilio()
    person("ada", "sms", { phone = "+15558675310" })
    alert "ada"
    w:outgoing()
    local _, body = ring(path, { From = "+15550000001", To = "+15550100", Body = group .. "a", MessageSid = "SM1" })
    assert.is_truthy(body:find("Nobody here has this address", 1, true))
    assert.equal("firing", state())
    _, body = ring(path, { From = "+15558675310", To = "+15550100", Body = group .. " ack", MessageSid = "SM2" })
    assert.is_truthy(body:find("acknowledge received", 1, true))
    assert.equal("acknowledged", state())
  end)

  -- Twice ------------------------------------------------------------------------------------------------------------

  local function deeds() return #w:rows "SELECT 1 FROM group_log WHERE action IN ('acknowledged', 'silenced')" end
  local function undo()
    w:must(group, "unacknowledge")
    w:advance(30 * 86400000)
    assert.equal("firing", state())
  end

  it("does nothing a second time for a text message that somebody kept, and takes a new one", function()
    twilio()
    person("ada", "sms", { phone = "+15558675310" })
    alert "ada"
    w:outgoing()
    local message = { From = "+15558675310", To = "+15550100", Body = group .. "a", MessageSid = "SM1" }
    ring(path, message)
    assert.equal("acknowledged", state())
    undo()
    local _, body = ring(path, message)
    assert.is_truthy(body:find("This was done already, and a press counts once.", 1, true), body)
    assert.equal("firing", state())
    message.MessageSid = "SM2"
    ring(path, message)
    assert.equal("acknowledged", state())
  end)

  it("does nothing a second time for a key that was pressed in a call", function()
    twilio()
    person("ada", "phone_call", { phone = "+15558675310" })
    alert "ada"
    local key = called()
    local pressed = { CallSid = "CA00112233445566778899aabbccddeeff", Direction = "outbound-api", From = "+15550100", To = "+15558675310", Digits = "1" }
    ring(key, pressed)
    undo()
    assert.is_truthy(select(2, ring(key, pressed)):find("a press counts once", 1, true))
    assert.same({ "firing", 1 }, { state(), deeds() })
  end)

  local function press(context, user)
    return call(path, json.encode { user_id = user or "9ojw1kfqqtfmbqh8hqnyhgs5zw", context = context })
  end

  it("does nothing a second time for a button of Mattermost, whoever is named, until it is shown anew", function()
    local id = w:provider("mattermost", { url = "https://chat.example.org", token = "xr3j5x3p4pfk7kk6ck7b4e6ghh" })
    path = public_path(id)
    person("ada", "mattermost", { id = "4xp9fdt77pncbef59f4k1qe83o", user = "9ojw1kfqqtfmbqh8hqnyhgs5zw" })
    person("eve", "mattermost", { id = "5xp9fdt77pncbef59f4k1qe83o", user = "8ojw1kfqqtfmbqh8hqnyhgs5zw" })
    alert "ada"
    local function shown()
      local letter = w:outgoing()[1]
      w:answer(letter, { status = 201, body = '{"id":"8xk1ctb9ifn3fmmhgtjkkdpzbh"}' })
      return json.decode(letter.body).props.attachments[1].actions[1].integration.context
    end
    local context = shown()
    press(context)
    assert.equal(users.ada, w:groups()[1].acknowledged_by_id)
    w:must(group, "unacknowledge")
    w:advance(5 * 60000)
    local anew = shown() -- when it is given back they are called again
    for _, user in ipairs { "9ojw1kfqqtfmbqh8hqnyhgs5zw", "8ojw1kfqqtfmbqh8hqnyhgs5zw" } do
      local _, body = press(context, user)
      assert.equal("This was done already, and a press counts once.", json.decode(body).ephemeral_text)
    end
    context.key = "another"
    assert.equal(403, (press(context)))
    assert.same({ "firing", 1 }, { state(), deeds() })
    press(anew)
    assert.equal("acknowledged", state())
  end)

  it("does nothing a second time for a press in Slack within the minutes for which it is signed", function()
    slack()
    person("ada", "slack", { id = "U024BE7LH" })
    alert "ada"
    click("acknowledge:" .. group, { at = "1548426417.840180" })
    w:must(group, "unacknowledge")
    click("acknowledge:" .. group, { at = "1548426417.840180" })
    assert.equal("firing", state())
    click("acknowledge:" .. group, { at = "1548426418.000001" })
    assert.equal("acknowledged", state())
  end)

  -- Discord ---------------------------------------------------------------------------------------------------------

  local PUBLIC_KEY <const> = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8" -- of the bytes 0 to 31
  local SIGN <const> = "import sys\nfrom cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey as K\n" ..
    "print(K.from_private_bytes(bytes(range(32))).sign(open(sys.argv[1], 'rb').read()).hex())"

  local function interact(body, options)
    options = options or {}
    local text, stamp = json.encode(body), tostring((engine.now(w.core) // 1000000) - (options.age or 0))
    local name = os.tmpname()
    local file = assert(io.open(name, "wb"))
    file:write(stamp .. text)
    file:close()
    local pipe <close> = assert(io.popen(("/usr/bin/python3 -I -c \"%s\" %s"):format(SIGN, name)))
    local signature = pipe:read "l"
    os.remove(name)
    return call(path, text .. (options.more or ""), { ["x-signature-timestamp"] = stamp, ["x-signature-ed25519"] = signature })
  end

  it("acts for a button of Discord as the person who has that user id, and refuses what is not signed with 401", function()
    path = public_path(w:provider("discord_bot", { token = "MTk4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs", public_key = PUBLIC_KEY }))
    person("ada", "discord_bot", { id = "199737254929760256", user = "80351110224678912" })
    alert "ada"
    local function pressed(value, id, user)
      return { type = 3, id = id or "1", member = { user = { id = user or "80351110224678912" } }, data = { custom_id = value } }
    end
    local status, body = interact { type = 1 }
    assert.same({ 200, '{"type":1}' }, { status, body })
    assert.equal(401, (interact({ type = 1 }, { more = " " })))
    assert.equal(401, (interact({ type = 1 }, { age = 301 })))
    assert.equal(401, (call(path, '{"type":1}', {})))
    assert.equal(401, (call(path, '{"type":1}', { ["x-signature-timestamp"] = "x", ["x-signature-ed25519"] = ("zz"):rep(64) })))
    status, body = interact(pressed("acknowledge:" .. group, "1", "99"))
    assert.equal(200, status)
    assert.is_truthy(body:find("Nobody here has this address", 1, true))
    assert.same({ 4, 64 }, { json.decode(body).type, json.decode(body).data.flags })
    assert.equal("firing", state())
    for _, odd in ipairs { { type = 3 }, { type = 3, data = {} }, { type = 3, data = { custom_id = "acknowledge:x" } }, { type = 2 },
        { type = 3, data = { values = json.array() } }, { type = 3, member = "x", data = { custom_id = "acknowledge:1" } } } do
      assert.equal(200, (interact(odd)))
    end
    assert.equal("firing", state())
    assert.equal('{"type":6}', select(2, interact(pressed("acknowledge:" .. group))))
    assert.equal(users.ada, w:groups()[1].acknowledged_by_id)
    w:must(group, "unacknowledge")
    interact(pressed("acknowledge:" .. group))
    assert.equal("firing", state())
    interact(pressed("acknowledge:" .. group, "2"))
    assert.equal("acknowledged", state())
  end)

  it("is not there when it is unknown, switched off or of a kind that sends nothing", function()
    slack()
    person("ada", "slack", { id = "U024BE7LH" })
    alert "ada"
    assert.equal(404, (call("/callbacks/PNOBODY", "")))
    assert.equal(404, (call("/callbacks/", "")))
    w:rows "UPDATE provider SET is_enabled = 0"
    assert.equal(404, (click("acknowledge:" .. group)))
    assert.equal(404, (call(public_path(w:provider("ntfy", {})), "")))
    assert.equal("firing", state())
  end)
end)
