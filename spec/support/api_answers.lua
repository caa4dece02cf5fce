--- Holds every answer of the API that a spec sees against the OpenAPI document that the API makes of itself: what is not said there,
--- or is said otherwise, fails. Members that the document does not name fail too, so that nothing is shown undescribed.
local json = require "tocsin.json"

local M <const> = {}

local KNOWN <const> = { type = true, properties = true, required = true, items = true, additionalProperties = true, enum = true,
  anyOf = true, ["$ref"] = true, description = true, format = true, pattern = true, minLength = true, maxLength = true, minimum = true,
  maximum = true, minItems = true, maxItems = true }

local document, routes

local function is_list(v) return getmetatable(v) == json.array_mt end

local IS <const> = {
  null = function(v) return v == json.null end,
  string = function(v) return type(v) == "string" end,
  boolean = function(v) return type(v) == "boolean" end,
  integer = function(v) return math.type(v) == "integer" end,
  number = function(v) return type(v) == "number" end,
  array = is_list,
  object = function(v) return type(v) == "table" and not is_list(v) end,
}

local check

local function has_type(wanted, v)
  for _, name in ipairs(type(wanted) == "table" and wanted or { wanted }) do
    if IS[name](v) then return true end
  end
  return false
end

local function one_of(schemas, v, at)
  local first
  for _, schema in ipairs(schemas) do
    local why = check(schema, v, at)
    if not why then return nil end
    first = first or why
  end
  return first
end

local function of_object(schema, v, at)
  for _, name in ipairs(schema.required or {}) do
    if v[name] == nil then return at .. "." .. name .. " is missing" end
  end
  for name, inner in pairs(v) do
    local wanted = schema.properties and schema.properties[name] or schema.additionalProperties
    if not wanted then return at .. "." .. name .. " is nowhere described" end
    local why = wanted ~= true and check(wanted, inner, at .. "." .. name)
    if why then return why end
  end
end

local function of_bounds(schema, v, at)
  if schema.format == "date-time" and type(v) == "string" and not v:find "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.?%d*Z$" then
    return at .. " is no moment: " .. v
  end
  if type(v) == "number" and (schema.minimum and v < schema.minimum or schema.maximum and v > schema.maximum) then
    return at .. " is out of bounds: " .. v
  end
  local size = type(v) == "string" and utf8.len(v)
  if size and (schema.minLength and size < schema.minLength or schema.maxLength and size > schema.maxLength) then
    return at .. " is too short or too long: " .. size
  end
end

local function of_enum(schema, v, at)
  for _, one in ipairs(schema.enum) do
    if one == v then return nil end
  end
  return at .. " is none of the choices: " .. tostring(v)
end

--- What is wrong with a value by a schema, or nil.
function check(schema, v, at)
  for word in pairs(schema) do assert(KNOWN[word], "this checker does not know " .. word) end
  if schema["$ref"] then
    local name = schema["$ref"]:match "^#/components/schemas/(%w+)$"
    return check(assert(document.components.schemas[name], schema["$ref"]), v, at)
  end
  if schema.anyOf then return one_of(schema.anyOf, v, at) end
  if schema.type and not has_type(schema.type, v) then
    return ("%s is %s, not %s"):format(at, json.encode { v }, json.encode { schema.type })
  end
  if schema.enum then return of_enum(schema, v, at) end
  if IS.object(v) and schema.type then return of_object(schema, v, at) end
  for i, item in ipairs(is_list(v) and schema.items and v or {}) do
    local why = check(schema.items, item, at .. "[" .. i .. "]")
    if why then return why end
  end
  return of_bounds(schema, v, at)
end

local function load_document()
  local api = require "api"
  local text = require("api.writer").text(require("api.openapi").document(api.routes(), api.resources(), "http://tocsin.test"))
  document, routes = json.decode(text), {}
  for path, methods in pairs(document.paths) do
    local pattern, fixed = path:gsub("/$", ""):gsub("[%.%-]", "%%%0"):gsub("{id}", "([A-Za-z0-9]+)")
    routes[#routes + 1] = { pattern = "^" .. pattern .. "/?$", methods = methods, fixed = fixed, path = path }
  end
  -- What names a path to its end comes before what has an id there, as in the table of routes.
  table.sort(routes, function(a, b)
    local n, m = select(2, a.path:gsub("{id}", "")), select(2, b.path:gsub("{id}", ""))
    if n ~= m then return n < m end
    return a.path < b.path
  end)
end

--- The document, decoded.
function M.document()
  if not document then load_document() end
  return document
end

local function route_of(path)
  M.document()
  for _, route in ipairs(routes) do
    if path:find(route.pattern) then return route end
  end
end

local SAME <const> = { HEAD = "get", PATCH = "put" }

local function response_of(operation, status)
  local found = operation.responses[tostring(status)]
  local name = found and found["$ref"] and found["$ref"]:match "^#/components/responses/(%w+)$"
  return name and document.components.responses[name] or found
end

-- A path that nobody knows, and a method that a path does not know, are refused in the same words everywhere.
local REFUSED <const> = { ["$ref"] = "#/components/schemas/Detail" }

local function schema_of(route, method, status, kind)
  local operation = route and route.methods[SAME[method] or method:lower()]
  if not operation then return status >= 400 and REFUSED, "no such operation" end
  local response = response_of(operation, status)
  if not response then return nil, "this status is not described" end
  if not response.content then return false end
  local content = response.content[kind]
  if not content then return nil, "this content type is not described: " .. tostring(kind) end
  return content.schema
end

--- What is wrong with an answer, or nil.
---@param path string with or without a query
function M.problem(method, path, status, text, kind)
  path = path:match "^[^?]*"
  local is_page = path:find "^/api/v1/docs/?$"
  if not path:find "^/api/v1/" or is_page or method == "HEAD" then return nil end
  local schema, why = schema_of(route_of(path), method, status, kind)
  if schema == nil then return why end
  if not schema then return text ~= "" and "an answer where none is described" or nil end
  if kind ~= "application/json" then return nil end
  return check(schema, json.decode(text), "the answer")
end

--- What is wrong with a value by a component of the document, or nil.
function M.check_against(name, value)
  return check(assert(M.document().components.schemas[name], name), value, "the value")
end

--- Fails when an answer is not as it is described.
function M.expect(method, path, status, text, kind)
  local why = M.problem(method, path, status, text, kind)
  if why then error(("%s %s: %d %s\nis not as OpenAPI says: %s"):format(method, path, status, text:sub(1, 600), why), 0) end
end

--- Has `engine.request` look at every answer.
function M.watch(engine)
  if engine.is_watched then return end
  local request <const> = engine.request
  engine.is_watched = true
  function engine.request(core, method, path, ...)
    local status, text, kind, headers = request(core, method, path, ...)
    M.expect(method, path, status, text, kind)
    return status, text, kind, headers
  end
end

return M
