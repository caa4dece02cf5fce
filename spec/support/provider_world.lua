--- A real server whose every way out leads to the fake providers: their certificates, their names, and accounts of each.
local cjson <const> = require "cjson"
local channel <const> = require "channel"
local outgoing <const> = require "outgoing"
local server <const> = require "server"

local M <const> = {}
M.__index = M

M.PUBLIC = "https://tocsin.example.org"

--- provider_world.open{args = {…}}: the fakes, a name server for them, and the server. `names`: the fakes that it knows.
function M.open(options)
  options = options or {}
  local self = setmetatable({ fakes = outgoing.fakes(), folder = server.folder(), accounts = {}, addresses = {} }, M)
  local ca = self.fakes:ask { ["do"] = "certificates", folder = self.folder }.ca
  local dns = self.fakes:open { ["do"] = "dns" }
  self.tls_port = self.fakes:open { ["do"] = "providers", certificate = "good" }
  local names = { ["mail.test"] = { A = { "127.0.0.1" } } }
  for _, name in ipairs(channel.list()) do names[M.host(name)] = { A = { "127.0.0.1" } } end
  self.fakes:dns(names)
  self.args = { "--dns-servers", "127.0.0.1:" .. dns, "--ca-file", ca, "--allow-private-webhooks", "127.0.0.0/8", "--public-url", M.PUBLIC,
    "--provider-refresh", "0" }
  for _, word in ipairs(options.args or {}) do self.args[#self.args + 1] = word end
  self.data = server.folder()
  self:start()
  self.server:make_token()
  return self
end

function M:start()
  local token = self.server and self.server.token
  self.server = server.start { data = self.data, args = self.args }
  self.server.token, self.server.expects = token, '"notification_failed"'
end

--- Ends all, and sees that nothing of it complained.
function M:close()
  self.server:finish()
  server.remove(self.data)
  local code, heard, errors = self.fakes:stop()
  server.remove(self.folder)
  assert(code == 0 and #heard == 0 and #errors == 0, table.concat(errors, "\n"))
end

function M:api(...) return self.server:api(...) end
function M:ask(...) return self.fakes:ask(...) end

function M.host(name) return (name:gsub("_", "-")) .. ".provider.test" end

-- The sample's values with every URL on the fake's own host.
local function moved(self, name, fields, values)
  local out = {}
  for _, field in ipairs(fields) do
    local v = values[field[1]]
    if v == nil then v = field.default end
    if field.type == "url" and v then v = v:gsub("^https?://[^/]+", ("https://%s:%d"):format(M.host(name), self.tls_port)) end
    out[field[1]] = v
  end
  return out
end

local function or_object(values) return next(values) and values or setmetatable({}, cjson.empty_object_mt) end

--- An account of this type, and its fake told of it. → the provider of the API
function M:provider(name, over)
  local spec = channel.load(name)
  local account, address = moved(self, name, spec.settings, spec.sample.account), moved(self, name, spec.address, spec.sample.address)
  for key, value in pairs(over or {}) do account[key] = value end
  self.accounts[name], self.addresses[name] = account, address
  self:ask { ["do"] = "provider", name = name, account = or_object(account), address = or_object(address), now = os.time() }
  return self:api("POST", "/providers/", { type = name, settings = or_object(account) })
end

--- A person who is called on this channel of this type. → user id
function M:person(name, channel_name, address)
  local user = self:api("POST", "/users/", { username = name, role = "editor" }).id
  self:api("POST", "/contact_methods/", { user_id = user, channel = channel_name, address = or_object(address), is_verified = true })
  self:api("POST", "/personal_notification_rules/", { user_id = user, type = "notify_by_" .. channel_name })
  return user
end

-- A chain that calls these people at once.
function M:chain(users, is_important)
  self.chains = (self.chains or 0) + 1
  local chain = self:api("POST", "/escalation_chains/", { name = "chain " .. self.chains }).id
  self:api("POST", "/escalation_policies/", { escalation_chain_id = chain, type = "notify_persons", persons_to_notify = users, important = is_important })
  return chain
end

--- An integration whose alerts take the default route: with this chain, if any, and these rooms. → path for alerts
function M:hook(chain, rooms)
  self.hooks = (self.hooks or 0) + 1
  local integration = self:api("POST", "/integrations/", { type = "webhook", name = "hook " .. self.hooks, templates = {
    grouping_key = "{{ payload.key }}" } })
  local route = rooms or {}
  route.escalation_chain_id = chain
  self:api("PUT", "/routes/" .. integration.default_route.id .. "/", route)
  return integration.link:match("//[^/]*(/.*)$")
end

--- An alert that must be taken, and its group.
function M:alert(path, payload)
  local answer = self.server:request("POST", path, { body = payload })
  assert(answer.status == 200, answer.body)
  return self:api("GET", "/alert_groups/?perpage=1").results[1].id
end

--- Its notifications by channel: the newest of each. `kind` page.
function M:notifications(group, kind)
  local out = {}
  local list = self:api("GET", "/notifications/?perpage=1000&alert_group_id=" .. group).results
  for i = #list, 1, -1 do
    if list[i].kind == kind then out[list[i].channel] = list[i] end
  end
  return out
end

--- The one value that a SELECT finds in the server's own rows.
function M:column(sql)
  local pipe <close> = assert(io.popen(("sqlite3 -readonly %s/tocsin.db \"%s\""):format(self.data, sql)))
  return (pipe:read("a"):gsub("%s+$", ""))
end

--- What the fakes were sent since the last time, by the fake's name: lists.
function M:received()
  local out = {}
  for _, entry in ipairs(self:ask { ["do"] = "received" }.list) do
    out[entry.name] = out[entry.name] or {}
    table.insert(out[entry.name], entry)
  end
  return out
end

return M
