--- Grafana OnCall's own filters, and its global `time`.
---
--- Every filter but those of regular expressions' errors answers None where Python would raise ValueError, TypeError
--- or AttributeError; what else goes wrong is raised. `filters` maps names to functions in the runtime's calling form.
local utf <const> = require "tocsin.text"
local json <const> = require "tocsin.json"
local fuel <const> = require "tocsin.fuel"
local regex <const> = require "tocsin.regex"
local zone <const> = require "tocsin.zone"
local args <const> = require "jinja.args"
local datetime <const> = require "jinja.datetime"
local errors <const> = require "jinja.errors"
local isoformat <const> = require "jinja.isoformat"
local json_print <const> = require "jinja.json_print"
local strftime <const> = require "jinja.strftime"
local text <const> = require "jinja.text"
local value <const> = require "jinja.value"
local error <const>, getmetatable <const>, pcall <const> = error, getmetatable, pcall
local math_type <const>, match <const>, find <const> = math.type, string.match, string.find
local sub <const>, concat <const>, type <const> = string.sub, table.concat, type
local NULL <const>, UNDEF <const>, text_of <const>, raise <const> = value.NULL, value.UNDEF, value.text_of, errors.raise
local DATETIME <const> = datetime.DATETIME
local FORMAT <const> = "%H:%M / %d-%m-%Y"

local oncall <const> = { filters = {} }

local function filter(name, params, required, f, subject)
  oncall.filters[name] = args.bind({ name = name, params = params, required = required, subject = subject or "value" }, f)
end

-- Moments --------------------------------------------------------------------------------------------------------

filter("iso8601_to_time", {}, 0, function(v)
  local s = text_of(v)
  if not s then return NULL end
  fuel.bytes(#s)
  local fields = isoformat.parse_lenient(s)
  return fields and datetime.from_fields(fields) or NULL
end)

-- An argument, or what stands for one that was not given: False is given.
local function given(v, default)
  if v == nil then return default end
  return v
end

filter("datetimeparse", { "format" }, 0, function(v, pattern)
  local s, p = text_of(v), text_of(given(pattern, FORMAT))
  local fields = s and p and strftime.parse(s, p)
  return fields and datetime.from_fields(fields) or NULL
end)

-- What has no strftime gives None; an Undefined is touched, and says so.
local function can_format(v)
  if getmetatable(v) == UNDEF then text.fail_undef(v) end
  local T = getmetatable(v)
  return T == DATETIME or T == datetime.DATE or T == datetime.TIME
end

filter("datetimeformat", { "format" }, 0, function(v, pattern)
  local p = text_of(given(pattern, FORMAT))
  if not can_format(v) or not p then return NULL end
  return datetime.strftime(v, p)
end)

filter("datetimeformat_as_timezone", { "format", "tz" }, 0, function(v, pattern, tz)
  local p, name = text_of(given(pattern, FORMAT)), text_of(given(tz, "UTC"))
  if not can_format(v) or getmetatable(v) ~= DATETIME then return NULL end
  if tz == NULL then raise("KeyError", "None") end
  if not name then return NULL end
  local is_first <const> = datetime.is_first_day(v)
  local utc = is_first and v or datetime.to_zone(v, datetime.UTC)
  local offset, abbreviation = zone.offset(name, utc.day * 86400 + utc.us // 1000000)
  if not offset then raise("KeyError", utf.str_repr(name)) end
  if not p or is_first then return NULL end
  return datetime.strftime(datetime.to_zone(utc, datetime.timezone(offset * 1000000, abbreviation)), p)
end)

local TIME_T <const> = 9223372036854775807.0
local GMTIME_FIRST <const>, GMTIME_LAST <const> = -67768040609740800, 67768036191676799 -- years that an int holds

-- Whole seconds and microseconds of a float, half to even.
local function split_seconds(v)
  local whole, part = math.modf(v)
  part = part * 1e6
  local us = part // 1
  local rest = part - us
  if rest > 0.5 or rest == 0.5 and us % 2 == 1 then us = us + 1 end
  return math.tointeger(whole), math.tointeger(us)
end

filter("timestamp_to_datetime", {}, 0, function(v)
  if v == true then v = 1 elseif v == false then v = 0 end
  if value.type_of(v) == value.BIG then raise("OverflowError", "timestamp out of range for platform time_t") end
  if not math_type(v) or v ~= v then return NULL end
  local seconds, us = v, 0
  if math_type(v) == "float" then
    if v == math.huge or v == -math.huge then raise("OverflowError", "cannot convert float infinity to integer") end
    if v > TIME_T or v < -TIME_T then raise("OverflowError", "timestamp out of range for platform time_t") end
    -- The first second past a time_t is taken for the last one before it.
    if v == TIME_T then seconds = GMTIME_LAST + 1 else seconds, us = split_seconds(v) end
  end
  if seconds > GMTIME_LAST or seconds < GMTIME_FIRST then
    raise("OSError", "[Errno 75] Value too large for defined data type")
  end
  if seconds < -62135596800 or seconds > 253402300799 then return NULL end
  return datetime.new(seconds // 86400, seconds % 86400 * 1000000 + us)
end)

local UNITS <const> = { s = 1, m = 60, h = 3600, d = 86400, w = 604800 }

filter("timedeltaparse", {}, 0, function(v)
  local s = text_of(v)
  if not s then return NULL end
  fuel.bytes(#s)
  local sign, count, unit = match(s, "^([-+]?)(%d+)([smhdw])\n?$")
  if not sign then return NULL end
  local n = math.tointeger(tonumber(count))
  if not n or n > 10 ^ 14 then raise("OverflowError", "Python int too large to convert to C int") end
  local seconds = (sign == "-" and -n or n) * UNITS[unit]
  return datetime.delta(seconds // 86400, seconds % 86400 * 1000000)
end)

--- The global `time`: the given moment (µs since 1970) as a datetime in UTC.
---@param now integer
---@return table
function oncall.time(now) return datetime.at(now, datetime.UTC) end

-- Regular expressions --------------------------------------------------------------------------------------------

-- nil alone is a search that took too long; with words behind it, a pattern that is wrong.
local function answer(result, class, message)
  if result ~= nil then return result end
  if class then raise(class, message) end
  return NULL
end

filter("regex_replace", { "find", "replace" }, 2, function(v, pattern, template)
  local s, p, t = text_of(v), text_of(pattern), text_of(template)
  if not (s and p and t) then return NULL end
  local result <const>, why <const>, message <const> = regex.replace(p, t, s)
  if why == true then return v end
  return answer(result, why, message)
end)

filter("regex_match", { "value" }, 1, function(v, pattern)
  local s, p = text_of(v), text_of(pattern)
  if not (s and p) then return NULL end
  return answer(regex.match(p, s))
end, "pattern")

filter("regex_search", { "value" }, 1, function(v, pattern)
  local s, p = text_of(v), text_of(pattern)
  if not (s and p) then return NULL end
  return answer(regex.search(p, s))
end, "pattern")

-- Codes ----------------------------------------------------------------------------------------------------------

filter("b64decode", {}, 0, function(v)
  local s = text_of(v)
  if not s or not utf.is_ascii(s) then return NULL end
  local decoded = utf.b64decode(s)
  return decoded and utf.valid_utf8(decoded) and decoded or NULL
end)

-- The end of a JSON string that holds backslashes.
local function string_end(s, at)
  local pos = at + 1
  while true do
    local stop <const> = find(s, '["\\]', pos)
    if not stop then return nil end
    if string.byte(s, stop) == 34 then return at, stop end
    pos = stop + 2
  end
end

-- Python's reader takes NaN and Infinity. The latter is a number past a double's range; NaN has no spelling in JSON and
-- stands as a text that nobody sends until the document is read.
local NAN_MARK <const> = "\u{10FFFE}NaN"

local function put_nans(v)
  if v == NAN_MARK then return 0 / 0 end
  local T = type(v) == "table" and getmetatable(v)
  if T == value.LIST then
    for i = 1, v.n do v[i] = put_nans(v[i]) end
  elseif T == value.DICT then
    for key, x in next, v.v do v.v[key] = put_nans(x) end
  end
  return v
end

local function with_constants(s)
  fuel.bytes(#s * 8)
  local out, pos = {}, 1
  while true do
    local at <const> = find(s, '["NI]', pos)
    if not at then break end
    local _, stop = find(s, '^"[^"\\]*"', at)
    if not stop then _, stop = find(s, "^NaN", at) end
    if not stop then _, stop = find(s, "^Infinity", at) end
    if not stop then _, stop = string_end(s, at) end
    if not stop then return NULL end
    local token <const> = sub(s, at, stop)
    out[#out + 1] = sub(s, pos, at - 1)
    out[#out + 1] = token == "NaN" and '"' .. NAN_MARK .. '"' or token == "Infinity" and "1e999" or token
    pos = stop + 1
  end
  local parsed <const> = json.payload(concat(out) .. sub(s, pos))
  if parsed == nil then return NULL end
  return put_nans(type(parsed) == "userdata" and parsed ~= NULL and value.plain(json.fresh(parsed)) or parsed)
end

filter("parse_json", {}, 0, function(v)
  local s = text_of(v)
  if not s or find(s, "^\xef\xbb\xbf") then return NULL end
  local parsed = json.payload(s)
  if parsed == nil and find(s, "[NI]") then return with_constants(s) end
  -- A value of its own, which the template may change.
  if type(parsed) == "userdata" and parsed ~= NULL then return value.plain(json.fresh(parsed)) end
  return parsed == nil and NULL or parsed
end)

-- Runs a printer; what JSON cannot hold is None.
local function printed(printer)
  return function(v)
    local ok, result = pcall(printer, v)
    if ok then return result end
    if errors.is(result) and (result.class == "TypeError" or result.class == "ValueError") then return NULL end
    error(result, 0)
  end
end

filter("tojson_pretty", {}, 0, printed(json_print.pretty))
filter("json_dumps", {}, 0, printed(json_print.compact))

return oncall
