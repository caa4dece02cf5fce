--- What would have differed under another configuration of an integration: its stored payloads, rendered under both.
---
--- Pure but for the Lua state's memory of compiled templates: the configurations are those of signal.configure, payloads
--- are JSON texts. Each is parsed and rendered anew, in the order in which they came; the groups that would have followed
--- are made in memory (backtest/grouping.lua).
local channels <const> = require("channels")
local counts <const> = require("counts")
local fuel <const> = require("tocsin.fuel")
local grouping <const> = require("backtest.grouping")
local json <const> = require("tocsin.json")
local keys <const> = require("keys")
local labels <const> = require("labels")
local render <const> = require("render")
local signal <const> = require("signal")
local template <const> = require("template")
local value <const> = require("jinja.value")
local ipairs <const>, pairs <const>, type <const> = ipairs, pairs, type

local backtest = {}
backtest.__index = backtest

local OLD <const>, NEW <const> = -1, -2 -- ids of the two in signal.configure
local SAMPLES_MAX <const> = 5
local TEXT_MAX <const> = 500            -- of a sample

-- What changed -----------------------------------------------------------------------------------------------------------

local SIGNAL_FIELDS <const> = { "grouping_id", "resolve_condition", "acknowledge_condition", "source_link" }
local CONFIG_FIELDS <const> = { "labels", "static_labels", "dynamic_labels", "multi_label_template", "routes", "allow_resolve" }

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for k, v in pairs(a) do
    if not same(v, b[k]) then return false end
  end
  for k in pairs(b) do
    if a[k] == nil then return false end
  end
  return true
end

local function source_of(config, name, field)
  return (render.template_of({ templates = config.templates_custom, defaults = config.templates_default }, name, field))
end

local function custom(config, field)
  local text = (config.templates_custom or {})[field]
  return type(text) == "string" and text or (config.templates_default or {})[field]
end

-- Whether anything may differ that groups, routes, labels or titles follow from.
local function has_other_signals(old, new)
  for _, field in ipairs(SIGNAL_FIELDS) do
    if custom(old, field) ~= custom(new, field) then return true end
  end
  for _, field in ipairs(CONFIG_FIELDS) do
    if not same(old[field], new[field]) then return true end
  end
  return source_of(old, "web", "title") ~= source_of(new, "web", "title")
end

local function prepare(source, config)
  if not source then return nil end
  local t = template.get(source)
  return { template = t, mutates = t.run and t.run.mutates, counts = counts.are_needed(config.type, { source }) }
end

-- The fields of channels whose template is another one.
local function other_fields(old, new)
  local list = {}
  for _, name in ipairs(channels.names) do
    for _, field in ipairs(channels[name].fields) do
      local a, b = source_of(old, name, field), source_of(new, name, field)
      if a ~= b and not (name == "web" and field == "title") then
        list[#list + 1] = { name = name .. "." .. field, old = prepare(a, old), new = prepare(b, new),
          limit = field == "title" and template.title_limit or template.text_limit }
      end
    end
  end
  return list
end

local function read_labels(fields)
  for _, f in ipairs(fields) do
    for _, side in ipairs { f.old or {}, f.new or {} } do
      if side.template and template.reads(side.template, "labels") then return true end
    end
  end
  return false
end

--- Compiles both configurations.
---@param old_json string as signal.configure takes it, with `allow_resolve`
---@param new_json string
---@return table test
function backtest.new(old_json, new_json)
  local old, new = json.decode(old_json), json.decode(new_json)
  signal.configure(OLD, 1, old_json)
  signal.configure(NEW, 1, new_json)
  local fields = other_fields(old, new)
  return setmetatable({
    old = old, new = new, fields = fields, compares_signals = has_other_signals(old, new),
    plans = read_labels(fields) and { old = labels.plan(old), new = labels.plan(new) } or {},
    payloads = 0, unreadable = 0, old_groups = grouping.new(), new_groups = grouping.new(),
    first_new = {}, first_old = {}, is_split = {}, is_merged = {}, routes = {}, differing = {},
    tallies = {},
  }, backtest)
end

-- Counting ---------------------------------------------------------------------------------------------------------------

local function tally(self, name)
  local t = self.tallies[name]
  if not t then
    t = { count = 0, samples = {} }
    self.tallies[name] = t
  end
  return t
end

local function cut(text)
  return type(text) == "string" and template.cut(text, TEXT_MAX) or nil
end

local function note(self, name, row, old, new)
  local t <const> = tally(self, name)
  t.count = t.count + 1
  if #t.samples < SAMPLES_MAX then
    t.samples[#t.samples + 1] = { alert_id = row.id, alert_group_id = row.alert_group_id, old = cut(old), new = cut(new) }
  end
end

local function difference(self, field)
  local d = self.differing[field]
  if not d then
    d = { field = field, count = 0, errors_old = 0, errors_new = 0, samples = {} }
    self.differing[field] = d
  end
  return d
end

local function note_rendering(self, field, row, old, new)
  local d <const> = difference(self, field)
  d.count = d.count + 1
  if #d.samples < SAMPLES_MAX then
    d.samples[#d.samples + 1] = { alert_id = row.id, alert_group_id = row.alert_group_id, old = cut(old), new = cut(new) }
  end
end

local function note_errors(self, problems, side)
  for field in pairs(json.decode(problems)) do
    local d <const> = difference(self, field)
    d[side] = d[side] + 1
  end
end

local function compare_groups(self, row, old_id, old, new_id, new)
  local first_new <const>, first_old <const> = self.first_new[old], self.first_old[new]
  if not first_new then self.first_new[old] = new
  elseif first_new ~= new and not self.is_split[old] then
    self.is_split[old] = true
    note(self, "split", row, old_id, new_id)
  end
  if not first_old then self.first_old[new] = old
  elseif first_old ~= old and not self.is_merged[new] then
    self.is_merged[new] = true
    note(self, "merged", row, old_id, new_id)
  end
end

local function compare_flag(self, name, row, old, new)
  if old then tally(self, name .. "_old").count = tally(self, name .. "_old").count + 1 end
  if new then tally(self, name .. "_new").count = tally(self, name .. "_new").count + 1 end
  if old and not new then note(self, name .. "_missed", row) end
  if new and not old then note(self, name .. "_added", row) end
end

local function compare_routes(self, old, new)
  if old == new then return end
  local key <const> = old .. " " .. new
  local r = self.routes[key]
  if not r then
    r = { from = old, to = new, count = 0 }
    self.routes[key] = r
  end
  r.count = r.count + 1
end

-- One alert --------------------------------------------------------------------------------------------------------------

local SLOW <const> = fuel.SLOW

-- In the budget of a loop first, as a whole; past it each template has one of its own, as in the slow lane.
local function signal_of(id, payload, text, at)
  local ok, key, is_resolve, is_acknowledge, route_id, title, dict, problems =
    fuel.with(fuel.INLINE, signal.render, id, payload, at)
  if ok then return key, is_resolve, is_acknowledge, route_id, title, dict, problems end
  return signal.render(id, json.payload(text), at, SLOW)
end

local function compare_signals(self, row, payload, text)
  local at <const> = row.received_at
  local key, resolves, acknowledges, route, title, dict, problems = signal_of(OLD, payload, text, at)
  local key2, resolves2, acknowledges2, route2, title2, dict2, problems2 = signal_of(NEW, payload, text, at)
  resolves, resolves2 = resolves and self.old.allow_resolve ~= 0, resolves2 and self.new.allow_resolve ~= 0
  compare_flag(self, "resolves", row, resolves, resolves2)
  compare_flag(self, "acknowledges", row, acknowledges, acknowledges2)
  compare_routes(self, route, route2)
  compare_groups(self, row, key, self.old_groups:take(key, route, resolves), key2,
    self.new_groups:take(key2, route2, resolves2))
  if title ~= title2 then note_rendering(self, "web.title", row, title, title2) end
  if dict ~= dict2 then note_rendering(self, "labels", row, dict, dict2) end
  if problems then note_errors(self, problems, "errors_old") end
  if problems2 then note_errors(self, problems2, "errors_new") end
end

local function render_field(f, side, context, text)
  if not side then return nil, false end
  if side.mutates then context.payload = json.payload(text) end
  local own <const> = context.payload
  if side.counts then context.payload = counts.add(own) end
  local out, failed = template.render(side.template, context, f.limit, SLOW)
  context.payload = own
  return out ~= "None" and out or nil, failed
end

local function context_of(self, side, config, payload)
  local context = { payload = payload, labels = value.new_dict(), integration_name = config.name }
  local plan = self.plans[side]
  if plan then context.labels = labels.compute(plan, context, {}, SLOW) end
  return context
end

local function compare_fields(self, row, payload, text)
  local old = context_of(self, "old", self.old, payload)
  local new = self.plans.new and context_of(self, "new", self.new, payload) or old
  for _, f in ipairs(self.fields) do
    local a, failed_a = render_field(f, f.old, old, text)
    local b, failed_b = render_field(f, f.new, new, text)
    if a ~= b then note_rendering(self, f.name, row, a, b) end
    if failed_a or failed_b then
      local d <const> = difference(self, f.name)
      if failed_a then d.errors_old = d.errors_old + 1 end
      if failed_b then d.errors_new = d.errors_new + 1 end
    end
  end
end

--- One stored alert, in order of arrival.
---@param row {id: integer, alert_group_id: integer, received_at: integer}
---@param text string its payload as templates saw it
function backtest:add(row, text)
  local payload <const>, why = json.payload(text)
  if why then
    self.unreadable = self.unreadable + 1
    return
  end
  self.payloads = self.payloads + 1
  if self.compares_signals then compare_signals(self, row, payload, text) end
  if #self.fields > 0 then
    template.set_now(row.received_at)
    compare_fields(self, row, payload, text)
  end
end

-- Report -----------------------------------------------------------------------------------------------------------------

local function shown(t) return { count = t.count, samples = json.array(t.samples) } end

local function flags(self, name)
  return { old = tally(self, name .. "_old").count, new = tally(self, name .. "_new").count,
    missed = shown(tally(self, name .. "_missed")), added = shown(tally(self, name .. "_added")) }
end

--- What differs so far, as plain tables; rows by their ids. What was not compared, since it cannot differ, is absent.
---@return table report
function backtest:report()
  local out = { payloads = self.payloads, unreadable = self.unreadable, renderings = json.array() }
  for _, field in ipairs(keys.sorted(self.differing)) do
    local d = self.differing[field]
    json.array(d.samples)
    out.renderings[#out.renderings + 1] = d
  end
  if not self.compares_signals then return out end
  out.groups = { old = self.old_groups.count, new = self.new_groups.count, merged = shown(tally(self, "merged")),
    split = shown(tally(self, "split")) }
  out.resolves, out.acknowledges = flags(self, "resolves"), flags(self, "acknowledges")
  out.resolves.without_group = { old = self.old_groups.late, new = self.new_groups.late }
  out.routes = json.array()
  for _, key in ipairs(keys.sorted(self.routes)) do out.routes[#out.routes + 1] = self.routes[key] end
  return out
end

return backtest
