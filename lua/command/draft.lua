--- The text of an integration file made of what is known: a captured body, or an integration that people have edited. Pure.
local channels <const> = require("channels")
local guess <const> = require("command.guess")
local json <const> = require("tocsin.json")
local paste <const> = require("command.paste")
local find <const>, format <const>, gsub <const>, concat <const> = string.find, string.format, string.gsub, table.concat
local ipairs <const>, type <const> = ipairs, type

local draft = {}

-- A template as a Lua literal.
local function literal(text)
  if not find(text, '[\n"\\]') then return '"' .. text .. '"' end
  local long = paste.literal(text)
  return find(text, "\n", 1, true) and gsub(long, "^%[(=*)%[\n?", "[%1[\n") or long
end

local function line(name, text, why)
  return (why and "  -- " .. why .. "\n" or "") .. format("  %s = %s,\n", name, literal(text))
end

local function title_case(name) return (gsub(string.upper(string.sub(name, 1, 1)) .. string.sub(name, 2), "_", " ")) end

local CONNECT <const> = [==[
  connect = [[
1. In @TITLE@ open the settings for webhooks.
2. Paste this address and send JSON to it on every change:

   `{{ url }}`

3. Press its test button, or wait for the next problem: it shows here.
]],

]==]

-- From a body -----------------------------------------------------------------------------------------------------------

local function quoted(value)
  if type(value) ~= "string" then return json.encode(value) end
  return "'" .. gsub(gsub(value, "\\", "\\\\"), "'", "\\'") .. "'"
end

local function resolve_text(state)
  if type(state.well) == "boolean" then return format("{{ %s == %s }}", state.path, state.well and "true" or "false") end
  return format("{{ (%s or '') | string | lower == %s }}", state.path, quoted(string.lower(state.well)))
end

local function printed(found) return "{{ " .. found.path .. " or '' }}" end

local function grouping_text(g)
  if g.key then return "{{ " .. g.key.path .. " }}", g.key.why end
  local parts = {}
  if g.place then parts[#parts + 1] = printed(g.place) end
  if g.title then parts[#parts + 1] = printed(g.title) end
  return concat(parts, "/"), "Nothing looks like the number of a problem: where and what must do. Is it the same at the recovery?"
end

local function title_text(g)
  local text = g.title and printed(g.title) or "Alert of @TITLE@"
  if g.place then text = text .. format("{%% if %s %%}: {{ %s }}{%% endif %%}", g.place.path, g.place.path) end
  local why = g.title and g.title.why or "No field reads like a title: say what is wrong"
  return text, g.place and why .. "; " .. g.place.why or why
end

local WORDS <const> = "{% set word = (@ or '') | string | lower %}{{ {'critical': 'critical', 'high': 'critical', "
  .. "'p1': 'critical', "
  .. "'error': 'error', 'major': 'error', 'p2': 'error', 'warning': 'warning', 'warn': 'warning', 'medium': 'warning', "
  .. "'minor': 'warning', 'p3': 'warning', 'info': 'info', 'low': 'info'}.get(word, '') }}"

-- The body with the value of a field replaced, its other bytes as they are; nil when that is not found.
local function with_value(body, found, value)
  local name = string.match(found.path, "%.([%w_]+)$") or string.match(found.path, '%["(.-)"%]$')
  if not name then return nil end
  local old = gsub(json.encode(found.value), "[%^%$%(%)%%%.%[%]%*%+%-%?]", "%%%0")
  local pattern = '("' .. gsub(name, "%-", "%%-") .. '"%s*:%s*)' .. old
  local changed, n = gsub(body, pattern, function(head) return head .. json.encode(value) end, 1)
  return n > 0 and changed or nil
end

local function other_value(value)
  return math.type(value) == "integer" and value + 1 or tostring(value) .. "-2"
end

-- Bodies to begin with: what came, another problem, and the end of the first; what is made up says so.
local function bodies_of(body, g)
  local state, made_up = g.state, " (made up: paste a real one)"
  local is_well = state and state.value == state.well
  local bad = is_well and with_value(body, state, state.bad) or body
  local out = { { is_well and "a problem" .. made_up or "a problem", bad } }
  local differs = g.key or g.place or g.title
  local other = differs and with_value(bad, differs, other_value(differs.value))
  if other then out[2] = { "another problem" .. made_up, other } end
  local well = is_well and body or state and with_value(body, state, state.well)
  if well then out[#out + 1] = { is_well and "its end" or "its end" .. made_up, well } end
  return out
end

local WIRE <const> = "--- Wire format: the address of its documentation (read on which date)\n" ..
  "---@type tocsin.integration\nreturn {\n"
local NO_STATE <const> = "  -- No field looks like a state: does this source say when a problem is over?\n" ..
  "  -- resolve_condition = \"{{ payload.state == 'ok' }}\",\n"
local SEVERITY <const> = "\n  labels = {\n    -- %s; the house knows critical, error, warning and info\n" ..
  "    severity = %s,\n  },\n"
local SPLIT <const> = "\n  -- The body is a list: each of it is an alert.\n  split = function(payload) return payload end,\n"

--- A file from a captured body.
---@param name string the type
---@param body string JSON
---@return {text: string, examples: table[]}|nil draft `text` with @EXAMPLES@ in the place of the examples
---@return string|nil sentence
function draft.from_payload(name, body)
  local value = json.decode(body)
  if type(value) ~= "table" then return nil, "the payload is no JSON object or list" end
  local is_list = getmetatable(value) == json.array_mt
  local first = value
  if is_list then first = value[1] end
  if type(first) ~= "table" then return nil, "the payload has no fields" end
  local g = guess.fields(first)
  local title_of = title_case(name)
  local out = { format("--- %s: what it is, in a few words.\n", title_of), WIRE,
    format("  name  = %q,\n  about = %q,\n", title_of, "Alerts of " .. title_of), (gsub(CONNECT, "@TITLE@", title_of)) }
  local grouping, why = grouping_text(g)
  out[#out + 1] = line("grouping_id", grouping, why)
  if g.state then out[#out + 1] = line("resolve_condition", resolve_text(g.state), g.state.why)
  else out[#out + 1] = NO_STATE end
  if g.link then out[#out + 1] = line("source_link", printed(g.link), g.link.why) end
  local title, title_why = title_text(g)
  out[#out + 1] = "\n" .. line("title", gsub(title, "@TITLE@", title_case(name)), title_why)
  if g.message then out[#out + 1] = line("message", printed(g.message), g.message.why) end
  if g.severity then
    local words = literal((gsub(WORDS, "@", function() return g.severity.path end)))
    out[#out + 1] = format(SEVERITY, g.severity.why, words)
  end
  if is_list then out[#out + 1] = SPLIT end
  out[#out + 1] = "\n  -- `tocsin check --show FILE` prints the `expect` that they give now.\n  examples = {\n@EXAMPLES@  },\n}\n"
  local bodies = bodies_of(body, g)
  local examples = {}
  for i, pair in ipairs(bodies) do examples[i] = { name = pair[1], body = paste.mask_body(pair[2]) } end
  return { text = concat(out), examples = examples }
end

-- From an integration ---------------------------------------------------------------------------------------------------

local BEHAVIOUR <const> = { "grouping_id", "resolve_condition", "acknowledge_condition", "source_link" }
local APPEARANCE <const> = { "title", "message", "image_url" }

local function add_fields(out, fields, texts)
  for _, field in ipairs(fields) do
    if texts[field] then out[#out + 1] = line(field, texts[field]) end
  end
end

local function add_channels(out, texts)
  for _, channel in ipairs(channels.names) do
    local inner = {}
    for _, field in ipairs(channels[channel].fields) do
      local text = texts[channel .. "_" .. field]
      if text then inner[#inner + 1] = format("    %s = %s,\n", field, literal(text)) end
    end
    if #inner > 0 then out[#out + 1] = format("  %s = {\n%s  },\n", channel, concat(inner)) end
  end
end

local function add_labels(out, labels)
  if #labels == 0 then return end
  out[#out + 1] = "\n  labels = {\n"
  for _, label in ipairs(labels) do
    local key = find(label.key, "^[%a_][%w_]*$") and label.key or format("[%q]", label.key)
    out[#out + 1] = format("    %s = %s,\n", key, literal(label.template))
  end
  out[#out + 1] = "  },\n"
end

--- A file from an integration: its templates as they are now, and payloads that it got.
---@param name string the new type
---@param row {name: string, type: string, templates: table<string, string>, labels: {key: string, template: string}[]}
---  templates flat, as of integration.templates, the edited ones over the copied
---@param spec table|nil the loaded file of its type
---@param payloads string[] the oldest first
---@return {text: string, examples: table[]} draft
function draft.from_integration(name, row, spec, payloads)
  local out = { format("--- %s: made of the integration %q (%s).\n", title_case(name), row.name, row.type),
    WIRE }
  -- Functions are not copied: they come from the file of its type.
  if spec and (spec.receive or spec.split) then out[#out + 1] = format("  base  = %q, -- for its functions\n", row.type) end
  out[#out + 1] = format("  name  = %q,\n  about = %q,\n", row.name, spec and spec.about or "Alerts of " .. row.name)
  out[#out + 1] = spec and "  connect = " .. literal(spec.connect) .. ",\n\n" or gsub(CONNECT, "@TITLE@", row.name)
  add_fields(out, BEHAVIOUR, row.templates)
  out[#out + 1] = "\n"
  add_fields(out, APPEARANCE, row.templates)
  add_channels(out, row.templates)
  add_labels(out, row.labels)
  out[#out + 1] = "\n  examples = {\n@EXAMPLES@  },\n}\n"
  local examples = {}
  for i, payload in ipairs(payloads) do examples[i] = { name = "alert " .. i, body = paste.mask_body(payload) } end
  return { text = concat(out), examples = examples }
end

--- The file's text, its examples with what they are to lead to.
---@param d {text: string, examples: table[]}
---@param expects string[]|nil `expect` tables as text, one for each example
---@return string
function draft.text(d, expects)
  local lines = {}
  for i, example in ipairs(d.examples) do
    lines[i] = paste.example(example.name, { body = example.body, headers = example.headers }, expects and expects[i])
  end
  local examples = concat(lines)
  return (gsub(d.text, "@EXAMPLES@", function() return examples end))
end

return draft
