--- What two states of a configuration differ in, field by field, and how that is told.
local json <const> = require("tocsin.json")
local keys <const> = require("keys")
local shape <const> = require("config.shape")

local format <const> = string.format

local difference = {}

local VALUE_MAX <const> = 200 -- characters of a value that are told

local function is_list(v) return getmetatable(v) == json.array_mt end

local function told(v)
  if v == nil then return "(empty)" end
  local text = json.encode(v)
  local at = utf8.offset(text, VALUE_MAX + 1)
  return at and at <= #text and string.sub(text, 1, at - 1) .. "…" or text
end

local compare

local function compare_members(path, a, b, found)
  local names = {}
  for key in pairs(a) do names[key] = true end
  for key in pairs(b) do names[key] = true end
  for _, key in ipairs(keys.sorted(names)) do compare(path == "" and key or path .. "." .. key, a[key], b[key], found) end
end

local function has_objects(list) return type(list[1]) == "table" and not is_list(list[1]) end

local function is_object(v) return type(v) == "table" and not is_list(v) end

-- Lists of plain values are one value; of objects each is told by itself.
local function compare_lists(path, a, b, found)
  if not has_objects(a or {}) and not has_objects(b or {}) then
    if #(a or {}) + #(b or {}) > 0 then found[#found + 1] = { path, a, b } end
    return
  end
  a, b = a or {}, b or {}
  for i = 1, math.max(#a, #b) do compare(format("%s[%d]", path, i), a[i], b[i], found) end
end

function compare(path, a, b, found)
  if shape.same(a, b) then return end
  if (a == nil or is_object(a)) and (b == nil or is_object(b)) then return compare_members(path, a or {}, b or {}, found) end
  if (a == nil or is_list(a)) and (b == nil or is_list(b)) then return compare_lists(path, a, b, found) end
  found[#found + 1] = { path, a, b }
end

---The fields in which two documents differ: {path, old, new} each, by path.
function difference.fields(old, new)
  local found = {}
  compare_members("", old, new, found)
  return found
end

local function by_id(state, kind)
  local map = {}
  for _, object in ipairs(state.objects[kind.name]) do map[object.id] = object end
  return map
end

local function order(a, b) return a.path < b.path end

---What would happen to each object: {what = "add" | "change" | "remove", path, kind, id, fields, is_marked} by path.
function difference.of(before, after, kinds)
  local list = {}
  for _, kind in ipairs(kinds) do
    local old, new = by_id(before, kind), by_id(after, kind)
    for id, object in pairs(new) do
      if not old[id] then
        list[#list + 1] = { what = "add", path = object.path, kind = kind, id = id,
          fields = difference.fields({}, after:document(object)) }
      else
        local fields = difference.fields(before:document(old[id]), after:document(object))
        local is_marked = object.is_managed and (not old[id].is_managed or old[id].path ~= object.path)
        if #fields > 0 or is_marked then
          list[#list + 1] = { what = "change", path = object.path, kind = kind, id = id, fields = fields, is_marked = is_marked }
        end
      end
    end
    for id, object in pairs(old) do
      if not new[id] then list[#list + 1] = { what = "remove", path = object.path, kind = kind, id = id, fields = {} } end
    end
  end
  table.sort(list, order)
  return list
end

local SIGNS <const> = { add = "+", change = "~", remove = "-" }

---One difference as lines of text.
function difference.text(one)
  local lines = { format("%s %s%s\n", SIGNS[one.what], one.path, one.is_marked and "  (managed by its file from now on)" or "") }
  for _, f in ipairs(one.fields) do
    if one.what == "add" then lines[#lines + 1] = format("    %s: %s\n", f[1], told(f[3]))
    else lines[#lines + 1] = format("    %s: %s → %s\n", f[1], told(f[2]), told(f[3])) end
  end
  return table.concat(lines)
end

return difference
