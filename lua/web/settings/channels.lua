--- Providers, the accounts through which messages leave: /settings. Each kind is a file of lua/channels; its fields are the form.
local ask <const> = require "web.ask"
local channel <const> = require "channel"
local channel_fields <const> = require "web.channel_fields"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local query_string <const> = require "api.query"
local rights <const> = require "api.rights"
local tabs_of <const> = require("web.settings.tabs").of
local texts <const> = require "web.texts"

local PATH <const> = "/api/v1/providers/"

local function names_of(carries)
  local list <const> = {}
  for i, name in ipairs(carries) do list[i] = channel_fields.name_of(name) end
  return table.concat(list, ", ")
end

local function failure_of(provider)
  for _, one in ipairs(provider.sync) do
    if one.failure ~= json.null then return one.failure end
  end
  return false
end

-- GET /settings
local function show(request)
  local list <const> = {}
  for i, provider in ipairs(ask.list(request, PATH) or {}) do
    local spec <const> = channel.load(provider.type)
    list[i] = { id = provider.id, name = provider.name, kind = spec and spec.name or provider.type,
      carries = names_of(provider.carries), is_enabled = provider.is_enabled, failure = failure_of(provider) }
  end
  return page.answer(request, "channels.html", { tabs = tabs_of(request), providers = list,
    may_change = rights.may(request.actor, "providers", "write") })
end

local function kinds()
  local list <const> = {}
  for _, name in ipairs(channel.list()) do
    local spec <const> = channel.load(name)
    if spec then
      list[#list + 1] = { type = name, name = spec.name, about = spec.about, carries = names_of(channel.carries(name)) }
    end
  end
  table.sort(list, function(a, b) return string.lower(a.name) < string.lower(b.name) end)
  return list
end

local function carried_of(type_name)
  local list <const> = {}
  for i, name in ipairs(channel.carries(type_name)) do list[i] = { value = name, text = channel_fields.name_of(name) } end
  return list
end

-- What became of a test.
local function test_of(request)
  local id <const> = query_string.get(request.query, "test")
  local found <const> = id and ask.get(request, "/api/v1/notifications/" .. id)
  if not found then return false end
  return { id = id, state = texts.tests[found.state] or found.state, is_waiting = found.state == "waiting",
    error = found.error ~= json.null and found.error or false }
end

-- The form about one: `provider` nil for a new one. `more`: sent and problem, or those of a test.
local function show_form(request, type_name, provider, more)
  local spec <const> = channel.load(type_name)
  if not spec then return nil end
  local given = { name = spec.name, is_enabled = true }
  if provider then
    given = channel_fields.given(provider.settings, "settings.")
    given.name, given.is_enabled = provider.name, provider.is_enabled
  end
  local problem <const> = more.problem or more.test_problem
  return page.answer(request, "channel.html", { id = provider and provider.id or false, type = type_name, spec_name = spec.name,
    about = spec.about, docs = spec.docs[1] or false, fields = channel_fields.shown(spec.settings, "settings."),
    form = form.state(more.sent or given, more.problem), name = provider and provider.name or spec.name,
    test_form = form.state(more.test_problem and more.sent or {}, more.test_problem), carried = carried_of(type_name),
    test_fields = channel_fields.shown(spec.address or {}, "address."), test = test_of(request),
    managed_by = provider and provider.managed_by or false, failure = provider and failure_of(provider) or false,
    tabs = tabs_of(request), may_change = rights.may(request.actor, "providers", "write") }, problem and form.status(problem))
end

-- GET /settings/channels/new: the kinds, or with `type` the form of one.
local function new(request)
  local type_name <const> = query_string.get(request.query, "type")
  if type_name then return show_form(request, type_name, nil, {}) end
  return page.answer(request, "channel_kinds.html", { tabs = tabs_of(request), kinds = kinds() })
end

-- POST /settings/channels/new: type, name, is_enabled, settings.<field>
local function add(request)
  local sent <const> = form.read(request)
  local spec <const> = channel.load(sent.type or "")
  if not spec then return nil end
  local made <const>, problem <const> = ask.send(request, "POST", PATH, { type = sent.type, name = sent.name,
    is_enabled = form.is_ticked(sent, "is_enabled"), settings = channel_fields.read(spec.settings, sent, "settings.") })
  if made then return page.see_other(request, "/settings/channels/" .. made.id) end
  return show_form(request, sent.type, nil, { sent = sent, problem = problem })
end

-- GET /settings/channels/<id>
local function show_one(request)
  local provider <const> = ask.get(request, PATH .. request.id)
  return provider and show_form(request, provider.type, provider, {})
end

-- POST /settings/channels/<id>
local function save(request)
  local provider <const> = ask.get(request, PATH .. request.id)
  local spec <const> = provider and channel.load(provider.type)
  if not spec then return nil end
  local sent <const> = form.read(request)
  local done <const>, problem <const> = ask.send(request, "PUT", PATH .. request.id, { name = sent.name,
    is_enabled = form.is_ticked(sent, "is_enabled"), settings = channel_fields.read(spec.settings, sent, "settings.", true) })
  if done then return page.see_other(request, "/settings/channels/" .. request.id) end
  return show_form(request, provider.type, provider, { sent = sent, problem = problem })
end

-- POST /settings/channels/<id>/test: channel, address.<field>; without an address it goes to who asks.
local function test(request)
  local provider <const> = ask.get(request, PATH .. request.id)
  local spec <const> = provider and channel.load(provider.type)
  if not spec then return nil end
  local sent <const> = form.read(request)
  local address <const> = channel_fields.read(spec.address or {}, sent, "address.")
  local made <const>, problem <const> = ask.send(request, "POST", PATH .. request.id .. "/test/", { channel = sent.channel,
    address = next(address) and address or nil })
  if made then return page.see_other(request, "/settings/channels/" .. request.id .. "?test=" .. made.id .. "#test") end
  return show_form(request, provider.type, provider, { sent = sent, test_problem = problem })
end

-- POST /settings/channels/<id>/move: do = up, down
local function move(request)
  local list <const> = ask.list(request, PATH) or {}
  for i, provider in ipairs(list) do
    local other <const> = list[form.read(request)["do"] == "up" and i - 1 or i + 1]
    if provider.id == request.id and other then
      ask.send(request, "PUT", PATH .. provider.id, { position = other.position })
      ask.send(request, "PUT", PATH .. other.id, { position = provider.position })
      break
    end
  end
  return page.see_other(request, "/settings")
end

-- POST /settings/channels/<id>/delete
local function delete(request)
  local done <const>, problem <const> = ask.send(request, "DELETE", PATH .. request.id)
  if done then return page.see_other(request, "/settings") end
  local provider <const> = ask.get(request, PATH .. request.id)
  return show_form(request, provider.type, provider, { problem = problem })
end

return {
  nav = { text = texts.settings.title, path = "/settings", right = "providers:read", also = "/audit" },
  routes = {
    { "/settings", "GET", show, "providers:read" },
    { "/settings/channels/new", "GET", new, "providers:write" },
    { "/settings/channels/new", "POST", add, "providers:write" },
    { "/settings/channels/:id", "GET", show_one, "providers:read", "provider" },
    { "/settings/channels/:id", "POST", save, "providers:write", "provider" },
    { "/settings/channels/:id/test", "POST", test, "providers:write", "provider" },
    { "/settings/channels/:id/move", "POST", move, "providers:write", "provider" },
    { "/settings/channels/:id/delete", "POST", delete, "providers:write", "provider" },
  },
}
