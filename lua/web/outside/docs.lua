--- GET /api/v1/docs/: the document of the API as a page. It says only what every server of this version has.
local api = require("api")
local json = require("tocsin.json")
local openapi = require("api.openapi")
local page = require("web.page")

-- Words for a shape, as short as they can be.
local function words_of(s)
  if type(s) == "string" then return (string.gsub(s, "%?", " or null")) end
  local text
  if s.list then text = "list of " .. words_of(s.list)
  elseif s.object or s.map then text = "object"
  elseif s.choice then text = table.concat(s.choice, " | ")
  elseif s.ref then text = s.ref
  elseif s.page then text = "page of " .. words_of(s.page)
  elseif s.any_of then text = "one of several"
  else text = words_of(s[1]) end
  if s.max and s[1] then text = text .. ", at most " .. s.max end
  return s.null and text .. " or null" or text
end

-- The members of an object, those of objects in it below them.
local function rows_of(s, list, indent)
  for _, member in ipairs(type(s) == "table" and s.object or {}) do
    local inner = member[2]
    list[#list + 1] = { name = string.rep("\u{2003}", indent) .. member[1], words = words_of(inner),
      about = member.about or type(inner) == "table" and inner.about or "", is_required = not member.optional }
    rows_of(type(inner) == "table" and inner.list or inner, list, indent + 1)
  end
  return list
end

local function parameters_of(op)
  local list = json.array()
  for i, f in ipairs(op.query) do list[i] = { name = f[1], about = f.about or "" } end
  return list
end

-- The operations by tag, and the components below.
local function view(routes, resources)
  local tags, by_tag = json.array(), {}
  for _, op in ipairs(openapi.operations(routes)) do
    if not by_tag[op.tag] then
      by_tag[op.tag] = { name = op.tag, operations = json.array() }
      tags[#tags + 1] = by_tag[op.tag]
    end
    local list = by_tag[op.tag].operations
    list[#list + 1] = { method = op.method, path = op.path, id = op.id, about = op.about or "", right = op.right or "",
      parameters = parameters_of(op), sent = rows_of(op.takes, json.array(), 0), sends = op.takes and words_of(op.takes) or "",
      answers = op.gives and words_of(op.gives) or "", status = op.status, shown = rows_of(op.gives, json.array(), 0) }
  end
  local components = json.array()
  for i, c in ipairs(openapi.components(resources)) do
    components[i] = { name = c.name, rows = rows_of(c.shape, json.array(), 0) }
  end
  return json.encode { tags = tags, components = components }
end

local function answer(request)
  return page.answer(request, "docs.html", { api = json.payload(view(api.routes(), api.resources())), base = request.base_url })
end

return { routes = { { "/api/v1/docs", "GET", answer, "open" } } }
