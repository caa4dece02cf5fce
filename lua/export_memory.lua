--- What the readers of an exported calendar were told, so that it can be taken back: an event that is gone stays in the
--- calendar as cancelled until its time has passed, and one that was changed gets a higher sequence number. Pure.
local export_memory = {}

local DAY <const> = 86400000000

---@class told_event
---@field uid string
---@field from integer µs
---@field to integer
---@field summary string
---@field sequence integer
---@field is_cancelled boolean

-- As it is stored: short, since there are thousands.
local function pack(e) return { e.uid, e.from, e.to, e.summary, e.sequence, e.is_cancelled and 1 or 0 } end

local function unpack(p)
  return { uid = p[1], from = p[2], to = p[3], summary = p[4], sequence = p[5], is_cancelled = p[6] == 1 }
end

local function by_start(a, b)
  if a.from ~= b.from then return a.from < b.from end
  return a.uid < b.uid
end

-- The number of an event that is told now; and whether that has to be remembered at once.
local function take(known, event, window)
  if not known then
    event.sequence = 0
    return event.from < window.to - DAY -- at the far end there is a new one at every look
  end
  local is_same = not known.is_cancelled and known.to == event.to and known.summary == event.summary
  event.sequence = known.sequence + (is_same and 0 or 1)
  return not is_same
end

---Completes the events of a calendar by what was told before.
---@param memory {at: integer, events: table[]}? as it was stored
---@param events table[] {uid, from, to, summary, …}; gets `sequence`
---@param window {now: integer, from: integer, to: integer} of the calendar
---@return table[] events with those that are cancelled, by time
---@return table? memory to store; nil: that of before will do
function export_memory.merge(memory, events, window)
  local known, out, stored = {}, {}, {}
  local is_news = not memory or memory.at > window.now or memory.at < window.now - DAY
  for _, packed in ipairs(memory and memory.events or {}) do known[packed[1]] = unpack(packed) end
  for i, event in ipairs(events) do
    is_news = take(known[event.uid], event, window) or is_news
    known[event.uid], out[i] = nil, event
  end
  for _, gone in pairs(known) do
    if gone.to > window.from and gone.from < window.to then
      is_news = is_news or not gone.is_cancelled
      gone.sequence = gone.sequence + (gone.is_cancelled and 0 or 1)
      gone.is_cancelled = true
      out[#out + 1] = gone
    end
  end
  table.sort(out, by_start)
  if not is_news then return out end
  for i, event in ipairs(out) do stored[i] = pack(event) end
  return out, { at = window.now, events = stored }
end

return export_memory
