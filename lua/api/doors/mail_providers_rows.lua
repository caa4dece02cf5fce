--- What each mail provider sends, and whether it is its: signatures and passwords are checked before anything is read.
---
--- Read 2026-11: https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http,
--- https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html,
--- https://postmarkapp.com/developer/webhooks/inbound-webhook,
--- https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook,
--- https://dev.mailjet.com/email/guides/parse-api/.
local api_sns = require("api.sns")
local crypto = require("tocsin.crypto")
local json = require("tocsin.json")
local mail_address = require("api.mail_address")
local mime = require("tocsin.mime")
local port = require("tocsin.port")
local wire = require("api.doors.wire")

local providers = {}

local RECIPIENTS_MAX <const> = 20
local DAY_S <const> = 86400 -- Mailgun tries again for eight hours

local function answer(status, sentence) return status, wire.TEXT, sentence, "" end

local function setting(name) return port.call("settings", { names = json.array { name } })[name] end

local function text_of(v) return type(v) == "string" and v or nil end
local function list_of(v) return type(v) == "table" and v or {} end

-- Names and values as the header of a mail, which no value can add to.
local function header_text(list)
  local lines = {}
  for _, one in ipairs(list) do
    local name, value = text_of(one[1]), text_of(one[2])
    if name and value and string.find(name, "^[%w-]+$") then
      lines[#lines + 1] = name .. ": " .. string.gsub(value, "[\r\n]+[ \t]*", " ")
    end
  end
  return table.concat(lines, "\r\n") .. "\r\n\r\n"
end

-- The addresses in a text like `"A, B" <a@x>, b@y`.
local function addresses_in(text)
  local out = {}
  for one in string.gmatch(text or "", "[^%s,<>]+@[^%s,<>]+") do out[#out + 1] = one end
  return out
end

local function unset(who, name)
  return 403, string.format("This server takes no mails from %s: the setting %s is empty.", who, name)
end

-- Password ------------------------------------------------------------------------------------------------------------

local function basic(request)
  local secret = setting "inbound_email_secret"
  if secret == "" then return unset("this provider", "inbound_email_secret") end
  local sent = string.match(request.headers.authorization or "", "^%s*[Bb][Aa][Ss][Ii][Cc]%s+(.-)%s*$")
  if not sent then return 401, "Send the user and password of inbound_email_secret (Basic)." end
  if not crypto.equal(crypto.unbase64(sent) or "", secret) then return 403, "The user or password is wrong." end
end

-- Mailgun -------------------------------------------------------------------------------------------------------------

local function check_mailgun(fields, now)
  local key = setting "inbound_email_mailgun_key"
  if key == "" then return unset("Mailgun", "inbound_email_mailgun_key") end
  local timestamp, token = wire.first(fields, "timestamp"), wire.first(fields, "token")
  local signature = wire.first(fields, "signature")
  if not (timestamp and token and signature) then return 401, "timestamp, token and signature are missing." end
  local wanted = crypto.hex(crypto.hmac("sha256", key, timestamp .. token))
  if not crypto.equal(wanted, string.lower(signature)) then return 403, "The signature is wrong." end
  local at = string.find(timestamp, "^%d+$") and tonumber(timestamp) or 0
  if math.abs(now // 1000000 - at) > DAY_S then return 403, "The timestamp is not of the last day." end
end

local function of_mailgun(request)
  local fields = request.fields
  local status, why = check_mailgun(fields, request.now)
  if status then return nil, status, why end
  local raw = wire.first(fields, "body-mime")
  local headers = {}
  for i, one in ipairs(list_of(json.decode(wire.first(fields, "message-headers") or "[]"))) do headers[i] = list_of(one) end
  local given = { subject = wire.first(fields, "subject"), from = addresses_in(wire.first(fields, "from"))[1],
    text = wire.first(fields, "body-plain"), html = wire.first(fields, "body-html"), attachments = request.files }
  return { sender = wire.first(fields, "sender"), recipients = addresses_in(wire.first(fields, "recipient")),
    raw = raw or header_text(headers), given = not raw and given or nil }
end

-- SES -----------------------------------------------------------------------------------------------------------------

local function of_ses(request)
  local topics = setting "inbound_email_sns_topics"
  if topics == "" then return nil, unset("SES", "inbound_email_sns_topics") end
  local verdict, why = api_sns.judge(request.body, topics, request.now)
  if verdict == "confirmed" then return nil, 200, "Confirmed" end
  if verdict ~= "pass" then return nil, verdict == "later" and 503 or 403, why end
  local notification = json.decode(text_of(request.json.Message) or "")
  if type(notification) ~= "table" or notification.notificationType ~= "Received" then
    return nil, 200, "Ignored: no mail that was received."
  end
  local raw, receipt = text_of(notification.content), list_of(notification.receipt)
  if not raw then
    return nil, 400, "The notification has no content: give the receipt rule an SNS action, not one of S3."
  end
  if list_of(receipt.action).encoding == "BASE64" then raw = crypto.unbase64(raw) or "" end
  return { sender = text_of(list_of(notification.mail).source), recipients = list_of(receipt.recipients), raw = raw }
end

-- Postmark ------------------------------------------------------------------------------------------------------------

local function of_postmark(request)
  local status, why = basic(request)
  if status then return nil, status, why end
  local v, headers, files = request.json, {}, {}
  for i, one in ipairs(list_of(v.Headers)) do headers[i] = { list_of(one).Name, list_of(one).Value } end
  for _, name in ipairs { "To", "Cc", "Date" } do headers[#headers + 1] = { name, v[name] } end
  headers[#headers + 1] = { "Message-ID", v.MessageID } -- the first one counts
  for i, one in ipairs(list_of(v.Attachments)) do
    local file = list_of(one)
    files[i] = { name = text_of(file.Name) or "", type = text_of(file.ContentType) or "",
      size = math.tointeger(file.ContentLength) or 0 }
  end
  local from = text_of(list_of(v.FromFull).Email) or addresses_in(text_of(v.From))[1]
  return { sender = from, recipients = addresses_in(text_of(v.OriginalRecipient) or text_of(v.To)),
    raw = header_text(headers), given = { subject = text_of(v.Subject), from = from, text = text_of(v.TextBody),
      html = text_of(v.HtmlBody), attachments = files } }
end

-- SendGrid ------------------------------------------------------------------------------------------------------------

-- A field in its own charset, which SendGrid tells in another field.
local function recoded(fields, charsets, name)
  local value, charset = wire.first(fields, name), text_of(charsets[name])
  local is_other = value and charset and string.find(charset, "^[%w_:.-]+$") and string.lower(charset) ~= "utf-8"
  if not is_other then return value end
  local mail = "Content-Type: text/plain; charset=" .. charset .. "\r\n\r\n" .. value
  return json.decode((mime.payload(mail, {}))).message
end

local function json_field(fields, name) return list_of(json.decode(wire.first(fields, name) or "{}")) end

-- What SendGrid tells of the attachments: {"attachment1": {"filename", "type"}}; how long they are is seen.
local function sendgrid_files(request)
  local files, sizes = {}, {}
  for _, one in ipairs(request.files) do sizes[one.field or ""] = one.size end
  for field, about in pairs(json_field(request.fields, "attachment-info")) do
    local file = list_of(about)
    files[#files + 1] = { name = text_of(file.filename) or text_of(file.name) or field, type = text_of(file.type) or "",
      size = sizes[field] or 0 }
  end
  table.sort(files, function(a, b) return a.name < b.name end)
  return files
end

local function of_sendgrid(request)
  local status, why = basic(request)
  if status then return nil, status, why end
  local fields = request.fields
  local envelope, charsets = json_field(fields, "envelope"), json_field(fields, "charsets")
  local raw = wire.first(fields, "email")
  local given = not raw and { subject = recoded(fields, charsets, "subject"),
    from = addresses_in(wire.first(fields, "from"))[1], text = recoded(fields, charsets, "text"),
    html = recoded(fields, charsets, "html"), attachments = sendgrid_files(request) } or nil
  return { sender = text_of(envelope.from), recipients = list_of(envelope.to),
    raw = raw or (wire.first(fields, "headers") or "") .. "\r\n\r\n", given = given }
end

-- Mailjet -------------------------------------------------------------------------------------------------------------

local function mailjet_files(v)
  local files = {}
  for _, one in ipairs(list_of(v.Parts)) do
    local part = list_of(one)
    local head, ref = list_of(part.Headers), text_of(part.ContentRef) or ""
    if string.find(ref, "^Attachment") then
      local name = string.match(text_of(head["Content-Disposition"]) or "", 'filename="?([^";]*)')
      files[#files + 1] = { name = name or ref, type = string.match(text_of(head["Content-Type"]) or "", "^[^;]*"),
        size = #(crypto.unbase64(text_of(v[ref]) or "") or "") }
    end
  end
  return files
end

local function of_mailjet(request)
  local status, why = basic(request)
  if status then return nil, status, why end
  local v, headers = request.json, {}
  for name, value in pairs(list_of(v.Headers)) do
    for _, one in ipairs(type(value) == "table" and value or { value }) do headers[#headers + 1] = { name, one } end
  end
  local sender = text_of(v.Sender)
  return { sender = sender, recipients = addresses_in(text_of(v.Recipient)), raw = header_text(headers),
    given = { subject = text_of(v.Subject), from = addresses_in(text_of(v.From))[1] or sender, text = text_of(v["Text-part"]),
      html = text_of(v["Html-part"]), attachments = mailjet_files(v) } }
end

-- Which one it is -----------------------------------------------------------------------------------------------------

-- Whose form a request has; nil: nobody's.
local function reader_of(request)
  local essence = wire.essence(request.headers["content-type"])
  if essence == "multipart/form-data" then
    request.fields, request.files = wire.multipart(request.headers["content-type"], request.body)
  elseif essence == "application/x-www-form-urlencoded" then request.fields, request.files = wire.form(request.body), {} end
  if request.fields then
    if wire.first(request.fields, "envelope") then return of_sendgrid end
    return wire.first(request.fields, "recipient") and of_mailgun or nil
  end
  local value = json.decode(request.body)
  if type(value) ~= "table" then return nil end
  request.json = value
  if value.Type and value.TopicArn then return of_ses end
  if value.Recipient and value.Sender then return of_mailjet end
  return (value.OriginalRecipient or value.ToFull) and of_postmark or nil
end

-- One alert for each recipient that is ours → how many, or nil, a status and a sentence.
local function deliver(mail)
  local stored, seen = 0, {}
  for i = 1, math.min(#mail.recipients, RECIPIENTS_MAX) do
    local recipient = text_of(mail.recipients[i]) or ""
    local row, dedup = mail_address.find(recipient)
    if row and not seen[recipient] then
      local payload, refusal = mime.payload(mail.raw, { sender = mail.sender or "", recipient = recipient, dedup = dedup,
        is_goalert = row.type == "goalert" }, mail.given)
      if refusal then return nil, 200, "Ignored: this mail " .. refusal .. ", which is no alert." end
      local result, sentence = port.call("alert", { integration = row.id, payload = payload, by = "system" })
      if not result then return nil, 503, sentence end
      stored, seen[recipient] = stored + 1, true
    end
  end
  if stored == 0 then return nil, 400, "None of the recipients is an address of an integration." end
  return stored
end

--- A request of a provider → status, content type, body, headers.
function providers.take(request)
  if request.method ~= "POST" then return 405, wire.TEXT, "Only HEAD and POST are heard here.", "Allow: HEAD, POST\r\n" end
  local read = reader_of(request)
  if not read then return answer(400, "This is no mail as Mailgun, SES, Postmark, SendGrid or Mailjet bring one.") end
  local mail, status, sentence = read(request)
  if mail then
    local stored
    stored, status, sentence = deliver(mail)
    if stored then return answer(200, "OK") end
  end
  -- Mailgun gives up at 406 and tries everything else again for hours.
  if read == of_mailgun and status >= 400 and status < 500 then status = 406 end
  return answer(status, sentence)
end

return providers
