--- The columns of the table of alert groups, `/alert-groups/columns`: each person's own choice and order; admins add those of
--- labels.
local ask <const> = require "web.ask"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local rights <const> = require "api.rights"
local texts <const> = require "web.texts"

local PATH <const> = "/api/v1/alertgroup_table_settings/"

local function key_of(column) return column.type .. ":" .. column.id end

-- Every column in order, and whether it is shown.
local function columns_now(request)
  local settings <const>, list = ask.get(request, PATH), {}
  for _, part in ipairs { "visible", "hidden" } do
    for _, column in ipairs(settings[part]) do
      list[#list + 1] = { key = key_of(column), id = column.id, type = column.type, is_visible = part == "visible",
        place = #list + 1, name = column.type == "default" and texts.columns[column.id] or column.name }
    end
  end
  return list, settings.default
end

local function show(request, problem, label)
  local list <const>, is_default <const> = columns_now(request)
  local keys <const> = {}
  for i, key in ipairs(ask.get(request, "/api/v1/labels/keys/") or {}) do keys[i] = key.name end
  local said <const> = problem and (select(2, next(problem.fields)) or problem.detail) or false
  return page.answer(request, "columns.html", { columns = list, is_default = is_default, keys = keys, said = said,
    label = label or "", may_add = rights.may(request.actor, "settings", "write") }, problem and form.status(problem) or 200)
end

local function sent_columns(list)
  local parts <const> = { visible = json.array {}, hidden = json.array {} }
  for _, column in ipairs(list) do
    table.insert(parts[column.is_visible and "visible" or "hidden"], { id = column.id, type = column.type })
  end
  return parts
end

-- A button that moves one column changes places with the one beside it.
local function move(list, key, by)
  for i, column in ipairs(list) do
    if column.key == key and list[i + by] then
      list[i], list[i + by] = list[i + by], column
      return
    end
  end
end

local function take(list, request, sent)
  local is_shown <const> = {}
  for _, key in ipairs(form.all(request, "visible")) do is_shown[key] = true end
  for _, column in ipairs(list) do
    column.is_visible, column.place = is_shown[column.key] or false, tonumber(sent["place " .. column.key]) or column.place
  end
  local at <const> = {}
  for i, column in ipairs(list) do at[column] = i end
  table.sort(list, function(a, b)
    if a.place ~= b.place then return a.place < b.place end
    return at[a] < at[b]
  end)
  local up <const>, down <const> = sent.up, sent.down
  if up or down then move(list, up or down, up and -1 or 1) end
end

-- POST: one's own columns; `up` and `down` are buttons that move one of them.
local function save(request)
  local sent <const>, list <const> = form.read(request), columns_now(request)
  take(list, request, sent)
  local done <const>, problem <const> = ask.send(request, "PUT", PATH, sent_columns(list))
  if not done then return show(request, problem) end
  return page.see_other(request, (sent.up or sent.down) and "/alert-groups/columns" or "/")
end

local function reset(request)
  local done <const>, problem <const> = ask.send(request, "POST", PATH .. "reset/")
  if not done then return show(request, problem) end
  return page.see_other(request, "/alert-groups/columns")
end

-- POST …/add and …/remove: a label's column for everybody. The others stay as this person has them.
local function change_all(request, change)
  local list <const> = columns_now(request)
  local label <const> = form.read(request).label or ""
  change(list, label)
  local done <const>, problem <const> = ask.send(request, "POST", PATH, sent_columns(list))
  if not done then return show(request, problem, label) end
  return page.see_other(request, "/alert-groups/columns")
end

local function add(request)
  return change_all(request, function(list, label) list[#list + 1] = { id = label, type = "label", is_visible = true } end)
end

local function remove(request)
  return change_all(request, function(list, label)
    for i = #list, 1, -1 do
      if list[i].type == "label" and list[i].id == label then table.remove(list, i) end
    end
  end)
end

return { routes = {
  { "/alert-groups/columns", "GET", function(request) return show(request) end, "settings:own" },
  { "/alert-groups/columns", "POST", save, "settings:own" },
  { "/alert-groups/columns/reset", "POST", reset, "settings:own" },
  { "/alert-groups/columns/add", "POST", add, "settings:write" },
  { "/alert-groups/columns/remove", "POST", remove, "settings:write" },
} }
