--- GET /alert_groups/<id>/timeline/: everything that happened for a group, oldest first: the lines of its log, the messages to
--- people and rooms with what became of each, and the resolution notes.
local actor_names = require("actor_names")
local errors = require("api.errors")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local paging = require("api.paging")
local step_words = require("step_words")
local store = require("tocsin.store")
local thread_words = require("thread_words")
local time = require("api.time")
local writer = require("api.writer")

local group_timeline = {}

local PAGE_SIZE <const> = 100

local MESSAGES <const> = "kind IN ('page', 'remind', 'post', 'call', 'cancel')"
local ITEMS <const> = "(SELECT at, 0 AS realm, seq AS id FROM group_log WHERE alert_group_id = $1 UNION ALL " ..
  "SELECT created_at AS at, 1 AS realm, id FROM notification WHERE alert_group_id = $1 AND " .. MESSAGES .. " UNION ALL " ..
  "SELECT created_at AS at, 2 AS realm, id FROM resolution_note WHERE alert_group_id = $1 AND deleted_at IS NULL) AS t"

local USER <const> = { object = { { "id", "id" }, { "username", "text?" } } }
local NO_USER <const> = { object = USER.object, null = true }
local DETAIL <const> = { object = { { "user", USER }, { "important", "boolean" }, { "channel", "text" }, { "step", "integer" },
  { "until", "time" }, { "root", "id" }, { "schedule", "id" }, { "webhook", "id" }, { "trigger", "text" }, { "status",
    "integer" },
  { "source", "text" } } }
for _, member in ipairs(DETAIL.object) do member.optional = true end
local DELIVERY <const> = { null = true, object = { { "at", "time" }, { "address", "text?" }, { "state", "text" }, { "status",
  "integer?" },
  { "latency_ms", "integer?" }, { "error", "text?" } } }
local ITEM <const> = { object = { { "at", "time" }, { "realm", { choice = { "alert_group", "user_notification",
  "resolution_note" } } },
  { "type", "text" }, { "reason", "text" }, { "by", "text" }, { "author", NO_USER }, { "text", "text" },
  { "detail", DETAIL, optional = true }, { "notification_id", "id", optional = true }, { "user", NO_USER, optional = true },
  { "channel", "text", optional = true }, { "important", "boolean", optional = true }, { "state", "text", optional = true },
  { "error", "text?", optional = true }, { "attempts", "integer", optional = true }, { "ended_at", "time?", optional = true },
  { "last_delivery", DELIVERY, optional = true }, { "resolution_note_id", "id", optional = true } } }

-- Names, each looked up once ----------------------------------------------------------------------------------------------

local TABLES <const> = { users = { "user", "username" }, schedules = { "schedule", "name" }, teams = { "team", "name" },
  user_groups = { "user_group", "handle" }, webhooks = { "webhook", "name" } }

local function names_of(kind)
  local from = TABLES[kind]
  return setmetatable({}, { __index = function(known, id)
    if id == nil then return nil end
    local row = store.row("SELECT " .. from[2] .. " AS name FROM \"" .. from[1] .. "\" WHERE id = $1", id)
    rawset(known, id, row and row.name or false)
    return row and row.name or nil
  end })
end

local function world_of(group)
  local world = { group = group, steps = {} }
  for kind in pairs(TABLES) do world[kind] = names_of(kind) end
  for _, step in ipairs(store.rows("SELECT s.* FROM plan_step AS s JOIN escalation AS e ON e.plan_id = s.plan_id " ..
    "WHERE e.alert_group_id = $1", group)) do
    world.steps[step.position] = step
  end
  return world
end

local function name_of(world)
  return function(id, by)
    if by == "room" then return actor_names.room(world.group, id) end
    return id and world.users[id] or nil
  end
end

local function user_of(world, id)
  return id and writer.object("id", ids.encode("U", id), "username", world.users[id] or nil) or nil
end

-- Lines of the log --------------------------------------------------------------------------------------------------------

local function words(value) return (string.gsub(value, "_", " ")) end

local function step_text(world, detail)
  return type(detail.step) == "number" and string.format("Escalation step %d: %s", detail.step + 1,
    step_words.sentence(world, world.steps[detail.step])) or "A step of the escalation"
end

local function person(world, detail) return world.users[detail.user] or "A person who is gone" end

-- What the thread of a room is not told, or in fewer words.
local TEXTS <const> = {
  registered = function() return "The alert group was opened." end,
  escalation_step = function(world, detail) return step_text(world, detail) .. "." end,
  escalation_failed = function(world, detail, line)
    return string.format("%s. It failed: %s.", step_text(world, detail), words(line.reason))
  end,
  escalation_paused = function(world, detail) return step_text(world, detail) .. ". It waits for more alerts." end,
  escalation_finished = function() return "The escalation has no more steps." end,
  page_started = function(world, detail)
    return person(world, detail) .. " is called by their " .. (detail.important and "important" or "default") .. " rules."
  end,
  page_stopped = function(world, detail) return person(world, detail) .. " is not called any more." end,
  acknowledge_reminder = function() return "Who acknowledged was asked whether they still have it." end,
  acknowledge_confirmed = function() return "The acknowledge was confirmed." end,
  duplicate_suppressed = function() return "The source told of it again; it was open already." end,
  wiped = function() return "The texts of its alerts were wiped." end,
  room_called = function(_, detail)
    return "Everybody in the room is called, by " .. words(detail.channel or "a message") .. "."
  end,
  room_withheld = function() return "Everybody in the room is not called, as nobody is for this group." end,
  room_call_failed = function(_, detail)
    return "Everybody in the room could not be called: " .. (detail.error or "see the message") .. "."
  end,
  post_failed = function(_, detail)
    return "The message in the room could not be written: " .. (detail.error or "see the message") .. "."
  end,
  webhook_sent = function(world, detail)
    return string.format('The webhook "%s" was sent.', world.webhooks[detail.webhook] or "?")
  end,
  webhook_failed = function(world, detail)
    return string.format('The webhook "%s" could not be delivered.', world.webhooks[detail.webhook] or "?")
  end,
}

local function sentence_of(world, line, detail)
  local own = TEXTS[line.action]
  local text = own and own(world, detail, line) or thread_words.sentence(line, name_of(world))
  return text or string.gsub(words(line.action .. ": " .. line.reason), "^%l", string.upper) .. "."
end

-- What a line names, by public ids.
local PREFIXES <const> = { root = "I", schedule = "S", webhook = "WH" }

local DETAILS <const> = { "user", "important", "channel", "step", "until", "root", "schedule", "webhook", "trigger", "status",
  "source" }

local function show_detail(world, detail)
  local out = writer.object()
  for _, name in ipairs(DETAILS) do
    local value = detail[name]
    if value ~= nil then
      if name == "user" then value = user_of(world, value)
      elseif name == "step" then value = value + 1
      elseif name == "until" then value = time.text(value)
      elseif PREFIXES[name] then value = ids.encode(PREFIXES[name], value) end
      writer.put(out, name, value)
    end
  end
  return out
end

local function show_line(world, seq)
  local line = store.row("SELECT * FROM group_log WHERE alert_group_id = $1 AND seq = $2", world.group, seq)
  local detail = line.detail and json.decode(line.detail) or {}
  return writer.object("at", time.text(line.at), "realm", "alert_group", "type", line.action, "reason", line.reason,
    "by", line.by, "author", line.by == "user" and user_of(world, line.by_id) or nil, "text", sentence_of(world, line, detail),
    "detail", show_detail(world, detail))
end

-- Messages and notes ------------------------------------------------------------------------------------------------------

local function last_delivery(id)
  local d = store.row("SELECT * FROM delivery WHERE notification_id = $1 ORDER BY id DESC LIMIT 1", id)
  return d and writer.object("at", time.text(d.at), "address", d.address, "state", d.state, "status", d.status,
    "latency_ms", d.latency_ms, "error", d.error) or nil
end

local VERBS <const> = { page = "Message", remind = "Reminder", post = "Post", call = "Call of the room", cancel = "Calling off" }

local function message_text(world, n)
  local to = n.user_id and " to " .. (world.users[n.user_id] or "a person who is gone") or ""
  local text = string.format("%s%s by %s: %s", VERBS[n.kind], to, words(n.channel), n.state)
  return n.error and n.state ~= "sent" and text .. ", " .. words(n.error) or text .. "."
end

local function show_message(world, id)
  local n = store.row("SELECT * FROM notification WHERE id = $1", id)
  return writer.object("at", time.text(n.created_at), "realm", "user_notification", "type", n.kind, "reason", n.reason,
    "by", "system", "author", nil, "text", message_text(world, n), "notification_id", ids.encode("NT", id),
    "user", user_of(world, n.user_id), "channel", n.channel, "important", n.is_important == 1, "state", n.state, "error", n.error,
    "attempts", n.attempt, "ended_at", time.text(n.ended_at), "last_delivery", last_delivery(id))
end

local function show_note(world, id)
  local note = store.row("SELECT * FROM resolution_note WHERE id = $1", id)
  return writer.object("at", time.text(note.created_at), "realm", "resolution_note", "type", "resolution_note",
    "reason", note.source, "by", note.author_id and "user" or "api", "author", user_of(world, note.author_id), "text", note.text,
    "resolution_note_id", ids.encode("M", id))
end

local SHOW <const> = { [0] = show_line, show_message, show_note }

group_timeline.get = {
  about = "Everything that happened for it, oldest first: lines of the log, messages and notes.",
  query = paging.PARAMETERS, gives = { page = ITEM },
  answer = function(request)
    local group = ids.decode("I", request.id)
    if not group or not store.row("SELECT id FROM alert_group WHERE id = $1", group) then return errors.not_found() end
    local window = paging.window(request.query, PAGE_SIZE, store.row("SELECT count(*) AS n FROM " .. ITEMS, group).n)
    local world, results = world_of(group), {}
    local page = "SELECT realm, id FROM " .. ITEMS .. " ORDER BY at, realm, id LIMIT $2 OFFSET $3"
    for i, item in ipairs(store.rows(page, group, window.size, window.offset)) do
      results[i] = SHOW[item.realm](world, item.id)
    end
    return { status = 200, value = paging.envelope(request, window, results) }
  end,
}

return group_timeline
