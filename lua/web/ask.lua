--- What pages ask of the API: its own handlers run in this process, for the person who looks at the page.
---
--- So rights, limits, audit, events and words are the API's, and a page decides nothing a second time.
local api <const> = require "api"
local json <const> = require "tocsin.json"
local texts <const> = require "web.texts"
local writer <const> = require "api.writer"

local ask <const> = {}

---@class Problem
---@field status integer of the API's answer
---@field detail string one sentence about the whole
---@field fields table<string, string> name → sentence; members of members are "settings.url"

local MOST <const> = 1000 -- rows that a page looks at

-- Query pairs of filters: name → value, or a list of values. Those that are false are left out.
local function pairs_of(filters)
  local list <const> = {}
  for name, given in pairs(filters or {}) do
    for _, one in ipairs(type(given) == "table" and given or { given }) do
      if one ~= false then list[#list + 1] = { name, tostring(one) } end
    end
  end
  return list
end

local function add_fields(fields, object, prefix)
  for name, why in pairs(object) do
    local is_list <const> = getmetatable(why) == json.array_mt
    if type(why) == "table" and not is_list then add_fields(fields, why, prefix .. name .. ".")
    else fields[prefix .. name] = tostring(is_list and why[1] or why) end
  end
end

-- What a refusal says, by the field it is about.
local function problem_of(answer)
  local said <const> = answer.value and json.decode(writer.text(answer.value)) or {}
  local fields <const> = {}
  if answer.status == 400 and not said.detail then add_fields(fields, said, "") end
  local whole <const> = fields.non_field_errors
  fields.non_field_errors = nil
  return { status = answer.status, fields = fields, detail = whole or said.detail or texts.form.look }
end

-- The API's answer, or nil and the problem.
local function run(request, method, path, filters, object)
  local answer <const> = api.inside(request, { method = method, path = path, query = pairs_of(filters),
    body = object and json.encode(object) or "" })
  if answer.status < 300 then return answer end
  return nil, problem_of(answer)
end

local function value_of(answer, problem)
  if not answer then return nil, problem end
  if not answer.value then return answer.text or true end
  return json.decode(writer.text(answer.value))
end

---What the API tells: plain Lua values as `tocsin.json` decodes them (null is `json.null`), or nil and the problem.
---@param request table of the page
---@param path string such as "/api/v1/integrations/"
---@param filters table<string, any>|nil query parameters
---@return any value
---@return Problem problem
function ask.get(request, path, filters) return value_of(run(request, "GET", path, filters)) end

---The same as a template's value, with members in the API's order.
function ask.view(request, path, filters)
  local answer <const>, problem <const> = run(request, "GET", path, filters)
  if not answer then return nil, problem end
  return json.payload(writer.text(answer.value))
end

---The rows of a list, as plain Lua tables: the first thousand, in one request.
function ask.list(request, path, filters)
  local asked <const> = { perpage = MOST }
  for name, given in pairs(filters or {}) do asked[name] = given end
  local page <const>, problem <const> = ask.get(request, path, asked)
  return page and (page.results or page), problem
end

---Has the API do something. `object` is its body, with `json.null` and `json.array` where JSON needs them.
---@param method "POST"|"PUT"|"DELETE"
---@return any value what it answers; true when that is nothing
---@return Problem problem
function ask.send(request, method, path, object) return value_of(run(request, method, path, nil, object)) end

return ask
