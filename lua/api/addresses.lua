--- Addresses of contact methods: which provider types may carry them, and so which fields they have.
--
-- A method that names its providers has the fields of their types, and must satisfy both. One that leaves the choice to the
-- order of providers has the fields of every type that carries its channel, and must satisfy one of them: first choice is a
-- type of which there is a provider.
local body = require("api.body")
local channel = require("channel")
local errors = require("api.errors")
local json = require("tocsin.json")
local rights = require("api.rights")
local secrets = require("api.secrets")
local store = require("tocsin.store")
local webhook = require("webhook")

local addresses = {}

---The provider types that carry a channel; those of which there is a provider come first.
---@return string[]
function addresses.types(channel_name)
  local there, first, rest = {}, {}, {}
  for _, row in ipairs(store.rows("SELECT DISTINCT type FROM provider")) do there[row.type] = true end
  for _, name in ipairs(channel.carriers(channel_name)) do
    local list = there[name] and first or rest
    list[#list + 1] = name
  end
  return table.move(rest, 1, #rest, #first + 1, first)
end

local function type_of(provider_id)
  local row = provider_id and store.row("SELECT type FROM provider WHERE id = $1", provider_id)
  return row and row.type
end

-- The types that a row names, or none.
local function named(row)
  local list = {}
  for _, name in ipairs { "provider_id", "second_provider_id" } do
    local found = type_of(row[name])
    if found and found ~= list[1] then list[#list + 1] = found end
  end
  return list
end

local function union(types)
  local fields, seen = {}, {}
  for _, name in ipairs(types) do
    local spec = channel.load(name)
    for _, f in ipairs(spec and spec.address or {}) do
      if not seen[f[1]] then fields[#fields + 1] = f end
      seen[f[1]] = true
    end
  end
  return fields
end

---Every field that an address may have.
---@param row table provider_id, second_provider_id
function addresses.fields(channel_name, row)
  local list = named(row)
  return union(row.provider_id and list or addresses.types(channel_name))
end

-- The part of laid values that one type knows.
local function part_of(fields, laid)
  local part = { values = {}, kept = laid.kept, unknown = laid.unknown }
  for _, f in ipairs(fields) do part.values[f[1]] = laid.values[f[1]] end
  return part
end

-- What is wrong with an address for one type.
local function problems(type_name, laid)
  local fields = channel.load(type_name).address
  return secrets.problems(fields, part_of(fields, laid))
end

local function check_named(types, laid)
  local wrong, seen = {}, {}
  for _, name in ipairs(types) do
    for _, problem in ipairs(problems(name, laid)) do
      if not seen[problem[1]] then wrong[#wrong + 1] = problem end
      seen[problem[1]] = true
    end
  end
  return wrong
end

local function check_any(types, laid)
  local first
  for _, name in ipairs(types) do
    local wrong = problems(name, laid)
    if #wrong == 0 then return wrong end
    first = first or wrong
  end
  return first or {}
end

-- Names that no type has; the check of all fields together says what was meant.
local function strangers(fields, laid)
  local known, wrong = {}, {}
  for _, f in ipairs(fields) do known[f[1]] = true end
  for _, problem in ipairs(channel.check_values(fields, laid.values)) do
    if not known[problem[1]] then wrong[#wrong + 1] = problem end
  end
  return wrong
end

local function may_use(request, id)
  return rights.find(request.actor, require("resources.webhook"), id) ~= nil
end

-- A webhook is an address, or one of the outgoing webhooks with what its templates see of this person.
local function check_webhook(laid, request)
  local function value(name)
    if laid.values[name] == nil then return laid.kept[name] end
    return laid.values[name]
  end
  local id, context = value("webhook"), laid.values.context
  local has_url = value("url") ~= nil
  if (id ~= nil) == has_url then return { { "url", "Give an address, or the id of an outgoing webhook: one of them." } } end
  local why = laid.values.webhook ~= nil and not may_use(request, id) and "There is no such webhook." or
    id and webhook.why_not_personal(id)
  if why then return { { "webhook", why } } end
  if context and not body.is_object(json.decode(context)) then return { { "context", "Expected a JSON object." } } end
  if value("context") and not id then return { { "context", "Only an outgoing webhook sees it." } } end
  return {}
end

---The column for an address that was sent, laid over the stored one.
---@return string|nil JSON, secrets sealed
---@return table|nil wrong list of {field, sentence}
function addresses.take(channel_name, row, sent, stored, request)
  local types, list = named(row), addresses.types(channel_name)
  local fields = addresses.fields(channel_name, row)
  local laid = secrets.merge(fields, sent, stored)
  local wrong = strangers(fields, laid)
  if #wrong == 0 then wrong = row.provider_id and check_named(types, laid) or check_any(list, laid) end
  if #wrong == 0 and channel_name == "webhook" then wrong = check_webhook(laid, request) end
  if #wrong > 0 then return nil, wrong end
  return secrets.text(fields, laid)
end

---The refusal for providers that do not carry the channel, or that are one and the same; nil when they are right.
function addresses.check_providers(channel_name, row)
  for _, name in ipairs { "provider_id", "second_provider_id" } do
    local found, carries = type_of(row[name]), false
    for _, one in ipairs(found and channel.load(found) and channel.carries(found) or {}) do
      carries = carries or one == channel_name
    end
    if found and not carries then return errors.field(name, "This provider does not carry " .. channel_name .. ".") end
  end
  if row.second_provider_id and row.second_provider_id == row.provider_id then
    return errors.field("second_provider_id", "The second provider must be another one than the first.")
  end
end

return addresses
