--- The columns of the table of alert groups that everybody has, as the file table_columns.yaml: names, and `label: key`.
local json <const> = require("tocsin.json")
local shape <const> = require("config.shape")

local columns = {}

local PATH <const>, API <const> = "table_columns.yaml", "/api/v1/alertgroup_table_settings/"

local function short(list)
  local out = json.array()
  for i, column in ipairs(list) do out[i] = column.type == "label" and { label = column.id } or column.id end
  return out
end

local function long(list)
  local out = json.array()
  for i, column in ipairs(list) do
    local is_label = type(column) == "table" and column.label ~= nil
    out[i] = { id = is_label and column.label or column, type = is_label and "label" or "default" }
  end
  return out
end

---What everybody has: {visible, hidden}.
function columns.read(client)
  local status, answer = client("GET", API)
  if status ~= 200 then error("the columns of the table cannot be read", 0) end
  return { visible = short(answer.visible), hidden = short(answer.hidden) }
end

---Makes it so; adds what is refused to `wrong`.
function columns.make(client, desired, is, wrong)
  if not desired or shape.same(desired, is) then return end
  local status, answer = client("POST", API, { visible = long(desired.visible), hidden = long(desired.hidden) })
  if status ~= 200 then wrong[#wrong + 1] = { path = PATH, sentence = json.encode(answer) } end
end

---Adds the difference of two lists to those of objects.
function columns.add_difference(list, old, new)
  if shape.same(old, new) then return end
  list[#list + 1] = { what = "change", path = PATH, fields = { { "columns", old, new } } }
end

return columns
