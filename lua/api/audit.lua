--- The trail of configuration changes: who changed which columns of what, from what to what, in the same write.
local auth = require("api.auth")
local json = require("tocsin.json")
local port = require("tocsin.port")

local audit = {}

-- Keys that open doors are readable where they are needed; the trail, which outlives them, only says that they were set.
local HIDDEN = { "token$", "token_key", "digest", "password", "secret", "^code" }
local SEALED = 'sealed:%d+:[^"]*'

local function shown(name, value)
  for _, pattern in ipairs(HIDDEN) do
    if value ~= json.null and string.find(name, pattern) then return "(hidden)" end
  end
  return type(value) == "string" and string.gsub(value, SEALED, "(hidden)") or value
end

-- A deletion keeps all of the row, a change the columns that it touched.
local function texts_of(kind, values, old)
  local before, after = {}, {}
  for name, value in pairs(values) do after[name] = shown(name, value) end
  for name, value in pairs(kind == "delete" and old or {}) do before[name] = shown(name, value) end
  for name in pairs(kind == "update" and values or {}) do
    before[name] = shown(name, old[name] == nil and json.null or old[name])
  end
  return old and json.encode(before) or json.null, kind == "delete" and json.null or json.encode(after)
end

---The statement that records a change.
---@param kind string create, update, delete
---@param key any the row's key, or the reference to it
---@param values table column → new value
---@param old table|nil the row before
function audit.statement(request, r, kind, key, values, old)
  local before, after = texts_of(kind, values, old)
  return audit.line(request, kind, r.object or r.name, key, before, after)
end

local LINE <const> = "INSERT INTO audit (by, by_id, by_name, via, token_id, session_id, address, at, action, object, " ..
  "object_id, before, after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"

-- Who and from where, as the first columns of a line.
local function who_columns(actor, client)
  local by, by_id = auth.by(actor)
  return { by, by_id, actor.by_name or json.null, auth.via(actor), actor.token_id or json.null, actor.session_id or json.null,
    client and client.address or json.null }
end

---The statement for one line: who and from where is the request's. `before` and `after` are JSON, or `json.null`.
function audit.line(request, action, object, key, before, after)
  local args = who_columns(request.actor, request.client)
  args[8], args[9], args[10], args[11], args[12], args[13] = request.now, action, object, key, before, after
  return { sql = LINE, args = args }
end

---Makes a line of somebody else, when a statement is one.
---@param statement {sql: string, args: table}
---@param actor table of auth.of, or {via=, by_name=}
---@param client {address: string}|nil
function audit.told_by(statement, actor, client)
  if statement.sql == LINE then table.move(who_columns(actor, client), 1, 7, 1, statement.args) end
  return statement
end

---Adds a line for what was no write of rows by itself. It never fails what was done already.
function audit.add(request, action, object, key, after)
  local line = audit.line(request, action, object, key, json.null, after and json.encode(after) or json.null)
  json.array(line.args)
  local result, sentence = port.call("write", { is_outbox = true, statements = json.array { line } })
  if not result then port.call("log", { level = "error", message = "The trail of changes has a gap: " .. sentence }) end
end

return audit
