--- Where the pages of a long list begin: how many of its rows lie in each block of ids, so that a page far down is found
--- without a walk through all that comes before it.
--
-- Rows get falling pages by their ids and growing ids as they come, so a block below the newest is never added to. What it has
-- of a list is kept in memory, by the list's own SQL, until one of its groups changes: the journal of changes (`group_change`)
-- says so. What an alert changes is not in there; that a group closes by one is therefore not kept but counted anew: the
-- groups of a list that are closed are all of it without those that are open, and these are few.
local store = require("tocsin.store")

local block_lists = {}

block_lists.SIZE = 2048
local SIZE <const> = block_lists.SIZE
local LISTS_MAX <const> = 32 -- that are kept

-- Of this thread: list → block → how many. `seen` is the last change that was heeded.
local kept, order, seen = {}, {}, 0

local CHANGES <const> = "SELECT (SELECT MIN(id) FROM group_change) AS first, (SELECT MAX(id) FROM group_change) AS last"
local CHANGED <const> = "SELECT DISTINCT alert_group_id / " .. SIZE .. " AS block FROM group_change WHERE id > $1"

-- Forgets the blocks in which something has changed; everything, when the journal does not reach back far enough.
local function heed_changes()
  local row = store.row(CHANGES)
  local last = row.last or 0
  if last < seen or (row.first or 0) > seen + 1 then kept, order = {}, {}
  elseif last > seen then
    for _, changed in ipairs(store.rows(CHANGED, seen)) do
      for _, counts in pairs(kept) do counts[changed.block] = nil end
    end
  end
  seen = last
end

-- What is kept of a list; the list that was asked for the longest ago makes room.
local function counts_of(key)
  for i, one in ipairs(order) do
    if one == key then table.remove(order, i) break end
  end
  order[#order + 1] = key
  if #order > LISTS_MAX then kept[table.remove(order, 1)] = nil end
  kept[key] = kept[key] or {}
  return kept[key]
end

local List = {}
List.__index = List

---A list of which pages are wanted.
---@param options {key: string, top: integer, steady_to: integer, low: integer?, high: integer?, count: function, open: function?}
--- key: its SQL and arguments; top: its newest id; steady_to: the last id below which nothing is added; low, high: ids
--- outside of which it has nothing there; count(low, high, is_steady): rows {block, n} of these blocks; open(low, high): the
--- same of those that are not in the list because they are open
function block_lists.open(options)
  heed_changes()
  return setmetatable({ o = options, kept = counts_of(options.key), fresh = {}, open_ones = {},
    steady = (options.steady_to + 1) // SIZE - 1, low = (options.low or 0) // SIZE,
    high = (options.high or math.maxinteger) // SIZE }, List)
end

-- How many are in a block, as far as that is known.
local function known(self, block)
  if block <= self.steady and (block < self.low or block > self.high) then return 0 end
  return self.kept[block] or self.fresh[block]
end

-- Counts a stretch of blocks downwards from one, `length` at most, as far as nothing is known of them.
local function count_stretch(self, from, length)
  local low, is_steady = from, from <= self.steady
  while low > 0 and from - low + 1 < length and known(self, low - 1) == nil and (low - 1 <= self.steady) == is_steady do
    low = low - 1
  end
  local to = is_steady and self.kept or self.fresh
  for _, row in ipairs(self.o.count(low, from, is_steady)) do to[row.block] = row.n end
end

local function count_open(self, from, length)
  local low = math.max(0, from - length + 1)
  for block = low, from do self.open_ones[block] = 0 end
  for _, row in ipairs(self.o.open(low, from)) do self.open_ones[row.block] = row.n end
end

-- Goes down through the blocks until `visit(block, rows in it)` is true. Stretches that are counted at once grow.
local function walk(self, visit)
  local length, open_length = 1, 4
  for block = self.o.top // SIZE, 0, -1 do
    if not known(self, block) then
      count_stretch(self, block, length)
      length = length * 2
    end
    if self.o.open and not self.open_ones[block] then
      count_open(self, block, open_length)
      open_length = open_length * 4
    end
    if visit(block, known(self, block) - (self.open_ones[block] or 0)) then return end
  end
end

---How many rows it has, counted up to `limit`.
function List:count(limit)
  local n = 0
  walk(self, function(_, rows)
    n = n + rows
    return n >= limit
  end)
  return math.min(n, limit)
end

---The id at or below which to look for the row at an offset, and how many to skip there.
---@return integer id
---@return integer skip
function List:place(offset)
  local id, left = -1, offset
  walk(self, function(block, rows)
    if rows <= left then
      left = left - rows
      return false
    end
    id = block * SIZE + SIZE - 1
    return true
  end)
  return id, left
end

return block_lists
