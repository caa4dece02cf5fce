--- The list of integrations, `/integrations`: what is connected, whether it lives, and who it belongs to.
local ask <const> = require "web.ask"
local json <const> = require "tocsin.json"
local form <const> = require "web.form"
local page <const> = require "web.page"
local query_string <const> = require "api.query"
local shared <const> = require "web.integrations.shared"
local texts <const> = require "web.texts"
local types <const> = require "web.integrations.types"

local list <const> = {}

local PAGE <const>, SUGGESTED_MAX <const> = 50, 50
local FILTERS <const> = { "search", "type", "team_id", "label" }

local function given(request)
  local out <const> = {}
  for _, name in ipairs(FILTERS) do out[name] = query_string.get(request.query, name) or "" end
  return out
end

local function address(filters, number)
  local pairs_of <const> = {}
  for _, name in ipairs(FILTERS) do
    if filters[name] ~= "" then pairs_of[#pairs_of + 1] = { name, filters[name] } end
  end
  if number > 1 then pairs_of[#pairs_of + 1] = { "page", tostring(number) } end
  return "/integrations" .. (#pairs_of > 0 and "?" .. query_string.text(pairs_of) or "")
end

-- Keys with their values that begin like what is typed: `en` → `env:`, `env:p` → `env:prod`.
local function suggestions(request, typed)
  local key <const>, value <const> = string.match(typed, "^([^:]*):(.*)$")
  local path <const> = key and "/api/v1/labels/values/" or "/api/v1/labels/keys/"
  local found <const> = ask.get(request, path, key and { key = key, search = value } or { search = typed }) or {}
  local out <const> = {}
  for i = 1, math.min(#found, SUGGESTED_MAX) do out[i] = key and key .. ":" .. found[i].name or found[i].name .. ":" end
  return out
end

local function row_of(one, teams, now)
  return { id = one.id, name = one.name, about = one.description_short ~= json.null and one.description_short or "",
    type = types.name(one.type), team = teams[one.team_id] or "", labels = one.labels, badges = shared.badges(one, now),
    last = shared.moment(one.last_alert_at, now) or false }
end

local function type_choices()
  local out <const> = {}
  for i, one in ipairs(types.list()) do out[i] = { value = one.type, text = one.name } end
  return out
end

---GET /integrations
local function show(request)
  local filters <const> = given(request)
  local number <const> = math.tointeger(tonumber(query_string.get(request.query, "page") or 1)) or 1
  local asked <const> = { perpage = PAGE, page = number }
  for _, name in ipairs(FILTERS) do asked[name] = filters[name] ~= "" and filters[name] or false end
  local found <const>, problem <const> = ask.get(request, "/api/v1/integrations/", asked)
  if not found then return page.failed(request, problem.status, texts.integrations.nothing, problem.detail) end
  local teams <const>, names <const>, rows <const> = shared.teams(request), {}, {}
  for _, team in ipairs(teams) do names[team.id] = team.name end
  for i, one in ipairs(found.results) do rows[i] = row_of(one, names, request.now) end
  local team_choices <const> = form.choices(teams)
  table.insert(team_choices, 1, { value = "null", text = texts.integrations.no_team })
  local is_filtered <const> = address(filters, 1) ~= "/integrations"
  return shared.answer(request, "integrations.html", { rows = rows, form = form.state(filters), teams = team_choices,
    types = type_choices(), suggested = suggestions(request, filters.label), is_filtered = is_filtered,
    may_write = shared.may(request, "write"),
    newer = number > 1 and address(filters, number - 1) or false,
    older = number < found.total_pages and address(filters, number + 1) or false })
end

---GET /integrations/labels?label=: the options of what is typed.
local function suggest(request)
  local typed <const> = query_string.get(request.query, "label") or ""
  return page.answer(request, "label_options.html", { suggested = suggestions(request, typed) })
end

list.nav = { text = texts.integrations.title, path = "/integrations", right = "integrations:read" }
list.routes = {
  { "/integrations", "GET", show, "integrations:read" },
  { "/integrations/labels", "GET", suggest, "integrations:read" },
}

return list
