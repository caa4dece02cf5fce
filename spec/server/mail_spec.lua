--- Mail from an alert to a mailbox, the whole way: the real server, a mail server of somebody else's (aiosmtpd) with STARTTLS
--- and passwords, and the link in the mail.
require "tocsin.core"
local provider_world = require "provider_world"
local server = require "server"

describe("a mail", function()
  local w, port, account, count
  local ADA <const> = "ada@mail.test"

  setup(function()
    w, count = provider_world.open(), 0
    port = w.fakes:open { ["do"] = "smtp", certificate = "good", tls = "starttls", user = "tocsin", password = "hunter22" }
    account = w:api("POST", "/providers/", { type = "email", settings = { host = "mail.test", port = port, tls = "starttls",
      user = "tocsin", password = "hunter22", from = "alerts@example.org" } })
  end)
  teardown(function() w:close() end)

  -- A person with this address, and an alert that calls them → group
  local function problem(to)
    count = count + 1
    local person = w:person("person " .. count, "email", { email = to })
    return w:alert(w:hook(w:chain { person }), { key = "k" .. count, title = "Straße " .. count .. " is full", message = "97 % <used>" })
  end
  local function mailbox() return w:ask { ["do"] = "mailbox" }.mails end
  local kept = {}
  -- The next mail to this address.
  local function wait_for_mail(to)
    local found
    server.wait(function()
      for _, mail in ipairs(mailbox()) do kept[#kept + 1] = mail end
      for i, mail in ipairs(kept) do
        if mail.headers.to:find(to, 1, true) then found = table.remove(kept, i) break end
      end
      return found
    end, "the mail")
    return found
  end
  local function page(group) return w:notifications(group, "page").email end
  local function state(group) return w:api("GET", "/alert_groups/" .. group .. "/").state end
  local function settings(over) w:api("PUT", "/providers/" .. account.id .. "/", { settings = over }) end
  local function wait_for(group, what)
    server.wait(function()
      local p = page(group)
      return p and #p.deliveries > 0 and p.state == what or p and p.deliveries[1] and p.deliveries[1].state == what
    end, "the page to be " .. what)
    return page(group)
  end

  it("arrives over TLS, is read without a defect, and its link acts when its form is sent, not when it is opened", function()
    local group = problem(ADA)
    local mail = wait_for_mail(ADA)
    assert.same({ true, {} }, { mail.tls, mail.defects })
    assert.matches("^#%d+ Straße 1 is full$", mail.headers.subject)
    assert.matches("97 %% <used>", mail.plain)
    assert.matches("97 %% &lt;used&gt;", mail.html)
    local link = mail.plain:match("Acknowledge: " .. provider_world.PUBLIC:gsub("%p", "%%%0") .. "(/act/%S+)")
    assert.is_truthy(mail.html:find(link, 1, true))
    for _ = 1, 3 do -- scanners open every link
      local shown = w.server:request("GET", link, { anonymous = true })
      assert.equal(200, shown.status)
      assert.is_truthy(shown.body:find('<form method="post">', 1, true))
    end
    assert.equal("firing", state(group))
    assert.equal(200, w.server:request("POST", link, { anonymous = true, body = "" }).status)
    assert.equal("acknowledged", state(group))
    local sent = page(group)
    assert.same({ "sent", 250, mail.headers["message-id"] }, { sent.state, sent.deliveries[1].status, sent.deliveries[1].external_id })
    assert.is_nil(sent.deliveries[1].address:find(ADA, 1, true))
  end)

  it("of one group stands in one thread, of another in another", function()
    local group = problem "bea@mail.test"
    local first = wait_for_mail "bea@"
    local other = w:person("cyd", "email", { email = "cyd@mail.test" })
    w:api("POST", "/alert_groups/" .. group .. "/page/", { user_id = other })
    local second = wait_for_mail "cyd@"
    assert.equal(first.headers.references, second.headers.references)
    assert.equal(first.headers.references, first.headers["in-reply-to"])
    assert.not_equal(first.headers["message-id"], second.headers["message-id"])
    problem "dan@mail.test"
    assert.not_equal(first.headers.references, wait_for_mail("dan@").headers.references)
  end)

  it("is tried again when the server is not ready for it", function()
    local group = problem("later@mail.test")
    local p = wait_for(group, "retry")
    assert.same({ 451, "waiting" }, { p.deliveries[1].status, p.state })
    assert.matches("greylisted", p.error)
    w:api("POST", "/alert_groups/" .. group .. "/resolve/")
  end)

  it("for nobody is given up at once, and the next rule comes", function()
    w:provider "ntfy"
    count = count + 1
    local person = w:person("person " .. count, "email", { email = "nobody@mail.test" })
    w:api("POST", "/contact_methods/", { user_id = person, channel = "ntfy", address = w.addresses.ntfy, is_verified = true })
    w:api("POST", "/personal_notification_rules/", { user_id = person, type = "wait", duration = 3600 })
    w:api("POST", "/personal_notification_rules/", { user_id = person, type = "notify_by_ntfy" })
    local group = w:alert(w:hook(w:chain { person }), { key = "nobody", title = "nobody" })
    local p = wait_for(group, "failed")
    assert.same({ 550, 1 }, { p.deliveries[1].status, #p.deliveries })
    server.wait(function() return w:notifications(group, "page").ntfy end, "the next rule, although an hour's wait is before it")
    local methods = w:api("GET", "/contact_methods/?user_id=" .. person).results
    for _, m in ipairs(methods) do assert.equal(m.channel == "email", type(m.failure) == "string") end
  end)

  it("is not sent with a wrong password, and says so without it", function()
    settings { password = "guess" }
    finally(function() settings { password = "hunter22" } end)
    local p = wait_for(problem "eve@mail.test", "failed")
    assert.equal(535, p.deliveries[1].status)
    assert.matches("535 5.7.8 .*Check user and password%.$", p.error)
    assert.is_nil(p.error:find("guess", 1, true))
    assert.same({}, mailbox())
  end)

  it("is never sent in the clear, nor the password, to a server that cannot encrypt or is not the one it was", function()
    local clear = w.fakes:open { ["do"] = "smtp", user = "tocsin", password = "hunter22" }
    local other = w.fakes:open { ["do"] = "smtp", certificate = "other", tls = "starttls", user = "tocsin", password = "hunter22" }
    finally(function() settings { port = port } end)
    for where, sentence in pairs { [clear] = "STARTTLS", [other] = "hostname mismatch" } do
      settings { port = where }
      local group = problem("fay" .. where .. "@mail.test")
      server.wait(function()
        local p = page(group)
        return p and p.deliveries[1]
      end, "the attempt")
      assert.matches(sentence, page(group).deliveries[1].error)
      w:api("POST", "/alert_groups/" .. group .. "/resolve/")
    end
    assert.same({}, mailbox())
  end)

  it("goes over TLS from the first byte where the server wants it", function()
    settings { port = w.fakes:open { ["do"] = "smtp", certificate = "good", tls = "tls", user = "tocsin", password = "hunter22" }, tls = "tls" }
    finally(function() settings { port = port, tls = "starttls" } end)
    local group = problem "gil@mail.test"
    assert.is_true(wait_for_mail("gil@").tls)
    wait_for(group, "sent")
  end)
end)
