--- Filters that compare items: sort, dictsort, groupby, min, max, unique.
local utf <const> = require "tocsin.text"
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local args <const> = require "jinja.args"
local access <const> = require "jinja.access"
local compare <const> = require "jinja.compare"
local sequence <const> = require "jinja.sequence"
local registry <const> = require "jinja.registry"
local errors <const> = require "jinja.errors"
local type <const>, getmetatable <const> = type, getmetatable
local raise <const> = errors.raise
local truth <const>, filter <const> = compare.truth, registry.filter
local parts_of <const>, follow <const> = access.parts, access.follow

local function is_set(v) return v ~= nil and truth(v) end

-- Python's sorted() wants an integer here.
local function is_reverse(v) return v ~= nil and args.c_int(v) ~= 0 end

-- Text in lower case, everything else as it is.
local function folded(v)
  if type(v) == "string" then return utf.lower(v) end
  if getmetatable(v) == value.MARKUP then return utf.lower(v.s) end
  return v
end

-- What items are compared by: their attribute, without regard to case unless that counts.
local function keys_of(items, attribute, case_sensitive, default)
  local parts, keys = parts_of(attribute), { n = items.n }
  for i = 1, items.n do
    local key = follow(items[i], parts, default)
    keys[i] = case_sensitive and key or folded(key)
  end
  return keys
end

-- Several attributes, "a,b", make a list of keys for each item.
local function multi_keys(items, attributes, case_sensitive)
  local keys = { n = items.n }
  for i = 1, items.n do keys[i] = value.list { n = 0 } end
  for attribute in string.gmatch(attributes .. ",", "([^,]*),") do
    fuel.spend(50 + 10 * items.n)
    local column = keys_of(items, attribute, case_sensitive)
    for i = 1, items.n do
      local key = keys[i]
      key.n = key.n + 1
      key[key.n] = column[i]
    end
  end
  return keys
end

-- Keys that are equal are not asked which is less: Python compares one-item lists here.
local function less_unless_equal(a, b) return not compare.eq(a, b) and compare.lt(a, b) end

filter("sort", { name = "do_sort", hidden = 2, params = { "reverse", "case_sensitive", "attribute" }, subject = "value" },
  function(v, reverse, case_sensitive, attribute)
    local items = sequence.items(v)
    case_sensitive = is_set(case_sensitive)
    local name = value.text_of(attribute)
    if name and string.find(name, ",", 1, true) then
      local keys = multi_keys(items, name, case_sensitive)
      return value.list(sequence.sort(items, keys, is_reverse(reverse)))
    end
    local keys = keys_of(items, attribute, case_sensitive)
    return value.list(sequence.sort(items, keys, is_reverse(reverse), less_unless_equal))
  end)

filter("dictsort", { name = "do_dictsort", params = { "case_sensitive", "by", "reverse" }, subject = "value" },
  function(v, case_sensitive, by, reverse)
    local column = by == nil and "key" or value.text_of(by)
    if column ~= "key" and column ~= "value" then
      raise("FilterArgumentError", 'You can only sort by either "key" or "value"')
    end
    local items = sequence.items(access.pairs_of(v))
    local keys = keys_of(items, column == "key" and 0 or 1, is_set(case_sensitive))
    return value.list(sequence.sort(items, keys, is_reverse(reverse)))
  end)

-- groupby ------------------------------------------------------------------------------------------------------------

local GROUP <const> = { names = { "grouper", "list" }, label = "jinja2.filters._GroupTuple object" }

local function group(grouper, list) return value.named_tuple({ n = 2, grouper, value.list(list) }, GROUP) end

local function groups_of(items, keys, spelled)
  local out, current, key = { n = 0 }, nil, nil
  fuel.spend(10 * items.n)
  for i = 1, items.n do
    if current and compare.eq(keys[i], key) then
      current.n = current.n + 1
      current[current.n] = items[i]
    else
      current, key = { n = 1, items[i] }, keys[i]
      out.n = out.n + 1
      out[out.n] = group(spelled(items[i], key), current)
    end
  end
  return out
end

filter("groupby", { name = "sync_do_groupby", hidden = 2, params = { "attribute", "default", "case_sensitive" }, required = 1,
  subject = "value" }, function(v, attribute, default, case_sensitive)
  case_sensitive = is_set(case_sensitive)
  local items = sequence.items(v)
  local sorted = sequence.sort(items, keys_of(items, attribute, case_sensitive, default))
  local parts = parts_of(attribute)
  -- A group is called as its first item spells the key.
  local function spelled(item, key)
    return case_sensitive and key or follow(item, parts, default)
  end
  return value.list(groups_of(sorted, keys_of(sorted, attribute, case_sensitive, default), spelled))
end)

-- Extremes and firsts ------------------------------------------------------------------------------------------------

local function extreme(name, is_better)
  filter(name, { name = "do_" .. name, hidden = 2, params = { "case_sensitive", "attribute" }, subject = "value" },
    function(v, case_sensitive, attribute)
      local items = sequence.items(v)
      if items.n == 0 then return value.undef_hint "No aggregated item, sequence was empty." end
      local keys = keys_of(items, attribute, is_set(case_sensitive))
      local best = 1
      for i = 2, items.n do
        if is_better(keys[i], keys[best]) then best = i end
      end
      return items[best]
    end)
end
extreme("min", compare.lt)
extreme("max", compare.gt)

filter("unique", { name = "sync_do_unique", hidden = 2, params = { "case_sensitive", "attribute" }, subject = "value" },
  function(v, case_sensitive, attribute)
    case_sensitive = is_set(case_sensitive)
    local size = sequence.bound(v)
    local next_item, parts, seen
    fuel.spend(10 * size)
    return value.gen(function()
      if not seen then next_item, parts, seen = sequence.charged(v, size + 1), parts_of(attribute), {} end
      for item in next_item do
        local key = follow(item, parts)
        local normal = value.normal(case_sensitive and key or folded(key))
        if not seen[normal] then
          seen[normal] = true
          return item
        end
      end
    end, size, "sync_do_unique")
  end)

return registry
