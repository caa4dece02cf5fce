--- Outgoing webhooks through the core: what is sent when, what of it is remembered, and what makes another attempt.
local calling = require "calling"
local crypto = require "tocsin.crypto"
local json = require "tocsin.json"

local SECOND <const> = 1000

describe("a webhook", function()
  local w, hook

  before_each(function()
    w = calling.open { settings = { deliver = 1 } }
    hook = nil
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function webhook(fields)
    fields.name = fields.name or "hook " .. #w:rows "SELECT id FROM webhook"
    fields.url = fields.url or "https://tickets.example.org/new"
    fields.http_method = fields.http_method or "POST"
    return w:api(201, "POST", "webhooks/", fields)
  end
  local function post(payload)
    hook = hook or w:integration { templates = { grouping_key = "{{ payload.key }}", resolve_signal = "{{ payload.state == 'ok' }}" } }
    w:post(hook, payload or { key = "a", text = 'He said "no"' })
  end
  local function types(letters)
    local out = {}
    for i, letter in ipairs(letters) do out[i] = json.decode(letter.body).event.type end
    return out
  end

  it("forwards everything that is known of a new group", function()
    webhook { trigger_type = "alert group created" }
    post()
    local sent = w:outgoing()
    assert.equal(1, #sent)
    local body = json.decode(sent[1].body)
    assert.same({ "POST", "https://tickets.example.org/new", "application/json" },
      { sent[1].method, sent[1].url, sent[1].headers["Content-Type"] })
    assert.equal("alert group created", body.event.type)
    assert.equal('He said "no"', body.alert_payload.text)
    assert.same({ "firing", body.alert_group_id }, { body.alert_group.state, body.alert_group.id })
    assert.same({ "webhook", hook.name }, { body.integration.type, body.integration.name })
  end)

  it("knows all that OnCall's know, in the same shapes", function()
    w:user("ada", { rules = { "ntfy" }, addresses = { ntfy = { topic = "ada-phone" } } })
    w:user "bob"
    w:provider("ntfy", {})
    local token, eve_id = w:person "eve"
    local team = w:api(201, "POST", "teams/", { name = "Storage" }).id
    w:rows("INSERT INTO team_member (team_id, user_id) SELECT id, $1 FROM team", eve_id)
    webhook { trigger_type = "acknowledge", name = "told", labels = { { key = { name = "to" }, value = { name = "ops" } } } }
    hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } }, { type = "wait", wait_ms = 60000 },
      { type = "notify_person_next_each_time", users = { "bob", "ada" } } }, { team_id = team, name = "shop",
      labels = { { key = { name = "site" }, value = { name = "north" } } },
      dynamic_labels = { { key = { name = "key" }, value = { name = "{{ payload.key }}" } } } })
    post()
    w:answer(w:outgoing()[1], { status = 200, body = '{"id":"m1"}' })
    w:must(1, "acknowledge", nil, token)
    local body = json.decode(w:outgoing()[1].body)
    local eve = w:api(200, "GET", "users/?username=eve").results[1]
    local group = w:api(200, "GET", "alert_groups/").results[1]
    assert.same({ id = eve.id, username = "eve", email = eve.email }, body.user)
    assert.same({ "acknowledge", group.acknowledged_at }, { body.event.type, body.event.time })
    assert.same({ site = "north", key = "a" }, body.alert_group.labels)
    assert.same({ group.id, group.title, "acknowledged", group.last_alert.id }, { body.alert_group.id, body.alert_group.title,
      body.alert_group.state, body.alert_group.last_alert.id })
    assert.same({ id = hook.id, type = "webhook", name = "shop", team = "Storage", labels = { site = "north" } }, body.integration)
    local function names(list)
      local out = {}
      for i, user in ipairs(list) do out[i] = user.username end
      return out
    end
    assert.same({ "ada" }, names(body.notified_users))
    assert.same({ "ada" }, names(body.users_to_be_notified)) -- all steps: Ada, and Ada whose turn it is
    assert.same({ body.user, json.null }, { body.alert_group_acknowledged_by, body.alert_group_resolved_by })
    assert.is_nil(body.responses)
    assert.same({ id = w:api(200, "GET", "webhooks/").results[1].id, name = "told", labels = { to = "ops" } }, body.webhook)
    assert.is_nil(body.event["until"])
    assert.is_nil(body.event.user)
  end)

  it("has the time of its event where there is one, and its end for a silence", function()
    webhook { trigger_type = "status change" }
    post()
    local function event(verb, more)
      w:must(1, verb, more)
      local letter = w:outgoing()[1]
      w:answer(letter, { status = 200, body = "" })
      return json.decode(letter.body).event
    end
    local group = function() return w:api(200, "GET", "alert_groups/").results[1] end
    local silence = event("silence", { delay = 600 })
    assert.same({ type = "silence", time = group().silenced_at, ["until"] = group().silenced_until }, silence)
    assert.same({ type = "unsilence" }, event "unsilence")
    local resolve = event "resolve"
    assert.same({ type = "resolve", time = group().resolved_at }, resolve)
    assert.is_string(resolve.time)
    assert.same({ type = "unresolve" }, event "unresolve")
  end)

  it("hears of deeds of sources, timers and last steps as well, once for each group that follows", function()
    webhook { trigger_type = "status change" }
    hook = w:hook(w:chain { { type = "wait", wait_ms = 60000 }, { type = "resolve" } }, { templates = { grouping_key = "{{ payload.key }}",
      resolve_signal = "{{ payload.state == 'ok' }}", acknowledge_signal = "{{ payload.ack }}" }, auto_resolve_after = 60 })
    local function look() -- one goes after the other, for they have one target
      local seen = {}
      for _ = 1, 3 do
        for _, letter in ipairs(w:outgoing()) do
          local body = json.decode(letter.body)
          seen[#seen + 1] = body.event.type .. " " .. (body.user ~= json.null and body.user.username or "-")
          w:answer(letter, { status = 200, body = "" })
        end
      end
      return seen
    end
    w:post(hook, { key = "a", ack = true })
    w:post(hook, { key = "a", state = "ok" })
    assert.same({ "acknowledge -", "resolve -" }, look()) -- by the source
    w:post(hook, { key = "b" })
    w:must(2, "silence", { delay = 30 })
    assert.same({ "silence -" }, look())
    w:advance(30 * SECOND) -- by its timer
    assert.same({ "unsilence -" }, look())
    w:advance(90 * SECOND) -- by its last step or because it is quiet
    assert.same({ "resolve -" }, look())
    w:post(hook, { key = "c" })
    w:post(hook, { key = "d" })
    w:must(4, "attach", { root_alert_group_id = w:api(200, "GET", "alert_groups/").results[2].id })
    w:must(3, "acknowledge", nil, (w:person "eve"))
    assert.same({ "acknowledge eve", "acknowledge eve" }, look())
  end)

  it("says what is wrong with an address that leads back here", function()
    w:close()
    w = calling.open { settings = { deliver = 1, public_url = "https://tocsin.example.org" } }
    webhook { trigger_type = "alert group created", url = "HTTPS://Tocsin.example.org/integrations/v1/webhook/x/" }
    post()
    assert.same({}, w:outgoing())
    assert.same({ "URL - it leads back to this server" }, w:column "SELECT error FROM webhook_response")
  end)

  it("hears of what it asked for, and of each status when it asked for all", function()
    webhook { trigger_type = "status change", name = "all" }
    webhook { trigger_type = "resolve", name = "ends" }
    post()
    local seen = {}
    local function look()
      for _, letter in ipairs(w:outgoing()) do
        seen[#seen + 1] = json.decode(letter.body).event.type
        w:answer(letter, { status = 200, body = "{}" })
      end
    end
    for _, verb in ipairs { "acknowledge", "unacknowledge", "silence", "unsilence", "resolve", "unresolve" } do
      w:must(1, verb, verb == "silence" and { delay = 600 } or nil)
      look()
    end
    assert.same({ "acknowledge", "unacknowledge", "silence", "unsilence", "resolve", "resolve", "unresolve" }, seen)
  end)

  it("does not hear of what another deed implies", function()
    webhook { trigger_type = "unsilence" }
    post()
    w:must(1, "silence", { delay = 600 })
    w:must(1, "resolve")
    assert.same({}, w:outgoing())
  end)

  it("of another integration hears nothing", function()
    local other = w:integration()
    webhook { trigger_type = "alert group created", integration_filter = { other.id } }
    post()
    assert.same({}, w:outgoing())
    w:post(other, { key = "b" })
    assert.same({ "alert group created" }, types(w:outgoing()))
  end)

  it("writes its own words, escaped for JSON, and headers and address by templates", function()
    webhook { trigger_type = "alert group created", forward_all = false, url = "https://tickets.example.org/{{ alert_payload.key }}",
      data = '{"summary": "{{ alert_payload.text }}"}', headers = '{"X-Key": "{{ alert_group_id }}"}', authorization_header = "Bearer s3cret" }
    post()
    local letter = w:outgoing()[1]
    assert.equal('He said "no"', json.decode(letter.body).summary)
    assert.same({ "https://tickets.example.org/a", "Bearer s3cret" }, { letter.url, letter.headers.Authorization })
    assert.is_truthy(letter.headers["X-Key"]:find "^I")
  end)

  it("is signed over time and body, with an id for each delivery", function()
    local made = webhook { trigger_type = "alert group created", signing_secret = "shared" }
    assert.equal("****************", made.signing_secret)
    assert.matches("^sealed:", w:rows("SELECT signing_secret FROM webhook")[1].signing_secret)
    post()
    local letter = w:outgoing()[1]
    local at, signature = letter.headers["X-Tocsin-Signature"]:match "^t=(%d+),v1=(%x+)$"
    local expected = crypto.hmac("sha256", "shared", at .. "." .. letter.body):gsub(".", function(c) return ("%02x"):format(c:byte()) end)
    assert.equal(expected, signature)
    assert.equal(32, #letter.headers["X-Tocsin-Delivery"])
  end)

  it("keeps what was sent and answered, without secrets, and shows it to the next", function()
    local first = webhook { trigger_type = "alert group created", authorization_header = "Bearer s3cret" }
    webhook { trigger_type = "resolve", url = "https://tickets.example.org/{{ responses['" .. first.id .. "'].key }}/close" }
    post()
    w:answer(w:outgoing()[1], { status = 201, body = [[{"key":"OPS-7"}]] })
    local kept = w:api(200, "GET", "webhooks/" .. first.id .. "/responses/").results[1]
    assert.same({ 201, [[{"key":"OPS-7"}]], "https://tickets.example.org/new" }, { kept.status_code, kept.content, kept.url })
    assert.is_nil(kept.request_headers:find("s3cret", 1, true))
    w:must(1, "resolve")
    assert.equal("https://tickets.example.org/OPS-7/close", w:outgoing()[1].url)
  end)

  it("runs only when its trigger template says so", function()
    webhook { trigger_type = "alert group created", trigger_template = "{{ alert_payload.key == 'b' }}" }
    post()
    assert.same({}, w:outgoing())
    post { key = "b" }
    assert.equal(1, #w:outgoing())
    assert.same({}, w:rows "SELECT id FROM webhook_response WHERE alert_group_id = 1")
  end)

  it("is tried again after a 503, and not after a 404", function()
    webhook { trigger_type = "alert group created" }
    post()
    w:answer(w:outgoing()[1], { status = 503 })
    w:advance(2 * SECOND)
    w:answer(w:outgoing()[1], { status = 404, body = "no" })
    w:advance(60 * SECOND)
    assert.same({}, w:outgoing())
    assert.same({ 503, 404 }, w:column "SELECT status FROM webhook_response ORDER BY id")
    assert.same({ "failed" }, w:column "SELECT state FROM notification")
    assert.same({ '{"webhook":1,"trigger":"alert group created","status":404}' },
      w:column "SELECT detail FROM group_log WHERE action = 'webhook_failed'")
  end)

  for _, case in ipairs {
    { "too many requests, after as long as it asks for", { status = 429, headers = { ["retry-after"] = "30" } }, 30 },
    { "no answer in time", { failure = "TIMEOUT" }, 2 },
    { "nobody who listens", { failure = "REFUSED" }, 2 },
    { "a name that is not known just now", { failure = "NO_SERVERS" }, 2 },
    { "a certificate that is not trusted yet", { failure = "TLS" }, 2 },
    { "an address that is not to be reached", { failure = "GUARD" } },
    { "redirects without end", { failure = "REDIRECT" } },
    { "an address that is no more", { status = 410 } },
  } do
    it((case[3] and "is tried again, with the same id, after " or "is tried once after ") .. case[1], function()
      webhook { trigger_type = "alert group created" }
      post()
      local first = w:outgoing()[1]
      w:answer(first, case[2])
      w:advance(((case[3] or 3600) - 1) * SECOND)
      assert.same({}, w:outgoing())
      w:advance(SECOND)
      local again = w:outgoing()
      assert.equal(case[3] and 1 or 0, #again)
      if again[1] then
        assert.equal(first.headers["X-Tocsin-Delivery"], again[1].headers["X-Tocsin-Delivery"])
        w:answer(again[1], { status = 200, body = "" })
        assert.equal(2, #w:rows "SELECT id FROM webhook_response")
      end
      assert.same({ case[3] and "webhook_sent delivered" or "webhook_failed not_delivered" }, w:lines(1, "webhook_sent", "webhook_failed"))
    end)
  end

  for _, case in ipairs {
    { "a URL that is none", { url = "{{ alert_payload.key }}" }, "^URL %- not an address" },
    { "a template that fails", { forward_all = false, data = "{{ 1 / 0 }}" }, "^Data %- " },
    { "headers that are no object", { headers = "{{ alert_payload.key }}" }, "^Headers %- " },
    { "a header with a line break", { headers = '{"X": "{{ alert_payload.lines }}"}' }, "^Headers %- " },
  } do
    it("says what is wrong with " .. case[1], function()
      case[2].trigger_type = "alert group created"
      webhook(case[2])
      post { key = "a", lines = "one\r\nX-Evil: 1" }
      assert.same({}, w:outgoing())
      local kept = w:rows "SELECT error, trigger_result FROM webhook_response"[1]
      assert.is_truthy(kept.error:find(case[3]), kept.error)
    end)
  end

  it("is a step of an escalation", function()
    local made = webhook { trigger_type = "escalation" }
    local row = w:rows "SELECT id FROM webhook"[1]
    hook = w:hook(w:chain { { type = "trigger_webhook", webhook_id = row.id } })
    w:post(hook, { key = "a" })
    assert.same({ "escalation" }, types(w:outgoing()))
    assert.is_truthy(made.id)
  end)

  describe("for personal notifications", function()
    local made, ada, public

    before_each(function()
      made = webhook { trigger_type = "personal notification", name = "pager", forward_all = false,
        data = '{"to": "{{ event.user.pager }}", "who": "{{ user.username }}", "what": "{{ alert_payload.text }}", "type": "{{ event.type }}"}' }
      ada = w:user("ada", { rules = {} })
      public = w:api(200, "GET", "users/?username=ada").results[1].id
    end)

    local function method(address, status)
      return w:api(status or 201, "POST", "contact_methods/", { user_id = public, channel = "webhook", address = address })
    end
    local function rule() w:api(201, "POST", "personal_notification_rules/", { user_id = public, type = "notify_by_webhook" }) end
    local function page()
      hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } })
      post()
      return w:outgoing()
    end

    it("is how a person is paged, with what is private to them", function()
      local kept = method { webhook = made.id, context = '{"pager": "0815"}' }
      assert.same({ made.id, "****************" }, { kept.address.webhook, kept.address.context })
      rule()
      local letters = page()
      assert.equal(1, #letters)
      assert.same({ to = "0815", who = "ada", what = 'He said "no"', type = "personal notification" }, json.decode(letters[1].body))
      w:answer(letters[1], { status = 202, body = "taken" })
      assert.same({ "sent" }, w:column "SELECT state FROM notification")
      local shown = w:api(200, "GET", "webhooks/" .. made.id .. "/responses/").results[1]
      assert.same({ 202, "taken", "****************" }, { shown.status_code, shown.content, shown.request_data })
      assert.is_nil(json.encode(w:rows "SELECT * FROM webhook_response"):find("0815", 1, true))
      assert.is_nil(json.encode(w:rows "SELECT * FROM contact_method"):find("0815", 1, true))
      assert.same({ "pager" }, w:column "SELECT address FROM delivery")
      assert.is_truthy(ada)
    end)

    it("says what is wrong, and the next rule comes", function()
      method { webhook = made.id }
      rule()
      w:api(200, "PUT", "webhooks/" .. made.id .. "/", { is_webhook_enabled = false })
      assert.same({}, page())
      assert.same({ "page_failed not_delivered" }, w:lines(1, "page_failed"))
      assert.same({ "The webhook is switched off." }, w:column "SELECT error FROM delivery")
    end)

    it("hears nothing of what happens to groups", function()
      post()
      w:must(1, "acknowledge")
      assert.same({}, w:outgoing())
    end)

    it("is named by a contact method that knows it", function()
      local other = webhook { trigger_type = "resolve", name = "other" }
      for _, bad in ipairs { { webhook = other.id }, { webhook = "WHNOBODY" }, { webhook = "x" }, {}, { url = "https://me.example.org/", webhook = made.id },
        { webhook = made.id, context = "no JSON" }, { webhook = made.id, context = "[1]" }, { url = "https://me.example.org/", context = "{}" } } do
        assert.is_table(method(bad, 400).address)
      end
      method { url = "https://me.example.org/" }
    end)

    it("is tested like every contact method, with an alert that says it is none", function()
      local kept = method { webhook = made.id, context = '{"pager": "0815"}' }
      w:api(200, "PUT", "webhooks/" .. made.id .. "/", { trigger_template = "{{ alert_payload.severity == 'critical' }}" })
      local id = w:api(202, "POST", "contact_methods/" .. kept.id .. "/test/").id
      local letters = w:outgoing()
      assert.equal(1, #letters)
      assert.equal("https://tickets.example.org/new", letters[1].url)
      assert.same({ to = "0815", who = "ada", what = "", type = "personal notification" }, json.decode(letters[1].body))
      w:answer(letters[1], { status = 503 })
      w:advance(3000)
      w:answer(w:outgoing()[1], { status = 204 })
      local shown = w:api(200, "GET", "notifications/" .. id .. "/")
      assert.same({ "sent", 2 }, { shown.state, #shown.deliveries })
      assert.same({ "pager", "pager" }, w:column "SELECT address FROM delivery")
      assert.is_nil(json.encode(w:rows "SELECT * FROM webhook_response"):find("0815", 1, true))
    end)

    it("shows a whole context in its test, and says when the webhook is gone", function()
      w:api(200, "PUT", "webhooks/" .. made.id .. "/", { forward_all = true })
      local kept = method { webhook = made.id }
      w:api(202, "POST", "contact_methods/" .. kept.id .. "/test/")
      local letter = w:outgoing()[1]
      w:answer(letter, { status = 200 })
      local context = json.decode(letter.body)
      assert.same({ "personal notification", "ada", "Test notification", "firing", "Test notification", "Tocsin", made.id },
        { context.event.type, context.user.username, context.alert_group.title, context.alert_group.state, context.alert_payload.title,
          context.integration.name, context.webhook.id })
      w:api(204, "DELETE", "webhooks/" .. made.id .. "/")
      local id = w:api(202, "POST", "contact_methods/" .. kept.id .. "/test/").id
      assert.same({}, w:outgoing())
      local shown = w:api(200, "GET", "notifications/" .. id .. "/")
      assert.same({ "failed", "There is no such webhook." }, { shown.state, shown.error })
    end)

    it("needs no provider in the plan of a group", function()
      method { webhook = made.id }
      rule()
      hook = w:hook(w:chain { { type = "wait", wait_ms = 60000 }, { type = "notify_persons", users = { "ada" } } })
      post()
      local plan = w:api(200, "GET", "alert_groups/" .. w:api(200, "GET", "alert_groups/").results[1].id .. "/escalation_plan/").plan
      assert.same({ "notification", json.null }, { plan[2].event, plan[2].problem })
    end)
  end)
end)
