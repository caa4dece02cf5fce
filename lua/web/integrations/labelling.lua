--- Which labels the alert groups of an integration get: inherited ones, each with a switch; static and dynamic ones; and a
--- template that prints several.
local ask <const> = require "web.ask"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local shared <const> = require "web.integrations.shared"

local labelling <const> = {}

-- Rows of the form: { key, kind, value }, those of an integration or those that were sent.
local function rows_of(one)
  local rows <const> = {}
  for _, kind in ipairs { "static", "dynamic" } do
    for _, label in ipairs(one[kind .. "_labels"]) do
      rows[#rows + 1] = { key = label.key.name, kind = kind, value = label.value.name }
    end
  end
  return rows
end

local function rows_sent(request)
  local found <const>, kinds <const> = form.all(request, "key"), form.all(request, "kind")
  local values <const> = form.all(request, "value")
  local removed <const>, rows <const> = {}, {}
  for _, number in ipairs(form.all(request, "remove")) do removed[number] = true end
  for i, key in ipairs(found) do
    local row <const> = { key = string.match(key, "^%s*(.-)%s*$"), kind = kinds[i] == "static" and "static" or "dynamic",
      value = values[i] or "" }
    if (row.key ~= "" or row.value ~= "") and not removed[tostring(i)] then rows[#rows + 1] = row end
  end
  return rows
end

-- The switches: key → whether the label goes down.
local function ticked(request)
  local set <const> = {}
  for _, key in ipairs(form.all(request, "inherited")) do set[key] = true end
  return set
end

-- What the API is sent.
local function object_of(one, rows, inherits, multi)
  local object <const> = { labels = json.array(), static_labels = json.array(), dynamic_labels = json.array(),
    multi_label_template = form.text_or_null(multi) }
  for i, label in ipairs(one.labels) do
    object.labels[i] = { key = { name = label.key.name }, value = { name = label.value.name },
      inherited = inherits[label.key.name] or false }
  end
  for _, row in ipairs(rows) do
    local list <const> = object[row.kind .. "_labels"]
    list[#list + 1] = { key = { name = row.key }, value = { name = row.value } }
  end
  return object
end

-- What the newest alert would get, and where templates fail.
local function try(request, one, object)
  local answer <const>, problem <const> = ask.send(request, "POST", shared.api(one.id, "preview/"), object)
  if not answer then return nil, problem end
  local failed <const> = {}
  for _, p in ipairs(answer.problems) do
    if p.template == "multi_label_template" or string.find(p.template, "^label:") then failed[p.template] = p.text end
  end
  return { labels = answer.labels, is_example = answer.payload_from == "example", failed = failed,
    has_multi = answer.is_json_object ~= json.null, is_object = answer.is_json_object == true }
end

local function shown(request, one, rows, inherits, multi, problem, tried)
  local inherited <const> = {}
  for i, label in ipairs(one.labels) do
    inherited[i] = { key = label.key.name, value = label.value.name, is_on = inherits[label.key.name] or false }
  end
  for _, row in ipairs(rows) do row.wrong = tried and tried.failed["label:" .. row.key] or false end
  rows[#rows + 1] = { key = "", kind = "dynamic", value = "", wrong = false }
  local wrong <const> = tried and tried.failed.multi_label_template
  if wrong then problem = { status = 200, fields = { multi_label_template = wrong }, detail = false } end
  return shared.answer_of(request, one, "labels", "integration_labels.html", { inherited = inherited, rows = rows,
    form = form.state({ multi_label_template = multi }, problem), tried = tried or false }, problem and form.status(problem))
end

---GET /integrations/<id>/labels
local function show(request)
  local one <const> = shared.get(request)
  if not one then return nil end
  local inherits <const> = {}
  for _, label in ipairs(one.labels) do inherits[label.key.name] = label.inherited end
  return shown(request, one, rows_of(one), inherits, one.multi_label_template)
end

-- What the API says of a list is told above the rows.
local function told(problem)
  problem.detail = problem.fields.static_labels or problem.fields.dynamic_labels or problem.fields.labels or problem.detail
  return problem
end

---POST /integrations/<id>/labels: adds a row, previews or saves.
local function save(request)
  local one <const>, sent <const> = shared.get(request), form.read(request)
  if not one then return nil end
  local rows <const>, inherits <const>, multi <const> = rows_sent(request), ticked(request), sent.multi_label_template
  local deed <const>, object <const> = sent["do"], object_of(one, rows, inherits, multi)
  if deed == "add" then
    rows[#rows + 1] = { key = "", kind = "dynamic", value = "" }
    return shown(request, one, rows, inherits, multi)
  end
  if deed == "test" then
    local tried <const>, problem <const> = try(request, one, object)
    return shown(request, one, rows, inherits, multi, problem and told(problem), tried)
  end
  local saved <const>, problem <const> = ask.send(request, "PUT", shared.api(one.id), object)
  if saved then return page.see_other(request, "/integrations/" .. one.id .. "/labels") end
  return shown(request, one, rows, inherits, multi, told(problem))
end

labelling.routes = {
  { "/integrations/:id/labels", "GET", show, "integrations:read", "integration" },
  { "/integrations/:id/labels", "POST", save, "integrations:write", "integration" },
}

return labelling
