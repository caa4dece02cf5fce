--- What the pages of one integration share: the integration itself, its head and tabs, labels as lines of text.
local ask <const> = require "web.ask"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local rights <const> = require "api.rights"
local texts <const> = require "web.texts"
local time <const> = require "api.time"
local times <const> = require "web.times"
local types <const> = require "web.integrations.types"

local shared <const> = {}

-- Name, path, and the action that it needs when to read is not enough.
local TABS <const> = { { "overview", "" }, { "templates", "/templates", "operate" },
  { "labels", "/labels" }, { "heartbeat", "/heartbeat" },
  { "maintenance", "/maintenance" }, { "settings", "/settings" } }

---A path of the API.
function shared.api(id, rest) return "/api/v1/integrations/" .. id .. "/" .. (rest or "") end

---A moment of the API as { at, apart }, nil for null.
function shared.moment(text, now)
  if type(text) ~= "string" then return nil end
  return { at = text, apart = times.apart(time.parse_moment(text), now) }
end

---What of an integration stands at its name: maintenance and heartbeat.
function shared.badges(one, now)
  local list <const> = {}
  if one.maintenance_mode ~= json.null then
    local till <const> = shared.moment(one.maintenance_end_at, now)
    list[1] = { kind = "silenced", text = texts.integrations.maintenance[one.maintenance_mode], moment = till }
  end
  local state <const> = one.heartbeat.enabled and one.heartbeat.state
  if state == "missing" or state == "alive" then
    list[#list + 1] = { kind = state == "missing" and "firing" or "resolved", text = texts.integrations.heartbeat[state] }
  end
  return list
end

---The integration of a request, or nil.
function shared.get(request) return (ask.get(request, shared.api(request.id))) end

---May the person who looks do this?
function shared.may(request, action, area) return rights.may(request.actor, area or "integrations", action) end

local function tabs_of(request, id, current)
  local list <const> = {}
  for _, tab in ipairs(TABS) do
    if not tab[3] or shared.may(request, tab[3]) then
      list[#list + 1] = { text = texts.integration[tab[1]], path = "/integrations/" .. id .. tab[2],
        is_current = tab[1] == current }
    end
  end
  return list
end

---The answer that is a page about integrations: its own style and scripts besides.
function shared.answer(request, name, context, status)
  context.own_css, context.own_js = page.static_url(request, "integrations.css"), page.static_url(request, "integrations.js")
  context.editor = page.static_url(request, "editor.js")
  return page.answer(request, name, context, status)
end

---A page of one integration, under its head.
function shared.answer_of(request, one, tab, name, context, status)
  context.one, context.tabs, context.badges = one, tabs_of(request, one.id, tab), shared.badges(one, request.now)
  context.type_name = types.name(one.type)
  context.is_managed = type(one.managed_by) == "string"
  context.may_write, context.may_operate = shared.may(request, "write") and not context.is_managed, shared.may(request, "operate")
  return shared.answer(request, name, context, status)
end

---A list of labels of the API, or null, as lines of text.
function shared.lines_of(labels)
  local lines <const> = {}
  for i, label in ipairs(labels ~= json.null and labels or {}) do lines[i] = label.key.name .. ":" .. label.value.name end
  return table.concat(lines, "\n")
end

---Lines of text as labels for the API, or nil and a sentence.
function shared.labels_of(text)
  local list <const>, number = json.array(), 0
  for line in string.gmatch(text .. "\n", "(.-)\n") do
    number = number + 1
    local key <const>, value <const> = string.match(line, "^%s*([^:]-)%s*:%s*(.-)%s*$")
    if string.find(line, "%S") then
      if not key or key == "" or value == "" then return nil, string.format(texts.setup.bad_label, number) end
      list[#list + 1] = { key = { name = key }, value = { name = value } }
    end
  end
  return list
end

---The teams among which one can choose.
function shared.teams(request) return ask.list(request, "/api/v1/teams/") or {} end

return shared
