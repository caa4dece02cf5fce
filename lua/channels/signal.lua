--- Signal: messages through a signal-cli-rest-api of your own.
local json <const> = require("tocsin.json")
local sending <const> = require("sending")
local cut <const>, encode <const>, reply <const>, words <const> = sending.cut, sending.encode, sending.reply, sending.words

local signal = {
  name = "Signal",
  about = "Signal messages through your own signal-cli-rest-api",
  docs = { "https://bbernhard.github.io/signal-cli-rest-api/", "https://github.com/bbernhard/signal-cli-rest-api/blob/master/doc/EXAMPLES.md" },
  settings = {
    { "url", type = "url", required = true, about = "Address of signal-cli-rest-api" },
    { "number", type = "text", required = true, max = 16, pattern = "^%+[1-9]%d+$", hint = "A number in international form: +15551234567.", about = "Number that sends" },
    { "username", type = "text", max = 100, about = "User, when a proxy asks for one" }, { "password", type = "text", secret = true, max = 200, about = "Password of the user" },
  },
  address = {
    { "id", type = "text", required = true, personal = true, max = 100, pattern = "^[+%a][%w.+/=_-]+$", hint = "A number (+15551234567) or a group (group.…).", about = "Number or group id" },
  },
  room = { key = "id" },
  limits = { per_target = { 1, 1000 }, per_provider = { 2, 1000 } },
  sample = { account = { url = "http://signal.example.org:8080", number = "+15550100" }, address = { id = "+15558675310" } },
}

local MESSAGE_MAX <const> = 2000 -- bytes; what is longer becomes an attachment in Signal

local function message_of(send)
  local lines = { send.group and words.footer(send.group) }
  local tail = words.tail(send)
  if tail ~= "" then lines[#lines + 1] = tail end
  local head = cut.to(words.title(send), MESSAGE_MAX // 3, "bytes") .. (send.text.message and "\n" .. send.text.message or "")
  return cut.keep(head, #lines > 0 and "\n\n" .. table.concat(lines, "\n") or "", MESSAGE_MAX, "bytes")
end

function signal.request(send)
  local account = send.account
  return encode.json_request("POST", encode.base(account.url) .. "/v2/send", {
    number = account.number, recipients = json.array { send.address.id }, message = message_of(send), text_mode = "normal",
  }, account.username and { encode.basic(account.username, account.password or "") })
end

local RULES <const> = {
  name = "Signal", why = function(object) return reply.at(object, "error") end,
  advice = {
    [400] = "Check that the sending number is registered and the recipient has Signal", [401] = "Put the proxy's user and password into the settings",
    [403] = "Put the proxy's user and password into the settings", [404] = "Check the address of signal-cli-rest-api",
  },
}

function signal.result(response, send)
  local refused, object = reply.refusal(response, send, RULES)
  if not refused then return { state = "sent", id = reply.at(object, "timestamp") } end
  if type(object.challenge_tokens) == "table" then
    return { state = "failed", error = reply.joined(refused.error, "Signal wants a captcha: solve it with signal-cli-rest-api (rate-limit-challenge)") }
  end
  return refused
end

signal.examples = {
  { "a page", send = {}, expect = { request = { method = "POST", url = "http://signal.example.org:8080/v2/send",
    json = { number = "+15550100", recipients = { "+15558675310" }, text_mode = "normal",
      message = "#12 Disk of db-1 is full\n97 % used.\n\n#12 · Firing · 3 alerts · Shop · production\nAcknowledge: https://tocsin.example.org/act/ack1\n" ..
        "Resolve: https://tocsin.example.org/act/res1\nSilence: https://tocsin.example.org/act/sil1\nhttps://tocsin.example.org/alert-groups/I4ZQ7" } } } },
  { "a group in its room", send = { kind = "post", address = { id = "group.OTVYYkVlVXlGSDM=" }, account = { username = "u", password = "passw" } },
    expect = { request = { json = { recipients = { "group.OTVYYkVlVXlGSDM=" } }, headers = { Authorization = "Basic dTpwYXNzdw==" } } } },
  { "sent", response = { status = 201, body = [[{"timestamp":"1767225600123"}]] }, expect = { state = "sent", id = "1767225600123" } },
  { "the sidecar restarts", response = { status = 502 }, expect = { state = "retry" } },
  { "nobody there", response = { status = 400, body = [[{"error":"Unregistered user +15558675310"}]] },
    expect = { state = "failed", error = "Signal answered 400: Unregistered user +15558675310. Check that the sending number is registered and the recipient has Signal" } },
  { "a captcha", response = { status = 429, body = [[{"error":"rate limit","challenge_tokens":["a1b2"],"account":"+15550100"}]] }, expect = { state = "failed" } },
}

return signal
