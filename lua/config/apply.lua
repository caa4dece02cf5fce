--- From what is desired to what would change, and to the one write that makes it so.
local columns <const> = require("config.columns")
local difference <const> = require("config.difference")
local json <const> = require("tocsin.json")
local kinds_of <const> = require("config.kinds")
local make <const> = require("config.make")
local port <const> = require("tocsin.port")
local rehearsal <const> = require("config.rehearsal")
local state <const> = require("config.state")

local apply = {}

local ATTEMPTS_MAX <const> = 5

local function marker(copy, ids, marked)
  return function(kind, id, path, parts)
    local known = marked[kind .. ":" .. id]
    if known and known.path == path and known.parts == parts then return end
    local key = ids.decode(require("resources." .. kind).prefix, id)
    copy:run { sql = "INSERT INTO managed (object, object_id, path, parts) VALUES ($1, $2, $3, $4) " ..
      "ON CONFLICT (object, object_id) DO UPDATE SET path = excluded.path, parts = excluded.parts",
      args = { kind, key, path, parts } }
  end
end

local function marks_of(copy, ids)
  local marked = {}
  for _, row in ipairs(copy:run { sql = "SELECT object, object_id, path, parts FROM managed", args = {} }) do
    local id = ids.encode(require("resources." .. row.object).prefix, row.object_id)
    marked[row.object .. ":" .. id] = { path = row.path, parts = row.parts }
  end
  copy:notes()
  return marked
end

local function rehearse(copy, desired, options)
  local kinds = kinds_of.list()
  local function client(method, path, body) return copy:request(method, path, body) end
  local ids = copy:ids()
  local marked = marks_of(copy, ids)
  local before, before_columns = state.read(client, kinds, copy.now), columns.read(client)
  local plan = { kinds = kinds, desired = desired, wrong = {} }
  copy:notes()
  plan.wrong = make.all(client, kinds, state.read(client, kinds, copy.now), desired,
    { is_partial = options.is_partial, is_marking = options.is_marking, mark = marker(copy, ids, marked) })
  columns.make(client, desired.columns, before_columns, plan.wrong)
  plan.statements, plan.calls = copy:deeds(options.who)
  plan.differences = difference.of(before, state.read(client, kinds, copy.now), kinds)
  columns.add_difference(plan.differences, before_columns, columns.read(client))
  plan.has_secrets = #plan.differences == 0 and #plan.statements > 0
  return plan
end

---What making a data folder's configuration as it is desired would change; nothing is written there.
---@param data string the data folder, which may be in use
---@param desired table of folder.read
---@param options {now: integer, who: table, is_partial: boolean?, is_marking: boolean?, integrations: string?} `who` of deeds
---@return table? plan {differences, wrong, statements, calls, has_secrets}
---@return string? why
function apply.plan(data, desired, options)
  local copy, why = rehearsal.open(data, options.now, options.integrations)
  if not copy then return nil, why end
  local ok, plan = pcall(rehearse, copy, desired, options)
  copy:close()
  if not ok then return nil, tostring(plan) end
  return plan
end

---Sees to it that a data folder has a database: a new one gets it.
---@return boolean? is_there
---@return string? why
function apply.ensure(data)
  local nothing = json.array { { sql = "SELECT 1 AS one", args = json.array() } }
  local result, why = port.call("write", { data = data, statements = nothing })
  return result and true, why
end

---Makes it so, all or nothing: what was rehearsed on a copy is written at once, and rehearsed again when somebody changed
---something meanwhile.
---@param fresh fun(): table desired anew for each attempt
---@param options table as of plan; is_tolerant: what is refused is left out instead of stopping all
---@return table? plan what was done; with `wrong` nothing was
---@return string? why
function apply.make(data, fresh, options)
  for _ = 1, ATTEMPTS_MAX do
    local plan, why = apply.plan(data, fresh(), options)
    if not plan or (#plan.wrong > 0 and not options.is_tolerant) or #plan.statements == 0 then return plan, why end
    local result, sentence, code = port.call("write", { data = data, statements = plan.statements })
    if result then
      for _, call in ipairs(plan.calls) do
        call[2].data = data
        port.call(call[1], call[2])
      end
      return plan
    end
    if code ~= "CONFLICT" then return nil, sentence end
  end
  return nil, "others kept changing the configuration at the same moment; nothing was changed"
end

---Reads the whole configuration over an API.
---@param client fun(method: string, path: string): integer, any
---@return table state
---@return table kinds of it
---@return table columns
function apply.read_by(client, now)
  local kinds = kinds_of.list()
  return state.read(client, kinds, now), kinds, columns.read(client)
end

---Reads that of a data folder.
---@return table? state
---@return table|string kinds of it, or why not
---@return table? columns
function apply.read(data, now, integrations)
  local copy, why = rehearsal.open(data, now, integrations)
  if not copy then return nil, why end
  local ok, found, kinds, shown = pcall(apply.read_by, function(method, path) return copy:request(method, path) end, now)
  copy:close()
  if not ok then return nil, tostring(found) end
  return found, kinds, shown
end

return apply
