--- The links of a message through the real server: the page that a person sees, and the POST that acts.
require "tocsin.core"
local crypto = require "tocsin.crypto"
local paged = require "paged"
local seal = require "tocsin.seal"

local PUBLIC <const> = "https://tocsin.example.org"

describe("a signed link of a real server", function()
  local p, links

  before_each(function()
    p = paged.open { "--public-url", PUBLIC }
    links = {}
    for _, action in ipairs(p:page { title = "<i>Disk</i> of db-1" }.actions) do links[action.label] = action.url end
  end)
  after_each(function() p:close() end)

  local function ask(method, url, options)
    options = options or {}
    options.anonymous = true
    return p.server:request(method, url:sub(1, #PUBLIC) == PUBLIC and url:sub(#PUBLIC + 1) or url, options)
  end
  local function state() return p:read "SELECT acknowledged_at > 0, silenced_at > 0, resolved_at > 0 FROM alert_group" end
  local NOTHING <const>, ACKNOWLEDGED <const> = "||", "1||"

  -- A token of our own making, under the server's key.
  local function forge(text, key)
    local file <close> = assert(io.open(p.folder .. "/secret.key", "rb"))
    local own = seal.new(key or crypto.unbase64(file:read("a"):match("^tocsin%-key:1:(%S+)")))
    return "/act/" .. text .. "." .. crypto.base64url(own.sign("links", text))
  end

  it("shows a page with a form by GET, whoever looks and however often, and acts by POST alone", function()
    assert.equal(PUBLIC .. "/act/a.1.1.", links.Acknowledge:match("^.*/act/a%.1%.1%."))
    for _, method in ipairs { "GET", "HEAD", "GET" } do
      local answer = ask(method, links.Acknowledge, { headers = { ["User-Agent"] = "Slackbot-LinkExpanding 1.0" } })
      assert.same({ 200, "text/html; charset=utf-8", "no-store" },
        { answer.status, answer.headers["content-type"], answer.headers["cache-control"] })
      assert.is_truthy(answer.headers["content-security-policy"]:find("default-src 'none'", 1, true))
      if method == "GET" then
        assert.is_truthy(answer.body:find '<form method="post">%s*<p class="submit"><button class="mine">Acknowledge</button></p></form>')
        assert.is_truthy(answer.body:find("&lt;i&gt;Disk&lt;/i&gt; of db-1", 1, true))
      else
        assert.equal("", answer.body)
      end
    end
    assert.equal(NOTHING, state())
    local done = ask("POST", links.Acknowledge, { body = "", headers = { ["Content-Type"] = "application/x-www-form-urlencoded" } })
    assert.same({ 200, true }, { done.status, done.body:find("Acknowledged by Ada", 1, true) ~= nil })
    assert.equal(ACKNOWLEDGED, state())
    assert.equal('acknowledged_by_user|user|1|{"source":"link"}',
      p:read "SELECT reason, by, by_id, detail FROM group_log WHERE action = 'acknowledged'")
  end)

  it("that was used shows that it is done, and does nothing twice", function()
    ask("POST", links.Acknowledge)
    for _, method in ipairs { "GET", "POST" } do
      local answer = ask(method, links.Acknowledge)
      assert.same({ 200, true }, { answer.status, answer.body:find("Already done", 1, true) ~= nil })
      assert.is_nil(answer.body:find("<form", 1, true))
    end
    assert.equal("1", p:read "SELECT count(*) FROM group_log WHERE action = 'acknowledged'")
    assert.equal(200, ask("POST", links.Resolve).status)
    local late = ask("POST", links.Acknowledge)
    assert.same({ 409, true }, { late.status, late.body:find("acknowledge a resolved alert group", 1, true) ~= nil })
  end)

  it("is worth nothing with a wrong signature, another's key, other words, or none", function()
    local token = links.Acknowledge:match("/act/(.*)$")
    local in_time = ("%d"):format(os.time() + 3600)
    local wrong = { "/act/" .. token:sub(1, -3) .. "AA", "/act/" .. token:gsub("^a", "r"), "/act/" .. token:gsub("%.1%.1%.", ".1.2."),
      forge("a.1.1." .. in_time, ("k"):rep(32)), forge("a.1.1"), forge("z.1.1." .. in_time), "/act/", "/act/x", "/act/" .. token .. "/more" }
    for _, path in ipairs(wrong) do
      for _, method in ipairs { "GET", "POST" } do
        local answer = ask(method, path)
        assert.is_true(answer.status == 403 or answer.status == 404, path .. " " .. answer.status)
        assert.is_nil(answer.body:find("Disk", 1, true))
        assert.is_nil(answer.body:find("<form", 1, true))
      end
    end
    assert.equal(NOTHING, state())
  end)

  it("acts until it expires, to the second", function()
    local old = ask("POST", forge(("a.1.1.%d"):format(os.time() - 1)))
    assert.same({ 410, true }, { old.status, old.body:find("This link has expired", 1, true) ~= nil })
    assert.equal(410, ask("GET", forge(("a.1.1.%d"):format(os.time()))).status)
    assert.equal(NOTHING, state())
    assert.equal(200, ask("POST", forge(("a.1.1.%d"):format(os.time() + 60))).status)
    assert.equal(ACKNOWLEDGED, state())
  end)

  it("is neither an API token nor a door for other methods", function()
    for _, method in ipairs { "PUT", "DELETE", "PATCH" } do
      local answer = ask(method, links.Acknowledge)
      assert.same({ 405, "GET, HEAD, POST" }, { answer.status, answer.headers.allow })
    end
    assert.equal(NOTHING, state())
  end)
end)
