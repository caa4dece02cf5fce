--- An e-mail as RFC 5322 text: headers that data cannot add to, plain and HTML parts, threads.
---
--- Both parts are base64: no line is too long, no line begins with a dot, and no byte of the alert stands in the mail as it is.
local crypto <const> = require("tocsin.crypto")
local cut <const> = require("sending.cut")
local find <const>, format <const>, gsub <const>, sub <const> = string.find, string.format, string.gsub, string.sub
local byte <const>, concat <const> = string.byte, table.concat

local mail = {}

local WORD_BYTES <const> = 45 -- of one encoded word: 60 characters of base64, 75 with its marks (RFC 2047)

--- Text of a header: as it is when that is safe, else encoded words, folded.
---@param text string
---@return string
function mail.words(text)
  text = gsub(gsub(cut.clean(text), "%s+", " "), "^ ", "")
  if #text <= 60 and not find(text, "[^\32-\126]") and not find(text, "=?", 1, true) then return text end
  local out, from = {}, 1
  while from <= #text do
    local last = math.min(from + WORD_BYTES - 1, #text)
    while last < #text and byte(text, last + 1) & 0xC0 == 0x80 do last = last - 1 end
    out[#out + 1] = format("=?UTF-8?B?%s?=", crypto.base64(sub(text, from, last)))
    from = last + 1
  end
  return concat(out, "\r\n ")
end

local DAYS <const> = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" }
local MONTHS <const> = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" }

-- Year, month and day of a number of days since 1970.
local function civil(days)
  local z = days + 719468
  local era = z // 146097
  local doe = z - era * 146097
  local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
  local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
  local mp = (5 * doy + 2) // 153
  local month = mp < 10 and mp + 3 or mp - 9
  return yoe + era * 400 + (month <= 2 and 1 or 0), month, doy - (153 * mp + 2) // 5 + 1
end

--- RFC 5322's date: "Thu, 01 Jan 2026 00:00:00 +0000".
---@param now integer µs since 1970
---@return string
function mail.date(now)
  local seconds = now // 1000000
  local days = seconds // 86400
  local year, month, day = civil(days)
  local rest = seconds - days * 86400
  local clock = format("%02d:%02d:%02d", rest // 3600, rest // 60 % 60, rest % 60)
  return format("%s, %02d %s %04d %s +0000", DAYS[days % 7 + 1], day, MONTHS[month], year, clock)
end

--- A name and an address as a header shows them.
---@param name string?
---@param address string
---@return string
function mail.mailbox(name, address)
  if not name or name == "" then return "<" .. address .. ">" end
  local shown = mail.words(name)
  local is_encoded = find(shown, "^=%?") ~= nil
  if not is_encoded and find(shown, "[^%w ]") then shown = '"' .. gsub(shown, '[\\"]', "\\%0") .. '"' end
  return format("%s <%s>", shown, address)
end

local function part(kind, text)
  local lines = {}
  local code = crypto.base64((gsub(text, "\r?\n", "\r\n")))
  for from = 1, #code, 76 do lines[#lines + 1] = sub(code, from, from + 75) end
  return format("Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n", kind, concat(lines, "\r\n"))
end

--- The whole mail. `headers` is a list of {name, value}: values are made by the functions above, or checked text.
---@param headers {[1]: string, [2]: string}[]
---@param plain string
---@param html string
---@return string
function mail.compose(headers, plain, html)
  local out = {}
  for _, header in ipairs(headers) do
    assert(not find(gsub(header[2], "\r\n ", ""), "[%z\1-\31\127-\255]"), "a header is ASCII on folded lines")
    out[#out + 1] = header[1] .. ": " .. header[2]
  end
  local boundary = "=_" .. sub(crypto.sha256_hex(plain .. "\0" .. html), 1, 32) -- base64 has no underscore
  out[#out + 1] = "MIME-Version: 1.0"
  out[#out + 1] = format('Content-Type: multipart/alternative; boundary="%s"', boundary)
  return concat(out, "\r\n") .. "\r\n\r\n--" .. boundary .. "\r\n" .. part("text/plain", plain) .. "--" .. boundary .. "\r\n"
    .. part("text/html", html) .. "--" .. boundary .. "--\r\n"
end

return mail
