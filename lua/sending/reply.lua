--- What an answer over HTTP means for a notification: sent, tried again later, or failed for good with a sentence.
---
--- The rules that all destinations share stand here; a channel names what its vendor does otherwise.
local json <const> = require("tocsin.json")
local type <const>, tonumber <const>, tostring <const> = type, tonumber, tostring
local find <const>, match <const>, format <const>, lower <const> = string.find, string.match, string.format, string.lower

local reply = {}

local AFTER_MAX <const> = 3600000 -- an hour: who asks for more would silence a page

--- Milliseconds within what we wait at most; nil for what is no time.
---@param ms any
---@return integer?
function reply.bounded(ms)
  ms = tonumber(ms)
  if not ms or ms ~= ms or ms < 0 then return nil end
  return math.tointeger(math.min(math.ceil(ms), AFTER_MAX))
end

local MONTHS <const> = {}
for name in string.gmatch("jan feb mar apr may jun jul aug sep oct nov dec", "%a+") do
  MONTHS[#MONTHS + 1] = name
  MONTHS[name] = #MONTHS
end

-- Days since 1970 of a date of the Gregorian calendar.
local function days_of(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 + day - 719469
end

-- Seconds since 1970 of RFC 9110's date: "Sun, 06 Nov 1994 08:49:37 GMT".
local function date_of(text)
  local day, month, year, hour, minute, second = match(text, "^%a+, (%d%d) (%a%a%a) (%d%d%d%d) (%d%d):(%d%d):(%d%d) GMT$")
  month = month and MONTHS[lower(month)]
  if not month then return nil end
  return days_of(tonumber(year), month, tonumber(day)) * 86400 + tonumber(hour) * 3600 + tonumber(minute) * 60 + tonumber(second)
end

--- What the header Retry-After asks for (RFC 9110 10.2.3: seconds or a date), in ms.
---@param response {headers: table<string, string>?}
---@param now integer µs
---@return integer?
function reply.retry_after(response, now)
  local text = response.headers and response.headers["retry-after"]
  if not text then return nil end
  if tonumber(text) then return reply.bounded(tonumber(text) * 1000) end
  local date = date_of(text)
  return date and reply.bounded(math.max(0, date * 1000 - now // 1000))
end

--- The JSON object of the body, or {}.
---@param response {body: string?}
---@return table
function reply.object(response)
  local object = json.decode(response.body or "")
  return type(object) == "table" and object or {}
end

--- A path of names into decoded JSON: the text or number there, else nil.
---@param object any
---@return string|number|nil
function reply.at(object, ...)
  for _, name in ipairs { ... } do
    if type(object) ~= "table" then return nil end
    object = object[name]
  end
  return (type(object) == "string" or type(object) == "number") and object or nil
end

-- Two sentences side by side, with one full stop between them.
local function joined(first, second)
  return (find(first, "[.!?]$") and first .. " " or first .. ". ") .. second
end
reply.joined = joined

local function is_overloaded(status)
  return status == 429 or status == 503
end

-- 408 and 425 ask for another try; 5xx may pass.
local function is_passing(status)
  return status == 408 or status == 425 or status >= 500
end

---@class reply_rules
---@field name string who answered, for the sentence
---@field why (fun(object: table, response: table): string?)? the vendor's own words
---@field advice table<integer, string>? what to do about a status, by status
---@field after (fun(object: table): number?)? ms to wait, from the body
---@field gone table<integer, boolean>? statuses after which the address is dead

---@param response {status: integer, headers: table<string, string>?, body: string?}
---@param send {now: integer}
---@param rules reply_rules
---@return table? result nil for 2xx: the channel reads its id there
---@return table object the body, when it is JSON
function reply.refusal(response, send, rules)
  local object, status = reply.object(response), response.status
  if status >= 200 and status < 300 then return nil, object end
  local why = rules.why and rules.why(object, response)
  local sentence = format("%s answered %d%s", rules.name, status, why and ": " .. tostring(why) or "")
  if is_overloaded(status) or is_passing(status) then
    local after = rules.after and reply.bounded(rules.after(object)) or reply.retry_after(response, send.now)
    return { state = "retry", after_ms = after, error = sentence }, object
  end
  local advice = rules.advice and rules.advice[status]
  if advice then sentence = joined(sentence, advice) end
  return { state = "failed", error = sentence, gone = rules.gone and rules.gone[status] }, object
end

--- A result by the vendor's own code of an error: `codes[code]` is advice, or { retry = true }, or { advice, gone = true }.
---@param name string
---@param code string|integer
---@param what string? the vendor's words
---@param codes table
---@param after integer? ms
---@return table result
function reply.by_code(name, code, what, codes, after)
  local known = codes[code]
  local sentence = format("%s refused the message: %s", name, what and format("%s (%s)", what, code) or tostring(code))
  if type(known) == "table" and known.retry then return { state = "retry", after_ms = after, error = sentence } end
  local advice = type(known) == "table" and known[1] or known
  if advice then sentence = joined(sentence, advice) end
  return { state = "failed", error = sentence, gone = type(known) == "table" and known.gone or nil }
end

--- The first value of a name in a body that may have been cut off in the middle: JSON when it is whole, else a search.
---@param body string
---@param name string
---@return string?
function reply.find(body, name)
  local _, last = find(body, format('"%s"%%s*:%%s*', name))
  if not last then return nil end
  return match(body, '^"([^"\\]*)"', last + 1) or match(body, "^(%-?%d+)", last + 1)
end

return reply
