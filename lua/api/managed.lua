--- Objects that files of configuration look after (`tocsin apply`): which file it is, and that nobody else changes them.
---
--- The mark stands in the table `managed`: the file of an object, and which lists of it (routes, steps …) the file holds
--- too. What belongs to such a list is managed with its object.
local errors = require("api.errors")
local json = require("tocsin.json")
local query_string = require("api.query")
local store = require("tocsin.store")

local managed = {}

local FOUND <const> = "SELECT path, parts FROM managed WHERE object = $1 AND object_id = $2"

local function column_of(r, name)
  for _, f in ipairs(r.fields) do
    if f[1] == name then return f.column or name end
  end
end

-- The mark of the object that a row belongs to at one of its places in the files (lua/resources/README.md, `files`).
local function mark_at(place, r, row)
  if place.folder then return store.row(FOUND, r.object or r.name, row.id) end
  local owner = row[column_of(r, place.parent)]
  local mark = owner and owner ~= json.null and (not place.fits or place.fits(row)) and store.row(FOUND, place.of, owner)
  if not mark or place.is_within and place.is_within(row) then return mark or nil end
  for _, part in ipairs(json.decode(mark.parts)) do
    if part == place.as then return mark end
  end
end

---The path of the file that a row stands in; nil: it stands in none.
---@param row table a row of the resource, or the columns that one will have
function managed.path(r, row)
  for _, place in ipairs(r.files or {}) do
    local mark = mark_at(place, r, row)
    if mark then return mark.path end
  end
end

---The field that shows it; an object of no file does not have it.
function managed.field(name)
  return {
    "managed_by", shape = "text", about = "The file of configuration that it stands in.",
    show = function(row) return row.managed_path end,
    when = function(row)
      row.managed_path = managed.path(require("resources." .. name), row)
      return row.managed_path ~= nil
    end,
  }
end

---The answer that refuses a change of what a file says; nil: it may be made. `?override=true` makes it all the same.
function managed.refusal(r, request, c)
  if not r.files or string.lower(query_string.get(request.query, "override") or "") == "true" then return nil end
  local path = managed.path(r, c.old or c.values)
  return path and errors.detail(409, string.format("This is managed by the file %s: change it there and run `tocsin apply`, " ..
    "which would undo a change made here. To change it here all the same, add ?override=true.", path))
end

return managed
