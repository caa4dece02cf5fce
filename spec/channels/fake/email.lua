--- A mail server that reads what it is given. https://www.rfc-editor.org/rfc/rfc5321, https://www.rfc-editor.org/rfc/rfc5322,
--- https://www.rfc-editor.org/rfc/rfc2045 (parts), https://www.rfc-editor.org/rfc/rfc2047 (encoded words)
local crypto = require "tocsin.crypto"
local fake = require "fake_provider"

local HEADERS = { Date = true, From = true, To = true, Subject = true, ["Message-ID"] = true, ["In-Reply-To"] = true, References = true,
  ["Auto-Submitted"] = true, ["X-Tocsin"] = true, Importance = true, ["MIME-Version"] = true, ["Content-Type"] = true, ["Content-Transfer-Encoding"] = true }

-- Headers and body of a mail or a part; every line ends with CRLF and has at most 998 bytes.
local function read(data, complain)
  local head, body = data:match "^(.-)\r\n\r\n(.*)$"
  if not head then return complain("mail", "has no body") or {}, "" end
  local headers, last = {}, nil
  for line in (head .. "\r\n"):gmatch "(.-)\r\n" do
    if #line > 998 then complain("mail", "has a line of " .. #line) end
    if line:find "[\r\n%z]" or line:find "[\128-\255]" then complain("mail", "has a bare byte in a header: " .. line) end
    if line:find "^[ \t]" and last then headers[last] = headers[last] .. line
    else
      local name, value = line:match "^([%w-]+): (.*)$"
      if not name or not HEADERS[name] or headers[name] then complain("mail", "has a header that it should not have: " .. line) name = "?" end
      headers[name], last = value or "", name
    end
  end
  return headers, body
end

local function words(value)
  value = value:gsub("%?=%s+=%?", "?==?")
  return (value:gsub("=%?UTF%-8%?B%?([^?]*)%?=", function(code) return crypto.unbase64(code) end))
end

local function parts(headers, body, complain)
  local boundary = headers["Content-Type"]:match '^multipart/alternative; boundary="([^"]+)"$'
  if not boundary then return complain("mail", "has no parts") end
  local out, mark = {}, "--" .. boundary
  local at = select(2, body:find(mark .. "\r\n", 1, true)) + 1
  while true do
    local first, last = body:find("\r\n" .. mark, at, true)
    local part_headers, text = read(body:sub(at, first + 1), complain)
    for line in text:gmatch "[^\r\n]+" do
      if #line > 76 then complain("part", "has a base64 line of " .. #line) end
    end
    local plain = crypto.unbase64((text:gsub("%s", "")))
    if not plain or not utf8.len(plain) then complain("part", "is no UTF-8") end
    out[part_headers["Content-Type"]] = plain
    if body:sub(last + 1, last + 2) == "--" then break end
    at = last + 3
  end
  return out
end

local function handle(request, state)
  local m = request.mail
  local function complain(where, what) table.insert(state.complaints, where .. " " .. what) end
  local headers, body = read(m.data, complain)
  if not headers.Subject then return { status = 550, headers = {}, body = "550 5.6.0 Headers missing" } end
  local texts = parts(headers, body, complain)
  local subject = words(headers.Subject)
  if subject:find "[%c]" then complain("subject", "has a line break") end
  for name, pattern in pairs { Date = "^%a%a%a, %d%d %a%a%a %d%d%d%d %d%d:%d%d:%d%d %+0000$", ["Message-ID"] = "^<[^<>@%s]+@[^<>@%s]+>$",
    To = "<ann@example%.org>$", From = "<alerts@example%.org>$", ["Auto-Submitted"] = "^auto%-generated$" } do
    if not (headers[name] or ""):find(pattern) then complain(name, "is wrong: " .. tostring(headers[name])) end
  end
  local html = texts["text/html; charset=utf-8"] or ""
  if not texts["text/plain; charset=utf-8"] then complain("mail", "has no plain part") end
  if html:gsub("<!DOCTYPE html>", ""):find "<[^/%a]" or html:find "<script" then complain("html", "has markup of the alert") end
  state.mail = { headers = headers, subject = subject, plain = texts["text/plain; charset=utf-8"], html = html }
  local faults = {
    unauthorized = { status = 535, body = "535 5.7.8 Error: authentication failed: hunter22" }, limited = { status = 451, body = "451 4.7.1 Try again later" },
    gone = { status = 550, body = "550 5.1.1 User unknown" }, down = { status = 421, body = "421 4.3.2 Shutting down" },
  }
  local answer = faults[state.fault] or m.password == state.account.password and { status = 250, body = "250 2.0.0 Ok: queued" } or faults.unauthorized
  return { status = answer.status, headers = {}, body = answer.body }
end

return {
  handle = handle,
  visible = function(request)
    local state = { complaints = {}, account = {} }
    handle(request, state)
    assert(fake.units.points(state.mail.plain) <= 100000)
    return state.mail.plain
  end,
}
