--- What a label could be while somebody types it, `/alert-groups/labels?label=env:p`: choices for a list beside the field.
local ask <const> = require "web.ask"
local page <const> = require "web.page"
local query_string <const> = require "api.query"

local function suggestions(request)
  local typed <const> = query_string.all(request.query, "label")
  local text <const> = typed[#typed] or ""
  local key <const>, search <const> = string.match(text, "^([^:]*):(.*)$")
  local found <const> = key and key ~= "" and ask.get(request, "/api/v1/labels/values/", { key = key, search = search }) or
    not key and ask.get(request, "/api/v1/labels/keys/", { search = text }) or {}
  local list <const> = {}
  for i, one in ipairs(found) do list[i] = key and key .. ":" .. one.name or one.name .. ":" end
  return page.answer(request, "options.html", { options = list })
end

return { routes = { { "/alert-groups/labels", "GET", suggestions, "labels:read" } } }
