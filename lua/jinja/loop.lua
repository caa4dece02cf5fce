--- The `loop` object, for templates that use it beyond what the compiler folds into counters.
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local args <const> = require "jinja.args"
local access <const> = require "jinja.access"
local compare <const> = require "jinja.compare"
local sequence <const> = require "jinja.sequence"
local errors <const> = require "jinja.errors"
local setmetatable <const>, format <const> = setmetatable, string.format
local raise <const> = errors.raise

local LOOP <const> = value.descriptor("LoopContext", "jinja2.runtime.LoopContext object")

local loop <const> = {}

---@class jinja.Loop
---@field source any  what is looped over, for its length
---@field step fun(): any  the next item
---@field index0 integer  -1 before the first item
---@field after any  an item that was looked at ahead; `ended` when there was none
---@field recurse (fun(iterable: any, depth0: integer): string)?

--- A loop object over v.
---@param options table?  {recurse=, depth0=}
function loop.new(v, options)
  return setmetatable({
    source = v,
    step = sequence.iter(v),
    index0 = -1,
    depth0 = options and options.depth0 or 0,
    recurse = options and options.recurse,
  }, LOOP)
end

--- Goes on to the next item and returns it; nil at the end.
function loop.next(l)
  local item = l.after
  if item ~= nil then l.after = nil else item = l.step() end
  if item == nil then return nil end
  l.index0 = l.index0 + 1
  l.before, l.current = l.current, item
  return item
end

local function peek(l)
  if l.after == nil then l.after = l.step() end
  return l.after
end

-- A source without a length is read to its end.
local function length_of(l)
  if l.length then return l.length end
  local n = sequence.size(l.source)
  if not n then
    local rest = { n = 0 }
    for item in l.step do
      fuel.spend(10)
      rest.n = rest.n + 1
      rest[rest.n] = item
    end
    l.step = sequence.iter(value.list(rest))
    n = rest.n + l.index0 + 1 + (l.after ~= nil and 1 or 0)
  end
  l.length = n
  return n
end

local attributes <const> = {
  index = function(l) return l.index0 + 1 end,
  index0 = function(l) return l.index0 end,
  revindex = function(l) return length_of(l) - l.index0 end,
  revindex0 = function(l) return length_of(l) - l.index0 - 1 end,
  first = function(l) return l.index0 == 0 end,
  last = function(l) return peek(l) == nil end,
  length = length_of,
  depth = function(l) return l.depth0 + 1 end,
  depth0 = function(l) return l.depth0 end,
  previtem = function(l)
    if l.index0 == 0 then return value.undef_hint "there is no previous item" end
    return l.before
  end,
  nextitem = function(l)
    local item = peek(l)
    if item == nil then return value.undef_hint "there is no next item" end
    return item
  end,
}

LOOP.attr = function(l, name)
  local f = attributes[name]
  return f and f(l)
end
LOOP.size = length_of

-- A loop object can itself be looped over: what is left, each item with the loop, both go on together.
LOOP.iter = function(l)
  return function()
    local item = loop.next(l)
    if item ~= nil then return value.pair(item, l) end
  end
end
LOOP.repr = function(l) return format("<LoopContext %d/%d>", l.index0 + 1, length_of(l)) end

LOOP.python = { cycle = "LoopContext.cycle", changed = "LoopContext.changed" }

access.add_methods(LOOP, {
  cycle = function(l, n, ...)
    if n == 0 then raise("TypeError", "no items for cycling given") end
    local given = args.open(n, ...)
    return given[l.index0 % n + 1]
  end,
  changed = function(l, n, ...)
    local given = value.tuple((args.open(n, ...)))
    if l.seen and compare.eq(l.seen, given) then return false end
    l.seen = given
    return true
  end,
})

LOOP.call = function(l, n, iterable)
  if n ~= 1 then raise("TypeError", "LoopContext.__call__() takes 2 positional arguments but " .. n + 1 .. " were given") end
  if not l.recurse then
    raise("TypeError", "The loop must have the 'recursive' marker to be called recursively.")
  end
  if l.depth0 > 190 then raise("RecursionError", "maximum recursion depth exceeded") end
  return l.recurse(iterable, l.depth0 + 1)
end


return loop
