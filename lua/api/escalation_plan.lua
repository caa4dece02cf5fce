--- GET /alert_groups/<id>/escalation_plan/: what is still to come for a group if nobody does anything: who is called when,
--- by what. The core walks ahead (engine/preview.h); here rows become what clients know: public ids, names, times.
local channel = require "channel"
local errors = require "api.errors"
local ids = require "tocsin.ids"
local json = require "tocsin.json"
local preview = require "tocsin.preview"
local store = require "tocsin.store"
local time = require "api.time"
local writer = require "api.writer"

local escalation_plan = {}

local CALLS <const> = { notify_persons = true, notify_person_next_each_time = true, notify_on_call_from_schedule = true,
  notify_team_members = true, notify_user_group = true, notify_whole_channel = true }

-- What a step names, and the prefix of its ids.
local NAMED <const> = { { "schedule", "S" }, { "team", "T" }, { "user_group", "G" }, { "webhook", "WH" } }

local USER <const> = { object = { { "id", "id" }, { "username", "text?" } } }
local EVENT <const> = { object = { { "at", "time" }, { "after_ms", "integer" }, { "event", "text" }, { "step", "integer",
  optional = true },
  { "type", "text", optional = true }, { "important", "boolean", optional = true }, { "users", { list = USER }, optional = true },
  { "schedule_id", "id", optional = true }, { "team_id", "id", optional = true }, { "user_group_id", "id", optional = true },
  { "webhook_id", "id", optional = true }, { "until", "time", optional = true }, { "problem", "text?", optional = true },
  { "user", USER, optional = true }, { "channel", "text?", optional = true }, { "contact_method_id", "id?", optional = true } } }
local PLAN <const> = { object = { { "alert_group_id", "id" }, { "escalation", "text?" }, { "plan", { list = EVENT } },
  { "is_truncated", "boolean" } } }
local CHAIN_PLAN <const> = { object = { { "escalation_chain_id", "id" }, PLAN.object[3], PLAN.object[4] } }

local function user_of(world, id)
  if not world.users[id] then
    local row = store.row("SELECT username FROM user WHERE id = $1", id)
    world.users[id] = writer.object("id", ids.encode("U", id), "username", row and row.username)
  end
  return world.users[id]
end

-- The channels that some provider carries now.
local function carried()
  local out = {}
  for _, row in ipairs(store.rows("SELECT type FROM provider WHERE is_enabled = 1")) do
    for _, name in ipairs(channel.load(row.type) and channel.carries(row.type) or {}) do out[name] = true end
  end
  return out
end

-- An outgoing webhook as a contact method needs no provider.
local function is_carried(world, event)
  world.carried = world.carried or carried()
  if world.carried[event.channel] or event.channel ~= "webhook" then return world.carried[event.channel] end
  local row = store.row("SELECT address FROM contact_method WHERE id = $1", event.contact_method)
  return row and json.decode(row.address).webhook ~= nil
end

local EVENTS = {}

function EVENTS.step(world, event, out)
  writer.put(out, "step", event.step + 1)
  writer.put(out, "type", event.type)
  if CALLS[event.type] then
    local users = {}
    for i, id in ipairs(event.users) do users[i] = user_of(world, id) end
    writer.put(out, "important", event.important)
    writer.put(out, "users", writer.list(users))
  end
  for _, named in ipairs(NAMED) do
    local id = event[named[1]]
    if id then writer.put(out, named[1] .. "_id", ids.encode(named[2], id)) end
  end
  if event["until"] then writer.put(out, "until", time.text(event["until"])) end
  writer.put(out, "problem", event.problem)
end

function EVENTS.notification(world, event, out)
  writer.put(out, "user", user_of(world, event.user))
  writer.put(out, "channel", event.channel)
  writer.put(out, "contact_method_id", event.contact_method and ids.encode("CM", event.contact_method))
  writer.put(out, "important", event.important)
  writer.put(out, "problem", not is_carried(world, event) and "no_provider" or nil)
end

function EVENTS.page_failed(world, event, out)
  writer.put(out, "user", user_of(world, event.user))
  writer.put(out, "channel", event.channel)
  writer.put(out, "problem", event.problem)
end

function EVENTS.page_withheld(world, event, out)
  writer.put(out, "user", user_of(world, event.user))
end

function EVENTS.webhook(_, event, out)
  writer.put(out, "webhook_id", ids.encode("WH", event.webhook))
end

-- The events of a walk ahead as clients know them.
local function shown(ahead, now)
  local world, list = { users = {} }, {}
  for i, event in ipairs(ahead.events) do
    list[i] = writer.object("at", time.text(event.at), "after_ms", (event.at - now) // 1000, "event", event.event)
    if EVENTS[event.event] then EVENTS[event.event](world, event, list[i]) end
  end
  return writer.list(list)
end

escalation_plan.get = {
  about = "What is still to come if nobody does anything.", gives = PLAN,
  answer = function(request)
    local id = ids.decode("I", request.id)
    local row = id and store.row("SELECT escalation FROM alert_group WHERE id = $1", id)
    local ahead = row and preview.of_group(id, request.now)
    if not ahead then return errors.not_found() end
    return { status = 200, value = writer.object("alert_group_id", request.id, "escalation", row.escalation,
      "plan", shown(ahead, request.now), "is_truncated", ahead.is_truncated) }
  end,
}

---GET /escalation_chains/<id>/plan/: who would be called when, if a problem came now and nobody answered.
escalation_plan.of_chain = {
  about = "What would come, if an alert group that escalates by this chain opened now and nobody did anything.",
  gives = CHAIN_PLAN,
  answer = function(request)
    local ahead = preview.of_chain(ids.decode("F", request.id), request.now)
    if not ahead then return errors.not_found() end
    return { status = 200, value = writer.object("escalation_chain_id", request.id, "plan", shown(ahead, request.now),
      "is_truncated", ahead.is_truncated) }
  end,
}

return escalation_plan
