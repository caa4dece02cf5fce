--- How good a schedule is: is somebody always on call, and has everybody the same share? Pure.
local schedule_quality = {}

local WELL <const> = 95 -- from here on a percentage is as good as all

-- The parts of a window that slots cover, overlaps counted once; slots are sorted by their beginning.
local function covered(slots)
  local total, till = 0, math.mininteger
  for _, slot in ipairs(slots) do
    local from = math.max(slot.from, till)
    if slot.to > from then
      total, till = total + slot.to - from, slot.to
    end
  end
  return total
end

local function shares(slots)
  local times, order = {}, {}
  for _, slot in ipairs(slots) do
    for _, id in ipairs(slot.users) do
      if not times[id] then order[#order + 1] = id end
      times[id] = (times[id] or 0) + slot.to - slot.from
    end
  end
  table.sort(order)
  return times, order
end

-- The mean over all pairs of people of the smaller share in the larger one.
local function balance(times, order)
  if #order == 0 then return 0 end
  local sum, pairs_count = 0, 0
  for i = 1, #order do
    for k = i + 1, #order do
      local a, b = times[order[i]], times[order[k]]
      sum, pairs_count = sum + math.min(a, b) / math.max(a, b), pairs_count + 1
    end
  end
  return pairs_count > 0 and sum / pairs_count * 100 or 100
end

local function whole(percent) return percent >= WELL and 100 or math.floor(percent) end

local function overloaded(times, order)
  local total, out = 0, {}
  for _, id in ipairs(order) do total = total + times[id] end
  for _, id in ipairs(order) do
    local over = math.floor(times[id] * #order / total * 100 + 0.5) - 100
    if over > 0 then out[#out + 1] = { user = id, score = over } end
  end
  table.sort(out, function(a, b) return a.score > b.score or a.score == b.score and a.user < b.user end)
  return out
end

---@class schedule_quality
---@field score integer 0 to 100: the mean of the next two
---@field covered integer percent of the time in which somebody is on call
---@field balance integer percent: how equal people's shares are
---@field overloaded {user: integer, score: integer}[] who has more than the mean, by how many percent; empty when balanced

---@param final table[] slots of tocsin.schedule in the window, cut to it
---@param length integer of the window, µs
---@return schedule_quality
function schedule_quality.of(final, length)
  local times, order = shares(final)
  local share = whole(covered(final) / length * 100)
  local equal = whole(balance(times, order))
  return { covered = share, balance = equal, score = (share + equal) // 2,
    overloaded = equal < 100 and overloaded(times, order) or {} }
end

return schedule_quality
