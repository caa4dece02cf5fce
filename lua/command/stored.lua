--- What commands read of a data folder, whether its server runs or not: an integration, and its newest payloads.
local crypto <const> = require("tocsin.crypto")
local ids <const> = require("tocsin.ids")
local json <const> = require("tocsin.json")
local port <const> = require("tocsin.port")
local ipairs <const>, pairs <const> = ipairs, pairs

local stored = {}

local function query(data, sql, ...)
  local answer, why = port.call("write", { data = data, statements = json.array { { sql = sql, args = json.array { ... } } } })
  if not answer then return nil, why end
  for _, row in ipairs(answer.rows) do
    for name, value in pairs(row) do
      if value == json.null then row[name] = nil end
    end
  end
  return answer.rows
end

--- The coder of a folder's public ids.
---@param data string
---@return table|nil coder decode(prefix, text), encode(prefix, id)
---@return string|nil sentence
function stored.ids(data)
  local rows, why = query(data, "SELECT value FROM setting WHERE name = 'id_key'")
  if not rows then return nil, why end
  return ids.new(crypto.unhex(rows[1].value))
end

local FIELDS <const> = "SELECT id, type, name, token, templates_default, templates, dynamic_labels FROM integration " ..
  "WHERE deleted_at IS NULL"

--- An integration by its name or its id → its row, or nil and a sentence.
---@param data string the data folder
---@param name string
---@return table|nil row
---@return string|nil sentence
function stored.integration(data, name)
  local coder, sentence = stored.ids(data)
  if not coder then return nil, sentence end
  local rows, why = query(data, FIELDS .. " AND (name = $1 OR id = $2) ORDER BY id", name, coder.decode("C", name) or json.null)
  if not rows then return nil, why end
  if #rows == 0 then return nil, "there is no integration '" .. name .. "'" end
  if #rows > 1 then return nil, "several integrations are called '" .. name .. "': say its id" end
  return rows[1]
end

--- The newest payloads of an integration, of each group at most two, the newest first: JSON texts.
---@param data string
---@param id integer row id
---@param count integer
---@param alert_ids integer[]|nil row ids of alerts that are wanted instead
---@return {payload: string, group: integer}[]|nil
---@return string|nil sentence
function stored.payloads(data, id, count, alert_ids)
  local sql = "SELECT a.id, a.alert_group_id AS grp, CAST(a.payload AS TEXT) AS payload FROM alert AS a " ..
    "JOIN alert_group AS g ON g.id = a.alert_group_id WHERE g.integration_id = $1 AND " ..
    "(json_array_length($2) = 0 OR a.id IN (SELECT value FROM json_each($2))) ORDER BY a.id DESC LIMIT 1000"
  local rows, why = query(data, sql, id, json.encode(json.array(alert_ids or {})))
  if not rows then return nil, why end
  local out, of_group, seen = {}, {}, {}
  for _, row in ipairs(rows) do
    of_group[row.grp] = (of_group[row.grp] or 0) + 1
    if #out < count and (alert_ids or of_group[row.grp] <= 2 and not seen[row.payload]) then
      out[#out + 1] = { payload = row.payload, group = row.grp }
      seen[row.payload] = true
    end
  end
  return out
end

return stored
