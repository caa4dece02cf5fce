--- The OpenAPI 3.1 document of this API, made from what makes the API itself: the routes with their handlers' descriptions, and
--- the
--- resources' tables of fields. Nothing is described a second time here.
---
--- A handler is a function, or a table that says more: `answer` (the function), `about` (a sentence), `query` (fields that the
--- query
--- string has), `takes` (the body: a list of fields, or a shape), `gives` (the shape of the answer; none: it is empty), `status`
--- (200),
--- `kind` (a content type that is not JSON, or a list of them), `refusals` (status → shape, where they are not every route's).
local field = require("api.field")
local paging = require("api.paging")
local rights = require("api.rights")
local shape = require("api.shape")
local writer = require("api.writer")

local openapi = {}

local PREFIX <const> = "/api/v1/"

local function component_of(name)
  return (string.gsub(string.gsub(name, "_(%l)", string.upper), "^%l", string.upper))
end

-- Resources ---------------------------------------------------------------------------------------------------------------

local function is_written(f) return not f.readonly and (f.store or field.check_of(f)) end

-- Members of a body; `is_new`: what a new one requires is required.
local function taken(fields, is_new)
  local members = {}
  for _, f in ipairs(fields) do
    if is_written(f) then
      members[#members + 1] = { f[1], field.sent_shape(f), optional = not (is_new and f.required), about = f.about }
    end
  end
  return { object = members }
end

local function shown(fields)
  local members = {}
  for _, f in ipairs(fields) do
    if not f.write_only then
      members[#members + 1] = { f[1], field.shown_shape(f), optional = f.when ~= nil, about = f.about }
    end
  end
  return { object = members }
end

---The query string of a list of a resource: pages and filters.
function openapi.parameters(r)
  local list = { table.unpack(paging.PARAMETERS) }
  for _, filter in ipairs(r.filters or {}) do
    local about = filter.about or filter.type and "The id of one of the " .. require("resources." .. filter.type).path ..
      (filter.type == "team" and "; null: of no team." or ".") or nil
    list[#list + 1] = { filter[1], type = "text", blank = true, shape = filter.shape, is_repeated = filter.is_repeated,
      about = about }
  end
  return list
end

local VERBS <const> = {
  list = function(r, name) return { about = "Lists " .. r.path .. ".", query = openapi.parameters(r),
    gives = { page = { ref = name } } } end,
  get = function(r, name) return { about = "One of the " .. r.path .. ".", gives = { ref = name } } end,
  create = function(r, name)
    return { about = "Makes a new one of the " .. r.path .. ".", takes = { ref = name .. "New" }, gives = { ref = name },
      status = 201 }
  end,
  update = function(r, name)
    return { about = "Changes what is sent; the rest stays. PATCH does the same.", takes = { ref = name .. "Change" },
      gives = { ref = name } }
  end,
  delete = function(r) return { about = "Deletes one of the " .. r.path .. ".", status = 204 } end,
}

---The description of one of the five methods of a resource.
---@param verb string list get create update delete
function openapi.of_resource(r, verb) return VERBS[verb](r, component_of(r.name)) end

-- Operations --------------------------------------------------------------------------------------------------------------

-- `webhooks/:id/responses`, POST → webhooks_responses_post.
local function operation_id(path, method)
  return string.gsub(string.gsub(path, "/?:id", ""), "[/.]", "_") .. (string.find(path, ":id$") and "_one" or "") .. "_" ..
    string.lower(method)
end

local function address(path)
  return PREFIX .. string.gsub(path, ":id", "{id}") .. (string.find(path, "%.%w+$") and "" or "/")
end

---The routes as plain data, in their order: path, method, id, tag, right (nil: none is needed) and what their handlers say.
---@param routes table[] {path, method, handler, right}
function openapi.operations(routes)
  local list = {}
  for i, route in ipairs(routes) do
    local said = type(route[3]) == "table" and route[3] or {}
    local takes = said.takes
    if takes and takes[1] and type(takes[1]) == "table" then takes = taken(takes, true) end
    list[i] = { path = address(route[1]), method = route[2], id = operation_id(route[1], route[2]),
      tag = string.match(route[1], "^[^/.]+"), has_id = string.find(route[1], ":id", 1, true) ~= nil,
        right = route[4] ~= "open" and
        route[4] or nil,
      about = said.about, query = said.query or {}, takes = takes, gives = said.gives, status = said.status or 200,
      kind = said.kind, refusals = said.refusals or {} }
  end
  return list
end

local function parameters(op)
  local list = {}
  if op.has_id then
    list[1] = writer.object("name", "id", "in", "path", "required", true, "schema", shape.schema({ "id",
      pattern = "^[A-Za-z0-9]+$" }))
  end
  for _, f in ipairs(op.query) do
    local inner = f.shape or field.sent_shape(f)
    if f.is_repeated then inner = { list = inner } end
    local one = writer.object("name", f[1], "in", "query", "required", f.required or false, "schema", shape.schema(inner))
    if f.about then writer.put(one, "description", f.about) end
    list[#list + 1] = one
  end
  return writer.list(list)
end

local function content(kind, schema)
  local out = writer.object()
  for _, one in ipairs(type(kind) == "table" and kind or { kind }) do writer.put(out, one, writer.object("schema", schema)) end
  return out
end

local WORDS <const> = { [200] = "Done.", [201] = "It was made.", [202] = "It is under way.",
  [204] = "Done; there is nothing to tell." }

local function success(op)
  local out = writer.object("description", WORDS[op.status])
  if op.gives then writer.put(out, "content", content(op.kind or "application/json", shape.schema(op.gives))) end
  return out
end

-- Refusals that routes share, as components: status, name, words, schema.
local REFUSALS <const> = {
  { 400, "BadRequest", "What was sent cannot be: what is wrong, or what is wrong with which field.", "Refusal" },
  { 403, "Forbidden", "Nobody is known by this token, or they may not do this.", "Detail" },
  { 404, "NotFound", "There is no such thing.", "Detail" },
  { 405, "NotAllowed", "The path does not know this method; `Allow` names those that it knows.", "Detail" },
  { 408, "TooSlow", "The request did not come in time.", "Detail" },
  { 409, "Conflict", "Others kept changing this at the same moment.", "Detail" },
  { 413, "TooLarge", "The request is larger than the server takes.", "Detail" },
  { 414, "TooLong", "The path or the query string is longer than the server takes.", "Detail" },
  { 429, "Throttled", "Too many requests: `Retry-After` says for how many seconds.", "Detail" },
  { 431, "TooManyHeaders", "The headers are more than the server takes.", "Detail" },
  { 500, "Failed", "Something went wrong; the server's log has the reason.", "Detail" },
  { 503, "Unavailable", "Nothing can be done just now.", "Detail" },
}

local function responses(op)
  local out = writer.object(tostring(op.status), success(op))
  for _, refusal in ipairs(REFUSALS) do
    local own = op.refusals[refusal[1]]
    if own then
      local both = { any_of = { own, { ref = refusal[4] } } }
      writer.put(out, tostring(refusal[1]), writer.object("description", refusal[3], "content",
        content("application/json", shape.schema(both))))
    else
      writer.put(out, tostring(refusal[1]), writer.object("$ref", "#/components/responses/" .. refusal[2]))
    end
  end
  return out
end

-- A right in words: the scope that a token needs, and the role that its person does.
local function words_of_right(right)
  local area, action = string.match(right, "^([%l_]+):(%l+)$")
  return string.format("For %ss; the scope is `%s:%s`.", rights.AREAS[area][action], area, action == "read" and "read" or "write")
end

local function operation(op)
  local out = writer.object("operationId", op.id, "tags", writer.list { op.tag }, "summary", op.about)
  if op.right then writer.put(out, "description", words_of_right(op.right)) else writer.put(out, "security", writer.list {}) end
  writer.put(out, "parameters", parameters(op))
  if op.takes then
    writer.put(out, "requestBody", writer.object("required", false, "content", content("application/json",
      shape.schema(op.takes))))
  end
  writer.put(out, "responses", responses(op))
  return out
end

-- The document ------------------------------------------------------------------------------------------------------------

local function paths(operations)
  local out, by_path = writer.object(), {}
  for _, op in ipairs(operations) do
    if not by_path[op.path] then
      by_path[op.path] = writer.object()
      writer.put(out, op.path, by_path[op.path])
    end
    writer.put(by_path[op.path], string.lower(op.method), operation(op))
  end
  return out
end

---What resources look like: shown, and sent for a new one and for a change.
---@return table[] {name, shape}
function openapi.components(resources)
  local list = {}
  for _, r in ipairs(resources) do
    local name, can = component_of(r.name), {}
    for _, verb in ipairs(r.methods) do can[verb] = true end
    list[#list + 1] = { name = name, shape = shown(r.fields) }
    if can.create then list[#list + 1] = { name = name .. "New", shape = taken(r.fields, true) } end
    if can.update then list[#list + 1] = { name = name .. "Change", shape = taken(r.fields, false) } end
  end
  return list
end

-- What a refusal by field is: its sentences, or those of the members of its value.
local PROBLEM <const> = { any_of = { { list = "text" }, { map = { ref = "Problem" } } } }

local function schemas(resources)
  local out = writer.object("Detail", shape.schema { object = { { "detail", "text", about = "One sentence." } } },
    "Problem", shape.schema(PROBLEM),
    "FieldProblems", shape.schema { map = { ref = "Problem" }, about = "What is wrong, by field." },
    "Refusal", shape.schema { any_of = { { ref = "Detail" }, { ref = "FieldProblems" } } })
  for _, c in ipairs(openapi.components(resources)) do writer.put(out, c.name, shape.schema(c.shape)) end
  return out
end

local function shared_responses()
  local out = writer.object()
  for _, refusal in ipairs(REFUSALS) do
    local one = writer.object("description", refusal[3])
    if refusal[1] == 429 then
      local seconds = writer.object("schema", shape.schema("integer"))
      writer.put(one, "headers", writer.object("Retry-After", seconds, "RateLimit-Reset", seconds))
    end
    writer.put(one, "content", content("application/json", shape.schema({ ref = refusal[4] })))
    writer.put(out, refusal[2], one)
  end
  return out
end

local SECURITY <const> = { { "token", "apiKey", "header", "Authorization", "An API token alone, as the reference sends it." },
  { "session", "apiKey", "cookie", "tocsin_session", "Of who signed in; `__Host-tocsin_session` under TLS." } }

local function security()
  local schemes, any = writer.object("bearer", writer.object("type", "http", "scheme", "bearer")), { writer.object("bearer",
    writer.list {}) }
  for i, one in ipairs(SECURITY) do
    writer.put(schemes, one[1], writer.object("type", one[2], "in", one[3], "name", one[4], "description", one[5]))
    any[i + 1] = writer.object(one[1], writer.list {})
  end
  return schemes, writer.list(any)
end

---The document.
---@param routes table[] {path, method, handler, right}
---@param resources table[]
---@param base_url string
function openapi.document(routes, resources, base_url)
  local schemes, any = security()
  return writer.object("openapi", "3.1.0",
    "info", writer.object("title", "Tocsin", "version", "1", "description",
      "The public API of this server. A final slash is optional everywhere."),
    "servers", writer.list { writer.object("url", base_url) },
    "security", any,
    "paths", paths(openapi.operations(routes)),
    "components", writer.object("schemas", schemas(resources), "responses", shared_responses(), "securitySchemes", schemes))
end

return openapi
