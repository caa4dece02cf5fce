--- Providers, contact methods, and the secrets of both and of webhooks over the API.
local client = require "api_client"
local json = require "tocsin.json"

local PROVIDERS <const>, METHODS <const>, HOOKS <const> = "/api/v1/providers/", "/api/v1/contact_methods/", "/api/v1/webhooks/"
local MASK <const> = ("*"):rep(16)
local TOKEN <const>, SID <const> = "tw-auth-0123456789", "AC0123456789abcdef0123456789abcdef"

describe("over the API", function()
  local c
  before_each(function() c = client.open() end)
  after_each(function() client.close(c) end)

  local function ask(sql, ...)
    return assert(client.write(c, { sql = sql, args = { ... } })).rows
  end

  -- No text of the whole database tells a secret.
  local function assert_unread(...)
    for _, table_name in ipairs { "provider", "contact_method", "webhook", "audit" } do
      local text = json.encode(ask("SELECT * FROM " .. table_name))
      for _, secret in ipairs { ... } do assert.is_nil(text:find(secret, 1, true), table_name) end
    end
  end

  local function twilio(body)
    body = body or {}
    body.type, body.settings = "twilio", body.settings or { account_sid = SID, auth_token = TOKEN, from = "+15550100" }
    return client.expect(c, 201, "POST", PROVIDERS, body)
  end

  describe("providers", function()
    local function put(provider, body, status) return client.expect(c, status or 200, "PUT", PROVIDERS .. provider.id .. "/", body) end

    it("are created, read back with their secrets covered, changed and deleted", function()
      local made = twilio()
      assert.same({ "twilio", "Twilio", { "sms", "phone_call" }, 0, true },
        { made.type, made.name, made.carries, made.position, made.is_enabled })
      assert.same({ SID, MASK, "+15550100", json.null }, { made.settings.account_sid, made.settings.auth_token,
        made.settings.from, made.settings.messaging_service_sid })
      assert.same(made, client.expect(c, 200, "GET", PROVIDERS .. made.id))
      local stored = ask("SELECT settings FROM provider")[1].settings
      assert.same(made, put(made, made))
      assert.equal(stored, ask("SELECT settings FROM provider")[1].settings)
      made.settings.from = "+15550111"
      assert.same(made, put(made, { settings = { from = "+15550111" } }))
      assert.equal(json.null, put(made, { settings = { from = json.null } }).settings.from)
      assert.equal(json.decode(stored).auth_token, json.decode(ask("SELECT settings FROM provider")[1].settings).auth_token)
      put(made, { settings = { auth_token = "another-token" } })
      assert.is_true(json.decode(stored).auth_token ~= json.decode(ask("SELECT settings FROM provider")[1].settings).auth_token)
      assert_unread(TOKEN, "another-token")
      assert.equal(1, twilio({ name = "second" }).position)
      assert.equal(1, client.expect(c, 200, "GET", PROVIDERS .. "?name=second").count)
      assert.equal(2, client.expect(c, 200, "GET", PROVIDERS .. "?type=twilio").count)
      client.expect(c, 204, "DELETE", PROVIDERS .. made.id)
      client.expect(c, 404, "GET", PROVIDERS .. made.id)
    end)

    it("get the keys that their type makes when they are left out", function()
      local made = client.expect(c, 201, "POST", PROVIDERS, { type = "webpush", settings = { subject = "mailto:ops@example.org" } })
      assert.equal(MASK, made.settings.private_key)
      assert.matches("^B[%w_-]+$", made.settings.public_key)
      assert.same(made, client.expect(c, 200, "PUT", PROVIDERS .. made.id, { settings = { subject = "mailto:ops@example.org" } }))
    end)

    it("refuse what their type's file does not know or want", function()
      local function refused(settings)
        return client.expect(c, 400, "POST", PROVIDERS, { type = "twilio", settings = settings }).settings
      end
      assert.is_table(refused({}).account_sid)
      assert.is_table(refused({ account_sid = "XX", auth_token = TOKEN }).account_sid)
      assert.is_table(refused({ account_sid = SID, auth_token = MASK }).auth_token)
      assert.is_table(refused({ account_sid = SID, auth_token = 5 }).auth_token)
      assert.is_table(refused({ account_sid = SID, auth_token = ("x"):rep(101) }).auth_token)
      assert.is_table(refused({ account_sid = SID, auth_token = TOKEN, form = "+1" }).form)
      assert.is_table(refused("x"))
      assert.is_table(refused(json.null))
      for _, kind in ipairs { "pigeon", "../twilio", "init", "html", "", 5, json.null } do
        assert.is_table(client.expect(c, 400, "POST", PROVIDERS, { type = kind }).type)
      end
      assert.is_table(client.expect(c, 400, "POST", PROVIDERS, {}).type)
      local made = twilio()
      assert.is_table(put(made, { type = "ntfy" }, 400).type)
      assert.is_table(put(made, { settings = { auth_token = json.null } }, 400).settings.auth_token)
      assert.is_table(put(made, { position = -1 }, 400).position)
      assert.is_table(put(made, { name = "" }, 400).name)
      assert.is_table(client.expect(c, 400, "POST", PROVIDERS, { type = "ntfy", name = "Twilio" }).name)
    end)

    it("whose type is no more are shown without settings, and can go", function()
      ask "INSERT INTO provider (id, type, name, settings, created_at) VALUES (7, 'pigeon', 'old', '{\"a\":1}', 1)"
      local old = client.expect(c, 200, "GET", PROVIDERS).results[1]
      assert.same({ "pigeon", {}, {} }, { old.type, old.settings, old.carries })
      assert.is_table(put(old, { settings = { a = 2 } }, 400).settings)
      put(old, { is_enabled = false })
      local user = client.expect(c, 201, "POST", "/api/v1/users/", { username = "ann", role = "editor" }).id
      assert.is_table(client.expect(c, 400, "POST", METHODS, { user_id = user, channel = "sms", provider_id = old.id,
        address = { phone = "+15558675310" } }).provider_id)
      client.expect(c, 204, "DELETE", PROVIDERS .. old.id)
    end)

    it("are written by admins, read by all", function()
      local made = twilio()
      for _, role in ipairs { "viewer", "editor" } do
        local headers = { authorization = (client.add_token(c, role)) }
        assert.equal(200, (client.request(c, "GET", PROVIDERS .. made.id, nil, headers)))
        assert.equal(403, (client.request(c, "PUT", PROVIDERS .. made.id, {}, headers)))
        assert.equal(403, (client.request(c, "POST", PROVIDERS, {}, headers)))
      end
    end)
  end)

  describe("contact methods", function()
    local ann, bob
    before_each(function()
      ann = client.expect(c, 201, "POST", "/api/v1/users/", { username = "ann", role = "editor" }).id
      bob = client.expect(c, 201, "POST", "/api/v1/users/", { username = "bob", role = "editor" }).id
    end)

    local function create(body, status)
      body.user_id = body.user_id or ann
      return client.expect(c, status or 201, "POST", METHODS, body)
    end

    local function put(method, body, status) return client.expect(c, status or 200, "PUT", METHODS .. method.id .. "/", body) end

    local function as(name, role, method, path, body)
      local key = ask("SELECT id FROM user WHERE username = $1", name)[1].id
      return client.request(c, method, path, body, { authorization = (client.add_token(c, role, { user_id = key })) })
    end

    it("are created, read back equal, changed and deleted", function()
      local made = create { channel = "sms", address = { phone = "+15558675310" }, name = "work" }
      assert.same({ ann, "sms", "work", { phone = "+15558675310" }, json.null, json.null, true, false, json.null },
        { made.user_id, made.channel, made.name, made.address, made.provider_id, made.second_provider_id, made.is_enabled,
          made.is_verified, made.failed_at })
      assert.same(made, client.expect(c, 200, "GET", METHODS .. made.id))
      assert.same(made, put(made, made))
      made.is_enabled = false
      assert.same(made, put(made, { is_enabled = false }))
      assert.equal(1, client.expect(c, 200, "GET", METHODS .. "?channel=sms&user_id=" .. ann).count)
      assert.equal(0, client.expect(c, 200, "GET", METHODS .. "?user_id=" .. bob).count)
      client.expect(c, 204, "DELETE", METHODS .. made.id)
      client.expect(c, 404, "GET", METHODS .. made.id)
    end)

    it("have the address that their channel wants", function()
      local function refused(address, channel)
        return create({ channel = channel or "sms", address = address }, 400).address
      end
      for _, phone in ipairs { "5551234", "+1", "+1555abc4567", "+1234567890123456", "+1 555 867 5310", 15558675310, json.null, "" } do
        assert.is_table(refused({ phone = phone }).phone, tostring(phone))
      end
      assert.is_table(refused({}).phone)
      assert.is_table(refused({ phone = "+15558675310", fax = "1" }).fax)
      assert.is_table(refused("+15558675310"))
      assert.is_table(refused(json.null))
      assert.is_table(create({ channel = "sms" }, 400).address)
      for _, channel in ipairs { "pigeon", "", 5, json.null } do
        assert.is_table(create({ channel = channel, address = {} }, 400).channel)
      end
      assert.is_table(create({ address = {} }, 400).channel)
      assert.is_table(create({ channel = "sms", address = {}, user_id = "UNONE" }, 400).user_id)
    end)

    it("keep secret what their channel calls secret", function()
      local made = create { channel = "ntfy", address = { topic = "ann-phone-2Kd8" } }
      assert.equal(MASK, made.address.topic)
      assert.same(made, put(made, made))
      assert_unread("ann-phone-2Kd8")
      assert.is_table(create({ channel = "ntfy", address = { topic = MASK } }, 400).address.topic)
    end)

    it("name providers that carry their channel", function()
      local first, second = twilio(), twilio { name = "second" }
      local ntfy = client.expect(c, 201, "POST", PROVIDERS, { type = "ntfy" })
      local made = create { channel = "phone_call", address = { phone = "+15558675310" }, provider_id = first.id, second_provider_id = second.id }
      assert.same({ first.id, second.id }, { made.provider_id, made.second_provider_id })
      assert.is_table(put(made, { provider_id = ntfy.id }, 400).provider_id)
      assert.is_table(put(made, { second_provider_id = first.id }, 400).second_provider_id)
      assert.is_table(put(made, { provider_id = "PNONE" }, 400).provider_id)
      assert.equal(json.null, put(made, { second_provider_id = "" }).second_provider_id)
      client.expect(c, 204, "DELETE", PROVIDERS .. first.id)
      assert.equal(json.null, put(made, {}).provider_id)
    end)

    it("are verified by an admin's word, until their address changes", function()
      local made = create { channel = "sms", address = { phone = "+15558675310" }, is_verified = true }
      assert.is_true(made.is_verified)
      assert.is_true(client.expect(c, 200, "GET", "/api/v1/users/" .. ann).is_phone_number_verified)
      ask "UPDATE contact_method SET failed_at = 5, failure = 'unreachable'"
      assert.equal("unreachable", put(made, { name = "x" }).failure)
      local changed = put(made, { address = { phone = "+15558675311" } })
      assert.same({ false, json.null, json.null }, { changed.is_verified, changed.failed_at, changed.failure })
      assert.is_table(put(made, { is_verified = "yes" }, 400).is_verified)
    end)

    it("belong to one person, who may change them", function()
      local mine = create { channel = "sms", address = { phone = "+15558675310" } }
      assert.is_table(put(mine, { user_id = bob }, 400).user_id)
      assert.is_table(put(mine, { channel = "phone_call" }, 400).channel)
      local path = METHODS .. mine.id .. "/"
      assert.equal(200, (as("ann", "editor", "PUT", path, { name = "own" })))
      assert.equal(400, (as("ann", "editor", "PUT", path, { is_verified = true })))
      assert.equal(200, (as("ann", "editor", "PUT", path, { is_verified = false })))
      assert.equal(403, (as("bob", "editor", "PUT", path, { name = "mine" })))
      assert.equal(403, (as("bob", "editor", "DELETE", path)))
      assert.equal(403, (as("bob", "editor", "POST", METHODS, { user_id = ann, channel = "sms", address = { phone = "+15558675310" } })))
      assert.equal(201, (as("bob", "editor", "POST", METHODS, { user_id = bob, channel = "sms", address = { phone = "+15558675310" } })))
      assert.equal(403, (as("ann", "viewer", "PUT", path, { name = "own" })))
      assert.equal(204, (as("ann", "editor", "DELETE", path)))
    end)

    it("hide a person's number from others", function()
      local mine = create { channel = "sms", address = { phone = "+15558675310" } }
      local path = METHODS .. mine.id
      assert.equal(MASK, select(2, as("bob", "editor", "GET", path)).address.phone)
      assert.equal(MASK, select(2, client.request(c, "GET", path, nil, { authorization = (client.add_token(c, "viewer")) })).address.phone)
      assert.equal("+15558675310", select(2, as("ann", "viewer", "GET", path)).address.phone)
    end)

    it("are 50 of a person at most", function()
      for _ = 1, 50 do ask "INSERT INTO contact_method (user_id, channel, address, created_at) VALUES (1, 'sms', '{}', 1)" end
      assert.is_table(create({ channel = "sms", address = { phone = "+15558675310" } }, 400).user_id)
      create { channel = "sms", address = { phone = "+15558675310" }, user_id = bob }
    end)

    it("are what a rule can name", function()
      local sms, call = create { channel = "sms", address = { phone = "+15558675310" } },
        create { channel = "phone_call", address = { phone = "+15558675310" } }
      local other = create { channel = "sms", address = { phone = "+15558675310" }, user_id = bob }
      local RULES <const> = "/api/v1/personal_notification_rules/"
      local function rule(body, status)
        body.user_id = ann
        return client.expect(c, status or 201, "POST", RULES, body)
      end
      assert.is_table(rule({ type = "notify_by_sms", contact_method_id = call.id }, 400).contact_method_id)
      assert.is_table(rule({ type = "notify_by_sms", contact_method_id = other.id }, 400).contact_method_id)
      assert.is_table(rule({ type = "wait", contact_method_id = sms.id }, 400).contact_method_id)
      local made = rule { type = "notify_by_sms", contact_method_id = sms.id }
      assert.equal(sms.id, made.contact_method_id)
      local function change(body) return client.expect(c, 200, "PUT", RULES .. made.id .. "/", body).contact_method_id end
      assert.equal(sms.id, change(made))
      assert.equal(sms.id, change { type = "notify_by_sms" })
      assert.equal(json.null, change { type = "notify_by_phone_call" })
      assert.equal(call.id, change { contact_method_id = call.id })
      client.expect(c, 204, "DELETE", METHODS .. call.id)
      assert.equal(json.null, change {})
      assert.equal("notify_by_ntfy", rule({ type = "notify_by_ntfy" }).type)
    end)
  end)

  describe("webhooks", function()
    it("keep their secrets to themselves", function()
      local hook = client.expect(c, 201, "POST", HOOKS, { name = "w", url = "https://example.com", http_method = "POST",
        trigger_type = "escalation", username = "u", password = "p4ssw0rd", authorization_header = "Bearer t0k3n", signing_secret = "s1gn" })
      assert.same({ MASK, MASK, MASK }, { hook.password, hook.authorization_header, hook.signing_secret })
      local function stored() return ask("SELECT password, authorization_header, signing_secret FROM webhook")[1] end
      local before = stored()
      for _, text in pairs(before) do assert.matches("^sealed:1:", text) end
      local path = HOOKS .. hook.id .. "/"
      assert.same(hook, client.expect(c, 200, "PUT", path, hook))
      assert.same(before, stored())
      local changed = client.expect(c, 200, "PUT", path, { password = "an0ther", authorization_header = json.null, signing_secret = "" })
      assert.same({ MASK, json.null, json.null }, { changed.password, changed.authorization_header, changed.signing_secret })
      assert.is_true(before.password ~= stored().password)
      assert_unread("p4ssw0rd", "t0k3n", "s1gn", "an0ther")
      assert.is_table(client.expect(c, 400, "PUT", path, { signing_secret = MASK }).signing_secret)
      for field, longest in pairs { password = 1000, authorization_header = 2000, signing_secret = 1000 } do
        assert.is_table(client.expect(c, 400, "PUT", path, { [field] = ("x"):rep(longest + 1) })[field])
        client.expect(c, 200, "PUT", path, { [field] = ("x"):rep(longest) })
      end
      client.expect(c, 200, "PUT", path, { preset = "simple_webhook" })
      assert.equal(json.null, stored().password)
      client.expect(c, 204, "DELETE", path)
      assert.equal(json.null, stored().signing_secret)
    end)

    it("keep them under their older name too", function()
      local action = client.expect(c, 201, "POST", "/api/v1/actions/", { name = "a", url = "https://example.com", password = "p4ssw0rd" })
      assert.equal(MASK, action.password)
      assert.same(action, client.expect(c, 200, "PUT", "/api/v1/actions/" .. action.id .. "/", action))
      assert_unread("p4ssw0rd")
    end)
  end)
end)
