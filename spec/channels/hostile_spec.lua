--- What comes in from outside, whoever sent it: every inbound door and poll with broken, wrong and forged requests.
require "tocsin.core"
local channel = require "channel"
local channel_examples = require "channel_examples"
local crypto = require "tocsin.crypto"
local json = require "tocsin.json"

local NOW <const> = 1767225600

-- JSON that is right as JSON and wrong as anything else.
local ODD <const> = {
  "", "null", "5", '"x"', "[]", "{}", "{", ("["):rep(2000), "\xff\0", '{"type":"block_actions"}', '{"type":"block_actions","actions":5,"user":5}',
  '{"type":"block_actions","actions":[null,5,"x",[],{"value":{}},{"value":5},{"selected_option":{"value":[]}},{"selected_option":7}],"user":[]}',
  '{"type":"block_actions","actions":[{"value":"resolve:99999999999999999999999999"},{"value":"drop:12"},{"value":"acknowledge:12:x"}],"user":{"id":5}}',
  '{"type":"url_verification","challenge":[]}', '{"type":"url_verification","challenge":"a\\r\\nSet-Cookie: x"}',
  '{"update_id":"x","callback_query":5,"message":7}', '{"update_id":1,"callback_query":{"id":5,"data":{}}}',
  '{"update_id":1,"callback_query":{"id":"1","from":[],"data":"acknowledge:12"}}',
  '{"update_id":1,"message":{"text":"/start","chat":5}}', '{"update_id":1,"message":{"text":"/start","chat":{"id":{"a":1}}}}', '{"update_id":1,"message":{"text":5}}',
  '{"context":5}', '{"context":{"value":5,"sign":[]}}', '{"context":{"value":"acknowledge:12","sign":""}}', '{"user_id":[],"context":{"value":[],"sign":"x"}}',
}

local function send_of(name) return channel_examples.send(name) end

local function is_sound(events, why)
  if not events then return assert.is_string(why) end
  for _, event in ipairs(events) do
    assert.is_string(event.verb)
    assert.is_true(event.verb == "status" or math.type(event.group) == "integer", json.encode(event))
    assert.is_true(event.user_address == nil or type(event.user_address) == "string", json.encode(event))
  end
  for _, request in ipairs(events.requests or {}) do assert.matches("^https?://[^%s]+$", request.url) end
  for name, value in pairs(events.answer and events.answer.headers or {}) do assert.is_nil((name .. value):find "%c") end
end

local SIGN <const> = {
  slack = function(request, account)
    request.headers["x-slack-request-timestamp"] = tostring(NOW)
    request.headers["x-slack-signature"] = "v0=" .. crypto.hex(crypto.hmac("sha256", account.signing_secret, ("v0:%d:%s"):format(NOW, request.body)))
  end,
  telegram = function(request, account)
    account.webhook_secret = "s3cret"
    request.headers["x-telegram-bot-api-secret-token"] = "s3cret"
  end,
  twilio = function(request, account)
    local list = {}
    for pair in request.body:gmatch "[^&]+" do
      local name, value = pair:match "^([^=]*)=?(.*)$"
      local function un(s) return (s:gsub("+", " "):gsub("%%(%x%x)", function(h) return string.char(tonumber(h, 16)) end)) end
      list[#list + 1] = { un(name), un(value) }
    end
    table.sort(list, function(a, b) return a[1] < b[1] or a[1] == b[1] and a[2] < b[2] end)
    local text = request.url
    for _, pair in ipairs(list) do text = text .. pair[1] .. pair[2] end
    request.headers["x-twilio-signature"] = crypto.base64(crypto.hmac("sha1", account.auth_token, text))
  end,
}

local function inbound(name, url, body, is_signed)
  local account = send_of(name).account
  local request = { method = "POST", url = url, headers = {}, body = body, now = NOW * 1000000 }
  if is_signed and SIGN[name] then SIGN[name](request, account) end
  return channel.inbound(name, request, account)
end

local FORMS <const> = { "", "a", "=&=&=", "Body", "Body=%zz%", "From=x&Body=12a", "Body=12a", "CallStatus=owned&CallSid=x", "Digits=1", "Digits=1&Digits=2&To=x",
  "Body=" .. ("1"):rep(5000) .. "a&From=x",
  "payload", "payload=", "payload=%7B", "acknowledged=1&acknowledged_by=%0d%0aX", "\xff\0=\xff" }
local QUERIES <const> = { "", "?", "?do=key", "?do=key&group=12", "?do=key&group=x&key=%00", "?do=key&group=1e999",
  "?do=status&key=", "?group=12&key=n-41&sign=", "?do[]=key&group[]=12" }

for _, name in ipairs(channel.list()) do
  local spec = channel.load(name)
  describe(name, function()
    if spec.inbound then
      it("survives everything that comes in, signed or not", function()
        for _, is_signed in ipairs { true, false } do
          for _, query in ipairs(QUERIES) do
            local url = "https://tocsin.example.org/inbound/p1" .. query
            for _, body in ipairs(FORMS) do is_sound(inbound(name, url, body, is_signed)) end
            for _, body in ipairs(ODD) do
              is_sound(inbound(name, url, body, is_signed))
              is_sound(inbound(name, url, "payload=" .. body:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end), is_signed))
            end
          end
        end
      end)

      it("does nothing for a request that nobody signed", function()
        for _, body in ipairs { FORMS[6], ODD[10],
          '{"update_id":1,"callback_query":{"id":"1","from":{"id":1},"data":"acknowledge:12"}}', '{"user_id":"u","context":{"value":"acknowledge:12","sign":"00"}}',
          "acknowledged=1&acknowledged_by=x", "Digits=1&To=x&Direction=outbound-api" } do
          local events, why = inbound(name, "https://tocsin.example.org/inbound/p1?do=key&group=12&key=n-41&sign=00", body, false)
          assert.is_nil(events)
          assert.is_string(why)
        end
      end)
    else
      it("takes nothing in", function()
        local events, why = inbound(name, "https://tocsin.example.org/inbound/p1", "x", false)
        assert.same({ nil, spec.name .. " sends nothing to us" }, { events, why })
      end)
    end

    for which in pairs(spec.lists or {}) do
      it("survives every answer to the list " .. which, function()
        local account = send_of(name).account
        for _, status in ipairs { 200, 401, 429, 500 } do
          for _, body in ipairs(ODD) do
            for _, whole in ipairs { body, '{"ok":true,"channels":[' .. body .. '],"usergroups":[' .. body .. '],"members":[' .. body .. "]}" } do
              local page = channel.list_read(name, which, { status = status, headers = { ["retry-after"] = "-1" }, body = whole }, account, NOW * 1000000)
              assert.is_true(type(page.error) == "string" or type(page.items) == "table")
            end
          end
        end
      end)

      it("asks for the list " .. which .. " of a hostile room and page without saying more", function()
        local request = channel.list_request(name, which, send_of(name).account, "a&b=c\r\nX: y", "C1&x=y z")
        assert.is_nil(request.url:find "[%s%c]")
        assert.is_nil(request.url:find("&b=c", 1, true))
        assert.is_nil(request.url:find("&x=y", 1, true))
      end)
    end

    if spec.poll then
      it("survives every answer to its poll", function()
        assert.is_table(channel.poll_request(name, send_of(name).account))
        for _, status in ipairs { 200, 401, 409, 429, 500 } do
          for _, body in ipairs(ODD) do
            is_sound(channel.poll_read(name, { status = status, headers = {}, body = body }, send_of(name).account))
            is_sound(channel.poll_read(name, { status = status, headers = {}, body = '{"ok":true,"result":[' .. body .. "]}" }, send_of(name).account))
          end
        end
        local refused = channel.poll_read(name, { status = 401, headers = {}, body = '{"ok":false,"description":"Unauthorized"}' }, send_of(name).account)
        assert.matches("401", refused.error)
      end)
    else
      it("is not asked", function()
        assert.is_nil((channel.poll_request(name, {})))
      end)
    end
  end)
end
