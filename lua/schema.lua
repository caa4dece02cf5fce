--- The schema of an integration file: which fields there are, of what type, and what is wrong with a given table.
---
--- One table of fields; a new field of the file format is one line here.
local channels <const> = require("channels")
local json <const> = require("tocsin.json")
local keys <const> = require("keys")
local template <const> = require("template")
local type <const>, pairs <const>, ipairs <const>, tostring <const> = type, pairs, ipairs, tostring
local find <const>, format <const>, concat <const> = string.find, string.format, table.concat
local byte <const>, min <const> = string.byte, math.min

local schema = {}

-- Checks of one value: f(value, where, add) with `where` the field's path and `add` taking a sentence.
local check = {}

local function is_text(v, where, add, what)
  if type(v) == "string" then return true end
  add(format("field '%s' must be %s, not a %s", where, what or "text", type(v)))
  return false
end

function check.text(v, where, add)
  if is_text(v, where, add) and not find(v, "%S") then add(format("field '%s' is empty", where)) end
end

function check.template(v, where, add)
  if not is_text(v, where, add, "a template (text)") then return end
  local ok, why, line = template.check(v)
  if not ok then add(format("field '%s'%s: %s", where, line and ", line " .. line or "", why)) end
end

check["function"] = function(v, where, add)
  if type(v) ~= "function" then add(format("field '%s' must be a function, not a %s", where, type(v))) end
end

function check.name(v, where, add)
  if is_text(v, where, add) and not find(v, "^%a[%w_]*$") then
    add(format("field '%s' must be the name of an integration, such as 'alertmanager'", where))
  end
end

function check.json(v, where, add)
  if not is_text(v, where, add, "a payload (JSON text)") then return end
  local _, why = json.decode(v)
  if why then add(format("field '%s' is not JSON: %s", where, why)) end
end

local function is_table(v, where, add)
  if type(v) == "table" then return true end
  add(format("field '%s' must be a table, not a %s", where, type(v)))
  return false
end

-- A table from keys of people to templates: labels.
function check.labels(v, where, add)
  if not is_table(v, where, add) then return end
  for key, text in pairs(v) do
    if type(key) ~= "string" or #key == 0 or #key > 200 then
      add(format("field '%s' has a key that is no label key: %s", where, tostring(key)))
    else
      check.template(text, where .. "." .. key, add)
    end
  end
end

local function list_of(words)
  return function(v, where, add)
    for _, word in ipairs(words) do
      if v == word then return end
    end
    add(format("field '%s' must be one of %s", where, concat(words, ", ")))
  end
end

function check.positive(v, where, add)
  if type(v) ~= "number" or v <= 0 then add(format("field '%s' must be a positive number", where)) end
end

function check.count(v, where, add)
  if math.type(v) ~= "integer" or v < 0 then add(format("field '%s' must be a whole number", where)) end
end

function check.boolean(v, where, add)
  if type(v) ~= "boolean" then add(format("field '%s' must be true or false", where)) end
end

-- Exactly one of these keys says where something stands in a request.
local function one_place(v, where, add, places)
  local found = 0
  for _, place in ipairs(places) do found = found + (v[place] ~= nil and 1 or 0) end
  if found ~= 1 then add(format("field '%s' says one place: %s", where, concat(places, " or "))) end
end

function check.lower(v, where, add)
  check.text(v, where, add)
  if type(v) == "string" and find(v, "%u") then add(format("field '%s' is written in lower case", where)) end
end

function check.text_or_false(v, where, add)
  if v ~= false then is_text(v, where, add, "text (or false for none)") end
end

function check.raw_text(v, where, add) is_text(v, where, add) end

function check.text_table(v, where, add)
  if not is_table(v, where, add) then return end
  for key, text in pairs(v) do
    if type(key) ~= "string" or type(text) ~= "string" then
      add(format("field '%s' must map names to texts", where))
      return
    end
  end
end

-- How far apart two words are: insertions, deletions, changes and swaps of neighbours.
local function distance(a, b)
  local before, row = {}, {}
  for k = 0, #b do row[k] = k end
  for i = 1, #a do
    local older
    older, before, row = before, row, { [0] = i }
    for k = 1, #b do
      local cost = byte(a, i) == byte(b, k) and 0 or 1
      row[k] = min(before[k] + 1, row[k - 1] + 1, before[k - 1] + cost)
      if i > 1 and k > 1 and byte(a, i) == byte(b, k - 1) and byte(a, i - 1) == byte(b, k) then
        row[k] = min(row[k], older[k - 2] + 1)
      end
    end
  end
  return row[#b]
end

--- The word of `words` that someone who wrote `word` meant, or nil.
---@param word string
---@param words string[]
---@return string?
function schema.nearest(word, words)
  if #word > 60 then return nil end
  local best, best_distance = nil, #word // 3 + 2
  for _, candidate in ipairs(words) do
    local d = distance(word, candidate)
    if d < best_distance then best, best_distance = candidate, d end
  end
  return best
end

-- The fields that have a name; an example's first has none.
local function names_of(fields)
  local out = {}
  for _, key in ipairs(keys.sorted(fields)) do
    if type(key) == "string" then out[#out + 1] = key end
  end
  return out
end

-- Checks the fields of a block; `prefix` is the path of the block with its dot, or "".
local function check_fields(block, fields, prefix, add)
  for _, key in ipairs(keys.sorted(block)) do
    local rule = fields[key]
    if not rule then
      local nearest = type(key) == "string" and schema.nearest(key, names_of(fields))
      add(format("unknown field '%s%s'%s", prefix, tostring(key), nearest and format(" (did you mean '%s'?)", nearest) or ""))
    else
      rule.check(block[key], prefix .. key, add)
    end
  end
  for _, key in ipairs(keys.sorted(fields)) do
    if fields[key].required and block[key] == nil then add(format("field '%s%s' is missing", prefix, key)) end
  end
end

local function block_of(fields)
  return function(v, where, add)
    if is_table(v, where, add) then check_fields(v, fields, where .. ".", add) end
  end
end

local function field(rule, required) return { check = rule, required = required } end

--- The same means for other files of data (lua/channel.lua): rules by name, and makers of rules.
schema.rules, schema.check_fields, schema.block_of, schema.list_of, schema.field = check, check_fields, block_of, list_of, field

local EXPECT <const> = {
  grouping_id = field(check.text_or_false),
  state = field(list_of { "firing", "acknowledged", "resolved" }),
  title = field(check.raw_text), message = field(check.raw_text),
  image_url = field(check.text_or_false), source_link = field(check.text_or_false),
  labels = field(check.text_table),
  groups = field(check.count),     -- groups that there are after this example
  alerts = field(check.count),     -- alerts in the group that this one joined
  stored = field(check.count),     -- alerts that the request became: 0 when it was ignored
  status = field(check.count),     -- of the answer
}

local EXAMPLE <const> = {
  [1] = field(check.text, true),
  payload = field(check.raw_text, true),
  headers = field(check.text_table),
  method = field(list_of { "GET", "POST" }),
  query = field(check.raw_text), -- what follows the address's "?"
  expect = field(block_of(EXPECT), true),
}

function check.examples(v, where, add)
  if not is_table(v, where, add) then return end
  if #v == 0 then add(format("field '%s' is empty: an integration is tested by its examples", where)) end
  for i, example in ipairs(v) do
    local here = format("%s[%d]", where, i)
    if is_table(example, here, add) then check_fields(example, EXAMPLE, here .. ".", add) end
  end
end

local VERIFY <const> = {
  algorithm = field(list_of { "hmac-sha1", "hmac-sha256", "hmac-sha512", "plain", "basic", "sns" }, true),
  header = field(check.lower), query = field(check.text), field = field(check.text),
  prefix = field(check.raw_text),
  encoding = field(list_of { "hex", "base64" }),
  signed = field(check.text), -- with {body} and {timestamp}
  timestamp_header = field(check.lower),
  tolerance = field(check.positive), -- seconds
  secret = field(check.text, true),  -- what people put into `signing_secret`, as words for the form
}

-- What these have no say in, they may not name.
local WITHOUT_PLACE <const> = { basic = true, sns = true }

function check.verify(v, where, add)
  if not is_table(v, where, add) then return end
  check_fields(v, VERIFY, where .. ".", add)
  if not WITHOUT_PLACE[v.algorithm] then one_place(v, where, add, { "header", "query", "field" }) end
  local is_hmac = type(v.algorithm) == "string" and find(v.algorithm, "^hmac")
  for _, key in ipairs { "encoding", "signed", "timestamp_header", "tolerance" } do
    if v[key] ~= nil and not is_hmac then add(format("field '%s.%s' goes with hmac only", where, key)) end
  end
  if v.tolerance and not v.timestamp_header then add(format("field '%s.tolerance' needs timestamp_header", where)) end
  if type(v.signed) == "string" and not find(v.signed, "{body}", 1, true) then
    add(format("field '%s.signed' must contain {body}", where))
  end
end

local CHALLENGE <const> = {
  query = field(check.text), field = field(check.text),
  only = field(check.text_table), -- one other field of the body, and the text it must have
  answer = field(check.text, true), -- with {challenge} and {hmac}: SHA-256 of it under the secret
  encoding = field(list_of { "hex", "base64" }),
  secret = field(check.text), -- what people put into `signing_secret` for {hmac}, as words for the form
}

function check.challenge(v, where, add)
  if not is_table(v, where, add) then return end
  check_fields(v, CHALLENGE, where .. ".", add)
  one_place(v, where, add, { "query", "field" })
end

local FIELDS <const> = {
  name = field(check.text, true),
  about = field(check.text, true),
  connect = field(check.template, true),
  base = field(check.name),
  has_door = field(check.boolean), -- its bodies are read by lua/api/doors/<type>.lua
  has_keys = field(check.boolean), -- it can have further tokens, for other kinds of senders
  token_form = field(list_of { "uuid", "hex" }), -- what new tokens look like, where senders expect a form
  is_hidden = field(check.boolean), -- people do not choose it: the house makes its integrations
  grouping_id = field(check.template, true),
  resolve_condition = field(check.template),
  acknowledge_condition = field(check.template),
  source_link = field(check.template),
  title = field(check.template, true),
  message = field(check.template),
  image_url = field(check.template),
  labels = field(check.labels),
  heartbeat = field(block_of {
    connect = field(check.template), missing = field(check.json, true), restored = field(check.json, true) }),
  receive = field(check["function"]),
  split = field(check["function"]),
  accepts_get = field(check.boolean), -- the source may send by GET, all in the query string
  verify = field(check.verify),
  challenge = field(check.challenge),
  examples = field(check.examples, true),
}

-- Each channel is a block of the fields it shows; in an `expect` a block of the texts it shall show.
for _, name in ipairs(channels.names) do
  local templates, texts = {}, {}
  for _, key in ipairs(channels[name].fields) do
    templates[key] = field(check.template)
    texts[key] = field(check.text_or_false)
  end
  FIELDS[name] = field(block_of(templates))
  EXPECT[name] = field(block_of(texts))
end

--- The names of a file's fields, of an example's and of an expect's, sorted.
schema.names = { file = names_of(FIELDS), example = names_of(EXAMPLE), expect = names_of(EXPECT), verify = names_of(VERIFY),
  challenge = names_of(CHALLENGE) }

--- Adds a sentence to `problems` for each thing that is wrong with the file's table.
---@param data table
---@param address string what the sentences start with
---@param problems string[]
function schema.check(data, address, problems)
  check_fields(data, FIELDS, "", function(sentence) problems[#problems + 1] = address .. ": " .. sentence end)
end

local function any_example(data, test)
  for _, example in ipairs(data.examples) do
    if test(example.expect) then return true end
  end
  return false
end

local function has_two_groups(data)
  local first
  return any_example(data, function(expect)
    if (expect.groups or 0) >= 2 then return true end
    if type(expect.grouping_id) ~= "string" then return false end
    first = first or expect.grouping_id
    return expect.grouping_id ~= first
  end)
end

--- What the examples of a file leave untested, as sentences: a template nobody expects anything of can break unseen.
---@param data table a checked file
---@param address string
---@return string[]
function schema.untested(data, address)
  local out = {}
  local function want(is_there, sentence)
    if not is_there then out[#out + 1] = address .. ": " .. sentence end
  end
  local function has(key) return any_example(data, function(expect) return expect[key] ~= nil and expect[key] ~= "" end) end
  local function reaches(state) return any_example(data, function(expect) return expect.state == state end) end
  want(has "title", "no example expects a title")
  want(not data.message or has "message", "no example expects a message")
  want(not data.source_link or has "source_link", "no example expects a source_link")
  want(has_two_groups(data), "no two examples expect different groups, so a constant grouping_id would go unnoticed")
  want(reaches "firing", "no example expects state = \"firing\"")
  want(not data.resolve_condition or reaches "resolved", "no example expects state = \"resolved\"")
  want(not data.acknowledge_condition or reaches "acknowledged", "no example expects state = \"acknowledged\"")
  return out
end

return schema
