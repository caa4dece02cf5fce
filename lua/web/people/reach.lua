--- What is done to contact methods: added, tested, verified, switched and deleted.
local addresses <const> = require "api.addresses"
local ask <const> = require "web.ask"
local channel_fields <const> = require "web.channel_fields"
local form <const> = require "web.form"
local page <const> = require "web.page"
local person <const> = require "web.people.person"
local query_string <const> = require "api.query"
local texts <const> = require "web.texts"

local PATH <const> = "/api/v1/contact_methods/"

local function show_new(request, sent, problem)
  local name <const> = sent and sent.channel or query_string.get(request.query, "channel") or ""
  local fields <const> = addresses.fields(name, {})
  if #fields == 0 then return nil end
  return page.answer(request, "method_new.html", { channel = name, channel_name = channel_fields.name_of(name), id = request.id,
    fields = channel_fields.shown(fields, "address."), form = form.state(sent or {}, problem),
    back = person.path(request, request.id) }, problem and form.status(problem))
end

-- GET /people/<id>/contact-methods/new?channel=…
local function new(request) return show_new(request) end

-- POST: channel, name, and the fields of its address as address.<field>
local function add(request)
  local sent <const> = form.read(request)
  local fields <const> = addresses.fields(sent.channel or "", {})
  local made <const>, problem <const> = ask.send(request, "POST", PATH, { user_id = request.id, channel = sent.channel,
    name = sent.name ~= "" and sent.name or nil, address = channel_fields.read(fields, sent, "address.") })
  if made then return page.see_other(request, person.path(request, request.id) .. "?method=" .. made.id .. "#contact") end
  return show_new(request, sent, problem)
end

-- What is done → what the API is asked, and what the way back says.
local DEEDS <const> = {
  test = function(request, id)
    local made <const>, problem <const> = ask.send(request, "POST", PATH .. id .. "/test/")
    return made and "&test=" .. made.id, problem
  end,
  code = function(request, id)
    local made <const>, problem <const> = ask.send(request, "POST", PATH .. id .. "/verify_start/")
    return made and "&asked=1", problem
  end,
  verify = function(request, id, sent)
    local code <const> = string.gsub(sent.code or "", "%s", "")
    local made <const>, problem <const> = ask.send(request, "POST", PATH .. id .. "/verify/", { code = code })
    return made and "", problem
  end,
  on = function(request, id)
    local made <const>, problem <const> = ask.send(request, "PUT", PATH .. id, { is_enabled = true })
    return made and "", problem
  end,
  off = function(request, id)
    local made <const>, problem <const> = ask.send(request, "PUT", PATH .. id, { is_enabled = false })
    return made and "", problem
  end,
  delete = function(request, id)
    local made <const>, problem <const> = ask.send(request, "DELETE", PATH .. id)
    return made and "", problem
  end,
}

-- POST /contact-methods/<id>: do = test, code, verify, on, off, delete
local function act(request)
  local sent <const> = form.read(request)
  local one <const> = ask.get(request, PATH .. request.id)
  local deed <const> = DEEDS[sent["do"]]
  if not one or not deed then return nil end
  local said <const>, problem <const> = deed(request, request.id, sent)
  if said then
    return page.see_other(request, person.path(request, one.user_id) .. "?method=" .. request.id .. said .. "#contact")
  end
  return person.show(request, one.user_id, { method = { id = request.id, problem = problem, is_asked = sent["do"] == "verify" } })
end

-- GET /notifications/<id>/state: the line about a test, asked for again until it is known.
local function test_state(request)
  local found <const> = ask.get(request, "/api/v1/notifications/" .. request.id)
  if not found then return nil end
  return page.answer(request, "test_state.html", { test = { id = request.id, state = texts.tests[found.state] or found.state,
    is_waiting = found.state == "waiting", error = type(found.error) == "string" and found.error } })
end

return { routes = {
  { "/people/:id/contact-methods/new", "GET", new, "notification_settings:write", "user" },
  { "/people/:id/contact-methods/new", "POST", add, "notification_settings:write", "user" },
  { "/contact-methods/:id", "POST", act, "notification_settings:write", "contact_method" },
  { "/notifications/:id/state", "GET", test_state, "notification_settings:read", "notification" },
} }
