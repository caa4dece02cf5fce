--- Where a route posts its alert groups: one block a channel in the API, one JSON column in the database.
--
-- Which channels there are, what each calls its room and whether it posts when nobody said so: the channels' own files.
local body = require("api.body")
local channels = require("channel")
local json = require("tocsin.json")
local writer = require("api.writer")

local route_channels = {}

-- { name, address = what the API calls the room, enabled, upper }
local CHANNELS = {}
for i, room in ipairs(channels.rooms()) do
  CHANNELS[i] = { room.name, address = room.key, enabled = room.enabled, upper = room.upper,
    whole = room.whole }
end

local ADDRESS_MAX = 200

local function is_enabled(channel, block)
  if block.enabled == nil then return channel.enabled end
  return block.enabled
end

---The blocks of a route, for an object of the answer.
---@param stored table the parsed column
function route_channels.show(channel, stored)
  local block = stored[channel[1]] or {}
  return writer.object(channel.address, block[channel.address], "enabled", is_enabled(channel, block))
end

---What such a block looks like, shown and sent.
function route_channels.shape(channel)
  return { object = { { channel.address, "text?" }, { "enabled", "boolean" } } }
end

function route_channels.sent_shape(channel)
  return { null = true, object = { { channel.address, { "text?", max = ADDRESS_MAX }, optional = true },
    { "enabled", "boolean", optional = true } } }
end

local function take(channel, sent, block)
  local address, enabled = sent[channel.address], sent.enabled
  if address == json.null then block[channel.address] = nil
  elseif address ~= nil then
    if type(address) ~= "string" or (utf8.len(address) or ADDRESS_MAX + 1) > ADDRESS_MAX then
      return { { channel.address, "Expected a text of at most " .. ADDRESS_MAX .. " characters or null." } }
    end
    block[channel.address] = channel.upper and string.upper(address) or address
  end
  if enabled ~= nil and type(enabled) ~= "boolean" then return { { "enabled", "Must be a valid boolean." } } end
  if enabled ~= nil then block.enabled = enabled end
end

---Lays the block that was sent for a channel over the stored ones; returns what is wrong.
function route_channels.merge(channel, stored, sent)
  if not body.is_object(sent) then return "Expected a dictionary." end
  local block = stored[channel[1]] or {}
  local why = take(channel, sent, block)
  if not why then stored[channel[1]] = next(block) ~= nil and block or nil end
  return why
end

---JSON for the column. The engine reads it without knowing the channels, so whether it posts is always said, and `whole`
---where no room has to be named.
function route_channels.text(stored)
  local object = writer.object()
  for _, channel in ipairs(CHANNELS) do
    local block = stored[channel[1]]
    if block then
      local o = writer.object()
      if block[channel.address] then writer.put(o, channel.address, block[channel.address]) end
      writer.put(o, "enabled", is_enabled(channel, block))
      if channel.whole then writer.put(o, "whole", true) end
      writer.put(object, channel[1], o)
    end
  end
  return writer.text(object)
end

route_channels.CHANNELS = CHANNELS

return route_channels
