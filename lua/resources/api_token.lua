--- An API token: what a program proves itself with, and what it may do. Its text is shown once, when it is made.
local auth = require("api.auth")
local body = require("api.body")
local errors = require("api.errors")
local json = require("tocsin.json")
local keys = require("keys")
local rights = require("api.rights")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")

local TOKENS_MAX = 25 -- of one person
local NOT_MORE = "A token can do no more than whoever makes it."

local function store_scopes(value)
  if value == json.null then return { scopes = json.null } end
  if not body.is_list(value) or #value == 0 then return nil, "Expected a list of scopes, or null for all of them." end
  local found = {}
  for i = 1, #value do
    if type(value[i]) ~= "string" or not rights.is_scope(value[i]) then
      return nil, string.format('"%s" is no scope: they are read, write, and area:read or area:write of %s.', tostring(value[i]),
        table.concat(keys.sorted(rights.AREAS), ", "))
    end
    found[value[i]] = true
  end
  return { scopes = json.encode(json.array(keys.sorted(found))) }
end

local function show_scopes(row) return row.scopes and writer.raw(row.scopes) or nil end

local function store_expiry(value, request)
  if value == json.null then return { expires_at = value } end
  local at = time.parse_moment(value)
  if not at then return nil, "Expected a moment such as 2027-05-19T12:00:00Z." end
  if at <= request.now then return nil, "Must be in the future." end
  return { expires_at = at }
end

-- What another installation stores of a token, so that it works here as it is.
local function import(name, digits, about)
  return { name, write_only = true, create_only = true, takes = "text", about = about, store = function(value, _, c)
    if type(value) ~= "string" or #value ~= digits or string.find(value, "[^%x]") then
      return nil, "Expected " .. digits .. " hexadecimal digits."
    end
    c.imported = c.imported or {}
    c.imported[name] = string.lower(value)
    return {}
  end }
end

local function check_import(request, c)
  if not rights.may(request.actor, "tokens", "others") then return errors.forbidden() end
  for _, name in ipairs { "token_key", "digest" } do
    if not c.imported[name] then return errors.field(name, "Both token_key and digest are required.") end
    c.values[name] = c.imported[name]
  end
  if store.row("SELECT id FROM api_token WHERE digest = $1", c.values.digest) then
    return errors.field("digest", "This token is here already.")
  end
end

-- Whose token it is: one's own. Admins also make some that are nobody's; another person's only come from elsewhere.
local function take_person(actor, c)
  local v = c.values
  if v.user_id == nil then v.user_id = actor.user_id or json.null end
  if v.user_id == json.null then return not rights.may(actor, "tokens", "others") and errors.forbidden() or nil end
  if v.user_id ~= actor.user_id and not c.imported then return errors.forbidden() end
  local row = store.row("SELECT role, version, (SELECT count(*) FROM api_token AS t WHERE t.user_id = u.id AND " ..
    "revoked_at IS NULL) AS tokens FROM user AS u WHERE id = $1 AND deleted_at IS NULL", v.user_id)
  if not row then return errors.field("user_id", "This person was just deleted.") end
  if row.tokens >= TOKENS_MAX then
    return errors.field("user_id", string.format("A person has at most %d tokens.", TOKENS_MAX))
  end
  c.guard = { table = "user", id = v.user_id, version = row.version }
  v.role = v.role or c.imported and row.role ~= "none" and row.role or nil
end

-- No more than the token that asks may do itself, and no longer.
local function check_limits(actor, c)
  local v, own = c.values, actor.scopes
  v.role = v.role or actor.role
  if not auth.allows(actor, v.role) then return errors.field("role", NOT_MORE) end
  if own and (v.scopes == nil or v.scopes == json.null) then v.scopes = json.encode(json.array(keys.sorted(own))) end
  for _, scope in ipairs(own and json.decode(v.scopes) or {}) do
    if not rights.covers(own, scope) then return errors.field("scopes", NOT_MORE) end
  end
  if not actor.expires_at then return nil end
  v.expires_at = v.expires_at or actor.expires_at
  if v.expires_at == json.null or v.expires_at > actor.expires_at then return errors.field("expires_at", NOT_MORE) end
end

local function before_write(request, c)
  if c.kind ~= "create" then return end
  local refusal = c.imported and check_import(request, c) or take_person(request.actor, c) or check_limits(request.actor, c)
  if refusal then return refusal end
  c.values.created_at = c.now
  if c.imported then return end
  local stored
  request.new_token, stored = auth.new_token()
  for column, value in pairs(stored) do c.values[column] = value end
end

return {
  name = "api_token", table = "api_token", prefix = "TK", path = "api_tokens",
  methods = { "list", "get", "create", "update", "delete" }, area = "tokens", belongs = {}, owner = "user_id", is_private = true,
  page_size = 50, order = "t.id", examples = { { name = "new", role = "viewer" } },
  live = "revoked_at IS NULL",
  columns = "t.scopes, t.expires_at",
  filters = { { "user_id", "t.user_id = ?", type = "user" }, { "name", "t.name = ?" } },
  fields = {
    { "id", type = "id", prefix = "TK" },
    { "name", type = "text", max = 200, required = true },
    { "user_id", type = "ref", to = "user", nullable = true, create_only = true },
    { "role", type = "choice", choices = { "viewer", "editor", "admin" }, create_only = true },
    { "scopes", nullable = true, create_only = true, shape = { list = "text", null = true }, show = show_scopes,
      store = store_scopes, about = "read, write, or either of one area, as in alerts:write; null: all that its role may." },
    { "expires_at", nullable = true, create_only = true, shape = "time?",
      show = function(row) return time.text(row.expires_at) end, store = store_expiry },
    { "created_at", type = "time" },
    { "last_used_at", type = "time" },
    { "token", shape = "text", about = "Shown once, when it is made.",
      when = function(_, request) return request.new_token ~= nil end, show = function(_, request) return request.new_token end },
    import("token_key", 8, "To take over a token that is there elsewhere (admins): its first eight digits."),
    import("digest", 128, "And the SHA-512 of its bytes, in hexadecimal."),
  },
  delete_sql = "UPDATE api_token SET revoked_at = $1 WHERE id = $2",
  before_write = before_write,
}
