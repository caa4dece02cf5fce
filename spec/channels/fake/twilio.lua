--- Twilio's Messages and Calls. https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource,
--- https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource, https://www.twilio.com/docs/voice/twiml
local fake = require "fake_provider"

local text, required, object = fake.text, fake.required, fake.object

local number = text { pattern = "^%+%d+$", max = 16 }
local message = object {
  To = required(number), From = text { max = 20 }, MessagingServiceSid = text { pattern = "^MG%x+$" }, Body = required(text { max = 1600 }),
  StatusCallback = fake.url(), ValidityPeriod = fake.integer(1, 14400), SmartEncoded = text {}, MediaUrl = fake.url(),
}
local call = object {
  To = required(number), From = required(number), Twiml = required(text { max = 4000 }), Timeout = fake.integer(1, 600),
  StatusCallback = fake.url(), StatusCallbackMethod = fake.one_of("GET", "POST"),
  StatusCallbackEvent = fake.one_of("initiated", "ringing", "answered", "completed"), MachineDetection = fake.one_of("Enable", "DetectMessageEnd"),
}

-- Verbs, the attributes they may have, and what may stand within.
local VERBS = {
  Response = { attributes = {}, inside = { Gather = true, Say = true, Hangup = true, Message = true, Pause = true } },
  Gather = { attributes = { numDigits = true, timeout = true, method = true, action = true, finishOnKey = true, input = true },
    inside = { Say = true, Pause = true } },
  Say = { attributes = { language = true, loop = true, voice = true }, inside = {} },
  Message = { attributes = {}, inside = {} }, Hangup = { attributes = {}, inside = {} },
}

local function unescape(s)
  assert(not s:gsub("&%a+;", ""):find "[<>&]", "an unescaped character: " .. s)
  return (s:gsub("&(%a+);", { lt = "<", gt = ">", quot = '"', apos = "'", amp = "&" }))
end

-- A small strict reader of TwiML: what is said, and where digits go.
local function read_twiml(source, complain)
  local body = source:match '^<%?xml version="1%.0" encoding="UTF%-8"%?>(<Response>.*</Response>)$'
  if not body then return complain("TwiML", "has no Response") end
  local stack, out, at = {}, { said = {} }, 1
  while at <= #body do
    local words, close, name, attributes, empty, after = body:match("^([^<]*)<(/?)(%a+)([^<>]-)(/?)>()", at)
    if not name then return complain("TwiML", "is no XML: " .. body:sub(at, at + 80)) end
    local top = stack[#stack]
    if words:find "%S" then
      if top ~= "Say" and top ~= "Message" then complain("TwiML", "has words in " .. tostring(top)) end
      table.insert(out.said, unescape(words))
    end
    if close == "/" then
      if top ~= name then complain("TwiML", "closes " .. name) end
      table.remove(stack)
    else
      local verb = VERBS[name]
      if not verb or top and not VERBS[top].inside[name] then return complain("TwiML", "has " .. name .. " in " .. tostring(top)) end
      for attribute, value in attributes:gmatch '%s(%w+)="([^"]*)"' do
        if not verb.attributes[attribute] then complain("TwiML", name .. " has no " .. attribute) end
        if attribute == "action" then out.action = unescape(value) end
      end
      if empty == "" then stack[#stack + 1] = name end
    end
    at = after
  end
  if #stack > 0 then complain("TwiML", "does not end") end
  return out
end

local function refusal(status, code, words)
  return fake.json(status, { code = code, message = words, more_info = "https://www.twilio.com/docs/errors/" .. code, status = status })
end

local function complainer(state)
  return function(where, what) table.insert(state.complaints, where .. " " .. what) end
end

return {
  read_twiml = read_twiml,
  handle = fake.provider {
    routes = {
      { path = "/2010%-04%-01/Accounts/(AC%x+)/Messages%.json", body = "form", shape = message, answer = function(body, _, state, captures)
        if not body.From and not body.MessagingServiceSid then return refusal(400, 21603, "A 'From' phone number is required.") end
        if body.To == "+15005550001" then return refusal(400, 21211, "The 'To' number is not a valid phone number.") end
        state.last = body
        return fake.json(201, { account_sid = captures[1], body = body.Body, sid = "SM00112233445566778899aabbccddeeff", status = "queued", error_code = nil })
      end },
      { path = "/2010%-04%-01/Accounts/(AC%x+)/Calls%.json", body = "form", shape = call, answer = function(body, _, state, captures)
        state.twiml = read_twiml(body.Twiml, complainer(state))
        return fake.json(201, { account_sid = captures[1], sid = "CA00112233445566778899aabbccddeeff", status = "queued" })
      end },
      { path = "/2010%-04%-01/Accounts/(AC%x+)/Calls/(CA%x+)%.json", body = "form", shape = object { Status = required(fake.one_of("canceled", "completed")) },
        answer = function(_, _, _, captures) return fake.json(200, { sid = captures[2], status = "canceled" }) end },
    },
    is_allowed = function(r, state) return r.headers.authorization == fake.basic(state.account.account_sid, state.account.auth_token) end,
    refusal = function() return refusal(400, 21601, "Invalid parameter") end,
    faults = {
      unauthorized = function() return refusal(401, 20003, "Authenticate") end,
      limited = function() return refusal(429, 20429, "Too Many Requests") end,
      gone = function() return refusal(400, 21211, "The 'To' number is not a valid phone number.") end,
      down = fake.down,
    },
  },
}
