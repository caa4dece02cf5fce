--- E-mail: the title is the subject line, the message an HTML body; sent by SMTP, one thread a group.
---
--- A customised message is Markdown, as it was in OnCall. Mail scanners open every link, so the link that acknowledges leads
--- to a page with a button. All mails of a group refer to one id that no mail has: that is enough for mail programs to
--- show them as one conversation, and nobody has to remember the first.
local html <const> = require("channels.html")
local plain <const> = require("channels.plain")
local sending <const> = require("sending")
local cut <const>, mail <const>, syntax <const>, words <const> = sending.cut, sending.mail, sending.syntax, sending.words
local concat <const>, find <const>, format <const> = table.concat, string.find, string.format
local gsub <const>, lower <const>, match <const> = string.gsub, string.lower, string.match

local email = {
  fields = { "title", "message" },
  fallback_title = "Incident",
  from_web = true, -- without a field of its own it shows the web default
  limit = { title = 500 },
}

--- Neutral text to a subject (plain, one line: a subject must not hold a line break) or a body.
---@param text string
---@param field "title"|"message"
---@return string
function email.convert(text, field)
  if field == "title" then return plain.cut(plain.one_line(text), email.limit.title) end
  return html.from_markdown(text)
end

email.own = email.convert

---@param text string
---@param field "title"|"message"
---@return string
function email.plain(text, field)
  return field == "title" and plain.one_line(text) or html.escape(text)
end

-- Sending -----------------------------------------------------------------------------------------------------------

email.name = "E-mail"
email.about = "E-mail by SMTP"
email.docs = {
  "https://www.rfc-editor.org/rfc/rfc5322", "https://www.rfc-editor.org/rfc/rfc2047", "https://www.rfc-editor.org/rfc/rfc3834",
  "https://www.rfc-editor.org/rfc/rfc5321#section-4.2", "https://www.rfc-editor.org/rfc/rfc3463",
}
local MAILBOX <const> = "^[%w.!#$%%&'*+/=?^_`{|}~-]+@[%w-]+[%w.-]*%w$"
email.settings = {
  { "host", type = "text", required = true, max = 253, pattern = "^[%w.:%[%]-]+$", about = "Name or address of the mail server" },
  { "port", type = "integer", min = 1, max = 65535, default = 587, about = "Port" },
  { "tls", type = "choice", choices = { "starttls", "tls", "none" }, default = "starttls",
    about = "starttls (usual on port 587), tls (port 465), or none (a relay on this machine)" },
  { "user", type = "text", max = 320, about = "User, when the server asks for one" },
  { "password", type = "text", secret = true, max = 500, about = "Password of the user" },
  { "from", type = "text", required = true, max = 254, pattern = MAILBOX, hint = "An address such as alerts@example.org.", about = "Sender's address" },
  { "from_name", type = "text", max = 100, default = "Tocsin", about = "Sender's name" },
}
email.address = {
  { "email", type = "text", required = true, personal = true, max = 254, pattern = MAILBOX, hint = "An address such as ann@example.org.", about = "E-mail address" },
}
email.limits = { per_target = { 20, 60000 }, per_provider = { 20, 1000 } }
email.sample = {
  account = { host = "mail.example.org", user = "tocsin", password = "hunter22", from = "alerts@example.org" },
  address = { email = "ann@example.org" },
}

local PLAIN_MAX <const>, HTML_MAX <const> = 100000, 200000 -- code points; what a mail program shows without cutting

local function plain_text(send)
  local group, text = send.group, syntax.html.strip(send.text.message or "")
  local tail = {}
  if group then tail[1] = words.footer(group) end
  local more = words.tail(send)
  if more ~= "" then tail[#tail + 1] = more end
  if send.text.source_link and group and group.link then tail[#tail + 1] = "Source: " .. send.text.source_link end
  local head = send.text.title .. (text ~= "" and "\n\n" .. text or "")
  return cut.keep(head, #tail > 0 and "\n\n-- \n" .. concat(tail, "\n") .. "\n" or "\n", PLAIN_MAX, "points")
end

local BUTTON <const> = "display:inline-block;padding:8px 16px;margin:0 8px 8px 0;border:1px solid #888;border-radius:4px;text-decoration:none"

local function html_lines(send)
  local out, e = {}, html.escape
  for _, note in ipairs(words.notes(send)) do out[#out + 1] = "<p>" .. e(note) .. "</p>" end
  local buttons = {}
  for i, action in ipairs(words.linked_actions(send)) do
    buttons[i] = format('<a href="%s" style="%s">%s</a>', e(action.url), BUTTON, e(action.label))
  end
  if #buttons > 0 then out[#out + 1] = "<p>" .. concat(buttons) .. "</p>" end
  local link, source = send.group and send.group.link, send.text.source_link
  if link then out[#out + 1] = format('<p><a href="%s">Open the alert group</a></p>', e(link)) end
  if source then out[#out + 1] = format('<p><a href="%s">Source</a></p>', e(source)) end
  return concat(out, "\n")
end

local function html_text(send)
  local colour = words.COLOURS[send.group and send.group.state or "resolved"]
  local footer = send.group and format('<p style="color:#666">%s</p>', html.escape(words.footer(send.group))) or ""
  local head = format('<!DOCTYPE html>\n<html><body style="font-family:sans-serif"><div style="border-left:4px solid %s;padding-left:12px">\n<h2>%s</h2>\n',
    colour, html.escape(send.text.title))
  local tail = footer .. "\n" .. html_lines(send) .. "\n</div></body></html>\n"
  return head .. cut.keep_markup(send.text.message or "", tail, HTML_MAX, "points", syntax.html)
end

local function id_part(text) return (gsub(text, "[^%w.-]", "-")) end

local function headers_of(send)
  local account, group = send.account, send.group
  local domain = match(account.from, "@(.+)$")
  local headers = {
    { "Date", mail.date(send.now) }, { "From", mail.mailbox(account.from_name, account.from) },
    { "To", mail.mailbox(send.user and send.user.name and cut.to(send.user.name, 100, "points"), send.address.email) },
    { "Subject", mail.words(words.title(send)) },
    { "Message-ID", format("<%s@%s>", id_part(send.key), domain) },
  }
  if group then
    local thread = format("<group-%s@%s>", id_part(group.id or tostring(group.number)), domain)
    headers[#headers + 1] = { "In-Reply-To", thread }
    headers[#headers + 1] = { "References", thread }
  end
  headers[#headers + 1] = { "X-Tocsin", "notification" } -- our own listener takes none of them (core/text/mime.c)
  headers[#headers + 1] = { "Auto-Submitted", "auto-generated" } -- nobody's holiday shall answer (RFC 3834)
  if send.is_important then headers[#headers + 1] = { "Importance", "high" } end
  return headers
end

function email.request(send)
  local account = send.account
  return { mail = {
    url = format("%s://%s:%d", account.tls == "tls" and "smtps" or "smtp", account.host, account.port), tls = account.tls,
    user = account.user, password = account.password, from = account.from, to = send.address.email,
    data = mail.compose(headers_of(send), plain_text(send), html_text(send)),
  } }
end

-- Enhanced codes (RFC 3463) that mean that the address is no good.
local function is_dead(text) return find(text, "5%.1%.[0-3]") ~= nil or find(text, "5%.1%.10") ~= nil or find(text, "5%.2%.1") ~= nil end

local function advice_of(status, text)
  if status == 530 or status == 534 or status == 535 then return "Check user and password in the settings" end
  if find(lower(text), "starttls") then return "Set tls to starttls or tls in the settings" end
  if status == 552 then return "The mail was too large for the server, or the mailbox is full" end
  if is_dead(text) then return "Check the e-mail address" end
  if status == 550 or status == 553 or status == 554 then return "The server does not take this mail: check the address, and that it lets us send as the sender's address" end
end

--- `status` is SMTP's code, `body` the server's line.
function email.result(response, send)
  local status, text = response.status, response.body or ""
  local domain = match(send.account.from, "@(.+)$")
  if status >= 200 and status < 300 then return { state = "sent", id = format("<%s@%s>", id_part(send.key), domain) } end
  local sentence = format("The mail server answered %d%s", status, text ~= "" and ": " .. text or "")
  if status < 500 then return { state = "retry", error = sentence } end
  local advice = advice_of(status, text)
  if advice then sentence = sentence .. ". " .. advice end
  return { state = "failed", error = sentence, gone = is_dead(text) or nil }
end

email.examples = {
  { "a page", send = {}, expect = { request = { mail = { url = "smtp://mail.example.org:587", tls = "starttls", user = "tocsin", from = "alerts@example.org", to = "ann@example.org" },
    has = { "From: Tocsin <alerts@example.org>\r\nTo: Ann <ann@example.org>\r\nSubject: #12 Disk of db-1 is full\r\nMessage-ID: <n-41@example.org>\r\n",
      "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n", "References: <group-I4ZQ7@example.org>\r\n", "Auto-Submitted: auto-generated\r\n" }, lacks = { "Importance" } } } },
  { "an important page, with a name and a subject from afar", send = { is_important = true, account = { tls = "tls", port = 465, from_name = 'O"Neil, Ltd.' },
      text = { title = "Straße\r\nBcc: evil@example.org" }, user = { name = "Zoë" } },
    expect = { request = { mail = { url = "smtps://mail.example.org:465" }, has = { "Importance: high", 'From: "O\\"Neil, Ltd." <alerts@example.org>', "To: =?UTF-8?B?Wm/Dqw==?= <ann@example.org>" },
      lacks = { "Bcc", "\r\n\r\nBcc" } } } },
  { "taken", response = { status = 250, body = "250 2.0.0 Ok: queued as 4F2" }, expect = { state = "sent", id = "<n-41@example.org>" } },
  { "greylisted", response = { status = 451, body = "451 4.7.1 Greylisting in action, please come back later" },
    expect = { state = "retry", error = "The mail server answered 451: 451 4.7.1 Greylisting in action, please come back later" } },
  { "no such mailbox", response = { status = 550, body = "550 5.1.1 <ann@example.org>: Recipient address rejected: User unknown" }, expect = { state = "failed", gone = true } },
  { "a wrong password", response = { status = 535, body = "535 5.7.8 Error: authentication failed" },
    expect = { state = "failed", error = "The mail server answered 535: 535 5.7.8 Error: authentication failed. Check user and password in the settings" } },
}

return email
