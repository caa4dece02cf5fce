--- What a living Grafana OnCall has, read over its public API, as the objects that files of configuration would hold.
---
--- The shapes are the same as of our own API, so the tables of the resources say what is taken; what they do not know is
--- reported and left.
local json <const> = require("tocsin.json")
local keys <const> = require("keys")
local shape <const> = require("config.shape")
local state <const> = require("config.state")

local format <const>, match <const> = string.format, string.match

local oncall = {}

-- What their objects show that is no configuration, or that stands elsewhere.
local PASSED_OVER <const> = { id = true, position = true, manual_order = true, user_id = true, integration_id = true,
  escalation_chain_id = true, schedule = true, grafana_id = true, avatar_url = true, slack = true, is_the_last_route = true,
  link = true, maintenance_mode = true, maintenance_started_at = true, maintenance_end_at = true, inbound_email = true,
  on_call_now = true, is_phone_number_verified = true, teams = true, email = true, incidents_count = true, heartbeat = true }

-- The world that is read: their lists, and names for their ids.
local function new_world(get, kinds)
  local self = { get = get, kinds = kinds, objects = {}, slugs = {}, notes = {}, unknown = {} }
  function self.note(path, sentence) self.notes[#self.notes + 1] = { path = path, sentence = sentence } end
  function self.name_of(kind, id) return self.slugs[kind] and self.slugs[kind][id] end
  return self
end

local function list(self, path)
  local found, why = self.get(path)
  if not found then error(why, 0) end
  return found
end

local function text_or_nil(v) return type(v) == "string" and v or nil end

-- Fields that we do not know, once for each kind.
local function look_for_unknown(self, kind, shown)
  local known = {}
  for _, f in ipairs(kind.resource.fields) do known[f[1]] = true end
  for _, name in ipairs(keys.sorted(shown)) do
    local key = kind.name .. "." .. name
    if not known[name] and not PASSED_OVER[name] and shown[name] ~= json.null and not self.unknown[key] then
      self.unknown[key] = true
      self.note(kind.place.folder or kind.place.as, format("the field '%s' is not known here and is left out", name))
    end
  end
end

-- References whose objects were not told of: they would be lost in silence.
local function look_for_lost(self, path, kind, shown)
  local function look(v, names, name)
    if type(v) == "string" and type(names) == "string" and not self.name_of(names, v) then
      self.note(path, format("%s: the %s %s is not told of, and is left out", name, string.gsub(names, "_", " "), v))
    elseif type(v) == "table" then
      for key, item in pairs(v) do
        local below = names
        if type(names) == "table" then below = names[key] end
        look(item, below, name)
      end
    end
  end
  for _, f in ipairs(kind.fields) do
    if f.names and shown[f.name] ~= json.null then look(shown[f.name], f.names, f.name) end
  end
end

local function document_of(self, kind, shown, path)
  look_for_unknown(self, kind, shown)
  look_for_lost(self, path, kind, shown)
  return shape.of(kind, shown, self.name_of)
end

-- Gives names to a list of their objects, in their order.
local function name_all(self, kind, shown_list)
  local taken, by = {}, kind.place.by[1]
  self.slugs[kind.name] = self.slugs[kind.name] or {}
  for _, shown in ipairs(shown_list) do
    local base, n = state.slug(text_or_nil(shown[by]) or kind.name, kind.name), 1
    local slug = base
    while taken[slug] do
      n = n + 1
      slug = base .. "-" .. n
    end
    taken[slug] = true
    self.slugs[kind.name][shown.id] = slug
  end
end

local function take(self, kind, shown, change)
  local slug = self.slugs[kind.name][shown.id]
  local path = format("%s/%s.yaml", kind.place.folder, slug)
  local wanted = { kind = kind, slug = slug, path = path, document = document_of(self, kind, shown, path), source_id = shown.id }
  if change then change(wanted, shown) end
  self.objects[kind.name] = self.objects[kind.name] or {}
  table.insert(self.objects[kind.name], wanted)
end

local function by_position(a, b)
  return (tonumber(a.position) or 0) < (tonumber(b.position) or 0)
end

-- Their parts by the id of what they belong to, in order.
local function grouped(parts, parent)
  local groups = {}
  for _, shown in ipairs(parts) do
    local id = shown[parent]
    if id and id ~= json.null then
      groups[id] = groups[id] or {}
      table.insert(groups[id], shown)
    end
  end
  for _, group in pairs(groups) do table.sort(group, by_position) end
  return groups
end

local function put_parts(self, wanted, part, group)
  local documents = json.array()
  for i, shown in ipairs(group or {}) do documents[i] = document_of(self, part, shown, wanted.path) end
  wanted.document[part.place.as] = documents
end

-- People -------------------------------------------------------------------------------------------------------------------

local function methods_of(shown)
  local methods = json.array()
  if text_or_nil(shown.email) and shown.email ~= "" then
    methods[#methods + 1] = { channel = "email", address = { email = shown.email } }
  end
  local slack = type(shown.slack) == "table" and text_or_nil(shown.slack.user_id)
  if slack then methods[#methods + 1] = { channel = "slack", address = { id = slack } } end
  return methods
end

local function take_users(self, users, rules)
  local kind, groups = self.kinds.user, grouped(rules, "user_id")
  for _, shown in ipairs(users) do
    take(self, kind, shown, function(wanted)
      local group, ordered = groups[shown.id] or {}, {}
      for _, is_important in ipairs { false, true } do
        for _, rule in ipairs(group) do
          if (rule.important == true) == is_important then ordered[#ordered + 1] = rule end
        end
      end
      put_parts(self, wanted, kind.parts.notification_rules, ordered)
      wanted.document.contact_methods = methods_of(shown)
      wanted.only_new = { role = true }
      if shown.is_phone_number_verified == true then
        self.note(wanted.path, "the phone number is not told over the API: add contact methods for sms and phone_call")
      end
    end)
  end
end

local function take_teams(self, teams, users)
  for _, shown in ipairs(teams) do
    take(self, self.kinds.team, shown, function(wanted)
      local members = json.array()
      for _, user in ipairs(users) do
        for _, id in ipairs(type(user.teams) == "table" and user.teams or {}) do
          if id == shown.id then members[#members + 1] = self.slugs.user[user.id] end
        end
      end
      if #members > 0 then wanted.document.members = shape.sorted(members) end
    end)
  end
end

-- Schedules -----------------------------------------------------------------------------------------------------------------

-- Shifts of web schedules are their own; the others are shared, and have a file each.
local function share_out(schedules, shifts)
  local owner, own, shared = {}, {}, {}
  for _, schedule in ipairs(schedules) do
    local is_owner = schedule.type == "web" and type(schedule.shifts) == "table"
    for _, id in ipairs(is_owner and schedule.shifts or {}) do owner[id] = schedule.id end
  end
  for _, shift in ipairs(shifts) do
    local of = owner[shift.id] or text_or_nil(shift.schedule)
    if of then
      shift.schedule = of
      own[of] = own[of] or {}
      table.insert(own[of], shift)
    else shared[#shared + 1] = shift end
  end
  return own, shared
end

-- What is over stays there. What cannot be read is refused later, with a sentence.
local function is_to_come(part, shift, now)
  local ok, is_here = pcall(part.place.is_here, shift, now)
  return not ok or is_here
end

local function take_schedules(self, schedules, shifts, now)
  local kind = self.kinds.schedule
  local own, shared = share_out(schedules, shifts)
  name_all(self, self.kinds.on_call_shift, shared)
  for _, shift in ipairs(shared) do take(self, self.kinds.on_call_shift, shift) end
  for _, shown in ipairs(schedules) do
    local copy = {}
    for key, v in pairs(shown) do copy[key] = v end
    if shown.type == "web" then copy.shifts = nil end
    take(self, kind, copy, function(wanted)
      for _, part in ipairs(kind.parts) do
        local group = {}
        for _, shift in ipairs(own[shown.id] or {}) do
          if part.place.fits(shift) and is_to_come(part, shift, now) then group[#group + 1] = shift end
        end
        if #group > 0 or part.place.as == "own_shifts" and shown.type == "web" then put_parts(self, wanted, part, group) end
      end
    end)
  end
end

-- Integrations ---------------------------------------------------------------------------------------------------------------

local function key_of(shown, given)
  local key = given[shown.id] or text_or_nil(shown.name) and given[shown.name]
  return key or text_or_nil(shown.link) and match(shown.link, "/integrations/v1/[^/]+/([%w_-]+)/?$")
end

local OURS <const> = { maintenance = true, direct_paging = true }

local function take_integrations(self, integrations, routes, given)
  local kind, groups = self.kinds.integration, grouped(routes, "integration_id")
  for _, shown in ipairs(integrations) do
    if OURS[shown.type] then
      self.note("integrations/" .. self.slugs.integration[shown.id] .. ".yaml",
        format("integrations of the type %s are made by the server when they are needed", shown.type))
    else
      take(self, kind, shown, function(wanted)
        local own = {}
        for _, route in ipairs(groups[shown.id] or {}) do
          if route.is_the_last_route ~= true then own[#own + 1] = route end
        end
        put_parts(self, wanted, kind.parts.routes, own)
        wanted.document.token = key_of(shown, given)
        if not wanted.document.token then self.note(wanted.path, "its key is not told: it gets a new one, and a new address") end
      end)
    end
  end
end

local SECRETS <const> = { "password", "authorization_header" }

local function take_webhooks(self, webhooks)
  for _, shown in ipairs(webhooks) do
    take(self, self.kinds.webhook, shown, function(wanted)
      for _, name in ipairs(SECRETS) do
        if text_or_nil(shown[name]) and shown[name] ~= "" then
          wanted.document[name] = nil
          self.note(wanted.path, format("%s: the secret is not told over the API: set it by hand", name))
        end
      end
    end)
  end
end

---Reads everything.
---@param get fun(path: string): table[]?, string? all objects of a list
---@param kinds table of kinds.lua
---@param given table<string, string> keys of integrations by their id or name
---@return table desired as folder.read gives it
---@return table[] notes {path, sentence}: what is not taken over, and why
function oncall.read(get, kinds, given, now)
  local self = new_world(get, kinds)
  local users, teams, integrations = list(self, "users"), list(self, "teams"), list(self, "integrations")
  local schedules, shifts = list(self, "schedules"), list(self, "on_call_shifts")
  local chains, webhooks = list(self, "escalation_chains"), list(self, "webhooks")
  local steps, routes, rules = list(self, "escalation_policies"), list(self, "routes"), list(self, "personal_notification_rules")
  self.slugs.user_group = {}
  for _, group in ipairs(list(self, "user_groups")) do
    self.slugs.user_group[group.id] = type(group.slack) == "table" and text_or_nil(group.slack.handle) or nil
  end
  for _, pair in ipairs { { "user", users }, { "team", teams }, { "integration", integrations }, { "schedule", schedules },
    { "escalation_chain", chains }, { "webhook", webhooks } } do name_all(self, kinds[pair[1]], pair[2]) end
  take_users(self, users, rules)
  take_teams(self, teams, users)
  take_webhooks(self, webhooks)
  take_schedules(self, schedules, shifts, now)
  local groups = grouped(steps, "escalation_chain_id")
  for _, shown in ipairs(chains) do
    take(self, kinds.escalation_chain, shown, function(wanted)
      put_parts(self, wanted, kinds.escalation_chain.parts.steps, groups[shown.id])
    end)
  end
  take_integrations(self, integrations, routes, given)
  return { objects = self.objects }, self.notes
end

return oncall
