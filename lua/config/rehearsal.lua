--- A copy of a data folder's configuration on which changes are tried out: the API answers there as it would here. What it
--- has asked of the core is noted, so that all of it can be asked of the real one as a single write.
local audit <const> = require("api.audit")
local auth <const> = require("api.auth")
local crypto <const> = require("tocsin.crypto")
local engine <const> = require("tocsin.engine")
local ids <const> = require("tocsin.ids")
local json <const> = require("tocsin.json")

local rehearsal = {}
rehearsal.__index = rehearsal

-- All is asked with a token that lives and dies with the copy; in the trail stands who has it done (`deeds`).
local TOKEN <const> = 0

local function port(self, name, arguments)
  local text, why = engine.port_text(self.core, name, json.encode(arguments))
  if not text then error(why, 0) end
  return text ~= "" and json.decode(text) or {}
end

---Runs statements; the rows of the last.
function rehearsal:run(...)
  local statements = json.array { ... }
  for _, statement in ipairs(statements) do json.array(statement.args) end
  return port(self, "write", { statements = statements }).rows
end

local function query(self, sql, ...) return self:run { sql = sql, args = { ... } } end

-- Tables in which something may be made, and the trail: when they have grown here and there alike, ids will be the same.
local TABLES <const> = "'provider', 'user', 'team', 'webhook', 'shift', 'schedule', 'escalation_chain', 'escalation_step', " ..
  "'integration', 'route', 'maintenance', 'contact_method', 'notification_rule', 'api_token', 'audit'"

local function marks_of(self)
  local marks = {}
  for _, row in ipairs(query(self, "SELECT name, seq FROM sqlite_sequence WHERE name IN (" .. TABLES .. ") ORDER BY name")) do
    marks[#marks + 1] = { row.name, row.seq }
  end
  return marks
end

-- The real folder as it was copied: else somebody has changed something meanwhile.
local function unchanged(marks)
  local args, parts = json.array(), { "(SELECT count(*) FROM sqlite_sequence WHERE name IN (" .. TABLES .. ")) = " .. #marks }
  for _, mark in ipairs(marks) do
    args[#args + 1], args[#args + 2] = mark[1], mark[2]
    parts[#parts + 1] = string.format("EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = $%d AND seq = $%d)", #args - 1, #args)
  end
  return { sql = "SELECT 1 AS is_so WHERE " .. table.concat(parts, " AND "), args = args, expect = 1 }
end

local function sign_in(self)
  local stored
  self.token, stored = auth.new_token() -- used just now: no request notes it as a deed
  query(self, "INSERT INTO api_token (id, name, role, token_key, digest, created_at, last_used_at) " ..
    "VALUES ($1, 'rehearsal', 'admin', $2, $3, $4, $4)", TOKEN, stored.token_key, stored.digest, self.now)
  self:notes()
end

---What the API has asked of the core since the last time: a list of {name, arguments}.
function rehearsal:notes()
  return port(self, "notes", {})
end

---Opens a copy of the configuration in a data folder, which may be in use.
---@return table? rehearsal
---@return string? why
function rehearsal.open(data, now, integrations)
  local core, why = engine.open { copy_of = data, is_whole = true, is_rehearsal = true, start_at = now,
    integrations = integrations }
  if not core then return nil, why end
  local self = setmetatable({ core = core, now = now }, rehearsal)
  local ok, problem = pcall(function()
    self.marks = marks_of(self)
    self:notes()
    sign_in(self)
  end)
  if ok then return self end
  engine.close(core)
  return nil, tostring(problem)
end

function rehearsal:close() engine.close(self.core) end

---Public ids as this folder has them: {encode, decode}.
function rehearsal:ids()
  local key = query(self, "SELECT value FROM setting WHERE name = 'id_key'")[1].value
  self:notes()
  return ids.new(crypto.unhex(key))
end

---A request to the API of the copy → status, answer. Objects that files manage may be changed.
function rehearsal:request(method, path, body)
  if method ~= "GET" then path = path .. "?override=true" end
  local status, text, kind = engine.request(self.core, method, path, { authorization = self.token },
    body and json.encode(body) or "")
  if kind == "application/json" and text ~= "" then return status, json.decode(text) end
  return status, text
end

local function shift_refs(statement, by)
  for i, arg in ipairs(statement.args or {}) do
    if type(arg) == "table" and arg.ref then statement.args[i] = { ref = arg.ref + by, column = arg.column } end
  end
  return statement
end

-- Appends the statements of what was written to a list; they refer to each other by their place.
local function add_statements(statements, notes, who)
  for _, note in ipairs(notes) do
    local base = #statements
    for _, statement in ipairs(note[1] == "write" and note[2].statements or {}) do
      statements[#statements + 1] = audit.told_by(shift_refs(statement, base), who.actor, who.client)
    end
  end
end

---All that was asked of the copy, for the real folder: the statements of one write, and the calls that follow it.
---@param who {actor: table, client: table?} who has it done, as the trail tells it
---@return table[] statements empty when nothing was changed
---@return table[] calls {name, arguments}
function rehearsal:deeds(who)
  local notes, statements, calls = self:notes(), json.array { unchanged(self.marks) }, {}
  add_statements(statements, notes, who)
  if #statements == 1 then return json.array(), calls end
  for _, note in ipairs(notes) do
    if note[1] == "maintenance" or note[1] == "act" then
      note[2].by, note[2].by_id = auth.by(who.actor)
      calls[#calls + 1] = note
    end
  end
  return statements, calls
end

return rehearsal
