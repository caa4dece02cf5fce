--- Forms without scripts: what was sent, and the same shown again with what is wrong with it (`templates/fields.html`).
local json <const> = require "tocsin.json"
local query_string <const> = require "api.query"
local writer <const> = require "api.writer"

local form <const> = {}

local function parsed(request)
  if not request.form then
    request.form = query_string.parse(request.body)
    for _, pair in ipairs(request.form) do pair[2] = writer.utf8(pair[2]) end
  end
  return request.form
end

---The fields that were sent: name → text, the last one of a name. Line ends are \n.
function form.read(request)
  local sent <const> = {}
  for _, pair in ipairs(parsed(request)) do sent[pair[1]] = string.gsub(pair[2], "\r\n?", "\n") end
  return sent
end

---Every value of a name, in order.
function form.all(request, name) return query_string.all(parsed(request), name) end

---The text of a field without spaces around it, or null when nothing is in it: for fields of the API that may be null.
function form.text_or_null(text)
  local bare <const> = string.match(text or "", "^%s*(.-)%s*$")
  return bare ~= "" and bare or json.null
end

---A whole number, null when nothing is in it, and the text itself when it is something else: the API says what is wrong.
function form.number_or_null(text)
  local bare <const> = form.text_or_null(text)
  return bare ~= json.null and math.tointeger(tonumber(bare)) or bare
end

---Was a tick set? (`tick` of fields.html)
function form.is_ticked(sent, name) return sent[name] == "true" end

---What a page's form shows, for the macros of fields.html.
---@param values table<string, any> what was sent, or what is stored
---@param problem Problem|nil why it was not taken
function form.state(values, problem)
  return { given = values, wrong = problem and problem.fields or {}, detail = problem and problem.detail or false }
end

---The status of a page whose form was not taken.
function form.status(problem) return problem.status == 400 and 422 or problem.status end

---What one can choose among, for `choice` of fields.html: `{ { value, text }, … }` of rows of the API.
---@param name string|nil the member that is shown; "name" unless said
function form.choices(rows, name)
  local list <const> = {}
  for i, row in ipairs(rows) do list[i] = { value = row.id, text = row[name or "name"] } end
  return list
end

return form
