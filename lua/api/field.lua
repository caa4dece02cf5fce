--- Kinds of fields: how a value of each is checked when it comes in and shown when it goes out.
--
-- A resource's field says its `type` and limits (lua/resources/README.md); this file says what the types mean.
-- `check(field, value, ctx)` returns the stored value, or nil and one sentence. `show(field, stored, ctx)` returns
-- the answer's value. null comes in as `json.null`; nil goes out as null.
local ids = require("tocsin.ids")
local store = require("tocsin.store")
local time = require("api.time")

local field = {}

local types = {}

-- Wide enough for every sensible number and exact in every JSON reader.
local INTEGER_MAX = 2147483647

local function same(_, stored) return stored end

types.id = {
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
}

types.boolean = {
  check = function(_, value)
    if type(value) ~= "boolean" then return nil, "Must be a valid boolean." end
    return value and 1 or 0
  end,
  show = function(_, stored) return stored == 1 end,
}

types.choice = {
  check = function(f, value)
    for _, choice in ipairs(f.choices) do
      if choice == value then return value end
    end
    return nil, string.format("Must be one of: %s.", table.concat(f.choices, ", "))
  end,
  show = same,
}

types.time = {
  show = function(_, stored) return time.text(stored) end,
}

-- A row of another resource, by its public id; only a row that its resource shows can be named.
types.ref = {
  check = function(f, value)
    local other = require("resources." .. f.to)
    local id = type(value) == "string" and ids.decode(other.prefix, value)
    local row = id and store.row("SELECT id FROM " .. other.table .. " WHERE id = $1" ..
      (other.live and " AND " .. other.live or ""), id)
    if not row then return nil, string.format('Invalid pk "%s" - object does not exist.', tostring(value)) end
    return id
  end,
  show = function(f, stored) return stored and ids.encode(require("resources." .. f.to).prefix, stored) end,
}

---Is null for this field: also the empty text and the text `null` where a client cannot send null (`loose_null`).
function field.is_null(f, value, null)
  return value == null or (f.loose_null and (value == "" or value == "null"))
end

---@return function? check nil for what is only shown
function field.check_of(f)
  return f.type and types[f.type].check
end

function field.show_of(f)
  return f.show or types[f.type].show
end

return field
