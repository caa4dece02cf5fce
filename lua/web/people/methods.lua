--- Contact methods of a person, as a part of their page: what there is, and what it was told last.
local addresses <const> = require "api.addresses"
local ask <const> = require "web.ask"
local channel_fields <const> = require "web.channel_fields"
local ids <const> = require "tocsin.ids"
local json <const> = require "tocsin.json"
local query_string <const> = require "api.query"
local rights <const> = require "api.rights"
local texts <const> = require "web.texts"

local methods <const> = {}

local WITH_CODE <const> = { sms = true, phone_call = true, email = true }

-- The first field of an address that may be shown.
local function address_of(method)
  for _, f in ipairs(addresses.fields(method.channel, {})) do
    local v <const> = method.address[f[1]]
    if v ~= nil and v ~= json.null and not f.aside then return tostring(v) end
  end
  return ""
end

local function shown(method, told)
  local failure <const> = method.failure ~= json.null and method.failure or
    method.failed_at ~= json.null and texts.person.unreachable
  return { id = method.id, channel = channel_fields.name_of(method.channel),
    name = method.name ~= json.null and method.name or "", address = address_of(method), is_verified = method.is_verified,
    is_enabled = method.is_enabled, failure = failure or false,
    has_code = WITH_CODE[method.channel] and not method.is_verified, is_asked = told.id == method.id and told.is_asked or false,
    test = told.id == method.id and told.test or false, wrong = told.id == method.id and told.problem and
      (told.problem.fields.code or told.problem.detail) or false }
end

-- What became of a test.
local function test_of(request, id)
  local found <const> = id and ask.get(request, "/api/v1/notifications/" .. id)
  if not found then return false end
  return { id = id, state = texts.tests[found.state] or found.state, is_waiting = found.state == "waiting",
    error = found.error ~= json.null and found.error or false }
end

-- The channels that some provider carries.
local function channels_of(request)
  local list <const>, seen <const> = {}, { mobile_app_critical = true }
  for _, provider in ipairs(ask.list(request, "/api/v1/providers/") or {}) do
    local is_for_people <const> = provider.is_enabled and provider.type ~= "webpush" -- browsers fill that in themselves
    for _, name in ipairs(is_for_people and provider.carries or {}) do
      if not seen[name] then list[#list + 1] = { name = name, text = channel_fields.name_of(name) } end
      seen[name] = true
    end
  end
  table.sort(list, function(a, b) return a.text < b.text end)
  return list
end

-- The key with which a browser subscribes, if there is a provider for that.
local function push_key(request)
  for _, provider in ipairs(ask.list(request, "/api/v1/providers/", { type = "webpush" }) or {}) do
    if provider.is_enabled then return provider.settings.public_key or false end
  end
  return false
end

---What the page of a person shows of it. `told`: { id, problem, is_asked } of a method that something was done to.
function methods.frame(request, one, told)
  local get <const> = function(name) return query_string.get(request.query, name) end
  told = told or { id = get "method", is_asked = get "asked" ~= nil, test = test_of(request, get "test") }
  local list <const> = {}
  for i, method in ipairs(ask.list(request, "/api/v1/contact_methods/", { user_id = one.id }) or {}) do
    list[i] = shown(method, told)
  end
  local is_own <const> = rights.may(request.actor, "notification_settings", "others") or one.id == methods.own(request)
  return { list = list, channels = channels_of(request), push_key = push_key(request),
    may_change = is_own and rights.may(request.actor, "notification_settings", "write") }
end

---The public id of who asks.
function methods.own(request) return request.actor.user_id and ids.encode("U", request.actor.user_id) end

return methods
