--- Server-sent events for specs: opens a stream, reads events one by one.
local cjson <const> = require "cjson"
local raw <const> = require "raw_http"

local M <const> = {}

---@class EventStream
---@field id string? where it goes on: the last id that came
local Stream <const> = {}
Stream.__index = Stream
Stream.__close = function(s) s.connection:close() end

--- Asks for a stream; fails unless it begins.
---@param port integer
---@param path string
---@param headers table<string, string>
---@return EventStream
function M.open(port, path, headers)
  local lines = {}
  for name, value in pairs(headers) do lines[#lines + 1] = name .. ": " .. value .. "\r\n" end
  local c <const> = raw.connect(port)
  c:send(raw.request("GET", path, nil, table.concat(lines)))
  local status, answered = c:begin()
  assert(status == 200, "the stream did not begin: " .. status)
  assert(answered["content-type"] == "text/event-stream; charset=utf-8")
  local length = tonumber(answered["content-length"]) -- it is over already
  return setmetatable({ connection = c, rest = length and c:bytes(length) or "", is_whole = length ~= nil }, Stream)
end

function Stream:close() self.connection:close() end

-- The next block of lines up to an empty one; nil at the stream's end.
local function block(s)
  while true do
    local stop = s.rest:find("\n\n", 1, true)
    if stop then
      local text = s.rest:sub(1, stop)
      s.rest = s.rest:sub(stop + 2)
      return text
    end
    local bytes = not s.is_whole and s.connection:chunk() or nil
    if not bytes then
      assert(s.rest == "", "the stream ended within an event")
      return nil
    end
    s.rest = s.rest .. bytes
  end
end

--- The next event: { kind, data decoded }; nil at the stream's proper end. Raises when none comes.
function Stream:next()
  for text in block, self do
    local kind, data
    for name, value in text:gmatch("(%w*): ?([^\n]*)\n") do
      if name == "event" then kind = value
      elseif name == "data" then data = value
      elseif name == "id" then self.id = value end
    end
    if data then return { kind = kind, data = cjson.decode(data) } end
  end
end

--- Reads up to the event of a kind for which `is_it` says yes; returns it and how many came before.
function Stream:find(kind, is_it)
  local before = 0
  while true do
    local e = assert(self:next(), "the stream ended before " .. kind)
    if e.kind == kind and (not is_it or is_it(e.data)) then return e.data, before end
    before = before + 1
  end
end

--- Waits until the stream says that it is live; returns what came before.
function Stream:ready()
  local before = {}
  while true do
    local e = assert(self:next(), "the stream ended before it was ready")
    if e.kind == "ready" then return before end
    before[#before + 1] = e
  end
end

return M
