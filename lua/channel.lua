--- The sending halves of the channels: found by file name, checked against a schema, called with checked words.
---
--- One file lua/channels/<type>.lua that has a `request` is one kind of provider; lua/channels/README.md is the guide to
--- writing one. What is common to all stands here: texts are clean UTF-8 before a file sees them, what it makes is a
--- request that can carry nothing but itself (no line break in a header, no blank in an address), and no secret leaves
--- in a sentence. Everything wrong with a file comes back as sentences with their address:
---   lua/channels/x.lua: unknown field 'settigns' (did you mean 'settings'?)
local asset <const> = require("tocsin.asset")
local crypto <const> = require("tocsin.crypto")
local channel_schema <const> = require("channel_schema")
local cut <const> = require("sending.cut")
local encode <const> = require("sending.encode")
local looks <const> = require("channels")
local type <const>, ipairs <const>, pairs <const>, tostring <const> = type, ipairs, pairs, tostring
local find <const>, format <const>, gsub <const> = string.find, string.format, string.gsub
local match <const>, sub <const> = string.match, string.sub
local concat <const> = table.concat

local channel = {}

local FOLDER <const> = "lua/channels/"

local function module_of(name)
  if not find(name, "^%l[%w_]*$") then return nil end
  for _, file in ipairs(asset.list("lua/channels")) do
    if file == name .. ".lua" and file ~= "init.lua" then return require("channels." .. name) end
  end
end

--- The kinds of providers: every file that can send, sorted.
---@return string[]
function channel.list()
  local out = {}
  for _, file in ipairs(asset.list("lua/channels")) do
    local name = match(file, "^(%l[%w_]*)%.lua$")
    local module = name and module_of(name)
    if module and module.request and name ~= out[#out] then out[#out + 1] = name end
  end
  table.sort(out)
  return out
end

--- What is wrong with a file's table, as sentences with their address.
---@param name string
---@param data table
---@return string[] problems
function channel.check(name, data)
  local problems = {}
  channel_schema.check(data, FOLDER .. name .. ".lua", problems)
  return problems
end

local loaded <const> = {}

--- One kind of provider.
---@param name string its file name without .lua
---@return table|nil spec
---@return string[]|nil problems
function channel.load(name)
  if loaded[name] then return loaded[name] end
  local module = module_of(name)
  if not module or not module.request then return nil, { FOLDER .. name .. ".lua: there is no such channel" } end
  local problems = channel.check(name, module)
  if #problems > 0 then return nil, problems end
  loaded[name] = module
  return module
end

local function must(name)
  local spec, problems = channel.load(name)
  return spec or error(concat(problems, "\n"), 3)
end

--- The channels that a provider of this kind carries.
---@param name string
---@return string[]
function channel.carries(name) return must(name).carries or { name } end

--- The kinds of providers that carry a channel, sorted.
---@param carried string
---@return string[]
function channel.carriers(carried)
  local out = {}
  for _, name in ipairs(channel.list()) do
    for _, one in ipairs(channel.carries(name)) do
      if one == carried then out[#out + 1] = name end
    end
  end
  return out
end

--- Every channel that some kind of provider carries, sorted: what a personal rule may name.
---@return string[]
function channel.carried()
  local out, seen = {}, {}
  for _, name in ipairs(channel.list()) do
    for _, one in ipairs(channel.carries(name)) do
      if not seen[one] then out[#out + 1], seen[one] = one, true end
    end
  end
  table.sort(out)
  return out
end

--- The look (`render.alert`'s channel) that writes the texts which this provider sends on this channel.
---@param name string
---@param carried string
---@return string
function channel.look(name, carried)
  local spec = must(name)
  return spec.look and spec.look[carried] or looks[carried] and carried or "plain"
end

--- Whether a message can be updated, cancelled, answered in a thread, or carry buttons; or replaces the one before.
---@param name string
---@param what "update"|"cancel"|"thread"|"notes"|"buttons"|"replace"
---@param carried string
---@return boolean
function channel.can(name, what, carried)
  local can = must(name).can
  can = can and can[what]
  if type(can) ~= "table" then return can == true end
  for _, one in ipairs(can) do
    if one == carried then return true end
  end
  return false
end

--- The channels that a route may post to, in the order in which people are shown them: what the API calls the room, and
--- whether a route posts when nobody said so; `whole`: a provider is a room by itself.
---@return {name: string, key: string, enabled: boolean, upper: boolean?, whole: boolean}[]
function channel.rooms()
  local out, order = {}, {}
  for i, name in ipairs(looks.names) do order[name] = i end
  for _, name in ipairs(channel.list()) do
    local room = must(name).room
    if room then out[#out + 1] = { name = name, key = room.key, enabled = room.enabled == true, upper = room.upper,
      whole = #must(name).address == 0 } end
  end
  table.sort(out, function(a, b)
    local x, y = order[a.name] or 1000, order[b.name] or 1000
    if x ~= y then return x < y end
    return a.name < b.name
  end)
  return out
end

-- Values ------------------------------------------------------------------------------------------------------------

--- What is wrong with the settings of a provider or an address, by the file's own list of fields.
---@param fields table[] spec.settings or spec.address
---@param values table<string, any>
---@return {[1]: string, [2]: string}[] problems field and sentence; empty when all is right
function channel.check_values(fields, values)
  return channel_schema.check_values(fields, values)
end

--- The values with the defaults of fields that have none.
---@param fields table[]
---@param values table<string, any>?
---@return table<string, any>
function channel.with_defaults(fields, values)
  local out = {}
  for _, field in ipairs(fields) do
    out[field[1]] = values and values[field[1]]
    if out[field[1]] == nil then out[field[1]] = field.default end
  end
  return out
end

--- Settings of a provider that is being created, with those that are made when they are left out (keys).
---@param name string
---@param settings table<string, any>
---@return table<string, any>
function channel.fresh(name, settings)
  local spec, out = must(name), {}
  for key, value in pairs(settings) do out[key] = value end
  for key, value in pairs(spec.fresh and spec.fresh(settings) or {}) do
    if out[key] == nil then out[key] = value end
  end
  return out
end

local function masked(value)
  if #value < 8 then return "…" end
  return sub(value, 1, utf8.offset(value, 3) - 1) .. "…" .. sub(value, utf8.offset(value, -2))
end

--- An address as people may see it: secrets and personal numbers show their ends only.
---@param name string
---@param address table<string, any>
---@return string
function channel.masked(name, address)
  local parts = {}
  for _, field in ipairs(must(name).address) do
    local value = address[field[1]]
    if value ~= nil and value ~= "" then
      value = cut.clean(tostring(value))
      parts[#parts + 1] = (field.secret or field.personal) and masked(value) or cut.to(value, 100, "points")
    end
  end
  return concat(parts, " ")
end

--- The name of an address's own queue, without secrets; "" when one queue serves all of a provider.
---@param name string
---@param address table<string, any>
---@return string
function channel.target(name, address)
  local spec = must(name)
  if spec.target then return spec.target(address) end
  local parts = {}
  for _, field in ipairs(spec.address) do
    local value = address[field[1]]
    if value ~= nil and not field.aside then
      value = tostring(value)
      local is_plain = not field.secret and not field.personal and #value <= 100
      parts[#parts + 1] = is_plain and value or sub(crypto.sha256_hex(value), 1, 24)
    end
  end
  return concat(parts, "/")
end

-- Calls -------------------------------------------------------------------------------------------------------------

local function hide_in(text, fields, values)
  for _, field in ipairs(fields) do
    local value = field.secret and values and values[field[1]]
    if type(value) == "string" and #value >= 4 then
      for _, form in ipairs { value, encode.percent(value), crypto.base64(value) } do
        text = gsub(text, gsub(form, "%p", "%%%0"), "****")
      end
    end
  end
  return text
end

-- A sentence for people: one line, bounded, without a secret.
local function sentence_of(spec, send, text)
  text = gsub(cut.clean(tostring(text)), "%s+", " ")
  text = hide_in(hide_in(text, spec.settings, send.account), spec.address, send.address)
  return cut.to(text, 500, "points")
end

local function cleaned(v)
  if type(v) == "string" then return cut.clean(v) end
  if type(v) ~= "table" then return v end
  local out = {}
  for key, value in pairs(v) do out[key] = cleaned(value) end
  return out
end

local TEST <const> = {
  title = "Test notification",
  message = "If you can read this, notifications reach you here.",
}

local NAME_MAX <const> = 100 -- code points of a name beside the alert's own words

local function prepared(spec, send)
  local out = {}
  for key, value in pairs(send) do out[key] = value end
  for _, key in ipairs { "text", "group", "links", "user", "message" } do out[key] = cleaned(send[key]) end
  out.account, out.address = channel.with_defaults(spec.settings, send.account), channel.with_defaults(spec.address, send.address)
  for _, key in ipairs { "integration", "route", "acknowledged_by", "resolved_by" } do
    local text = out.group and out.group[key]
    if text then out.group[key] = cut.to(text, NAME_MAX, "points") end
  end
  if send.kind == "test" then out.text = out.text or TEST end
  out.text = out.text or {}
  if out.text.message and not find(out.text.message, "%S") then out.text.message = nil end
  out.text.title = out.text.title or "Incident"
  return out
end

local UNFIT <const> = "a setting, the address or a link holds characters that a request cannot carry"

local function is_fit(request)
  if request.mail then
    local m = request.mail
    return find(m.url, "^smtps?://[^%s%c]+$") and not find(m.from .. m.to, "[%s%c<>]")
  end
  if not find(request.url, "^https?://[^%s%c<>\"]+$") or not find(request.method, "^%u+$") then return false end
  for _, header in ipairs(request.headers or {}) do
    if not find(header[1], "^[%w%-]+$") or find(header[2], "[%z\1-\31\127]") then return false end
  end
  return true
end

--- The request that carries a message.
---@param name string kind of provider
---@param send table see lua/channels/README.md
---@return table|nil request { method, url, headers, body, keep } or { mail = … }
---@return string|nil why a sentence: this can never be sent
function channel.request(name, send)
  local spec = must(name)
  local request, why = spec.request(prepared(spec, send))
  if not request then return nil, sentence_of(spec, send, why) end
  if not is_fit(request) then return nil, format("%s: %s", spec.name, UNFIT) end
  return request
end

--- What the answer means.
---@param name string
---@param response {status: integer, headers: table<string, string>, body: string}
---@param send table
---@return table result { state = "sent"|"retry"|"failed", id, thread, after_ms, error, gone }
function channel.result(name, response, send)
  local spec = must(name)
  local result = spec.result(response, prepared(spec, send))
  if result.error then result.error = sentence_of(spec, send, result.error) end
  return result
end

--- What a request of the provider to us says.
---@param name string
---@param request table { method, url, headers (lower-cased), body, now }
---@param account table<string, any>
---@return table|nil events list of what people did, with `answer` and `requests` when there are such
---@return string|nil why it was refused
---@return integer|nil status of the refusal, when the vendor wants one of its own
function channel.inbound(name, request, account)
  local spec = must(name)
  if not spec.inbound then return nil, spec.name .. " sends nothing to us" end
  local filled = channel.with_defaults(spec.settings, account)
  local events, why, status = spec.inbound(request, filled)
  if not events then return nil, sentence_of(spec, { account = filled }, why), status end
  for i = #(events.requests or {}), 1, -1 do
    if not is_fit(events.requests[i]) then table.remove(events.requests, i) end
  end
  return events
end

--- The request that asks a provider what people did, for those that have to be asked.
---@param name string
---@param account table<string, any>
---@param from any `next` of the last answer, nil at first
---@return table|nil request
---@return string|nil why
function channel.poll_request(name, account, from)
  local spec = must(name)
  if not spec.poll then return nil, spec.name .. " is not asked" end
  return spec.poll.request(channel.with_defaults(spec.settings, account), from)
end

--- What the answer to it says.
---@param name string
---@param response {status: integer, headers: table<string, string>, body: string}
---@param account table<string, any>
---@return table events list of what people did, with `next`, `requests`, and `error` when it was refused
function channel.poll_read(name, response, account)
  local spec = must(name)
  local events = spec.poll.read(response, channel.with_defaults(spec.settings, account))
  if events.error then events.error = sentence_of(spec, { account = account }, events.error) end
  return events
end

--- The request for one page of a list that the provider knows: rooms, groups, members.
---@param name string
---@param which string
---@param account table<string, any>
---@param at string? where to go on, as the page before said
---@param room string? whose members
---@return table? request
---@return string? why there is none
function channel.list_request(name, which, account, at, room)
  local spec = must(name)
  local request = spec.lists[which].request(channel.with_defaults(spec.settings, account), at, room)
  if not is_fit(request) then return nil, format("%s: %s", spec.name, UNFIT) end
  return request
end

--- What the answer to it says.
---@param name string
---@param which string
---@param response {status: integer, headers: table<string, string>, body: string}
---@param account table<string, any>
---@param now integer µs
---@param at string? where the page was, as for its request
---@return table page { items, next } or { error, after_ms }
function channel.list_read(name, which, response, account, now, at)
  local spec = must(name)
  local page = spec.lists[which].read(response, now, at)
  if page.error then page.error = sentence_of(spec, { account = account }, page.error) end
  return page
end

--- Names of the fields whose values are secrets.
---@param fields table[]
---@return table<string, boolean>
function channel.secrets(fields)
  local out = {}
  for _, field in ipairs(fields) do out[field[1]] = field.secret or nil end
  return out
end

--- Sentences about every file that is not right, a line each; "" when all are.
---@return string
function channel.problems()
  local lines = {}
  for _, name in ipairs(channel.list()) do
    local _, problems = channel.load(name)
    for _, problem in ipairs(problems or {}) do lines[#lines + 1] = problem end
  end
  return concat(lines, "\n")
end

return channel
