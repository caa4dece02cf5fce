--- Links in messages, through the core: what they do, as whom, and what they refuse.
local calling = require "calling"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

describe("a signed link", function()
  local w, group, ada, links

  local function open(settings)
    w = calling.open { settings = settings or { deliver = 1, public_url = "https://tocsin.example.org/" } }
    w:provider("ntfy", {})
    ada = w:user("ada", { rules = { "ntfy" }, addresses = { ntfy = { topic = "ada-phone" } } })
    w:post(w:hook(w:chain { { type = "notify_persons", users = { "ada" } } }), { key = "a", title = "<b>Disk</b> & \"co\"" })
    group = w:groups()[1].id
    links = {}
    local body = json.decode(w:outgoing()[1].body)
    for _, action in ipairs(body.actions or {}) do links[action.label] = action.url end
    return body
  end
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function ask(method, url)
    local status, body, kind, headers = engine.request(w.core, method, url:gsub("^https://tocsin.example.org", ""), {}, "")
    return status, body, headers, kind
  end
  local function state() return w.state(w:groups()[1]) end
  local function details() return w:column("SELECT detail FROM group_log WHERE by_id = $1 ORDER BY seq", ada) end

  it("shows what it would do and does nothing when it is opened", function()
    open()
    for _, method in ipairs { "GET", "HEAD", "GET" } do
      local status, body, headers, kind = ask(method, links.Acknowledge)
      assert.same({ 200, "text/html; charset=utf-8" }, { status, kind })
      assert.is_truthy(body:find('<form method="post">', 1, true))
      assert.is_truthy(body:find("&lt;b&gt;Disk&lt;/b&gt; &amp;", 1, true))
      assert.is_nil(body:find("<b>Disk", 1, true))
      assert.is_nil(body:find("<script>", 1, true))
      for _, line in ipairs { "X-Robots-Tag: noindex", "Referrer-Policy: no-referrer", "Cache-Control: no-store", "default-src 'none'",
          "frame-ancestors 'none'" } do
        assert.is_truthy(headers:find(line, 1, true), line)
      end
    end
    assert.equal("firing", state())
  end)

  it("acts by POST as the person it was sent to, and the log names the source", function()
    open()
    local status, body = ask("POST", links.Acknowledge)
    assert.equal(200, status)
    assert.is_truthy(body:find("Acknowledged by ada", 1, true))
    assert.equal("acknowledged", state())
    assert.same({ "acknowledged acknowledged_by_user" }, w:lines(group, "acknowledged"))
    assert.same({ '{"source":"link"}' }, details())
  end)

  it("silences for half an hour", function()
    open()
    assert.equal(200, (ask("POST", links.Silence)))
    assert.equal("silenced", state())
    assert.is_truthy(details()[1]:find('"source":"link"', 1, true))
    w:advance(31 * 60000)
    assert.equal("firing", state())
  end)

  it("says so when it was done before, and refuses what cannot be done", function()
    open()
    ask("POST", links.Acknowledge)
    for _, method in ipairs { "GET", "POST" } do
      local status, body = ask(method, links.Acknowledge)
      assert.equal(200, status)
      assert.is_truthy(body:find("Acknowledged by ada", 1, true))
      assert.is_nil(body:find("<form", 1, true))
    end
    ask("POST", links.Resolve)
    local status, body = ask("POST", links.Acknowledge)
    assert.equal(409, status)
    assert.is_truthy(body:find("acknowledge a resolved alert group", 1, true))
  end)

  describe("that resolves", function()
    local function resolve(form)
      return engine.request(w.core, "POST", links.Resolve:gsub("^https://tocsin.example.org", ""),
        { ["content-type"] = "application/x-www-form-urlencoded" }, form or "")
    end
    local function notes() return w:rows "SELECT author_id, source, text FROM resolution_note" end
    local REQUIRED <const> = { deliver = 1, public_url = "https://tocsin.example.org/", resolution_note_required = 1 }

    it("takes a note along", function()
      open()
      assert.is_truthy(select(2, ask("GET", links.Resolve)):find('<textarea name="note"', 1, true))
      assert.is_nil(select(2, ask("GET", links.Acknowledge)):find("<textarea", 1, true))
      assert.equal(200, (resolve "note=+Restarted+%C3%BCber+db-1+%3Cb%3E+"))
      assert.equal("resolved", state())
      assert.same({ { author_id = ada, source = "web", text = "Restarted über db-1 <b>" } }, notes())
    end)
    it("needs none", function()
      open()
      assert.equal(200, (resolve()))
      assert.same({}, notes())
    end)
    it("needs one where the setting says so, and asks for it", function()
      open(REQUIRED)
      for _, form in ipairs { "", "note=", "note=++%0A" } do
        local status, body = resolve(form)
        assert.same({ 409, "firing" }, { status, state() })
        assert.is_truthy(body:find("A note is required: write how it was resolved.", 1, true))
        assert.is_truthy(body:find('<textarea name="note"', 1, true))
      end
      assert.equal(200, (resolve "note=done"))
      assert.equal("resolved", state())
    end)
    it("needs no second one", function()
      open(REQUIRED)
      w:api(201, "POST", "resolution_notes/", { alert_group_id = w:api(200, "GET", "alert_groups/").results[1].id, text = "Restarted" })
      assert.equal(200, (resolve()))
      assert.equal(1, #notes())
    end)
    it("needs one of people alone: the API, the source and a step resolve as ever", function()
      open(REQUIRED)
      w:must(group, "resolve")
      w:must(group, "unresolve")
      assert.equal(409, (resolve()))
      w:must(group, "resolve", nil, (w:person "eve"))
      assert.equal("resolved", state())
    end)
    it("refuses a note that is too long or no text, and keeps nothing of it", function()
      open()
      assert.equal(409, (resolve("note=" .. ("x"):rep(3001))))
      assert.equal(409, (resolve "note=%FF"))
      assert.same({ "firing", {} }, { state(), notes() })
      assert.equal(200, (resolve("note=" .. ("%C3%BC"):rep(3000))))
    end)
    it("leaves no note behind when it is refused", function()
      open()
      w:must(group, "attach", { root_alert_group_id = (function()
        w:post(w:integration(), { key = "root" })
        return w:api(200, "GET", "alert_groups/").results[1].id
      end)() })
      assert.equal(409, (resolve "note=done"))
      assert.same({}, notes())
    end)
  end)

  it("is worth nothing when a letter of it was changed", function()
    open()
    local token = links.Acknowledge:match("/act/(.*)$")
    local forged = { token:gsub("^a", "r"), token:gsub("^a%.1", "a.2"), token .. "A", token:sub(1, -2), token:gsub("%.[^.]*$", "."), "", "x",
      token:gsub("^(a%.%d+)%.%d+", "%1.99"), ("a."):rep(500), "a.1.1.99999999999999999999.AAAAAAAAAAAAAAAAAAAAAA", token .. "%00" }
    for _, one in ipairs(forged) do
      for _, method in ipairs { "GET", "POST" } do
        local status, body = ask(method, "/act/" .. one)
        assert.equal(one == "" and 404 or 403, status, one)
        assert.is_nil(body:find("Disk", 1, true))
      end
    end
    assert.equal("firing", state())
  end)

  it("expires after seven days", function()
    open()
    w:advance(7 * 86400000 - 60000)
    assert.equal(200, (ask("GET", links.Acknowledge)))
    w:advance(60000)
    assert.equal(410, (ask("POST", links.Acknowledge)))
    assert.equal("firing", state())
  end)

  it("does nothing for who may not act any more, nor to a group that is gone", function()
    open()
    w:rows("UPDATE user SET role = 'viewer' WHERE id = $1", ada)
    assert.equal(403, (ask("POST", links.Acknowledge)))
    w:rows("UPDATE user SET role = 'editor' WHERE id = $1", ada)
    w:remove(group, "delete")
    assert.equal(410, (ask("POST", links.Acknowledge)))
  end)

  it("knows two methods", function()
    open()
    local status, _, headers = ask("DELETE", links.Acknowledge)
    assert.equal(405, status)
    assert.is_truthy(headers:find("Allow: GET, HEAD, POST", 1, true))
  end)

  it("is absent when people cannot reach us", function()
    assert.is_nil(open({ deliver = 1 }).actions)
  end)
end)

describe("a signed link in a room", function()
  local w, group, url

  local function open(settings)
    settings = settings or { deliver = 1, public_url = "https://tocsin.example.org" }
    w = calling.open { settings = settings }
    w:provider("rocketchat", { url = "https://rocket.example.org", user_id = "aobEdbYhXfu5hkeqG", token = "9HqLlyZOugoStsXCUfD" })
    w:user("ada")
    local h = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } })
    w:api(200, "PUT", "routes/" .. h.default_route.id .. "/", { rocketchat = { id = "#alerts", enabled = true } })
    w:post(h, { key = "a", title = "Disk" })
    group = w:groups()[1].id
    local text
    for _, letter in ipairs(w:outgoing()) do
      if letter.url:find("chat.postMessage", 1, true) then
        text = json.decode(letter.body).text
        w:answer(letter, { status = 200, body = '{"success":true,"message":{"rid":"GENERAL","_id":"jC9chsFddTvsbFQG7"}}' })
      end
    end
    url = text:match "%[Acknowledge%]%(https://tocsin.example.org(/act/[^)]*)%)"
    return text
  end
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function ask(method, path) return engine.request(w.core, method, path or url, {}, "") end
  local function state() return w.state(w:groups()[1]) end
  local function update()
    for _, letter in ipairs(w:outgoing()) do
      if letter.url:find("chat.update", 1, true) then return json.decode(letter.body).text end
    end
  end

  it("acts as somebody in that room, stops the calls, and the room and the log say so", function()
    open()
    local status, body = ask "GET"
    assert.equal(200, status)
    assert.is_truthy(body:find("You act as somebody in #alerts (Rocket.Chat).", 1, true))
    assert.equal("firing", state())
    status, body = ask "POST"
    assert.equal(200, status)
    assert.is_truthy(body:find("Acknowledged by somebody in #alerts (Rocket.Chat)", 1, true))
    assert.equal("acknowledged", state())
    assert.equal("stopped", w:escalation(group))
    assert.same({ { reason = "acknowledged_by_user", by = "room", detail = '{"source":"rocketchat"}' } },
      w:rows "SELECT reason, by, detail FROM group_log WHERE action = 'acknowledged'")
    local text = update()
    assert.is_truthy(text:find("Acknowledged by somebody in \\#alerts (Rocket.Chat)", 1, true), text)
    assert.is_nil(text:find("[Acknowledge]", 1, true))
    assert.is_truthy(text:find("[Unacknowledge]", 1, true))
    local shown = w:api(200, "GET", "alert_groups/").results[1]
    assert.equal(json.null, shown.acknowledged_by)
    assert.equal("somebody in #alerts (Rocket.Chat)", shown.state_by)
    local texts = {}
    for i, item in ipairs(w:api(200, "GET", "alert_groups/" .. shown.id .. "/timeline/").results) do texts[i] = item.text end
    assert.is_truthy(table.concat(texts, "\n"):find("Acknowledged by somebody in #alerts (Rocket.Chat).", 1, true))
    assert.is_truthy(select(2, ask "POST"):find("Acknowledged by somebody in #alerts (Rocket.Chat)", 1, true))
    w:rows "DELETE FROM provider"
    assert.equal("somebody in the room", w:api(200, "GET", "alert_groups/").results[1].state_by)
  end)

  it("needs a note to resolve where the setting says so", function()
    local text = open { deliver = 1, public_url = "https://tocsin.example.org", resolution_note_required = 1 }
    local resolve = text:match "%[Resolve%]%(https://tocsin.example.org(/act/[^)]*)%)"
    assert.equal(409, (ask("POST", resolve)))
    assert.equal("firing", state())
    assert.equal(200, (engine.request(w.core, "POST", resolve, { ["content-type"] = "application/x-www-form-urlencoded" }, "note=done")))
    assert.equal("resolved", state())
    assert.same({ { source = "web", text = "done" } }, w:rows "SELECT author_id, source, text FROM resolution_note")
  end)

  it("is worth nothing once the provider is switched off, or when somebody writes another provider or person into it", function()
    open()
    for _, forged in ipairs { (url:gsub("%.%-1%.", ".1.")), (url:gsub("%.%-1%.", ".-2.")), (url:gsub("%.%-1%.", ".0.")), (url:gsub("%.%-1%.", ".--1.")) } do
      assert.are_not.equal(url, forged)
      assert.equal(403, (ask("POST", forged)))
    end
    w:rows "UPDATE provider SET is_enabled = 0"
    assert.equal(403, (ask "POST"))
    assert.equal("firing", state())
  end)

  it("is not sent, and does nothing, where the setting says so", function()
    local text = open { deliver = 1, public_url = "https://tocsin.example.org", room_links = 0 }
    assert.is_nil(text:find("/act/", 1, true))
    local result, why = pcall(engine.port_text, w.core, "act", json.encode { group = group, verb = "acknowledge", by = "room", source = "rocketchat" })
    assert.is_true(result, why)
    assert.equal("firing", state())
  end)
end)
