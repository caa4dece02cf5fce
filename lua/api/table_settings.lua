--- The columns of the table of alert groups over the API: what everybody has, set by admins, and what each person sees.
local audit = require("api.audit")
local body = require("api.body")
local change = require("api.change")
local errors = require("api.errors")
local json = require("tocsin.json")
local port = require("tocsin.port")
local store = require("tocsin.store")
local table_columns = require("table_columns")
local writer = require("api.writer")

local table_settings = {}

local SETTING <const> = "alert_group_columns"

local COLUMN <const> = { object = { { "id", "text" }, { "name", "text" }, { "type", "text" } } }
local SENT_COLUMN <const> = { object = { { "id", "text" }, { "name", "text", optional = true }, { "type", "text",
  optional = true } } }
local SHOWN <const> = { object = { { "visible", { list = COLUMN } }, { "hidden", { list = COLUMN } }, { "default", "boolean" } } }
local SENT <const> = { object = { { "visible", { list = SENT_COLUMN } }, { "hidden", { list = SENT_COLUMN } } } }

local function all_columns()
  local row = store.row("SELECT value FROM setting WHERE name = $1", SETTING)
  return row and json.decode(row.value) or table_columns.first(), row and row.value
end

local function own_columns(actor)
  local row = actor.user_id and store.row("SELECT columns FROM alert_group_columns WHERE user_id = $1", actor.user_id)
  return row and json.decode(row.columns)
end

local function shown(request)
  local own = own_columns(request.actor)
  local parts = { visible = {}, hidden = {} }
  for _, column in ipairs(table_columns.merged(all_columns(), own)) do
    local part = parts[column.is_visible and "visible" or "hidden"]
    part[#part + 1] = writer.object("id", column.id, "name", table_columns.name(column), "type", column.type)
  end
  return { status = 200, value = writer.object("visible", writer.list(parts.visible), "hidden", writer.list(parts.hidden),
    "default", own == nil) }
end

-- The list that was sent, or the refusal.
local function take(request)
  local sent, refusal = body.object(request)
  if not sent then return nil, refusal end
  for _, name in ipairs { "visible", "hidden" } do
    if not body.is_list(sent[name]) then return nil, errors.field(name, "Expected a list of columns.") end
  end
  local list, field, why = table_columns.read(sent.visible, sent.hidden)
  if not list then return nil, errors.field(field, why) end
  return list
end

local function write(request, ...)
  for _, statement in ipairs { ... } do json.array(statement.args) end
  local result, sentence, code = port.call("write", { statements = json.array { ... } })
  if not result then return change.port_error(sentence, code) end
  return shown(request)
end

local function nobody() return errors.detail(400, "This token belongs to no person: only people have columns of their own.") end

local function text_of(list) return json.encode(json.array(list)) end

-- What a person sets for themselves is a change of the person.
local function own_line(request, text)
  local before = store.row("SELECT columns FROM alert_group_columns WHERE user_id = $1", request.actor.user_id)
  return audit.statement(request, { name = "user" }, "update", request.actor.user_id, { alert_group_columns = text },
    { alert_group_columns = before and before.columns or json.null })
end

---GET /alertgroup_table_settings/ → {visible, hidden, default}: as the person of the token sees the table.
table_settings.get = { about = "The columns of the table of alert groups as the person of the token sees them.", gives = SHOWN,
  answer = shown }

---PUT …/ with {visible, hidden}: the person's own, all columns in order.
table_settings.put = {
  about = "Sets a person's own columns: all of them, in order.", takes = SENT, gives = SHOWN,
  answer = function(request)
    if not request.actor.user_id then return nobody() end
    local list, refusal = take(request)
    if not list then return refusal end
    local why = table_columns.problem_of_own(list, (all_columns()))
    if why then return errors.field("visible", why) end
    return write(request, { sql = "INSERT INTO alert_group_columns (user_id, columns) VALUES ($1, $2) " ..
      "ON CONFLICT (user_id) DO UPDATE SET columns = excluded.columns", args = { request.actor.user_id, text_of(list) } },
      own_line(request, text_of(list)))
  end,
}

---POST …/ with {visible, hidden}: what everybody has, label columns among them; whoever has no list of their own sees it so.
table_settings.set_all = {
  about = "Sets the columns of everybody, those of labels among them.", takes = SENT, gives = SHOWN,
  answer = function(request)
    local list, refusal = take(request)
    if not list then return refusal end
    local why = table_columns.problem_of_all(list)
    if why then return errors.field("visible", why) end
    local _, before = all_columns()
    local text = text_of(list)
    return write(request, { sql = "INSERT INTO setting (name, value) VALUES ($1, $2) " ..
      "ON CONFLICT (name) DO UPDATE SET value = excluded.value", args = { SETTING, text } },
      audit.statement(request, { name = SETTING }, "update", json.null, { value = text }, { value = before }))
  end,
}

---POST …/reset/: the person has no list of their own any more.
table_settings.reset = {
  about = "The person has no columns of their own any more.", gives = SHOWN,
  answer = function(request)
    if not request.actor.user_id then return nobody() end
    return write(request, { sql = "DELETE FROM alert_group_columns WHERE user_id = $1", args = { request.actor.user_id } },
      own_line(request, json.null))
  end,
}

return table_settings
