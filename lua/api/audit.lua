--- The trail of configuration changes: who changed which columns of what, from what to what, in the same write.
local auth = require("api.auth")
local json = require("tocsin.json")

local audit = {}

-- Keys that open doors are readable where they are needed; the trail, which outlives them, only says that they were set.
local HIDDEN = { token = true }
local SEALED = 'sealed:%d+:[^"]*'

local function shown(name, value)
  if HIDDEN[name] then return "(hidden)" end
  return type(value) == "string" and string.gsub(value, SEALED, "(hidden)") or value
end

-- A deletion keeps all of the row, a change the columns that it touched.
local function texts_of(kind, values, old)
  local before, after = {}, {}
  for name, value in pairs(values) do after[name] = shown(name, value) end
  for name, value in pairs(old or {}) do
    if kind == "delete" or values[name] ~= nil then before[name] = shown(name, value) end
  end
  return old and json.encode(before) or json.null, kind == "delete" and json.null or json.encode(after)
end

---The statement that records a change.
---@param kind string create, update, delete
---@param key any the row's key, or the reference to it
---@param values table column → new value
---@param old table|nil the row before
function audit.statement(request, r, kind, key, values, old)
  local by, by_id = auth.by(request.actor)
  local before, after = texts_of(kind, values, old)
  return {
    sql = "INSERT INTO audit (at, by, by_id, action, object, object_id, before, after) " ..
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    args = { request.now, by, by_id, kind, r.object or r.name, key, before, after },
  }
end

return audit
