--- Finds the last alerts of an integration: their ids, in pieces that each read for some milliseconds.
---
--- No index leads from an integration to its alerts (one would slow every alert down): its groups are found by walking
--- through all, and a group's alerts by their chain, newest first. Ids up to `floor` do not count any more: it rises as
--- more are known, and what lies below is not looked at.
local store <const> = require("tocsin.store")
local sort <const>, move <const> = table.sort, table.move

local history = {}
history.__index = history

local GROUPS_AT_ONCE <const> = 5000 -- ids of groups, of all integrations
local CHAINS_AT_ONCE <const> = 100
local LINKS_AT_ONCE <const> = 1000

local GROUPS <const> = "SELECT last_alert_id, alerts_count FROM alert_group WHERE id > $1 AND id <= $2 AND " ..
  "integration_id = $3 AND last_alert_id > $4 AND wiped_at IS NULL"
local CHAIN <const> = "WITH RECURSIVE c(id, previous_id) AS (SELECT id, previous_id FROM alert WHERE id = $1 UNION ALL " ..
  "SELECT a.id, a.previous_id FROM c JOIN alert AS a ON a.id = c.previous_id WHERE a.id > $2) " ..
  "SELECT id, previous_id FROM c LIMIT $3"

---@param integration_id integer
---@param last integer how many alerts
function history.new(integration_id, last)
  local newest = store.row("SELECT MAX(id) AS id FROM alert_group")
  return setmetatable({ integration_id = integration_id, last = last, below = newest and newest.id or 0, floor = 0,
    heads = {}, counts = {}, ids = {}, at = 1, from = nil }, history)
end

local function descending(a, b) return a > b end

-- Keeps the newest of a list when it has grown to twice what is wanted.
local function keep_newest(self, list)
  if #list < 2 * self.last then return list end
  sort(list, descending)
  self.floor = list[self.last] - 1
  return move(list, 1, self.last, 1, {})
end

local function find_groups(self)
  local from = self.below - GROUPS_AT_ONCE
  for _, row in ipairs(store.rows(GROUPS, from, self.below, self.integration_id, self.floor)) do
    self.heads[#self.heads + 1] = row.last_alert_id
    if row.alerts_count == 1 then self.counts[row.last_alert_id] = true end
  end
  self.heads = keep_newest(self, self.heads)
  self.below = from
  if from <= 0 then sort(self.heads, descending) end
end

-- Some links of a chain. → how many, and where it goes on if it does
local function follow(self, from)
  if self.counts[from] then
    self.ids[#self.ids + 1] = from
    return 1
  end
  local rows = store.rows(CHAIN, from, self.floor, LINKS_AT_ONCE)
  for _, row in ipairs(rows) do self.ids[#self.ids + 1] = row.id end
  return #rows, #rows == LINKS_AT_ONCE and rows[#rows].previous_id or nil
end

local function follow_chains(self)
  local links = 0
  for _ = 1, CHAINS_AT_ONCE do
    local from = self.from or self.heads[self.at]
    if not from or not self.from and from <= self.floor then return true end
    local count = 0
    if from > self.floor then count, self.from = follow(self, from) else self.from = nil end
    if not self.from then self.at = self.at + 1 end
    links = links + count
    if links >= LINKS_AT_ONCE then break end
  end
  self.ids = keep_newest(self, self.ids)
  return false
end

--- One piece of the work. → the ids, oldest first, when all is found
---@return integer[]?
function history:step()
  if self.below > 0 then
    find_groups(self)
    return nil
  end
  if not follow_chains(self) then return nil end
  sort(self.ids, descending)
  local out = {}
  for i = math.min(#self.ids, self.last), 1, -1 do out[#out + 1] = self.ids[i] end
  return out
end

return history
