--- Messages about schedules as rows of the outbox: to the rooms of a schedule, and to people's phones.
local channel <const> = require("channel")
local crypto <const> = require("tocsin.crypto")
local json <const> = require("tocsin.json")
local store <const> = require("tocsin.store")

local messages = {}

local PUSH <const> = "mobile_app" -- where people are told what they need not act on at once

local GAP_US <const> = 2000000 -- between two messages on a channel

-- When the next message of a channel may leave. A thousand schedules that hand over at nine share a provider with pages: one
-- message at a time leaves these their way.
local function pace(now)
  local last = {}
  return function(channel_name)
    last[channel_name] = last[channel_name] or store.row("SELECT max(due_at) AS at FROM notification WHERE kind = 'info' " ..
      "AND channel = $1 AND due_at > $2", channel_name, now - GAP_US).at or now - GAP_US
    last[channel_name] = math.max(now, last[channel_name] + GAP_US)
    return last[channel_name]
  end
end

--- The moment of a look, for all messages that come of it.
---@param now integer µs
---@return {now: integer, next_at: fun(channel_name: string): integer}
function messages.at(now) return { now = now, next_at = pace(now) } end

local function row_of(fields, detail, at)
  return { sql = "INSERT INTO notification (kind, state, reason, key, due_at, created_at, channel, target, user_id, " ..
    "contact_method_id, provider_id, detail) VALUES ('info', 'waiting', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    args = json.array { fields.reason, crypto.hex(crypto.random_bytes(16)), at.next_at(fields.channel), at.now, fields.channel,
      fields.target, fields.user_id or json.null, fields.contact_method_id or json.null, fields.provider_id or json.null,
      json.encode(detail) } }
end

--- The rooms of a schedule: channel and room.
---@param stored table the column `channels`, parsed
---@return {channel: string, room: string}[]
function messages.rooms(stored)
  local out = {}
  for _, room in ipairs(channel.rooms()) do
    local block = stored[room.name]
    if block and block[room.key] then out[#out + 1] = { channel = room.name, room = block[room.key] } end
  end
  return out
end

--- Statements that write a message to each room.
---@param rooms {channel: string, room: string}[]
---@param reason string
---@param text {title: string, message: string}
---@param mention {people: integer[], everyone: boolean}?
---@param at table of messages.at
---@return table[]
function messages.to_rooms(rooms, reason, text, mention, at)
  local out = {}
  for i, room in ipairs(rooms) do
    out[i] = row_of({ reason = reason, channel = room.channel, target = "room:" .. room.channel .. ":" .. room.room },
      { room = room.room, title = text.title, message = text.message, people = json.array(mention and mention.people or {}),
        everyone = mention and mention.everyone or false }, at)
  end
  return out
end

--- The statement that makes people the members of a user group.
function messages.to_group(channel_name, group, people, at)
  return row_of({ reason = "on_call_group", channel = channel_name, target = "group:" .. channel_name .. ":" .. group },
    { user_group = group, people = json.array(people) }, at)
end

--- Statements that write a message to the phones of people; who has none is not told.
---@param people integer[]
---@return table[]
function messages.to_people(people, reason, text, at)
  local out = {}
  for _, id in ipairs(people) do
    local methods = store.rows("SELECT id, provider_id FROM contact_method WHERE user_id = $1 AND channel = $2 " ..
      "AND is_enabled = 1 AND failed_at IS NULL", id, PUSH)
    for _, method in ipairs(methods) do
      out[#out + 1] = row_of({ reason = reason, channel = PUSH, target = "contact:" .. method.id, user_id = id,
        contact_method_id = method.id, provider_id = method.provider_id }, { title = text.title, message = text.message }, at)
    end
  end
  return out
end

return messages
