--- Values to the text of a configuration file, and back. What is written comes out the same for the same values, and reads
--- as the same values.
local json <const> = require("tocsin.json")
local keys <const> = require("keys")
local yaml <const> = require("tocsin.yaml")

local find <const>, lower <const>, format <const> = string.find, string.lower, string.format

local module = {}

-- What YAML readers, old and new, take for something else than a text.
local WORDS <const> = { [""] = true, ["~"] = true, null = true, ["true"] = true, ["false"] = true, yes = true, no = true,
  on = true, off = true, y = true, n = true, [".nan"] = true, [".inf"] = true, ["-.inf"] = true, ["+.inf"] = true, ["<<"] = true,
  ["="] = true }

-- Numbers, in any notation, and moments.
local function is_other(text)
  return WORDS[lower(text)] ~= nil or find(text, "^[-+.]?%d") ~= nil
end

local function scalar(text)
  if find(text, "\n", 1, true) then return "|" .. text end
  return (is_other(text) and "'" or "=") .. text
end

local function number(v)
  if math.type(v) == "integer" then return format("=%d", v) end
  local short = format("%.15g", v)
  return "=" .. (tonumber(short) == v and short or format("%.17g", v))
end

local add

local function add_object(events, v, order)
  events[#events + 1] = "{"
  for _, key in ipairs(order or keys.sorted(v)) do
    if v[key] ~= nil then
      events[#events + 1] = scalar(key)
      add(events, v[key])
    end
  end
  events[#events + 1] = "}"
end

function add(events, v)
  local kind = type(v)
  if v == json.null then events[#events + 1] = "=null"
  elseif kind == "string" then events[#events + 1] = scalar(v)
  elseif kind == "number" then events[#events + 1] = number(v)
  elseif kind == "boolean" then events[#events + 1] = "=" .. tostring(v)
  elseif getmetatable(v) == json.array_mt then
    events[#events + 1] = "["
    for _, item in ipairs(v) do add(events, item) end
    events[#events + 1] = "]"
  else add_object(events, v, (getmetatable(v) or {}).order) end
end

---An object whose members are written in this order instead of by their names.
function module.ordered(object, order) return setmetatable(object, { order = order }) end

-- The library writes characters past U+FFFF as escapes, which would put a template with one emoji into a single line. So it
-- is given others that stand for them, of those that are nobody's and that the text does not have.
local ASTRAL <const> = "[\xf0-\xf4][\x80-\xbf][\x80-\xbf][\x80-\xbf]"
local FIRST_FREE <const>, LAST_FREE <const> = 0xe000, 0xf8ff

local function stand_ins(events)
  local text, code, by_char, by_stand_in = table.concat(events), FIRST_FREE, {}, {}
  for char in string.gmatch(text, ASTRAL) do
    while code <= LAST_FREE and find(text, utf8.char(code), 1, true) do code = code + 1 end
    if code > LAST_FREE then return by_char, by_stand_in end
    if not by_char[char] then
      by_char[char], by_stand_in[utf8.char(code)] = utf8.char(code), char
      code = code + 1
    end
  end
  return by_char, by_stand_in
end

---The text of a value.
function module.text(v)
  local events = {}
  add(events, v)
  local by_char, by_stand_in = stand_ins(events)
  if next(by_char) == nil then return assert(yaml.emit(events)) end
  for i, event in ipairs(events) do events[i] = string.gsub(event, ASTRAL, by_char) end
  return (string.gsub(assert(yaml.emit(events)), "[\xee\xef][\x80-\xbf][\x80-\xbf]", by_stand_in))
end

---The value of a text, and where each part of it stands: {line, at = {key → the same}}; nil, a sentence and a line.
module.parse = yaml.parse

return module
