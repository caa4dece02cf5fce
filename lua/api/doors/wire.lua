--- What doors share: requests read as other systems read them, and results as core/engine/intake_door.c takes them.
local crypto = require("tocsin.crypto")
local json = require("tocsin.json")
local text = require("tocsin.text")

local wire = {}

wire.TEXT, wire.JSON = "text/plain; charset=utf-8", "application/json"
-- Of alerts: what ends a problem needs an open one; repeats are logged; the payload is what is stored, not the body; in the
-- answer's body \1 stands for the group's number in hexadecimal digits and \2 for 1 (opened), 2 (joined) or 3 (nothing stored).
wire.NEEDS_OPEN, wire.LOGS_REPEATS, wire.IS_WHOLE, wire.FILLS = 1, 2, 4, 8

--- One alert. `payload`: what templates see as JSON; nil: the body. Without a status `door.stored` makes the answer, of `body`.
function wire.alert(door, token, role, payload, bits, status, content_type, body)
  return "alert", door, token, role, payload, nil, bits, status, content_type, body
end

--- Several: a JSON array of JSON texts.
function wire.alerts(door, token, role, texts, marks, bits, status, content_type, body)
  return "alerts", door, token, role, texts, marks, bits, status, content_type, body
end

--- A beat of the integration's heartbeat.
function wire.beat(door, token, role, status, content_type, body)
  return "beat", door, token, role, nil, nil, nil, status, content_type, body
end

--- A name for what came without one.
function wire.new_name() return crypto.hex(crypto.random_bytes(16)) end

--- An answer at once: nothing is stored.
function wire.answer(door, status, content_type, body, headers)
  return "answer", door, nil, nil, nil, nil, nil, status, content_type, body or "", headers
end

--- For a worker.
function wire.not_found() return 404, wire.JSON, '{"detail":"Not found."}' end

-- Forms ---------------------------------------------------------------------------------------------------------------

local PAIRS_MAX <const> = 1000

local BYTES <const> = {} -- of two hexadecimal digits in any case
for n = 0, 255 do
  local char, low, high = string.char(n), string.format("%02x", n), string.format("%02X", n)
  BYTES[low], BYTES[high] = char, char
  BYTES[string.sub(low, 1, 1) .. string.sub(high, 2)], BYTES[string.sub(high, 1, 1) .. string.sub(low, 2)] = char, char
end

local function unescape(s)
  if not string.find(s, "[+%%]") then return s end
  s = string.gsub(s, "%+", " ")
  if not string.find(s, "%", 1, true) then return s end
  if string.find(s, "%%%X") or string.find(s, "%%%x%X") or string.find(s, "%%%x?$") then return nil end
  return (string.gsub(s, "%%(%x%x)", BYTES))
end

--- The fields of a query string or form in order; what holds a semicolon or a bad escape is left out.
---@return {[1]: string, [2]: string}[]
function wire.form(form)
  local out = {}
  for name, value in string.gmatch(form or "", "([^=&]*)=?([^&]*)") do
    if (name ~= "" or value ~= "") and not string.find(name, ";", 1, true) and not string.find(value, ";", 1, true) then
      name, value = unescape(name), unescape(value)
      if name and value then out[#out + 1] = { name, value } end
      if #out == PAIRS_MAX then break end
    end
  end
  return out
end

local function parameter(header, name)
  local quoted = string.match(header, ";%s*" .. name .. '="([^"]*)"')
  return quoted or string.match(header, ";%s*" .. name .. "=([^;%s]+)")
end

-- One part of a multipart body: {name, value}; nil and what a file is, when it is one.
local function part_of(piece)
  local head, value = string.match(piece, "^\r?\n?(.-)\r?\n\r?\n(.*)$")
  local disposition = head and string.match(string.lower(head), "content%-disposition:[^\n]*")
  if not disposition then return nil end
  local name = string.match(head, '[^%w][Nn][Aa][Mm][Ee]="([^"]*)"') or string.match(head, "[^%w][Nn][Aa][Mm][Ee]=([^;%s]+)")
  value = string.gsub(value, "\r?\n$", "")
  if string.find(disposition, "filename", 1, true) then
    return nil, { field = name, name = string.match(head, '[Ff]ilename="([^"]*)"') or "", size = #value,
      type = string.match(string.lower(head), "content%-type:%s*([^;%s]+)") or "" }
  end
  return name and { name, value }
end

--- The fields of a multipart body in order, and its files; nil: it is none.
---@return {[1]: string, [2]: string}[]|nil
---@return {field: string, name: string, type: string, size: integer}[]
function wire.multipart(content_type, body)
  local boundary = parameter(content_type, "boundary")
  if not boundary or #boundary > 70 then return nil end
  local mark, out, files = "--" .. boundary, {}, {}
  local from = select(2, string.find(body, mark, 1, true))
  while from do
    local stop = string.find(body, mark, from + 1, true)
    if not stop then return string.sub(body, from + 1, from + 2) == "--" and out or nil, files end
    local part, file = part_of(string.sub(body, from + 1, stop - 1))
    if part then out[#out + 1] = part else files[#files + 1] = file end
    if #out + #files >= PAIRS_MAX then break end
    from = stop + #mark - 1
  end
  return from and out or nil, files
end

--- The first value of a field; nil when there is none.
function wire.first(fields, name)
  for _, field in ipairs(fields) do
    if field[1] == name then return field[2] end
  end
end

--- The token of `Authorization: <scheme> token`, of the password of a Basic one, or nil.
function wire.authorization(header, scheme)
  local kind, rest = string.match(header or "", "^%s*(%a+)%s+(.-)%s*$")
  kind = kind and string.lower(kind)
  if kind == "basic" then return string.match(crypto.unbase64(rest) or "", "^[^:]*:(.*)$") end
  return kind == scheme and rest or nil
end

--- The type without its parameters, in lower case.
function wire.essence(content_type)
  if content_type == wire.JSON then return content_type end
  return content_type and string.lower(string.match(content_type, "^%s*([^;%s]*)")) or ""
end

-- JSON ------------------------------------------------------------------------------------------------------------------

--- A body that is a JSON object, or nil and a sentence.
function wire.object(body)
  local value, why = json.decode(body)
  if why then return nil, why end
  if type(value) ~= "table" or getmetatable(value) then return nil, "the body must be a JSON object" end
  return value
end

--- A member that is text and not empty.
function wire.text(object, name)
  local value = object[name]
  return type(value) == "string" and value ~= "" and value or nil
end

--- The document with one more member, in the order of the wire. `object` is what it says.
function wire.with(body, object, name, value)
  if object[name] == nil and next(object) ~= nil then
    local at = string.find(body, "{", 1, true)
    return "{" .. text.json_string(name) .. ":" .. text.json_string(value) .. "," .. string.sub(body, at + 1)
  end
  object[name] = value
  return json.encode(object)
end

-- Texts -----------------------------------------------------------------------------------------------------------------

--- `s` with at most `max` code points.
function wire.cut(s, max)
  if #s <= max then return s end
  local at = utf8.offset(s, max + 1)
  return at and string.sub(s, 1, at - 1) or s
end

--- Valid UTF-8: what is not becomes U+FFFD.
function wire.utf8(s)
  if text.valid_utf8(s) then return s end
  local out, at = {}, 1
  while at <= #s do
    local _, bad = utf8.len(s, at)
    if not bad then
      out[#out + 1] = string.sub(s, at)
      break
    end
    out[#out + 1] = string.sub(s, at, bad - 1)
    out[#out + 1] = "\u{FFFD}"
    at = bad + 1
  end
  local joined = table.concat(out)
  return text.valid_utf8(joined) and joined or (string.gsub(s, "[\128-\255]", "\u{FFFD}"))
end

return wire
