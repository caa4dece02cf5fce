--- Which groups alerts would make, in memory: the rules of engine/accept.c over grouping ids, routes and resolves.
---
--- A firing alert joins the open group of its grouping id and route. A resolve closes those of its grouping id on every
--- route; with none open it joins the latest that was closed, or is a group of its own that is over.
local crypto <const> = require("tocsin.crypto")
local next <const>, sha256_hex <const> = next, crypto.sha256_hex

local grouping = {}
grouping.__index = grouping

local KEY_MAX <const> = 64 -- longer grouping ids are held by their hash: some are whole payloads

---@return table groups with `count`, and `late`: resolves that found nothing open
function grouping.new()
  return setmetatable({ count = 0, late = 0, open = {}, closed = {} }, grouping)
end

local function add(self)
  self.count = self.count + 1
  return self.count
end

-- The group that takes the resolve: that of its own route, else the oldest.
local function taker(routes, route_id)
  local found = routes[route_id]
  if found then return found end
  for _, group in next, routes do
    if not found or group < found then found = group end
  end
  return found
end

local function resolve(self, key, route_id)
  local routes <const> = self.open[key]
  if routes then
    local group <const> = taker(routes, route_id)
    self.open[key], self.closed[key] = nil, group
    return group
  end
  self.late = self.late + 1
  local group <const> = self.closed[key] or add(self)
  self.closed[key] = group
  return group
end

--- The number of the group that an alert joins or opens.
---@param grouping_id string? nil: a group of its own
---@param route_id integer
---@param is_resolve boolean
---@return integer
function grouping:take(grouping_id, route_id, is_resolve)
  if not grouping_id then return add(self) end
  local key <const> = #grouping_id > KEY_MAX and sha256_hex(grouping_id) or grouping_id
  if is_resolve then return resolve(self, key, route_id) end
  local routes = self.open[key]
  if not routes then
    routes = {}
    self.open[key] = routes
  end
  local group = routes[route_id]
  if not group then
    group = add(self)
    routes[route_id] = group
  end
  return group
end

return grouping
