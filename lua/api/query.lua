--- Query strings and form bodies: parsed to pairs in order, read by name, changed and written back.
local query = {}

local function decode(s)
  s = string.gsub(s, "%+", " ")
  return (string.gsub(s, "%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function encode(s)
  return (string.gsub(s, "[^%w%-._~]", function(c) return string.format("%%%02X", string.byte(c)) end))
end

---A list of {name, value}. Names without `=` have an empty value.
function query.parse(text)
  local pairs_ = {}
  for part in string.gmatch(text or "", "[^&]+") do
    local name, value = string.match(part, "^([^=]*)=?(.*)$")
    pairs_[#pairs_ + 1] = { decode(name), decode(value) }
  end
  return pairs_
end

---The last value of a name, as the reference reads it; nil when it is absent or empty.
function query.get(parsed, name)
  for i = #parsed, 1, -1 do
    if parsed[i][1] == name then return parsed[i][2] ~= "" and parsed[i][2] or nil end
  end
end

---Every value of a name, in order.
function query.all(parsed, name)
  local values = {}
  for _, pair in ipairs(parsed) do
    if pair[1] == name then values[#values + 1] = pair[2] end
  end
  return values
end

---A copy with one name set to one value, or without it when the value is nil.
function query.with(parsed, name, value)
  local copy = {}
  for _, pair in ipairs(parsed) do
    if pair[1] ~= name then copy[#copy + 1] = pair end
  end
  if value then copy[#copy + 1] = { name, value } end
  return copy
end

---The text of parsed pairs.
function query.text(parsed)
  local parts = {}
  for i, pair in ipairs(parsed) do parts[i] = encode(pair[1]) .. "=" .. encode(pair[2]) end
  return table.concat(parts, "&")
end

return query
