--- The body of an API request as Lua values: JSON whatever its Content-Type says, or a form.
local errors = require("api.errors")
local field = require("api.field")
local json = require("tocsin.json")
local query_string = require("api.query")

local body = {}

local function is_form(request)
  return string.find(request.headers["content-type"] or "", "application/x-www-form-urlencoded", 1, true) ~= nil
end

local function form(text)
  local object = {}
  for _, pair in ipairs(query_string.parse(text)) do object[pair[1]] = pair[2] end
  return object
end

---The object that was sent (an empty body is an empty one), or nil and the 400 that says why not.
function body.object(request)
  if not string.find(request.body, "%S") then return {} end
  local value, why = json.decode(request.body)
  if value == nil then
    if is_form(request) then return form(request.body) end
    return nil, errors.detail(400, why)
  end
  if not body.is_object(value) then
    return nil, errors.field("non_field_errors", "Invalid data. Expected a dictionary.")
  end
  return value
end

-- One field of a body: its stored value, or nil and what is wrong with it.
local function take(f, value, request)
  if value == nil then return nil, f.required and "This field is required." or nil end
  if not field.is_null(f, value, json.null) then return field.check_of(f)(f, value, request) end
  return nil, not f.nullable and "This field may not be null." or nil
end

---The body of a request that is no resource's: its fields checked by their table (lua/resources/README.md), as they are
---stored; one that was not sent or is null is nil. Or nil and the 400 that names every bad one.
function body.fields(request, fields)
  local sent, refusal = body.object(request)
  if not sent then return nil, refusal end
  local taken, wrong = {}, {}
  for _, f in ipairs(fields) do
    local why
    taken[f[1]], why = take(f, sent[f[1]], request)
    if why then wrong[#wrong + 1] = { f[1], why } end
  end
  if #wrong > 0 then return nil, errors.fields(wrong) end
  return taken
end

---Is this value a JSON array?
function body.is_list(value)
  return getmetatable(value) == json.array_mt
end

---Is this value a JSON object?
function body.is_object(value)
  return type(value) == "table" and getmetatable(value) ~= json.array_mt
end

return body
