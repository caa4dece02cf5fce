--- The columns of the table of alert groups: those that everybody has, and what a person makes of them. Pure.
---
--- A column is {type, id}: type "default" for those of the house, "label" for the value of a label's key. The house's
--- columns cannot be taken away, only hidden. What everybody has is a list in order, each with `is_visible`; a person's own
--- list is laid over it: what is new there comes last and hidden, what is gone is left out.
local ipairs <const>, type <const>, format <const> = ipairs, type, string.format

local table_columns = {}

local DEFAULT <const> = { "status", "id", "title", "alerts", "integration", "created", "labels", "team", "users" }
local NAMES <const> = { status = "Status", id = "ID", title = "Title", alerts = "Alerts", integration = "Integration",
  created = "Created", labels = "Labels", team = "Team", users = "Users" }
local ID_MAX <const>, LABELS_MAX <const> = 200, 100

local function key_of(column) return column.type .. ":" .. column.id end

local function index(list)
  local by_key = {}
  for _, column in ipairs(list) do by_key[key_of(column)] = column end
  return by_key
end

---@param column {type: string, id: string}
---@return string
function table_columns.name(column)
  return column.type == "default" and NAMES[column.id] or column.id
end

--- What everybody has where no admin has said anything.
---@return table[]
function table_columns.first()
  local list = {}
  for i, id in ipairs(DEFAULT) do list[i] = { type = "default", id = id, is_visible = true } end
  return list
end

--- A person's own list over that of all.
---@param all table[]
---@param own table[]? nil: they have none
---@return table[]
function table_columns.merged(all, own)
  if not own then return all end
  local known, list = index(all), {}
  for _, column in ipairs(own) do
    if known[key_of(column)] then list[#list + 1] = column end
  end
  local has = index(list)
  for _, column in ipairs(all) do
    if not has[key_of(column)] then list[#list + 1] = { type = column.type, id = column.id, is_visible = false } end
  end
  return list
end

local function read_column(sent, is_visible)
  local id = type(sent) == "table" and sent.id or sent
  local kind = type(sent) == "table" and sent.type or NAMES[id] and "default" or "label"
  local length = type(id) == "string" and utf8.len(id)
  if not length or length == 0 or length > ID_MAX then return nil, format("a column has an id of 1 to %d characters.", ID_MAX) end
  if kind ~= "label" and not (kind == "default" and NAMES[id]) then return nil, format('there is no column "%s".', id) end
  return { type = kind, id = id, is_visible = is_visible }
end

local function read_part(list, seen, name, part, is_visible)
  for i, sent in ipairs(part) do
    local column, why = read_column(sent, is_visible)
    if column and seen[key_of(column)] then why = format('the column "%s" is there twice.', column.id) end
    if why then return name, format("Column %d: %s", i, why) end
    list[#list + 1], seen[key_of(column)] = column, true
  end
end

--- The list that was sent as two, or the field that is wrong and a sentence.
---@param visible any[] columns or ids
---@param hidden any[]
---@return table[]|nil list
---@return string? field
---@return string? sentence
function table_columns.read(visible, hidden)
  local list, seen = {}, {}
  local field, why = read_part(list, seen, "visible", visible, true)
  if not field then field, why = read_part(list, seen, "hidden", hidden, false) end
  if field then return nil, field, why end
  if #visible == 0 then return nil, "visible", "At least one column must be visible." end
  return list
end

--- What is wrong with a list for everybody: the house's columns are all there, and not too many others.
---@return string? sentence
function table_columns.problem_of_all(list)
  local has = index(list)
  for _, id in ipairs(DEFAULT) do
    if not has["default:" .. id] then return format('The column "%s" can be hidden, not taken away.', id) end
  end
  if #list - #DEFAULT > LABELS_MAX then return format("At most %d label columns.", LABELS_MAX) end
end

--- What is wrong with a person's list: it has the columns of all, neither more nor less.
---@return string? sentence
function table_columns.problem_of_own(list, all)
  local known, has = index(all), index(list)
  for _, column in ipairs(list) do
    if not known[key_of(column)] then return format('There is no column "%s"; an admin adds columns for labels.', column.id) end
  end
  for _, column in ipairs(all) do
    if not has[key_of(column)] then return format('The column "%s" is neither visible nor hidden.', column.id) end
  end
end

return table_columns
