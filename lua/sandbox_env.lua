--- The closed environment of contributors' functions: every function in it is bounded.
--
-- Work done in C is charged to the running `sandbox.call` before it is done, results are sized before they are built,
-- and nothing here can be written to: a function finds the same environment each time it runs. There is no pcall,
-- load, require, setmetatable, rawset, coroutine, pattern matching, os, io or debug, and strings have no methods:
-- `string.upper(s)`, not `s:upper()`.
local sandbox = require "tocsin.sandbox"
local json = require "tocsin.json"

local charge <const>, plain_find <const> = sandbox.charge, sandbox.find
local format <const>, sub <const> = string.format, string.sub
local TEXT_MAX <const> = 1 << 20      -- bytes of one result
local VALUES_MAX <const> = 200        -- values taken or given at once
local BYTES_PER_COUNT <const> = 16    -- C goes over this many bytes in the time of one instruction

local function fail(where, sentence)
  error(format("%s: %s", where, sentence), 3)
end

--- The text at the start of an argument list, charged for its bytes.
local function text_of(value, where)
  if type(value) == "number" then value = tostring(value) end
  if type(value) ~= "string" then error(format("%s: expected text, got a %s", where, type(value)), 3) end
  charge(#value // BYTES_PER_COUNT)
  return value
end

local function sized(n, where)
  if n > TEXT_MAX then error(format("%s: the result would be longer than %d bytes", where, TEXT_MAX), 3) end
  charge(n // BYTES_PER_COUNT)
end

local function table_of(value, where)
  if type(value) ~= "table" then error(format("%s: expected a table, got a %s", where, type(value)), 3) end
  return value
end

local function bounded_tostring(value)
  local kind = type(value)
  if kind == "string" or kind == "number" or kind == "boolean" or kind == "nil" then return tostring(value) end
  return value == json.null and "null" or kind
end

-- string ------------------------------------------------------------------------------------------------------------

local text = {}

function text.len(s) return #text_of(s, "string.len") end
function text.lower(s) return string.lower(text_of(s, "string.lower")) end
function text.upper(s) return string.upper(text_of(s, "string.upper")) end
function text.reverse(s) return string.reverse(text_of(s, "string.reverse")) end
function text.sub(s, from, to) return sub(text_of(s, "string.sub"), from, to) end

function text.byte(s, from, to)
  s, from = text_of(s, "string.byte"), from or 1
  to = to or from
  if math.abs(to - from) >= VALUES_MAX or (from < 0) ~= (to < 0) then fail("string.byte", "too many bytes at once") end
  return string.byte(s, from, to)
end

function text.char(...)
  if select("#", ...) > VALUES_MAX then fail("string.char", "too many bytes at once") end
  return string.char(...)
end

--- Where `needle` stands, as it is: patterns are not looked for.
function text.find(s, needle, from)
  s, needle = text_of(s, "string.find"), text_of(needle, "string.find")
  return plain_find(s, needle, from)
end

function text.starts(s, head)
  s, head = text_of(s, "string.starts"), text_of(head, "string.starts")
  return sub(s, 1, #head) == head
end

function text.ends(s, tail)
  s, tail = text_of(s, "string.ends"), text_of(tail, "string.ends")
  return tail == "" or sub(s, -#tail) == tail
end

function text.rep(s, n, separator)
  s, separator = text_of(s, "string.rep"), text_of(separator or "", "string.rep")
  if math.type(n) ~= "integer" then fail("string.rep", "the count must be an integer") end
  if n <= 0 then return "" end
  if n > TEXT_MAX then fail("string.rep", "the count is too large") end
  sized(n * (#s + #separator + 1), "string.rep")
  return string.rep(s, n, separator)
end

--- The parts of `s` between separators; at least one.
function text.split(s, separator)
  s, separator = text_of(s, "string.split"), text_of(separator, "string.split")
  if separator == "" then fail("string.split", "the separator is empty") end
  local parts, from = json.array(), 1
  while true do
    local first, last = plain_find(s, separator, from)
    charge(4)
    parts[#parts + 1] = sub(s, from, first and first - 1)
    if not first then return parts end
    from = last + 1
  end
end

local function is_space(byte) return byte == 32 or (byte and byte >= 9 and byte <= 13) end

--- `s` without white space at both ends.
function text.trim(s)
  s = text_of(s, "string.trim")
  local from, to = 1, #s
  while is_space(string.byte(s, from)) do from = from + 1 end
  while to >= from and is_space(string.byte(s, to)) do to = to - 1 end
  return sub(s, from, to)
end

--- `s` with every `old` replaced by `new`, both as they are.
function text.replace(s, old, new)
  s, old, new = text_of(s, "string.replace"), text_of(old, "string.replace"), text_of(new, "string.replace")
  if old == "" then fail("string.replace", "the text to replace is empty") end
  local parts, n, from, size = {}, 0, 1, 0
  while true do
    local first, last = plain_find(s, old, from)
    local part = sub(s, from, first and first - 1)
    size = size + #part + (first and #new or 0)
    sized(size, "string.replace")
    n = n + 1
    parts[n] = part
    if not first then return table.concat(parts, new) end
    from = last + 1
  end
end

--- Like Lua's, with widths and precisions up to 99, for %d %i %u %c %x %X %o %s %f %g %e %%.
function text.format(pattern, ...)
  pattern = text_of(pattern, "string.format")
  local n <const> = select("#", ...)
  if n > VALUES_MAX then fail("string.format", "too many values") end
  local size, values = #pattern + 400 * n, { ... }
  for i = 1, n do
    if type(values[i]) ~= "number" then values[i] = bounded_tostring(values[i]) end
    if type(values[i]) == "string" then size = size + #values[i] end
  end
  sized(size, "string.format")
  return format(pattern, table.unpack(values, 1, n))
end

-- table -------------------------------------------------------------------------------------------------------------

local list = {}

function list.concat(t, separator, from, to)
  table_of(t, "table.concat")
  separator = text_of(separator or "", "table.concat")
  from, to = from or 1, to or #t
  local size = 0
  for i = from, to do
    local kind = type(t[i])
    if kind ~= "string" and kind ~= "number" then fail("table.concat", format("item %d is a %s", i, kind)) end
    size = size + (kind == "string" and #t[i] or 32) + #separator
    if size > TEXT_MAX then break end
  end
  sized(size, "table.concat")
  return table.concat(t, separator, from, to)
end

function list.insert(t, at, value)
  table_of(t, "table.insert")
  local n <const> = #t
  if value == nil then
    t[n + 1] = at
    return
  end
  if math.type(at) ~= "integer" or at < 1 or at > n + 1 then fail("table.insert", "no such place") end
  charge(n + 1 - at)
  table.insert(t, at, value)
end

function list.remove(t, at)
  table_of(t, "table.remove")
  local n <const> = #t
  at = at or n
  if math.type(at) ~= "integer" or (n > 0 and (at < 1 or at > n + 1)) then fail("table.remove", "no such place") end
  if n == 0 then return nil end
  charge(n + 1 - at)
  return table.remove(t, at)
end

function list.sort(t, is_less)
  local n = #table_of(t, "table.sort")
  local cost = 16
  while n > 1 do n, cost = n // 2, cost + 4 end
  charge(#t * cost)
  table.sort(t, is_less)
end

function list.unpack(t, from, to)
  table_of(t, "table.unpack")
  from, to = from or 1, to or #t
  if to - from >= VALUES_MAX then fail("table.unpack", "too many values at once") end
  return table.unpack(t, from, to)
end

function list.pack(...)
  charge(select("#", ...))
  return table.pack(...)
end

-- the rest ----------------------------------------------------------------------------------------------------------

local base = {}

base.null, base.type, base.tostring = json.null, type, bounded_tostring
base.ipairs, base.pairs, base.next, base.rawequal = ipairs, pairs, next, rawequal

function base.tonumber(value, radix)
  if type(value) == "string" then text_of(value, "tonumber") end
  if radix then return tonumber(value, radix) end
  return tonumber(value)
end

function base.select(n, ...)
  charge(select("#", ...))
  return select(n, ...)
end

function base.error(message)
  error(bounded_tostring(message), 2)
end

function base.assert(value, message)
  if not value then error(message == nil and "assertion failed" or bounded_tostring(message), 2) end
  return value
end

local codec = { null = json.null, array = json.array }

--- The value of a JSON text, or nil and a sentence.
function codec.decode(s)
  s = text_of(s, "json.decode")
  charge(#s // 4)
  return json.decode(s)
end

--- The JSON text of a value, or nil and a sentence.
function codec.encode(value)
  local left = sandbox.left()
  local result, sentence = json.encode(value, left and math.min(TEXT_MAX, left * 4) or TEXT_MAX)
  if result then charge(#result // 4)
  elseif plain_find(sentence, "too long") then charge(TEXT_MAX // 4) end
  return result, sentence
end

local numbers = {}
for _, name in ipairs { "abs", "ceil", "floor", "fmod", "huge", "max", "maxinteger", "min", "mininteger", "pi", "sqrt",
  "tointeger", "type", "ult" } do
  numbers[name] = math[name]
end

local function refuse_write(_, name)
  error(format("the environment cannot be changed: '%s' is no local variable", bounded_tostring(name)), 2)
end

local function frozen(fields)
  return setmetatable({}, { __index = fields, __newindex = refuse_write, __metatable = false })
end

base.string, base.table, base.math, base.json = frozen(text), frozen(list), frozen(numbers), frozen(codec)

local sandbox_env = {}

--- A new environment, read-only, with `extra` fields (functions that are bounded themselves) beside those above.
---@param extra table<string, any>?
---@return table
function sandbox_env.new(extra)
  local fields = {}
  for name, value in pairs(base) do fields[name] = value end
  for name, value in pairs(extra or {}) do fields[name] = value end
  return frozen(fields)
end

return sandbox_env
