--- Every channel against a fake of its provider: what is sent is documented, whatever the alert holds, and every answer is understood.
require "tocsin.core"
local channel = require "channel"
local channel_examples = require "channel_examples"
local json = require "tocsin.json"
local looks = require "channels"

local function fake_of(name) return dofile("spec/channels/fake/" .. name .. ".lua") end

local LONG <const> = ("Die Straße ist länger als 一二三 🚒🔥 & <b>so</b> \"weiter\" *a* _b_ [x](https://x.example.org) `c` "):rep(400)

-- Alerts as they come, and as they come from somebody who means harm.
local TEXTS <const> = {
  { "plain words", title = "Disk of db-1 is full", message = "97 % used." },
  { "a title only", title = "Disk of db-1 is full" },
  { "an empty message", title = "Disk", message = "" },
  { "Markdown", title = "CPU of *web-2*", message = "**98%** used, see [the runbook](https://r.example.org/a?b=1&c=2)\n\n- one\n- two\n\n```\n{\"a\": \"<b>\"}\n```" },
  { "too much of everything", title = LONG, message = LONG },
  { "four bytes a character", title = ("🚒"):rep(3000), message = ("🚒"):rep(9000) },
  { "characters that grow when they are escaped", title = ("&<>\"'"):rep(1000), message = ("&<>\"'`*_"):rep(3000) },
  { "mentions", title = "@all @here @channel <!channel> @everyone", message = "<!channel> <@U012AB3CD> @**all** @everyone @here <users/all> <@personEmail:a@b.c> @room" },
  { "markup", title = "<a href=x>b</a> </Say><Say>owned", message = "</Say></Response><script>alert(1)</script> ${x} {{ y }}" },
  { "line breaks and controls", title = "a\r\nBcc: evil@example.org\r\n\r\nX\0\1\27[31m", message = "b\r\nSubject: x\r\n.\r\nQUIT\r\n\0\8" },
  { "line upon line", title = "a", message = ("x\n\n"):rep(9000) },
  { "a customised template with torn marks", own = true, title = "<b>*Disk & `co` [x](", message = "<b>x *y* _z [a](http:// <https://a.b|c ~~~ ``` <i>q</b> &nope; &amp;" },
  { "a customised template that is too long", own = true, title = ("<b>T</b> & "):rep(300), message = ("<b>bold</b> *x* [l](https://x.org/) "):rep(2000) },
  { "bytes that are no text", title = "\xff\xfe\xc3", message = ("\xed\xa0\x80 \xf5"):rep(50) },
}

local converted <const> = {} -- by look and text: converting takes longer than all the rest

local function convert(look_name, texts, field)
  local key = look_name .. "/" .. field .. "/" .. texts[1]
  local look = looks[look_name]
  converted[key] = converted[key] or (texts.own and look.own or look.convert)(texts[field], field)
  return converted[key]
end

-- The texts as the channel's look would render them.
local function rendered(name, carried, texts)
  local look_name, out = channel.look(name, carried), { source_link = "https://grafana.example.org/d/1?a=1&b=2" }
  for _, field in ipairs(looks[look_name].fields) do
    if texts[field] then out[field] = convert(look_name, texts, field) end
  end
  out.image_url = "https://img.example.org/1.png"
  return out
end

local function over_of(name, carried, texts, more)
  local over = { channel = carried, text = rendered(name, carried, texts), more = 3, remaining = 2, is_important = true }
  over.text.message = over.text.message or false
  over.group = { integration = texts.title, route = texts.title, acknowledged_by = texts.title }
  for key, value in pairs(more or {}) do over[key] = value end
  return over
end

-- One turn of the loop: request, fake, result.
local function exchange(name, fake, over, fault)
  local send = channel_examples.send(name, over)
  local state = fake.state or {}
  state.account, state.address, state.fault, state.complaints = send.account, send.address, fault, {}
  local request, why = channel.request(name, send)
  assert(request, why)
  local response = fake.handle(request, state)
  return channel.result(name, response, send), state, response, request, send
end

local function secrets_of(name, send)
  local out, spec = {}, channel.load(name)
  for _, part in ipairs { { spec.settings, send.account }, { spec.address, send.address } } do
    for _, field in ipairs(part[1]) do
      local value = part[2][field[1]]
      if field.secret and type(value) == "string" then out[#out + 1] = value end
    end
  end
  return out
end

for _, name in ipairs(channel.list()) do
  local fake = fake_of(name)
  describe(name, function()
    for _, carried in ipairs(channel.carries(name)) do
      for _, texts in ipairs(TEXTS) do
        it("sends what is documented on " .. carried .. ": " .. texts[1], function()
          local result, state = exchange(name, fake, over_of(name, carried, texts))
          assert.same({}, state.complaints)
          assert.same({ state = "sent" }, { state = result.state, error = result.error })
        end)
      end

      it("keeps the link to the group and how to acknowledge, however long the alert is: " .. carried, function()
        for _, texts in ipairs(TEXTS) do
          local _, _, _, request = exchange(name, fake, over_of(name, carried, texts))
          local body = fake.visible and fake.visible(request) or request.body
          body = body:gsub("%+", " "):gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end):gsub("\\/", "/")
          if carried == "phone_call" then assert.is_truthy(body:find("Press 1 to acknowledge", 1, true), body)
          else
            assert.is_truthy(body:find("alert-groups/I4ZQ7", 1, true), texts[1] .. "\n" .. body)
            assert.is_truthy(body:find("act/ack1", 1, true) or body:find("acknowledge:12", 1, true), texts[1] .. "\n" .. body)
          end
        end
      end)

      if channel.load(name).room and (carried == name or channel.look(name, carried) == name) then
        it("says of a group in debug mode that nobody is called, however long the alert is: " .. carried, function()
          for _, texts in ipairs { TEXTS[1], TEXTS[5] } do
            local over = over_of(name, carried, texts, { kind = "post" })
            over.group.is_debug = true
            local _, _, _, request = exchange(name, fake, over)
            local body = fake.visible and fake.visible(request) or request.body
            body = body:gsub("%+", " "):gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
            assert.is_truthy(body:find("nobody is called", 1, true), body)
          end
        end)
      end

      for _, kind in ipairs { "post", "test", "page" } do
        it("sends a " .. kind .. " without links on " .. carried, function()
          local over = { channel = carried, kind = kind, links = false, group = { link = false } }
          if kind == "test" then over.group, over.text = false, false end
          local result, state = exchange(name, fake, over)
          assert.same({}, state.complaints)
          assert.equal("sent", result.state)
        end)
      end

      local mention = channel.load(name).mention
      for _, texts in ipairs(mention and TEXTS or {}) do
        it("calls a whole room with what is documented on " .. carried .. ": " .. texts[1], function()
          local over = over_of(name, carried, texts, { kind = "post", links = false, mention = mention.everyone })
          over.group = false
          local result, state = exchange(name, fake, over)
          assert.equal("sent", result.state, result.error)
          for _, complaint in ipairs(state.complaints) do assert.matches("mention", complaint) end -- which is what it is for
        end)
      end

      for _, group_state in ipairs { "firing", "acknowledged", "silenced", "resolved" } do
        it("shows a group that is " .. group_state .. " on " .. carried, function()
          local result, state = exchange(name, fake, { channel = carried, group = { state = group_state } })
          assert.same({ {}, "sent" }, { state.complaints, result.state })
        end)
      end

      for _, kind in ipairs { "update", "thread", "cancel" } do
        if channel.can(name, kind, carried) then
          it("can " .. kind .. " what it sent on " .. carried, function()
            fake.state = {}
            local sent = exchange(name, fake, { channel = carried, kind = "page", is_important = true })
            assert.is_truthy(sent.id or kind == "cancel")
            for _, texts in ipairs(TEXTS) do
              local more = { kind = kind, message = { external_id = sent.id, thread_id = sent.thread } }
              local over = over_of(name, carried, texts, more)
              over.group.state = "acknowledged"
              local result, state = exchange(name, fake, over)
              assert.same({ {}, "sent", nil }, { state.complaints, result.state, result.error })
            end
            fake.state = nil
          end)
        end
      end
    end

    it("waits as long as it is told", function()
      local result = exchange(name, fake, {}, "limited")
      assert.same({ "retry", fake.limited_ms }, { result.state, result.after_ms })
      assert.is_string(result.error)
    end)

    it("tries again when the provider is down", function()
      assert.equal("retry", (exchange(name, fake, {}, "down")).state)
    end)

    it("gives up on wrong credentials, and says what to do without a secret", function()
      local result, _, _, _, send = exchange(name, fake, {}, "unauthorized")
      assert.equal("failed", result.state)
      assert.matches("%. %u", result.error)
      for _, secret in ipairs(secrets_of(name, send)) do
        assert.is_nil(result.error:find(secret, 1, true), result.error)
        assert.is_nil(channel.target(name, send.address):find(secret, 1, true))
        assert.is_nil(channel.masked(name, send.address):find(secret, 1, true))
      end
    end)

    it("gives up on an address that is gone", function()
      local result = exchange(name, fake, {}, "gone")
      assert.equal("failed", result.state)
      assert.is_string(result.error)
    end)

    it("understands no answer that it cannot read as a success, and breaks on none", function()
      local send = channel_examples.send(name)
      for _, status in ipairs { 301, 400, 404, 410, 413, 418, 500, 503 } do
        for _, body in ipairs { "", "{", "null", "[]", "5", '"x"', "<html>", '{"ok":5,"error":{"a":[]},"code":{},"errors":7}', ("["):rep(1000), "\xff\0" } do
          local result = channel.result(name, { status = status, headers = { ["retry-after"] = "-1" }, body = body }, send)
          assert.is_true(result.state == "failed" or result.state == "retry" or status == 404 or status == 400, status .. body)
          assert.is_string(result.error or "")
        end
      end
      for _, body in ipairs { "", "{", "null", "[]", "5", ("["):rep(1000), "\xff\0" } do
        assert.is_string(channel.result(name, { status = 200, headers = {}, body = body }, send).state)
      end
    end)

    it("never asks to wait for more than an hour", function()
      for _, text in ipairs { "99999999", "1e308", "nan", "Fri, 31 Dec 9999 23:59:59 GMT", "x", "" } do
        local response = { status = 429, headers = { ["retry-after"] = text }, body = '{"retry_after":1e300,"retry_after_ms":-5,"parameters":{"retry_after":1e99}}' }
        local result = channel.result(name, response, channel_examples.send(name))
        assert.is_true((result.after_ms or 0) <= 3600000)
      end
    end)
  end)
end

describe("a fake", function()
  it("stands beside every channel, and there is no other", function()
    local pipe <close> = assert(io.popen "ls spec/channels/fake")
    local names = {}
    for file in pipe:lines() do names[#names + 1] = file:match "^(.*)%.lua$" end
    assert.same(channel.list(), names)
  end)

  it("refuses what is not documented", function()
    local state = { account = { token = "tk_1" }, address = {} }
    local body = json.encode { topic = "t", massage = "x", priority = 9 }
    local response = fake_of("ntfy").handle({ method = "POST", url = "https://ntfy.sh/", body = body,
      headers = { { "Content-Type", "application/json" }, { "Authorization", "Bearer tk_1" } } }, state)
    assert.equal(400, response.status)
    table.sort(state.complaints)
    assert.same({ "body.massage is not documented", "body.priority is no number within its bounds" }, state.complaints)
  end)
end)
