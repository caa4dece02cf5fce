--- Kinds of fields: how a value of each is checked when it comes in and shown when it goes out.
--
-- A resource's field says its `type` and limits (lua/resources/README.md); this file says what the types mean.
-- `check(field, value, request, before)` returns the stored value, or nil and one sentence; `before` is what is stored now.
-- `show(field, stored)` returns the answer's value. null comes in as `json.null`; nil goes out as null.
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local rights = require("api.rights")
local shape = require("api.shape")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")

local field = {}

local types = {}

-- Wide enough for every sensible number and exact in every JSON reader.
local INTEGER_MAX = 2147483647
local REFS_MAX = 1000

local function same(_, stored) return stored end

types.id = {
  shape = function() return "id" end,
  show = function(f, stored) return stored and ids.encode(f.prefix, stored) end,
}

types.text = {
  check = function(f, value)
    if type(value) == "number" then value = tostring(value) end
    if type(value) ~= "string" then return nil, "Not a valid string." end
    local length = utf8.len(value)
    if not length or string.find(value, "\0", 1, true) then return nil, "Not a valid string." end
    if not f.blank and not string.find(value, "%S") then return nil, "This field may not be blank." end
    if f.max and length > f.max then return nil, string.format("Ensure this field has no more than %d characters.", f.max) end
    if f.check_text then return f.check_text(value) end
    return value
  end,
  show = same,
  shape = function(f) return { "text", min = not f.blank and not f.blank_null and not f.loose_null and 1 or nil,
    max = f.max } end,
}

types.integer = {
  check = function(f, value)
    if type(value) == "string" and string.find(value, "^%-?%d+$") and #value < 12 then value = tonumber(value) end
    local n = type(value) == "number" and math.tointeger(value)
    if not n then return nil, "A valid integer is required." end
    local min, max = f.min or -INTEGER_MAX, f.max or INTEGER_MAX
    if n < min then return nil, string.format("Ensure this value is greater than or equal to %d.", min) end
    if n > max then return nil, string.format("Ensure this value is less than or equal to %d.", max) end
    return n
  end,
  show = same,
  shape = function(f) return { "integer", min = f.min or -INTEGER_MAX, max = f.max or INTEGER_MAX } end,
}

types.boolean = {
  shape = function() return "boolean" end,
  check = function(_, value)
    if type(value) ~= "boolean" then return nil, "Must be a valid boolean." end
    return value and 1 or 0
  end,
  show = function(_, stored) return stored == 1 end,
}

types.choice = {
  shape = function(f) return { choice = f.choices } end,
  check = function(f, value)
    for _, choice in ipairs(f.choices) do
      if choice == value then return value end
    end
    return nil, string.format("Must be one of: %s.", table.concat(f.choices, ", "))
  end,
  show = same,
}

types.time = {
  shape = function() return "time" end,
  show = function(_, stored) return time.text(stored) end,
}

-- Seconds, or HH:MM:SS; whole milliseconds in the database.
types.duration = {
  shape = function(f) return { "integer", min = f.min, max = f.max, about = "Seconds." } end,
  check = function(f, value)
    if type(value) == "string" then
      local hours, minutes, seconds = string.match(value, "^(%d%d?):(%d%d):(%d%d)$")
      if hours then value = (tonumber(hours) * 60 + tonumber(minutes)) * 60 + tonumber(seconds) end
    end
    local n, why = types.integer.check(f, value)
    return n and n * 1000, why
  end,
  show = function(_, stored) return stored and stored // 1000 end,
}

-- A time of day in UTC.
types.clock = {
  shape = function() return { "text", pattern = "^\\d\\d:\\d\\d:\\d\\dZ$", about = "A time of day in UTC." } end,
  check = function(_, value)
    local hours, minutes, seconds = string.match(type(value) == "string" and value or "", "^(%d%d):(%d%d):(%d%d)Z$")
    if not hours or tonumber(hours) > 23 or tonumber(minutes) > 59 or tonumber(seconds) > 59 then
      return nil, "Expected a time of day in UTC, HH:MM:SSZ."
    end
    return string.sub(value, 1, -2)
  end,
  show = function(_, stored) return stored and stored .. "Z" end,
}

local function prefix_of(f) return require("resources." .. f.to).prefix end

---The sentence about an id that is none, or of something that one does not see.
function field.no_object(value)
  return string.format('Invalid pk "%s" - object does not exist.', type(value) == "string" and value or type(value))
end

local function is_there(other, id)
  return store.row("SELECT id FROM " .. other.table .. " WHERE id = $1" ..
    (other.live and " AND " .. other.live or ""), id) ~= nil
end

-- A row of another resource, by its public id; only a row that its resource shows to who asks can be named, or the one that
-- stands there already.
types.ref = {
  shape = function(f) return { "id", about = "The id of one of the " .. require("resources." .. f.to).path .. "." } end,
  check = function(f, value, request, before)
    local other = require("resources." .. f.to)
    local id = type(value) == "string" and ids.decode(other.prefix, value)
    if id and (id == before and is_there(other, id) or rights.sees(request and request.actor, other, id)) then return id end
    return nil, field.no_object(value)
  end,
  show = function(f, stored) return stored and ids.encode(prefix_of(f), stored) end,
}

-- Rows of another resource: a list of public ids, each once; a JSON list of keys in the database. Rows that are gone
-- since then are not shown.
types.refs = {
  shape = function(f)
    return { list = "id", max = f.max or REFS_MAX, about = "Ids of " .. require("resources." .. f.to).path .. "." }
  end,
  check = function(f, value, request, before)
    if getmetatable(value) ~= json.array_mt then return nil, "Expected a list of ids." end
    local max = f.max or REFS_MAX
    if #value > max then return nil, string.format("Ensure this field has no more than %d elements.", max) end
    local list, seen, was = json.array(), {}, {}
    for _, id in ipairs(before and json.decode(before) or {}) do was[ids.encode(prefix_of(f), id)] = id end
    for i = 1, #value do
      local id, why = types.ref.check(f, value[i], request, was[value[i]])
      if not id then return nil, why end
      if not seen[id] then list[#list + 1] = id end
      seen[id] = true
    end
    return json.encode(list)
  end,
  show = function(f, stored)
    local other, list = require("resources." .. f.to), {}
    for _, id in ipairs(json.decode(stored or "[]")) do
      if is_there(other, id) then list[#list + 1] = ids.encode(other.prefix, id) end
    end
    return writer.list(list)
  end,
}

---Is there a row of this key that the resource of a `ref` shows?
function field.is_there(f, key) return is_there(require("resources." .. f.to), key) end

---Is null for this field: also the empty text (`blank_null`), and that and the text `null` where a client cannot send
---null (`loose_null`).
function field.is_null(f, value, null)
  return value == null or ((f.loose_null or f.blank_null) and value == "") or (f.loose_null and value == "null")
end

-- Where nothing says that the value is always there, it may be missing in an answer.
local function may_be_null(f) return f.nullable or f.type == "time" or f.type == "ref" and not f.required or f.type == "text" and
  f.readonly end

---What a field shows in answers.
function field.shown_shape(f)
  if f.shape then return f.shape end
  local own = (types[f.type] or error("say what the field " .. f[1] .. " looks like")).shape(f)
  if type(own) == "table" and own[1] then own = { own[1], about = own.about } end -- what was stored before a limit is shown
  return may_be_null(f) and shape.or_null(own) or own
end

---What a field takes.
function field.sent_shape(f)
  local own = f.takes or f.shape or types[f.type].shape(f)
  return (f.nullable or f.loose_null or f.blank_null) and shape.or_null(own) or own
end

---@return function? check nil for what is only shown
function field.check_of(f)
  return f.type and types[f.type].check
end

function field.show_of(f)
  return f.show or types[f.type].show
end

return field
