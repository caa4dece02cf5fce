--- The shape of an object in a file: as the API shows it, without what is empty, with names instead of ids, and without
--- secrets. And back: what is sent to the API for it.
local json <const> = require("tocsin.json")
local seal <const> = require("tocsin.seal")

local shape = {}

local function is_list(v) return getmetatable(v) == json.array_mt end

-- An id that is the name is one word: {"id": "env", "name": "env"}.
local function is_word(v) return v.id ~= nil and v.id == v.name and next(v, next(v, next(v))) == nil end

local short

local function below(of, key) return type(of) == "table" and of[key] or nil end

local function short_list(v, names, name_of)
  local list = json.array()
  for _, item in ipairs(v) do list[#list + 1] = short(item, names, name_of) end
  return list[1] ~= nil and list or nil
end

local function short_object(v, names, name_of, f, usual)
  local object = {}
  for key, item in pairs(v) do
    if not (f and f.only_shown[key]) then
      local is_usual = type(usual) == "table" and type(item) ~= "table" and usual[key] == item
      if not is_usual then object[key] = short(item, below(names, key), name_of, nil, below(usual, key)) end
    end
  end
  return next(object) ~= nil and object or nil
end

-- A value as it stands in a file; nil when it says nothing, or what is so anyway.
function short(v, names, name_of, f, usual)
  if v == json.null or v == seal.MASK or (f and v == f.usual) then return nil end
  if type(v) == "string" and type(names) == "string" then return name_of(names, v) end
  if type(v) ~= "table" then return v end
  if is_list(v) then return short_list(v, names, name_of) end
  if is_word(v) then return v.id end
  return short_object(v, names, name_of, f, usual)
end

---A list whose order says nothing, in one order.
function shape.sorted(v)
  if type(v) == "table" and is_list(v) then table.sort(v, function(a, b) return tostring(a) < tostring(b) end) end
  return v
end

---The file's object for one that the API shows.
---@param kind table of kinds.lua
---@param name_of fun(kind: string, id: string): string? the name that stands for an id
function shape.of(kind, shown, name_of)
  local object = {}
  for _, f in ipairs(kind.fields) do
    local value = shown[f.name]
    if not f.is_exported then value = nil end
    if value ~= nil then value = short(value, f.names, name_of, f, not f.is_whole and f.usual) end
    if f.is_set then value = shape.sorted(value) end
    if not (f.is_whole and shape.same(value, f.usual)) then object[f.name] = value end
  end
  return object
end

---The same without what is empty, for a value that a person wrote.
function shape.without_empty(v)
  return short(v, nil, nil)
end

local function long_text(v, names, id_of, path, wrong)
  local id, why = id_of(names, v)
  if not id then wrong[#wrong + 1] = { path, why } end
  return id
end

---The value that is sent for one of a file.
---@param id_of fun(kind: string, name: string): string?, string? the id that a name stands for, or a sentence
---@param wrong table[] gets {path, sentence} for names that stand for nothing
function shape.long(v, names, id_of, path, wrong)
  if not names then return v end
  if type(v) == "string" and type(names) == "string" then return long_text(v, names, id_of, path, wrong) end
  if type(v) ~= "table" then return v end
  local out = is_list(v) and json.array() or {}
  for key, item in pairs(v) do
    local inner = names
    if type(names) == "table" then inner = names[key] end
    out[key] = shape.long(item, inner, id_of, { path, key }, wrong)
  end
  return out
end

local function same_scalar(a, b)
  return a == b or (type(a) ~= "boolean" and type(b) ~= "boolean" and tostring(a) == tostring(b))
end

---Do two values of files say the same?
function shape.same(a, b)
  if a == nil or b == nil then return a == b end
  if type(a) ~= "table" or type(b) ~= "table" then
    return type(a) ~= "table" and type(b) ~= "table" and same_scalar(a, b)
  end
  for key, item in pairs(a) do
    if not shape.same(item, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

-- What is sent for a value that is shown and that a file does not name: what is usual, else nothing at all. Switches and
-- numbers of which nothing is usual stay as they are.
local function emptied(shown, usual, only_shown)
  if shown == seal.MASK or shown == json.null then return nil end
  if type(shown) == "table" and not is_list(shown) then
    local object = {}
    for key, item in pairs(shown) do
      if not (only_shown and only_shown[key]) then object[key] = emptied(item, below(usual, key)) end
    end
    return next(object) ~= nil and object or nil
  end
  if usual ~= nil then return usual ~= shown and usual or nil end
  if type(shown) == "string" or is_list(shown) and shown[1] ~= nil then return json.null end
end

local function is_object(v) return type(v) == "table" and not is_list(v) end

---Lays over `sent` what empties the rest of `shown`. Both are objects of the API.
function shape.complete(sent, shown, usual, only_shown)
  for key, item in pairs(shown) do
    if only_shown and only_shown[key] then goto next end
    if sent[key] == nil then sent[key] = emptied(item, below(usual, key))
    elseif is_object(sent[key]) and is_object(item) then shape.complete(sent[key], item, below(usual, key)) end
    ::next::
  end
  return sent
end

---What is sent for a field that a file does not name, so that it becomes what is usual; nil when it stays as it is.
function shape.emptied(f, shown)
  if shown == nil or f.is_fixed or f.is_required then return nil end
  if f.is_whole then return json.null end
  if is_list(shown) and not f.nullable then return shown[1] ~= nil and json.array() or nil end
  if type(shown) ~= "table" and type(shown) ~= "string" and f.nullable and shown ~= json.null then return json.null end
  if type(shown) == "string" and not f.nullable and f.usual == nil then return nil end
  return emptied(shown, f.usual, f.only_shown)
end

return shape
