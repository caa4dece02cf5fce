--- The pages about people, teams, oneself, channels and settings, without a script: what they show, what their forms do.
require "tocsin.core"
local browser <const> = require "browser"
local engine <const> = require "tocsin.engine"
local pages <const> = require "pages"

local PASSWORD <const> = "correct horse battery"

describe("the pages of people", function()
  local p, ada

  -- Somebody signed in, as a browser.
  local function sign_in(role)
    local user <const> = p.world:api(201, "POST", "users/", { username = role, name = "Ada " .. role, email = role .. "@example.org", role = role })
    local invite <const> = p.world:api(200, "POST", "users/" .. user.id .. "/invite/")
    local b <const> = browser.new(p.world.core)
    assert(b:post(invite.link:match "//[^/]*(/.*)$", { password = PASSWORD, again = PASSWORD }).status == 303)
    return b, user
  end
  local function shows(b, path, ...)
    local answer <const> = b:get(path)
    assert.equal(200, answer.status, path)
    for _, words in ipairs { ... } do assert.truthy(pages.words(answer.text):find(words, 1, true), path .. ": " .. words) end
    return answer.text
  end
  local function done(answer, where)
    assert.same({ 303, where }, { answer.status, answer.location:gsub("[?#].*", "") .. "" }, answer.text)
    return answer
  end
  local function wrong(answer, name, sentence)
    assert.equal(422, answer.status, answer.text)
    local said <const> = answer.text:match('id="' .. name:gsub("%p", "%%%0") .. '%-error">([^<]*)<')
    assert.truthy(said and said:find(sentence, 1, true), name .. ": " .. tostring(said))
  end

  before_each(function()
    p = pages.open()
    ada = sign_in "admin"
  end)
  after_each(function() p:close() end)

  it("show everybody, find some, and say who cannot be reached", function()
    p.world:api(201, "POST", "users/", { username = "bob", name = "Bob <b>", role = "editor" })
    p.world:api(201, "POST", "users/", { username = "vic", role = "viewer" })
    local text <const> = shows(ada, "/people", "Bob &lt;b&gt; bob Editor cannot be reached", "vic Viewer")
    assert.is_nil(text:find("<b>Bob", 1, true))
    assert.is_nil(shows(ada, "/people?search=BOB", "Bob"):find("vic</a>", 1, true))
    shows(ada, "/people?search=zzz", "Nobody is called that.")
  end)

  it("add a person, who chooses a password by the link that is handed over", function()
    wrong(ada:post("/people/new", { email = "nonsense", role = "editor", username = "x" }), "email", "valid email")
    local where <const> = ada:post("/people/new", { email = "new@example.org", name = "New", role = "editor", username = "" })
    assert.equal(303, where.status, where.text)
    local invited <const> = ada:post(where.location .. "/invite", {})
    local path <const> = invited.text:match "(/invite/[%w_-]+)"
    assert.truthy(path, invited.text)
    local b <const> = browser.new(p.world.core)
    assert.equal(303, b:post(path, { password = PASSWORD, again = PASSWORD }).status)
    shows(b, "/profile", "New", "new@example.org", "Editor")
  end)

  it("change a person: role and name by an admin, working hours as text", function()
    local bob <const> = p.world:api(201, "POST", "users/", { username = "bob", role = "editor" })
    local fields <const> = { username = "bob", name = "Bob", role = "viewer", email = "", timezone = "Europe/Berlin", hours_monday = "9-12:30, 14:00–18:00" }
    done(ada:post("/people/" .. bob.id, fields), "/people/" .. bob.id)
    local now <const> = p.world:api(200, "GET", "users/" .. bob.id)
    assert.same({ "viewer", "Europe/Berlin" }, { now.role, now.timezone })
    assert.same({ { start = "09:00:00", ["end"] = "12:30:00" }, { start = "14:00:00", ["end"] = "18:00:00" } }, now.working_hours.monday)
    assert.same({}, { table.unpack(now.working_hours.tuesday) })
    fields.timezone = "Atlantis/Centre"
    wrong(ada:post("/people/" .. bob.id, fields), "timezone", "")
    fields.timezone, fields.hours_monday = "UTC", "late"
    local answer <const> = ada:post("/people/" .. bob.id, fields)
    assert.equal(422, answer.status)
    assert.truthy(answer.text:find('value="late"', 1, true))
    assert.truthy(answer.text:find("HH:MM:SS", 1, true))
    done(ada:post("/people/" .. bob.id .. "/delete", {}), "/people")
    assert.equal(404, ada:get("/people/" .. bob.id).status)
  end)

  it("let nobody change others who may not", function()
    local ed, user <const> = sign_in "editor"
    local bob <const> = p.world:api(201, "POST", "users/", { username = "bob", role = "editor" })
    assert.equal(403, ed:post("/people/" .. bob.id, { name = "x", timezone = "UTC" }).status)
    assert.equal(403, ed:post("/people/" .. bob.id .. "/invite", {}).status)
    assert.equal(403, ed:post("/people/" .. bob.id .. "/rules", { type = "notify_by_email" }).status)
    assert.equal(403, ed:get("/people/new").status)
    assert.is_nil(shows(ed, "/people/" .. bob.id, "bob"):find("<form method=\"post\" action=\"/people", 1, true))
    done(ed:post("/people/" .. user.id, { name = "Ed", timezone = "UTC" }), "/profile")
    assert.equal("Ed", p.world:api(200, "GET", "users/" .. user.id).name)
  end)

  it("add, test, switch and delete a way to reach oneself", function()
    p.world:api(201, "POST", "providers/", { type = "ntfy" })
    local id <const> = p.world:api(200, "GET", "users/?username=admin").results[1].id
    local base <const> = "/people/" .. id .. "/contact-methods/new"
    shows(ada, base .. "?channel=ntfy", "Reached by ntfy")
    assert.equal(404, ada:get(base .. "?channel=nothing").status)
    local bad <const> = ada:post(base, { channel = "ntfy", ["address.topic"] = "a b" })
    wrong(bad, "address.topic", "")
    done(ada:post(base, { channel = "ntfy", ["address.topic"] = "harbour", name = "phone" }), "/profile")
    local method <const> = p.world:api(200, "GET", "contact_methods/?user_id=" .. id).results[1]
    assert.equal("phone", method.name)
    local where <const> = done(ada:post("/contact-methods/" .. method.id, { ["do"] = "test" }), "/profile").location
    shows(ada, where:gsub("#.*", "") .. "", "Test is on its way")
    done(ada:post("/contact-methods/" .. method.id, { ["do"] = "off" }), "/profile")
    assert.is_false(p.world:api(200, "GET", "contact_methods/" .. method.id).is_enabled)
    assert.equal(404, ada:post("/contact-methods/" .. method.id, { ["do"] = "nonsense" }).status)
    local no_code <const> = ada:post("/contact-methods/" .. method.id, { ["do"] = "code" })
    assert.equal(422, no_code.status)
    assert.truthy(no_code.text:find("Send a test instead", 1, true))
    done(ada:post("/contact-methods/" .. method.id, { ["do"] = "delete" }), "/profile")
    assert.equal(0, #p.world:api(200, "GET", "contact_methods/?user_id=" .. id).results)
  end)

  it("order notification rules", function()
    local id <const> = p.world:api(200, "GET", "users/?username=admin").results[1].id
    local function rules(important)
      local list <const> = {}
      for i, rule in ipairs(p.world:api(200, "GET", "personal_notification_rules/?user_id=" .. id .. "&important=" .. important).results) do
        list[i] = rule.type .. (rule.duration and rule.duration or "")
      end
      return list
    end
    for _, fields in ipairs { { type = "notify_by_sms" }, { type = "wait", minutes = "7" }, { type = "notify_by_phone_call", minutes = "5" },
      { type = "notify_by_sms", important = "true" } } do done(ada:post("/people/" .. id .. "/rules", fields), "/profile") end
    assert.same({ "notify_by_sms", "wait420", "notify_by_phone_call" }, rules "false")
    assert.same({ "notify_by_sms" }, rules "true")
    local last <const> = p.world:api(200, "GET", "personal_notification_rules/?important=false&user_id=" .. id).results[3]
    done(ada:post("/notification-rules/" .. last.id, { ["do"] = "up" }), "/profile")
    assert.same({ "notify_by_sms", "notify_by_phone_call", "wait420" }, rules "false")
    done(ada:post("/notification-rules/" .. last.id, { ["do"] = "down" }), "/profile")
    done(ada:post("/notification-rules/" .. last.id, { ["do"] = "delete" }), "/profile")
    assert.same({ "notify_by_sms", "wait420" }, rules "false")
    wrong(ada:post("/people/" .. id .. "/rules", { type = "wait", minutes = "0" }), "usual-minutes", "60")
    assert.equal(422, ada:post("/people/" .. id .. "/rules", { type = "notify_by_owl" }).status)
  end)

  it("make tokens that work, show them once, and take them away", function()
    local made <const> = ada:post("/profile/tokens", { name = "ci", role = "viewer", scopes = "alerts:read", days = "30" })
    local token <const> = made.text:match "<code>(%x+)</code>"
    assert.equal(64, #token)
    assert.equal(200, (engine.request(p.world.core, "GET", "/api/v1/alert_groups/", { authorization = token }, "")))
    assert.is_nil(shows(ada, "/profile/tokens", "ci", "alerts:read"):find(token, 1, true))
    wrong(ada:post("/profile/tokens", { name = "x", scopes = "everything", role = "viewer" }), "scopes", "is no scope")
    local id <const> = ada:get("/profile/tokens").text:match "/api%-tokens/(%w+)/delete"
    done(ada:post("/api-tokens/" .. id .. "/delete", {}), "/profile/tokens")
    assert.equal(403, (engine.request(p.world.core, "GET", "/api/v1/alert_groups/", { authorization = token }, "")))
  end)

  it("make teams of people", function()
    local id <const> = p.world:api(200, "GET", "users/?username=admin").results[1].id
    wrong(ada:post("/teams/new", { name = "" }), "name", "")
    done(ada:post("/teams/new", { name = "Web", members = id }), "/teams")
    shows(ada, "/teams", "Web", "Ada admin", "members and admins")
    local team <const> = p.world:api(200, "GET", "teams/").results[1]
    shows(ada, "/teams/" .. team.id, "Web")
    done(ada:post("/teams/" .. team.id, { name = "Web & db", is_shared = "true" }), "/teams")
    local now <const> = p.world:api(200, "GET", "teams/" .. team.id)
    assert.same({ "Web & db", true, 0 }, { now.name, now.is_sharing_resources_to_all, #now.members })
    done(ada:post("/teams/" .. team.id .. "/delete", {}), "/teams")
    shows(ada, "/teams", "No teams yet")
  end)

  it("say which file of configuration looks after a person, a team and a channel", function()
    p.world:api(200, "POST", "configuration/apply/", { files = { ["tocsin.yaml"] = "format: 1\n", ["teams/sre.yaml"] = "name: SRE\n",
      ["users/bob.yaml"] = "username: bob\nrole: editor\n", ["providers/ntfy.yaml"] = "type: ntfy\nname: ntfy\n" } })
    local function id(path) return p.world:api(200, "GET", path).results[1].id end
    local about <const> = "A file of configuration looks after this: change it there. "
    local bob <const> = "/people/" .. id "users/?username=bob"
    shows(ada, bob, about .. "users/bob.yaml")
    shows(ada, "/teams/" .. id "teams/?name=SRE", about .. "teams/sre.yaml")
    shows(ada, "/settings/channels/" .. id "providers/?name=ntfy", about .. "providers/ntfy.yaml")
    local answer <const> = ada:post(bob, { name = "Robert", username = "bob", role = "editor", timezone = "UTC" })
    assert.truthy(pages.words(answer.text):find("This is managed by the file users/bob.yaml", 1, true), answer.text)
    assert.is_nil(shows(ada, "/profile"):find(about, 1, true))
  end)

  it("give a calendar an address, once", function()
    local id <const> = p.world:api(200, "GET", "users/?username=admin").results[1].id
    local url <const> = ada:post("/people/" .. id .. "/calendar", { ["do"] = "new" }).text:match "<code>http://[^/]*([^<]*)</code>"
    local status <const>, text <const> = engine.request(p.world.core, "GET", (url:gsub("&amp;", "&")), {}, "")
    assert.equal(200, status)
    assert.truthy(text:find("BEGIN:VCALENDAR", 1, true))
    done(ada:post("/people/" .. id .. "/calendar", { ["do"] = "drop" }), "/profile")
    assert.equal(403, (engine.request(p.world.core, "GET", (url:gsub("&amp;", "&")), {}, "")))
  end)
end)

describe("the pages of settings", function()
  local p
  before_each(function() p = pages.open() end)
  after_each(function() p:close() end)

  local function where(status, _, location)
    assert.equal(303, status)
    return location
  end

  it("set up a channel from the fields of its file, keep its secrets, and send a test", function()
    assert.truthy(pages.words(p:get "/settings/channels/new"):find("Twilio", 1, true))
    local status, text = p:post("/settings/channels/new", { { "type", "twilio" }, { "name", "Phone" }, { "is_enabled", "true" } })
    assert.equal(422, status)
    assert.truthy(text:find('id="settings.[%w_]+%-error"'), text)
    local path <const> = where(p:post("/settings/channels/new", { { "type", "ntfy" }, { "name", "Push <i>" }, { "is_enabled", "true" },
      { "settings.token", "tk_secret" } }))
    text = p:get(path)
    assert.is_nil(text:find("tk_secret", 1, true))
    assert.is_nil(text:find("Push <i>", 1, true))
    local id <const> = path:match "%w+$"
    where(p:post(path, { { "name", "Push" }, { "settings.token", ("*"):rep(16) } }))
    local after <const> = p.world:api(200, "GET", "providers/" .. id)
    assert.same({ "Push", false, ("*"):rep(16) }, { after.name, after.is_enabled, after.settings.token })
    where(p:post(path, { { "name", "Push" }, { "is_enabled", "true" }, { "settings.token", ("*"):rep(16) } }))
    status, text = p:post(path .. "/test", { { "channel", "ntfy" } })
    assert.equal(422, status)
    assert.truthy(text:find("Say where the test goes", 1, true))
    assert.truthy(pages.words(p:get(where(p:post(path .. "/test", { { "channel", "ntfy" }, { "address.topic", "here" } })):gsub("#.*", "") .. ""))
      :find("Test is on its way", 1, true))
    assert.equal("/settings", where(p:post(path .. "/delete", {})))
    assert.truthy(p:get "/settings":find("No channel yet", 1, true))
  end)

  it("order channels", function()
    for _, name in ipairs { "one", "two" } do p.world:api(201, "POST", "providers/", { type = "ntfy", name = name }) end
    local second <const> = p.world:api(200, "GET", "providers/").results[2]
    where(p:post("/settings/channels/" .. second.id .. "/move", { { "do", "up" } }))
    assert.equal("two", p.world:api(200, "GET", "providers/").results[1].name)
  end)

  it("order, hide and add columns of the table", function()
    local columns <const> = {}
    for key in p:get "/settings/columns":gmatch 'name="column" value="([^"]*)"' do columns[#columns + 1] = key end
    local sent <const> = { { "down", columns[1] }, { "label", "env" } }
    for _, key in ipairs(columns) do sent[#sent + 1] = { "column", key } end
    for i = 1, #columns - 1 do sent[#sent + 1] = { "visible", columns[i] } end
    where(p:post("/settings/columns", sent))
    local told <const> = p.world:api(200, "GET", "alertgroup_table_settings")
    assert.equal(columns[2], "default " .. told.visible[1].id)
    assert.same({ "env", "label" }, { told.visible[#told.visible].id, told.visible[#told.visible].type })
    assert.equal(columns[#columns], "default " .. told.hidden[1].id)
    local again <const> = { { "drop", "label env" }, { "column", "label env" } }
    for _, key in ipairs(columns) do again[#again + 1], again[#again + 2] = { "column", key }, { "visible", key } end
    where(p:post("/settings/columns", again))
    assert.is_nil(p:get "/settings/columns":find("label env", 1, true))
    assert.equal(422, (p:post("/settings/columns", { { "column", columns[1] } })))
  end)

  it("show the server's settings, secrets as asterisks", function()
    p:close()
    p = pages.open { settings = { oidc_issuer = "https://id.example.org", oidc_client_id = "tocsin", oidc_client_secret = "open sesame", audit_days = 30 } }
    local text <const> = p:get "/settings/server"
    assert.is_nil(text:find("open sesame", 1, true))
    assert.truthy(pages.words(text):find("audit_days 30 days that the trail of changes is kept; 0: for ever (usually 730)", 1, true), pages.words(text))
  end)

  it("show the trail of changes with filters, and lead to the file of it", function()
    p.world:api(201, "POST", "teams/", { name = "<script>x</script>" })
    p.world:api(201, "POST", "users/", { username = "bob" })
    local text <const> = p:get "/audit?object=team"
    assert.truthy(text:find("&lt;script&gt;x", 1, true))
    assert.is_nil(pages.words(text):find("create user", 1, true))
    assert.truthy(text:find('href="/api/v1/audit/export/?format=csv&amp;object=team"', 1, true))
    assert.truthy(pages.words(p:get "/audit?object=webhook"):find("No change like this", 1, true))
    local viewer <const> = require("api_client").add_token(p.world.client, "viewer")
    assert.equal(403, (p:ask("GET", "/audit", { authorization = viewer })))
    assert.equal(403, (p:ask("GET", "/settings/server", { authorization = viewer })))
  end)
end)
