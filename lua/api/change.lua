--- Creates, updates and deletes the rows of a resource: checks what was sent field by field, lets the resource add its
--- own rules, and hands all statements of a change to the commit thread as one atomic write.
--
-- Nothing is read and written in one transaction here: this is a worker with a reading connection. Instead each write
-- counts up the `version` of the row that guards the resource (an integration guards its routes) and expects the one
-- that was read. When another write came first the change starts again from what is stored then, so that neither is lost.
local audit = require("api.audit")
local body = require("api.body")
local errors = require("api.errors")
local field = require("api.field")
local json = require("tocsin.json")
local keys = require("keys")
local managed = require("api.managed")
local port = require("tocsin.port")
local rights = require("api.rights")
local rows = require("api.rows")

local change = {}

local ATTEMPTS_MAX = 8
local FIXED = "This field cannot be changed once it is set."

local function same(old, new)
  if old == nil then old = json.null end
  if type(new) == "boolean" then new = new and 1 or 0 end
  return old == new
end

-- Where a row goes is a team that one is in: to see a team's resources is not enough.
local function is_foreign_team(r, f, stored, before, actor)
  return f.to == "team" and r.belongs[1] and r.belongs[1][2] == (f.column or f[1]) and stored ~= before and
    stored ~= json.null and not rights.may_join(actor, stored)
end

-- Stores one field that was sent into `c.values`; returns what is wrong with it.
local function take_field(r, f, value, request, c)
  local is_null = field.is_null(f, value, json.null)
  if is_null and not f.nullable then return "This field may not be null." end
  if f.store then
    local columns, why = f.store(is_null and json.null or value, request, c)
    if not columns then return why end
    for name, stored in pairs(columns) do
      if c.old and f.create_only and not same(c.old[name], stored) then return FIXED end
      c.values[name] = stored
    end
    return nil
  end
  local stored, why = f.null or json.null, nil
  local before = c.old and c.old[f.column or f[1]]
  if not is_null then stored, why = field.check_of(f)(f, value, request, before) end
  if stored == nil then return why end
  if is_foreign_team(r, f, stored, before, request.actor) then return field.no_object(value) end
  if c.old and f.create_only then
    if before == nil then before = json.null end
    return stored ~= before and FIXED or nil
  end
  c.values[f.column or f[1]] = stored
end

-- What was sent, checked: fills c.values or returns the 400 that names every bad field.
local function take_fields(r, request, c)
  local wrong = {}
  for _, f in ipairs(r.fields) do
    local value = c.sent[f[1]]
    local why
    if value ~= nil and not f.readonly and (f.store or field.check_of(f)) then
      why = take_field(r, f, value, request, c)
    elseif value == nil and not c.old and f.required then
      why = "This field is required."
    end
    if why then wrong[#wrong + 1] = { f[1], why } end
  end
  if #wrong > 0 then return errors.fields(wrong) end
end

---What a column will hold after the change `c`, nil for null.
function change.value_of(c, column)
  local value = c.values[column]
  if value == nil and c.old then value = c.old[column] end
  if value == json.null then return nil end
  return value
end

---INSERT of column → value, giving back `id`.
function change.insert(table_name, values)
  local names, marks, args = keys.sorted(values), {}, {}
  for i, name in ipairs(names) do
    marks[i] = "$" .. i
    args[i] = values[name]
  end
  return { sql = string.format("INSERT INTO %s (%s) VALUES (%s) RETURNING id", table_name, table.concat(names, ", "),
    table.concat(marks, ", ")), args = args, expect = 1 }
end

---UPDATE of column → value in the row of a key; nil when there is nothing to set.
function change.update(table_name, values, key)
  local sets, args = {}, {}
  for i, name in ipairs(keys.sorted(values)) do
    sets[i] = name .. " = $" .. i
    args[i] = values[name]
  end
  if #sets == 0 then return nil end
  args[#args + 1] = key
  return { sql = string.format("UPDATE %s SET %s WHERE id = $%d", table_name, table.concat(sets, ", "), #args),
    args = args, expect = 1 }
end

---Expects that a column still holds what was read: for values that are made of what they were, where no version guards.
function change.still(table_name, key, column, value)
  return { sql = string.format("UPDATE %s SET %s = %s WHERE id = $1 AND %s = $2", table_name, column, column, column),
    args = { key, value }, expect = 1 }
end

local function guard_statement(guard)
  return { sql = "UPDATE " .. guard.table .. " SET version = version + 1 WHERE id = $1 AND version = $2",
    args = { guard.id, guard.version }, expect = 1 }
end

-- Columns and values that the trail shows: those of the row, and `c.trail`, what a resource writes elsewhere.
local function trail_of(c)
  local all = {}
  for name, value in pairs(c.values) do all[name] = value end
  for name, value in pairs(c.trail or {}) do all[name] = value end
  return all
end

-- All statements of a change in order: the guard, the row, what the resource adds, the trail, and last the key of the row.
local function statements_of(r, request, c)
  local list = json.array()
  local function add(statement)
    if statement then json.array(statement.args) end
    list[#list + 1] = statement
    return #list
  end
  if c.guard then add(guard_statement(c.guard)) end
  for _, statement in ipairs(c.before) do add(statement) end
  local key = c.old and c.old.id
  if c.kind == "create" then key = { ref = add(change.insert(r.table, c.values)), column = "id" }
  elseif c.kind == "update" then add(change.update(r.table, c.values, key))
  elseif c.instead then add(c.instead) -- of deleting the row
  else add(r.delete_sql and { sql = r.delete_sql, args = { c.now, key }, expect = 1 }
      or { sql = "DELETE FROM " .. r.table .. " WHERE id = $1", args = { key }, expect = 1 }) end
  local shown = key
  for _, make in ipairs(c.after) do
    local at = add(make(key))
    if make == c.shows then shown = { ref = at, column = "id" } end -- the answer shows the row that it makes
  end
  add(audit.statement(request, r, c.kind, key, trail_of(c), c.old))
  add({ sql = "SELECT $1 AS id", args = { shown } })
  return list
end

-- The refusal for a broken constraint; nil when the change should be tried again, as when we chose the value ourselves.
local function conflict(r, c, sentence)
  for part, pair in pairs(r.unique or {}) do
    if string.find(sentence, part, 1, true) and c.sent[pair[1]] ~= nil then return errors.field(pair[1], pair[2]) end
  end
end

---The answer for an error of a port.
function change.port_error(sentence, code)
  if code == "NOT_FOUND" then return errors.not_found() end
  if code == "INVALID" or code == "LIMIT" then return errors.detail(400, sentence) end
  if code == "FULL" or code == "DISK_FULL" or code == "IO" or code == "BUSY" or code == "CLOSED" then
    return errors.detail(503, "Nothing can be written just now. Try again later.", "Retry-After: 5\r\n")
  end
  error(string.format("write failed: %s (%s)", sentence, tostring(code)))
end

-- Leaves out what is so already; true when nothing is left to write.
local function is_done(c)
  if c.kind ~= "update" then return false end
  for name, value in pairs(c.values) do
    if same(c.old[name], value) then c.values[name] = nil end
  end
  return next(c.values) == nil and #c.before == 0 and #c.after == 0
end

-- Fields that need more than the right to change the row.
local function not_allowed(r, actor, c)
  for _, f in ipairs(c.kind == "update" and r.fields or {}) do
    local column = f.column or f[1]
    local is_new = f.needs and c.values[column] ~= nil and not same(c.old[column], c.values[column])
    if is_new and not rights.may(actor, r.area, f.needs) then return errors.forbidden() end
  end
end

-- One attempt: checks against the rows as they are and writes. Returns the key, or nil and a refusal, or nothing when
-- another write came between.
local function attempt(r, request, kind, sent)
  local old
  if kind ~= "create" then
    old = rows.by_id(r, request.id)
    if not old then return nil, errors.not_found() end
  end
  local c = { kind = kind, old = old, sent = sent, values = {}, before = {}, after = {}, now = request.now }
  local refusal = kind ~= "delete" and take_fields(r, request, c)
  refusal = refusal or not_allowed(r, request.actor, c)
  refusal = refusal or managed.refusal(r, request, c)
  if not refusal and r.guard and old then c.guard = r.guard(old) end
  if not refusal and r.before_write then refusal = r.before_write(request, c, change) end
  if not refusal and kind == "create" and r.owner and not rights.may_for(request.actor, r, c.values[r.owner]) then
    refusal = errors.forbidden()
  end
  if refusal then return nil, refusal end
  if is_done(c) then return old.id end
  local result, sentence, code = port.call("write", { statements = statements_of(r, request, c) })
  if result and r.after_write then r.after_write(request, c, result.rows[1].id) end
  if result then return result.rows[1].id end
  if code ~= "CONFLICT" then return nil, change.port_error(sentence, code) end
  return nil, conflict(r, c, sentence)
end

local function write(r, request, kind, sent)
  for _ = 1, ATTEMPTS_MAX do
    local key, refusal = attempt(r, request, kind, sent)
    if key or refusal then return key, refusal end
  end
  return nil, errors.detail(409, "Others kept changing this at the same moment. Read it and try again.")
end

local function write_and_show(r, request, kind, status)
  local sent, refusal = body.object(request)
  if not sent then return refusal end
  local key
  key, refusal = write(r, request, kind, sent)
  if not key then return refusal end
  local row = rows.by_key(r, key)
  return row and { status = status, value = rows.show(r, row, request) } or errors.not_found()
end

---Makes a row that the house needs itself: its columns, and more statements by its key. Returns the key, or nil and a
---refusal, or nothing when others came between.
---@param after (fun(key: any): table)[]
function change.make(r, request, values, after)
  local c = { kind = "create", sent = {}, values = values, before = {}, after = {}, now = request.now }
  local refusal = r.before_write and r.before_write(request, c, change)
  if refusal then return nil, refusal end
  for _, make in ipairs(after) do c.after[#c.after + 1] = make end
  local result, sentence, code = port.call("write", { statements = statements_of(r, request, c) })
  if result then return result.rows[1].id end
  if code ~= "CONFLICT" then return nil, change.port_error(sentence, code) end
end

---The answer to POST /<path>/.
function change.create(r, request) return write_and_show(r, request, "create", 201) end

---The answer to PUT and PATCH /<path>/<id>/: what is not sent stays.
function change.put(r, request) return write_and_show(r, request, "update", 200) end

---The answer to DELETE /<path>/<id>/.
function change.delete(r, request)
  local key, refusal = write(r, request, "delete", {})
  return key and { status = 204 } or refusal
end

return change
