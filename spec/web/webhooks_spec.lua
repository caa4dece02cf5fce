--- Outgoing webhooks without a script: made by presets, edited with every field, tested, copied, and what came back.
require "tocsin.core"
local calling <const> = require "calling"
local json <const> = require "tocsin.json"
local pages <const> = require "pages"

describe("the pages of webhooks", function()
  local p, w
  before_each(function()
    p = pages.open { world = calling.open { settings = { deliver = 1 } } }
    w = p.world
  end)
  after_each(function() p:close() end)

  local FULL <const> = { preset = "advanced_webhook", name = "Ticket", url = "https://t.example.org/{{ alert_group_id }}", is_webhook_enabled = "true",
    trigger_type = "acknowledge", http_method = "POST", data = '{"t": "{{ alert_group.title }}"}', headers = '{"X-A": "{{ event.type }}"}',
    trigger_template = "", username = "", password = "", authorization_header = "", signing_secret = "sesame" }
  local function fields(changes)
    local list, all = {}, setmetatable(changes or {}, { __index = FULL })
    for name in pairs(FULL) do list[#list + 1] = { name, all[name] } end
    if all.filter then list[#list + 1] = { "integration_filter", all.filter } end
    return list
  end
  local function make(changes)
    local status, text, where = p:post("/webhooks/new", fields(changes))
    assert.equal(303, status, text)
    return where
  end
  local function has(text, where, page)
    local words = pages.words(page or p:get(where))
    assert.truthy(words:find(text, 1, true), text .. " in " .. words)
  end

  it("make one of each preset", function()
    has("There is no webhook yet.", "/webhooks")
    local where = make()
    has("Ticket it is acknowledged", "/webhooks")
    has("never sent", "/webhooks")
    local hook = w:api(200, "GET", "webhooks/").results[1]
    assert.same({ "acknowledge", "POST", false, "advanced_webhook" }, { hook.trigger_type, hook.http_method, hook.forward_all, hook.preset })
    assert.is_nil(p:get(where):find("sesame", 1, true))
    local simple = make { preset = "simple_webhook", name = "Simple", trigger_type = "resolve" }
    assert.is_nil(p:get(simple):find('name="headers"', 1, true))
    has("A simple webhook has a fixed form", simple)
    assert.equal(200, (p:ask("GET", "/webhooks/new?preset=simple_webhook")))
  end)

  it("change one, keep its secrets, and say at its field what is wrong", function()
    local hook = w:integration { name = "Backups" }
    local where = make()
    local stars = w:api(200, "GET", "webhooks/").results[1].signing_secret
    assert.equal(303, (p:post(where, fields { name = "Other", trigger_type = "resolve", filter = hook.id, signing_secret = stars })))
    local one = w:api(200, "GET", "webhooks/").results[1]
    assert.same({ "Other", "resolve", hook.id, stars }, { one.name, one.trigger_type, one.integration_filter[1], one.signing_secret })
    assert.truthy(p:get(where):find('value="' .. hook.id .. '" checked', 1, true))
    for name, bad in pairs { name = "", url = "ftp://x", headers = "[1]", data = "{{ x", trigger_type = "never", http_method = "BREW", filter = "CNONE" } do
      local status, text = p:post(where, fields { [name] = bad })
      assert.equal(422, status, name)
      assert.truthy(text:find('<strong class="wrong"', 1, true) or text:find('<p class="bad"', 1, true), name)
    end
  end)

  it("show what would be sent about a group, and why nothing would", function()
    w:post(w:integration { name = "Backups" }, { title = 'Disk "full"' })
    local where = make()
    local status, text = p:post(where .. "/test", { { "how", "show" }, { "group", "#1" } })
    assert.equal(200, status)
    has("This would be sent", nil, text)
    has("https://t.example.org/I", nil, text)
    has("X-A: acknowledge", nil, text)
    has("&#34;t&#34;: &#34;Disk \\&#34;full\\&#34;&#34;", nil, text)
    text = select(2, p:post(where .. "/test", { { "how", "show" }, { "group", "" } }))
    has("Test notification", nil, text)
    for _, group in ipairs { "#99", "x", "99999999999999999999" } do
      status, text = p:post(where .. "/test", { { "how", "show" }, { "group", group } })
      assert.same({ 422, true }, { status, text:find("There is no such alert group.", 1, true) ~= nil }, group)
    end
    local never = make { name = "never", trigger_template = "{{ 1 == 2 }}" }
    text = select(2, p:post(never .. "/test", { { "how", "show" }, { "group", "1" } }))
    has("It would not be sent The trigger template does not let it go", nil, text)
    local broken = make { name = "broken", url = "{{ alert_payload.title }}" }
    text = select(2, p:post(broken .. "/test", { { "how", "show" }, { "group", "1" } }))
    has("It failed URL - not an address", nil, text)
  end)

  it("tell what came back", function()
    w:post(w:integration { name = "Backups" }, { title = "Disk full" })
    local where = make()
    w:must(1, "acknowledge")
    w:answer(w:outgoing()[1], { status = 418, body = '{"why":"<teapot>"}' })
    has("answered 418", "/webhooks")
    has("418", where)
    has("&#34;why&#34;: &#34;&lt;teapot&gt;&#34;", where)
    has("https://t.example.org/I", where)
  end)

  it("copy one without its secrets, and delete", function()
    local where = make()
    local status, _, copy = p:post(where .. "/copy", {})
    assert.equal(303, status)
    has("Copy of Ticket", copy)
    local both = w:api(200, "GET", "webhooks/").results
    assert.same({ false, json.null, both[1].url }, { both[2].is_webhook_enabled, both[2].signing_secret, both[2].url })
    assert.equal(303, (p:post(where .. "/delete", {})))
    assert.equal(404, (p:ask("GET", where)))
  end)

  it("are read by viewers, who change nothing", function()
    local where = make()
    local viewer = { authorization = require("api_client").add_token(w.client, "viewer"), ["content-type"] = "application/x-www-form-urlencoded" }
    local status, text = p:ask("GET", where, viewer)
    assert.equal(200, status)
    assert.is_nil(text:find("/test", 1, true))
    for _, path in ipairs { where, where .. "/test", where .. "/copy", where .. "/delete", "/webhooks/new" } do
      assert.equal(403, (p:ask("POST", path, viewer, "name=x")), path)
    end
  end)
end)
