--- Writes the JSON of API answers: members in the order given, `[]` for an empty list, null never absent.
--
-- A plain Lua table cannot say which of these it is, so an answer is built from three marked values: `object`, `list`
-- and `raw` (bytes that are JSON already, such as a stored payload, which go out exactly as they came in).
local writer = {}

local OBJECT, LIST, RAW = {}, {}, {}

---An object from alternating names and values; a nil value is written as null.
function writer.object(...)
  return setmetatable(table.pack(...), OBJECT)
end

---Adds one member at the end of an object.
function writer.put(object, name, value)
  object[object.n + 1], object[object.n + 2] = name, value
  object.n = object.n + 2
end

---Gives a member that is there another value.
function writer.set(object, name, value)
  for i = 1, object.n, 2 do
    if object[i] == name then object[i + 1] = value end
  end
end

---A list from a sequence without holes. Takes the table.
function writer.list(items)
  return setmetatable(items, LIST)
end

---Bytes that are a JSON document already.
function writer.raw(bytes)
  return setmetatable({ bytes }, RAW)
end

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
local function escape(c)
  return ESCAPES[c] or string.format("\\u%04x", string.byte(c))
end

local function as_utf8(s)
  local out, at = {}, 1
  while at <= #s do
    local good, bad_at = utf8.len(s, at)
    if good then break end
    out[#out + 1] = string.sub(s, at, bad_at - 1)
    out[#out + 1] = "\u{FFFD}"
    at = bad_at + 1
  end
  out[#out + 1] = string.sub(s, at)
  return table.concat(out)
end

---A text in which bytes that are no UTF-8 are U+FFFD, one by one: an answer is always a valid document.
function writer.utf8(s) return utf8.len(s) and s or as_utf8(s) end

---A JSON string with its quotes. U+007F is escaped too: some terminals act on it.
function writer.quote(s)
  return '"' .. string.gsub(writer.utf8(s), '[%c"\\]', escape) .. '"'
end

local function number(v)
  if math.type(v) == "integer" then return string.format("%d", v) end
  if v ~= v or v == math.huge or v == -math.huge then return "null" end
  local short = string.format("%.15g", v)
  return tonumber(short) == v and short or string.format("%.17g", v)
end

local put

local function put_object(out, v)
  out[#out + 1] = "{"
  for i = 1, v.n, 2 do
    out[#out + 1] = (i > 1 and "," or "") .. writer.quote(v[i]) .. ":"
    put(out, v[i + 1])
  end
  out[#out + 1] = "}"
end

local function put_list(out, v)
  out[#out + 1] = "["
  for i, item in ipairs(v) do
    if i > 1 then out[#out + 1] = "," end
    put(out, item)
  end
  out[#out + 1] = "]"
end

function put(out, v)
  local kind, meta = type(v), getmetatable(v)
  if v == nil or kind == "userdata" then out[#out + 1] = "null"
  elseif kind == "string" then out[#out + 1] = writer.quote(v)
  elseif kind == "number" then out[#out + 1] = number(v)
  elseif kind == "boolean" then out[#out + 1] = tostring(v)
  elseif meta == OBJECT then put_object(out, v)
  elseif meta == LIST then put_list(out, v)
  elseif meta == RAW then out[#out + 1] = v[1]
  else error("an answer holds a table that is no object, list or raw value") end
end

---The JSON text of a value.
function writer.text(v)
  local out = {}
  put(out, v)
  return table.concat(out)
end

return writer
