--- The schema of a channel's sending half, and of the values that people fill its fields with.
---
--- One table of fields; a new field of the file format is one line here.
local keys <const> = require("keys")
local markdown <const> = require("markdown")
local schema <const> = require("schema")
local type <const>, ipairs <const>, pairs <const> = type, ipairs, pairs
local find <const>, format <const>, concat <const> = string.find, string.format, table.concat

local channel_schema = {}

local field <const>, block_of <const> = schema.field, schema.block_of
local list_of <const>, rules <const> = schema.list_of, schema.rules

-- Fields of accounts and addresses ------------------------------------------------------------------------------------

local TEXT_MAX <const> = 1000

-- Checks of a value by the type of its field: nil, or what is wrong.
local VALUES <const> = {}

function VALUES.text(f, v)
  if type(v) ~= "string" or not utf8.len(v) then return "Not a valid string." end
  if find(v, "[%z\1-\31\127]") then return "Control characters are not allowed here." end
  if not find(v, "%S") then return "This field may not be blank." end
  local max = f.max or TEXT_MAX
  if utf8.len(v) > max then return format("Ensure this field has no more than %d characters.", max) end
  if f.pattern and not find(v, f.pattern) then return f.hint or "This does not look like: " .. f.about .. "." end
end

function VALUES.url(f, v)
  local why = VALUES.text({ max = f.max or 2000, about = f.about }, v)
  if why then return why end
  if not markdown.safe_url(v) or find(v, "^[mM]") then return "Enter a valid URL that begins with http:// or https://." end
  if find(v, "^%a+://[^/]*@") then return "Leave user and password out of the URL: there are fields for them." end
  if f.pattern and not find(v, f.pattern) then return f.hint or "This does not look like: " .. f.about .. "." end
end

function VALUES.integer(f, v)
  if math.type(v) ~= "integer" then return "A valid integer is required." end
  if f.min and v < f.min then return format("Ensure this value is greater than or equal to %d.", f.min) end
  if f.max and v > f.max then return format("Ensure this value is less than or equal to %d.", f.max) end
end

function VALUES.boolean(_, v)
  if type(v) ~= "boolean" then return "Must be a valid boolean." end
end

function VALUES.choice(f, v)
  for _, choice in ipairs(f.choices) do
    if v == choice then return nil end
  end
  return "Must be one of: " .. concat(f.choices, ", ") .. "."
end

--- What is wrong with values, by a list of fields.
---@param fields table[]
---@param values table<string, any>
---@return {[1]: string, [2]: string}[]
function channel_schema.check_values(fields, values)
  local out, known, names = {}, {}, {}
  for i, f in ipairs(fields) do known[f[1]], names[i] = f, f[1] end
  for _, name in ipairs(keys.sorted(values)) do
    if not known[name] then
      local nearest = type(name) == "string" and schema.nearest(name, names)
      local meant = nearest and format(" (did you mean '%s'?)", nearest) or ""
      out[#out + 1] = { tostring(name), "There is no such field" .. meant .. "." }
    end
  end
  for _, f in ipairs(fields) do
    local value = values[f[1]]
    local why
    if value ~= nil then why = VALUES[f.type](f, value)
    elseif f.required then why = "This field is required." end
    if why then out[#out + 1] = { f[1], why } end
  end
  return out
end

-- The file ------------------------------------------------------------------------------------------------------------

local TYPES <const> = keys.sorted(VALUES)

local function any() end

local function is_list(v, where, add)
  if type(v) == "table" and (#v > 0 or next(v) == nil) then return true end
  add(format("field '%s' must be a list", where))
end

local function texts(v, where, add)
  if not is_list(v, where, add) then return end
  for i, one in ipairs(v) do rules.text(one, format("%s[%d]", where, i), add) end
end

local VALUE_FIELD <const> = {
  [1] = field(rules.text, true),
  type = field(list_of(TYPES), true),
  about = field(rules.text, true),
  required = field(rules.boolean), secret = field(rules.boolean),
  personal = field(rules.boolean),   -- shown by its ends only, and never part of a queue's name
  aside = field(rules.boolean),      -- no part of the queue's name: where a message goes does not depend on it
  person = field(rules.boolean),     -- of an address: who the person is in what comes in; without one the first field
  max = field(rules.positive), min = field(rules.count),
  pattern = field(rules.text), hint = field(rules.text),
  choices = field(texts), default = field(any),
}

local function check_default(f, where, add)
  if f.default == nil or not VALUES[f.type] then return end
  local why = VALUES[f.type](f, f.default)
  if why then add(format("field '%s.default': %s", where, why)) end
end

local function value_fields(v, where, add)
  if not is_list(v, where, add) then return end
  local seen = {}
  for i, f in ipairs(v) do
    local here = format("%s[%d]", where, i)
    block_of(VALUE_FIELD)(f, here, add)
    if type(f) == "table" and type(f[1]) == "string" then
      if seen[f[1]] or not find(f[1], "^%l[%w_]*$") then add(format("field '%s' is no new name: %s", here, f[1])) end
      seen[f[1]] = true
      if f.type == "choice" and not f.choices then add(format("field '%s.choices' is missing", here)) end
      check_default(f, here, add)
    end
  end
end

local function rate(v, where, add)
  if type(v) ~= "table" or math.type(v[1]) ~= "integer" or math.type(v[2]) ~= "integer" or #v ~= 2 or v[1] < 1 or v[2] < 1 then
    add(format("field '%s' must be {count, per_ms}", where))
  end
end

-- true for all that the file carries, or a list of those channels.
local function ability(v, where, add)
  if v ~= true then texts(v, where, add) end
end

local function docs(v, where, add)
  if type(v) == "string" then v = { v } end
  if not is_list(v, where, add) then return end
  for i, url in ipairs(v) do
    if type(url) ~= "string" or not find(url, "^https://%S+$") then
      add(format("field '%s[%d]' must be the address of a page", where, i))
    end
  end
end

local EXPECT_REQUEST <const> = block_of {
  method = field(rules.text), url = field(rules.text), headers = field(rules.text_table), json = field(any),
  form = field(rules.text_table), has = field(texts), lacks = field(texts), mail = field(any),
}

local EXPECT <const> = block_of {
  request = field(EXPECT_REQUEST),
  refused = field(rules.text),               -- part of the sentence why there is no request, or no event
  state = field(list_of { "sent", "retry", "failed" }),
  id = field(rules.text), thread = field(rules.text), after_ms = field(rules.count), error = field(rules.text),
  gone = field(rules.boolean),
  events = field(any), answer = field(any), requests = field(any), next = field(any), items = field(any),
}

local EXAMPLE <const> = {
  [1] = field(rules.text, true),
  send = field(any), response = field(any),
  inbound = field(any), account = field(any), poll = field(any),
  list = field(list_of { "rooms", "groups", "members" }), at = field(rules.text), room = field(rules.text),
  expect = field(EXPECT, true),
}

local function examples(v, where, add)
  if not is_list(v, where, add) then return end
  for i, example in ipairs(v) do
    local here = format("%s[%d]", where, i)
    block_of(EXAMPLE)(example, here, add)
    if type(example) == "table" and not (example.send or example.response or example.inbound or example.poll or example.list) then
      add(format("field '%s' sends nothing and reads nothing", here))
    end
  end
end

local fn <const> = rules["function"]

local LIST <const> = block_of {
  request = field(fn, true), read = field(fn, true), pause_ms = field(rules.positive),
}

local FIELDS <const> = {
  name = field(rules.text, true), about = field(rules.text, true), docs = field(docs, true),
  carries = field(texts), look = field(rules.text_table),
  settings = field(value_fields, true), address = field(value_fields, true),
  room = field(block_of { key = field(rules.text, true), enabled = field(rules.boolean), upper = field(rules.boolean) }),
  mention = field(block_of { person = field(fn), everyone = field(rules.text, true) }),
  target = field(fn), fresh = field(fn), request = field(fn, true), result = field(fn, true), inbound = field(fn),
  poll = field(block_of { request = field(fn, true), read = field(fn, true) }),
  lists = field(block_of { rooms = field(LIST), groups = field(LIST), members = field(LIST) }),
  limits = field(block_of { per_target = field(rate), per_provider = field(rate) }),
  can = field(block_of { update = field(ability), cancel = field(ability), thread = field(ability), buttons = field(ability),
    replace = field(ability), membership = field(ability), notes = field(ability) }),
  sample = field(block_of { account = field(any, true), address = field(any, true), channel = field(rules.text) }, true),
  examples = field(examples, true),
  -- The look that may stand in the same file: see channels/init.lua.
  fields = field(texts), limit = field(any), fallback_title = field(rules.text), from_web = field(rules.boolean),
  escapes_payload = field(rules.boolean), escape = field(fn), convert = field(fn), own = field(fn), plain = field(fn),
}

local function check_sample(data, add)
  for _, part in ipairs { "settings", "address" } do
    local name = part == "settings" and "account" or part
    for _, problem in ipairs(channel_schema.check_values(data[part], data.sample[name])) do
      add(format("field 'sample.%s.%s': %s", name, problem[1], problem[2]))
    end
  end
end

--- Adds a sentence to `problems` for each thing that is wrong with the file's table.
---@param data table
---@param address string what the sentences start with
---@param problems string[]
function channel_schema.check(data, address, problems)
  local function add(sentence) problems[#problems + 1] = address .. ": " .. sentence end
  if type(data) ~= "table" then return add("the file must return a table") end
  schema.check_fields(data, FIELDS, "", add)
  if #problems == 0 then check_sample(data, add) end
end

--- What the examples of a checked file leave untested, as sentences.
---@param data table
---@param address string
---@return string[]
function channel_schema.untested(data, address)
  local out = {}
  local function want(is_needed, sentence, test)
    if not is_needed then return end
    for _, example in ipairs(data.examples) do
      if test(example) then return end
    end
    out[#out + 1] = address .. ": " .. sentence
  end
  local function sends(kind)
    return function(e) return e.send and e.expect.request and (e.send.kind or "page") == kind end
  end
  want(true, "no example sends a page", sends("page"))
  want(data.room, "no example posts to a room", sends("post"))
  for ability_name, kind in pairs { update = "update", cancel = "cancel", thread = "thread", membership = "membership" } do
    want(data.can and data.can[ability_name], "no example of kind = \"" .. kind .. "\"", sends(kind))
  end
  for _, state in ipairs { "sent", "retry", "failed" } do
    want(true, "no example expects state = \"" .. state .. "\"", function(e) return e.response and e.expect.state == state end)
  end
  want(data.inbound, "no example of what comes in", function(e) return e.inbound and e.expect.events end)
  want(data.inbound, "no example of an inbound request that is refused", function(e) return e.inbound and e.expect.refused end)
  want(data.poll, "no example of a poll", function(e) return e.poll end)
  for _, name in ipairs(keys.sorted(data.lists or {})) do
    want(true, "no example asks for the list " .. name, function(e) return e.list == name and e.expect.request end)
    want(true, "no example reads the list " .. name, function(e) return e.list == name and e.expect.items end)
    want(true, "no example of a refused list", function(e) return e.list and e.expect.error end)
  end
  return out
end

return channel_schema
