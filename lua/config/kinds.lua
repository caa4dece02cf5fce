--- What stands in files of configuration, made of the resources (`files` in lua/resources/README.md): kinds of objects with
--- a folder each, and the lists of their parts.
local field <const> = require("api.field")

local kinds = {}

-- In the order in which they are made, so that what is named is there first.
local ORDER <const> = { "provider", "user", "team", "webhook", "on_call_shift", "schedule", "escalation_chain", "integration",
  "maintenance_window" }
local PARTS <const> = { "contact_method", "notification_rule", "escalation_policy", "route", "integration_key", "on_call_shift" }

-- Can it be written, over the API and by a file?
local function is_taken(f, place)
  if f.readonly or f.write_only or f.file == false or f.type == "id" or f[1] == place.parent then return false end
  return f.store ~= nil or field.check_of(f) ~= nil
end

-- The resource that ids in a field's value are of: a name, or a table by member.
local function names_of(f)
  if f.names then return f.names end
  return (f.type == "ref" or f.type == "refs") and f.to or nil
end

-- What a field has when nobody has said anything: it is not written, and means this when it is not there.
local function usual_of(f)
  if f.usual ~= nil then return f.usual end
  if f.type == "text" and f.blank and not f.nullable then return "" end
end

local function make(resource, place)
  local kind = { name = resource.name, resource = resource, place = place, fields = {}, by_name = {}, order = {}, parts = {} }
  for _, f in ipairs(resource.fields) do
    if is_taken(f, place) then
      local one = { name = f[1], names = names_of(f), nullable = f.nullable, is_exported = f.file == nil, usual = usual_of(f),
        only_shown = f.only_shown or {}, is_whole = f.is_whole, is_set = f.is_set, is_fixed = f.create_only,
        is_required = f.required }
      kind.fields[#kind.fields + 1], kind.by_name[f[1]] = one, one
      kind.order[#kind.order + 1] = f[1]
    end
  end
  return kind
end

local function add_parts(kind)
  for _, name in ipairs(PARTS) do
    local resource = require("resources." .. name)
    for _, place in ipairs(resource.files) do
      if place.of == kind.name then
        local part = make(resource, place)
        kind.parts[#kind.parts + 1], kind.parts[place.as] = part, part
        kind.order[#kind.order + 1] = place.as
      end
    end
  end
end

---Every kind, in the order in which objects are made; also by name.
function kinds.list()
  local list = {}
  for i, name in ipairs(ORDER) do
    local resource = require("resources." .. name)
    list[i] = make(resource, resource.files[1])
    add_parts(list[i])
    list[name] = list[i]
  end
  return list
end

return kinds
