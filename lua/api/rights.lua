--- May this actor do this, to this object? The only place that answers, for the API, chats, signed links and callbacks.
--
-- Three questions, each of which must say yes. *Role and scope*: a right is "area:action", the table below says which role it
-- needs. *Owner*: what belongs to a person (`owner` of its resource) is changed by that person, or by whom `others` allows.
-- *Team*: a team's resources are seen by its members and by admins, by others only when the team shares them; what hangs on
-- something is seen by who sees that (`belongs` of its resource). What one does not see is as if it were not there.
--
-- Nothing is allowed by default: a route or a resource that does not say its right stops the server at its start.
local auth = require("api.auth")
local errors = require("api.errors")
local ids = require("tocsin.ids")
local statement = require("api.statement")
local store = require("tocsin.store")

local rights = {}

-- Area → action → the role that it needs. `others`: to change what belongs to another person.
rights.AREAS = {
  alerts = { read = "viewer", write = "editor", page = "editor" },
  integrations = { read = "viewer", write = "admin", operate = "editor" },
  chains = { read = "viewer", write = "admin" },
  schedules = { read = "viewer", write = "editor", export = "editor" },
  maintenance = { read = "viewer", write = "editor" },
  webhooks = { read = "viewer", write = "admin" },
  providers = { read = "viewer", write = "admin" },
  teams = { read = "viewer", write = "admin" },
  users = { read = "viewer", write = "editor", export = "viewer", others = "admin", create = "admin", delete = "admin" },
  notification_settings = { read = "viewer", write = "editor", others = "admin" },
  tokens = { read = "viewer", write = "viewer", others = "admin" },
  sessions = { read = "viewer", write = "viewer", others = "admin" },
  labels = { read = "viewer" },
  settings = { read = "viewer", write = "admin", own = "viewer" },
  audit = { read = "admin" },
}

local ANY <const> = { read = true, write = true } -- scopes that hold in every area

---What one scope may be: `read`, `write`, or either of an area.
function rights.is_scope(text)
  local area, action = string.match(text, "^([%l_]+):(%l+)$")
  return ANY[text] or area ~= nil and rights.AREAS[area] ~= nil and ANY[action] or false
end

-- Who may write something may read it too.
local function is_in_scopes(scopes, area, action)
  if scopes.write or scopes[area .. ":write"] then return true end
  return action == "read" and (scopes.read or scopes[area .. ":read"]) or false
end

---Is all that one scope allows among what a set of scopes allows?
function rights.covers(scopes, scope)
  local area, action = string.match(scope, "^([%l_]+):(%l+)$")
  if area then return is_in_scopes(scopes, area, action) end
  return scopes[scope] or scopes.write or false
end

---May this actor do `action` in `area`, as far as role and scope say?
function rights.may(actor, area, action)
  local role = rights.AREAS[area] and rights.AREAS[area][action]
  return role ~= nil and auth.allows(actor, role) and
    (not actor.scopes or is_in_scopes(actor.scopes, area, action))
end

---The right to do something to a resource as one word: "area:action". Making and deleting one are to write unless the table
---says something else.
function rights.of(r, action)
  return r.area .. ":" .. (rights.AREAS[r.area][action] and action or "write")
end

-- Routes ------------------------------------------------------------------------------------------------------------------

---Reads what a route says of its right: { path, method, handler, "area:action", resource that `:id` names, or "none" when
---the handler looks at it itself }; "open": the handler asks for another proof than a token. Anything else is an error.
function rights.read_route(route)
  local where = "the route " .. tostring(route[2]) .. " " .. tostring(route[1])
  if route[4] == "open" then return end
  local area, action = string.match(route[4] or "", "^([%l_]+):(%l+)$")
  if not area or not (rights.AREAS[area] and rights.AREAS[area][action]) then
    error(where .. " does not say its right: \"area:action\" of lua/api/rights.lua", 0)
  end
  if string.find(route[1], ":id", 1, true) and not route[5] then
    error(where .. " does not say which resource :id is", 0)
  end
  route.area, route.action = area, action
  route.resource = route[5] and route[5] ~= "none" and rights.resource(route[5]) or nil
end

---A resource by its name, after a look whether it says to whom it belongs.
function rights.resource(name)
  local r = require("resources." .. name)
  if not rights.AREAS[r.area] then error("lua/resources/" .. name .. ".lua: `area` is none of lua/api/rights.lua", 0) end
  if type(r.belongs) ~= "table" then error("lua/resources/" .. name .. ".lua does not say to whom it `belongs`", 0) end
  return r
end

local function is_others(actor, r, owner) return r.owner ~= nil and owner ~= actor.user_id end

---The refusal for an actor on a route, or nil: its role, its scope, and whether the object of the path is there for it.
function rights.check_route(actor, route, id)
  if not rights.may(actor, route.area, route.action) then return errors.forbidden() end
  if not route.resource then return nil end
  local key, owner = rights.find(actor, route.resource, id)
  if not key then return errors.not_found() end
  if route.action ~= "read" and is_others(actor, route.resource, owner) and not rights.may(actor, route.area, "others") then
    return errors.forbidden()
  end
end

---May this actor change what belongs to this person?
function rights.may_for(actor, r, user_id)
  return not is_others(actor, r, user_id) or rights.may(actor, r.area, "others")
end

-- Teams: conditions in SQL, in which every `?` is the actor's person ---------------------------------------------------------

local TEAMS <const> = "SELECT id FROM team WHERE is_sharing_resources = 1 UNION ALL " ..
  "SELECT team_id FROM team_member WHERE user_id = ?"
local HIDDEN <const> = "SELECT 1 FROM team WHERE is_sharing_resources = 0 AND id NOT IN " ..
  "(SELECT team_id FROM team_member WHERE user_id = $1) LIMIT 1"
local NOBODY <const> = 0 -- a token of the installation is a member of no team

---Is there a team whose resources this actor does not see? Without one no list needs a condition.
function rights.is_limited(actor)
  if actor.is_limited == nil then
    actor.is_limited = not auth.allows(actor, "admin") and store.row(HIDDEN, actor.user_id or NOBODY) ~= nil
  end
  return actor.is_limited
end

---The teams whose resources this actor sees, in order; nil: all.
function rights.team_ids(actor)
  if not rights.is_limited(actor) then return nil end
  local list = store.rows(string.gsub(TEAMS, "%?", "$1") .. " ORDER BY 1", actor.user_id or NOBODY)
  for i, row in ipairs(list) do list[i] = row.id end
  return list
end

local condition

-- That the row on which this one hangs is seen; nil when everybody sees all of those.
local function by_parent(link, alias, depth, is_list)
  local column = alias .. "." .. link[2]
  if link[1] == "team" then return string.format("(%s IS NULL OR %s IN (%s))", column, column, TEAMS) end
  local parent, p = rights.resource(link[1]), "p" .. depth
  local inner = condition(parent, p, depth + 1, is_list)
  if not inner then return nil end
  if link.where then inner = string.gsub(link.where, "@", p) .. " AND " .. inner end
  -- A million alert groups are not listed to look for one of them.
  local text = parent.is_large and string.format("EXISTS (SELECT 1 FROM %s AS %s WHERE %s.id = %s AND %s)", parent.table, p, p,
    column, inner) or string.format("%s IN (SELECT %s.id FROM %s AS %s WHERE %s)", column, p, parent.table, p, inner)
  return link.nullable and string.format("(%s IS NULL OR %s)", column, text) or text
end

-- What lets one see a row besides: SQL, or { resource, column }: a row of that resource names it.
local function by_also(also, alias, depth, is_list)
  if type(also) == "string" then return (string.gsub(also, "@", alias)) end
  local other, p = rights.resource(also[1]), "p" .. depth
  return string.format("%s.id IN (SELECT %s.%s FROM %s AS %s WHERE %s.%s IS NOT NULL AND %s)", alias, p, also[2], other.table, p,
    p, also[2], condition(other, p, depth + 1, is_list))
end

-- That a row of a resource is seen, or nil when everybody sees all of them. Lists leave out `also` where no index finds it.
function condition(r, alias, depth, is_list)
  local parts = {}
  for _, link in ipairs(r.belongs) do parts[#parts + 1] = by_parent(link, alias, depth, is_list) end
  if #parts == 0 then return nil end
  local either = { table.concat(parts, " AND ") }
  for _, also in ipairs((not is_list or r.is_also_listed) and r.also or {}) do
    either[#either + 1] = by_also(also, alias, depth, is_list)
  end
  return #either > 1 and "(" .. table.concat(either, " OR ") .. ")" or either[1]
end

-- The texts are made once each.
local texts = {}

local function text_of(r, is_list)
  local name = r.name .. (is_list and " list" or "")
  if texts[name] == nil then texts[name] = condition(r, "t", 1, is_list) or false end
  return texts[name]
end

---The condition that this actor sees a row of a resource, as its table `t`: SQL and its arguments; nil when it is none.
function rights.seen(r, actor, is_list)
  local text = rights.is_limited(actor) and text_of(r, is_list)
  if not text then return nil end
  local _, count = string.gsub(text, "%?", "")
  local args = {}
  for i = 1, count do args[i] = actor.user_id or NOBODY end
  return text, args
end

-- Appends to a statement what this actor sees of a resource.
local function add_seen(q, r, actor, is_list)
  local person = actor.user_id or NOBODY
  if r.is_private and not rights.may(actor, r.area, "others") then q.add("AND t." .. r.owner .. " = ?", person) end
  local text, args = rights.seen(r, actor, is_list)
  if text then q.add("AND " .. text, table.unpack(args)) end
end

---Appends the condition for a list of a resource as its table `t`: what this actor sees of it.
function rights.add_list(q, r, actor) add_seen(q, r, actor, true) end

---Does a list of this resource need such a condition?
function rights.is_filtered(r, actor)
  return r.is_private and not rights.may(actor, r.area, "others") or rights.is_limited(actor) and text_of(r, true) ~= false
end

---The row of a resource as far as this actor sees it; `is_gone_too`: also what is deleted and was not erased.
---@return integer|nil key
---@return integer|nil owner the person to whom it belongs
function rights.sees(actor, r, key, is_gone_too)
  local q = statement.new()
  q.add(string.format("SELECT t.id AS id, %s AS owner FROM %s AS t WHERE t.id = ?", r.owner and "t." .. r.owner or "NULL",
    r.table), key)
  if r.live and not is_gone_too then q.add("AND t." .. r.live) end
  if #r.belongs > 0 or r.is_private then add_seen(q, r, actor, false) end
  local row = store.row(q.text(), table.unpack(q.args))
  if row then return row.id, row.owner end
end

---May a filter name this row, which may be deleted? Of teams only those whose resources one sees.
function rights.may_name(actor, r, key)
  if r.name == "team" then
    return store.row("SELECT 1 FROM team WHERE id = $1 AND id IN (" .. string.gsub(TEAMS, "%?", "$2") .. ")", key,
      actor.user_id or NOBODY) ~= nil
  end
  return rights.sees(actor, r, key, true) ~= nil
end

---What one sees by a public id, as `sees` tells it.
function rights.find(actor, r, id)
  local key = ids.decode(r.prefix, id)
  if key then return rights.sees(actor, r, key) end
end

---May this actor put something into a team? Nobody does for teams that they are not in.
function rights.may_join(actor, team_id)
  return auth.allows(actor, "admin") or actor.teams[team_id] == true
end

---Who acts from a chat or by a signed link, when they may act on this alert group; else nil.
function rights.person_for(user_id, group)
  local actor = auth.person(user_id)
  local is_allowed = actor and rights.may(actor, "alerts", "write") and
    rights.sees(actor, rights.resource("alert_group"), group) ~= nil
  return is_allowed and actor or nil
end

return rights
