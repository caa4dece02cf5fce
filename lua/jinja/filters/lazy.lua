--- Filters that give a one-shot generator: map, select, reject, selectattr, rejectattr, batch, slice, items.
---
--- Nothing is looked at, and nothing fails, until the first item is asked for. Work is charged when the generator is
--- made, by how many items its source can have.
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local text <const> = require "jinja.text"
local args <const> = require "jinja.args"
local arith <const> = require "jinja.arith"
local access <const> = require "jinja.access"
local compare <const> = require "jinja.compare"
local sequence <const> = require "jinja.sequence"
local registry <const> = require "jinja.registry"
local errors <const> = require "jinja.errors"
local getmetatable <const>, unpack <const> = getmetatable, table.unpack
local raise <const>, spend <const>, NULL <const> = errors.raise, fuel.spend, value.NULL
local truth <const>, filter <const> = compare.truth, registry.filter

--- A generator over what `start(paid)` returns at the first step: a function for the next item.
---@param start fun(paid: integer): fun(): any  `paid`: as many items of the source are charged for
local function lazily(source, origin, start)
  local size = sequence.bound(source)
  spend(10 * size + 10)
  local next_item
  return value.gen(function()
    if not next_item then next_item = start(size + 1) end
    return next_item()
  end, size, origin)
end

local function nothing() end

-- Calls a filter or test with arguments of any number; the first of `given` is left out.
local function caller(f, given, skip, kwargs)
  local n = given.n - skip
  local a, b = given[skip + 1], given[skip + 2]
  if n == 0 then return function(item) return f(item, 0, kwargs) end end
  if n == 1 then return function(item) return f(item, 1, a, kwargs) end end
  if n == 2 then return function(item) return f(item, 2, a, b, kwargs) end end
  local all = table.move(given, skip + 1, given.n, 1, {})
  all[n + 1] = kwargs
  return function(item) return f(item, n, unpack(all, 1, n + 1)) end
end

-- Resolves the name at the first item: over an empty sequence a wrong name is never noticed.
local function named(kind, given, skip, kwargs)
  local name, call = given[skip], nil
  return function(item)
    call = call or caller(registry.named(kind, name), given, skip, kwargs)
    return call(item)
  end
end

-- map ----------------------------------------------------------------------------------------------------------------

local function attribute_getter(kwargs)
  for i = 1, #kwargs do
    local name = kwargs[i]
    if name ~= "attribute" and name ~= "default" then
      raise("FilterArgumentError", "Unexpected keyword argument " .. text.repr(name))
    end
  end
  local parts, default = access.parts(kwargs.attribute), kwargs.default
  return function(item) return access.follow(item, parts, default) end
end

local function mapper(given, kwargs)
  if given.n == 0 and kwargs and kwargs.attribute ~= nil then return attribute_getter(kwargs) end
  if given.n == 0 then raise("FilterArgumentError", "map requires a filter argument") end
  return named("filter", given, 1, kwargs)
end

-- The arguments of a filter that takes any: what it is given first has names, too.
local function open(name, n, ...)
  local given, kwargs = args.open(n, ...)
  local twice = kwargs and (kwargs.context ~= nil and "context" or kwargs.value ~= nil and "value")
  if twice then raise("TypeError", name .. "() got multiple values for argument '" .. twice .. "'") end
  return given, kwargs
end

registry.filters.map = function(v, n, ...)
  local given, kwargs = open("sync_do_map", n, ...)
  return lazily(v, "sync_do_map", function(paid)
    if not truth(v) then return nothing end
    local apply, next_item = mapper(given, kwargs), sequence.charged(v, paid)
    return function()
      local item = next_item()
      if item ~= nil then return apply(item) end
    end
  end)
end

-- select and reject --------------------------------------------------------------------------------------------------

local function tester(given, skip, kwargs)
  if given.n < skip then return truth end
  return named("test", given, skip, kwargs)
end

local function chooser(name, wanted, by_attribute)
  registry.filters[name] = function(v, n, ...)
    local given, kwargs = open("sync_do_" .. name, n, ...)
    return lazily(v, "select_or_reject", function(paid)
      if not truth(v) then return nothing end
      local parts
      if by_attribute then
        if given.n == 0 then raise("FilterArgumentError", "Missing parameter for attribute name") end
        parts = access.parts(given[1])
      end
      local test, next_item = tester(given, by_attribute and 2 or 1, kwargs), sequence.charged(v, paid)
      return function()
        for item in next_item do
          local subject = item
          if parts then subject = access.follow(item, parts) end
          if test(subject) == wanted then return item end
        end
      end
    end)
  end
end
chooser("select", true, false)
chooser("reject", false, false)
chooser("selectattr", true, true)
chooser("rejectattr", false, true)

-- batch and slice ----------------------------------------------------------------------------------------------------

local function filled(list, count, fill)
  spend(2 * math.min(count - list.n, 1 << 40)) -- what is past any budget must not wrap around
  for i = list.n + 1, count do list[i] = fill end
  list.n = count
  return list
end

filter("batch", { name = "do_batch", params = { "linecount", "fill_with" }, required = 1, subject = "value" },
  function(v, count, fill)
    local fills = fill ~= nil and fill ~= NULL
    return lazily(v, "do_batch", function(paid)
      local next_item, pending = sequence.charged(v, paid), nil
      return function()
        local line = { n = 0 }
        if pending ~= nil then line, pending = { n = 1, pending }, nil end
        for item in next_item do
          if compare.eq(line.n, count) then
            pending = item
            return value.list(line)
          end
          line.n = line.n + 1
          line[line.n] = item
        end
        if line.n == 0 then return nil end
        if fills and compare.lt(line.n, count) then filled(line, args.integer(count), fill) end
        return value.list(line)
      end
    end)
  end)

filter("slice", { name = "sync_do_slice", params = { "slices", "fill_with" }, required = 1, subject = "value" },
  function(v, slices, fill)
    local fills = fill ~= nil and fill ~= NULL
    return lazily(v, "sync_do_slice", function()
      local items = sequence.items(v)
      local each, longer, at, number = arith.floordiv(items.n, slices), arith.mod(items.n, slices), 0, 0
      slices = args.integer(slices)
      return function()
        if number >= slices then return nil end
        spend(10)
        local count = each + (number < longer and 1 or 0)
        local part = table.move(items, at + 1, at + count, 1, { n = count })
        if fills and number >= longer then filled(part, count + 1, fill) end
        at, number = at + count, number + 1
        return value.list(part)
      end
    end)
  end)

filter("items", { name = "do_items", params = {}, subject = "value" }, function(v)
  return lazily(v, "do_items", function(paid)
    if getmetatable(v) == value.UNDEF then return nothing end
    v = value.plain(v)
    if getmetatable(v) ~= value.DICT then raise("TypeError", "Can only get item pairs from a mapping.") end
    return sequence.charged(setmetatable({ dict = v }, value.ITEMS), paid)
  end)
end)

return registry
