--- The columns of the table of alert groups for everybody, /settings/columns: shown or hidden, their order, and those of labels.
local ask <const> = require "web.ask"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local tabs_of <const> = require("web.settings.tabs").of
local texts <const> = require "web.texts"

local PATH <const> = "/api/v1/alertgroup_table_settings/"

-- Columns in the order that they have, as { id, type, is_visible }.
local function list_of(request)
  local told <const>, list <const> = ask.get(request, PATH), {}
  for _, part in ipairs { "visible", "hidden" } do
    for _, column in ipairs(told[part]) do
      list[#list + 1] = { id = column.id, type = column.type, is_visible = part == "visible",
        name = column.type == "default" and texts.columns[column.id] or column.id }
    end
  end
  return list
end

local function show(request, problem, label)
  return page.answer(request, "table_columns.html", { tabs = tabs_of(request), columns = list_of(request),
    form = form.state({ label = label or "" }, problem),
    wrong = problem and (problem.fields.visible or problem.fields.hidden) or false }, problem and form.status(problem))
end

-- The columns as the form orders them: `column` in their order, `visible` those that are ticked; `up`, `down` and `drop` name
-- one.
local function ordered(request, sent)
  local list <const>, is_visible <const> = {}, {}
  for _, key in ipairs(form.all(request, "visible")) do is_visible[key] = true end
  for _, key in ipairs(form.all(request, "column")) do
    local kind <const>, id <const> = string.match(key, "^(%l+) (.+)$")
    if kind and key ~= sent.drop then
      list[#list + 1] = { key = key, id = id, type = kind, is_visible = is_visible[key] == true }
    end
  end
  for i = 1, #list do
    local other <const> = list[i].key == sent.up and i - 1 or list[i].key == sent.down and i + 1 or nil
    if other and list[other] then
      list[i], list[other] = list[other], list[i]
      break
    end
  end
  return list
end

-- POST /settings/columns
local function save(request)
  local sent <const> = form.read(request)
  local visible <const>, hidden <const> = json.array(), json.array()
  for _, column in ipairs(ordered(request, sent)) do
    local part <const> = column.is_visible and visible or hidden
    part[#part + 1] = { id = column.id, type = column.type }
  end
  local label <const> = string.match(sent.label or "", "^%s*(.-)%s*$")
  if label ~= "" then visible[#visible + 1] = { id = label, type = "label" } end
  local done <const>, problem <const> = ask.send(request, "POST", PATH, { visible = visible, hidden = hidden })
  if done then return page.see_other(request, "/settings/columns") end
  return show(request, problem, label)
end

return { routes = {
  { "/settings/columns", "GET", function(request) return show(request) end, "settings:write" },
  { "/settings/columns", "POST", save, "settings:write" },
} }
