--- The rules of the house for integration files: what every built-in file owes to a person at three in the morning.
---
--- house_rules.of_file and house_rules.of_example return sentences, none when all is well. `actual` is what check.actuals
--- says of an example.
local channels <const> = require "channels"
local json <const> = require "tocsin.json"

local house_rules = {}

-- A file may be excused from one rule, with the reason.
local EXCUSED <const> = {
  webhook = { wire = "it takes any JSON", message = "it does not know what the fields mean" },
}

local function is_excused(name, rule) return (EXCUSED[name] or {})[rule] ~= nil end

-- The comment at the head of a file, as one line.
local function head_of(source)
  local lines = {}
  for line in source:gmatch "[^\n]+" do
    local text = line:match "^%-%-%-?%s*(.*)$"
    if not text then break end
    lines[#lines + 1] = text
  end
  return table.concat(lines, " ")
end

local function steps_of(connect)
  local count = 0
  for line in ("\n" .. connect):gmatch "\n(%d+)%. " do
    if line then count = count + 1 end
  end
  return count
end

local function has_state(spec, state)
  for _, example in ipairs(spec.examples) do
    if example.expect.state == state then return true end
  end
  return false
end

--- What is wrong with a file as a whole.
---@param name string
---@param spec table the loaded file
---@param source string its text
---@return string[]
function house_rules.of_file(name, spec, source)
  local out = {}
  local function want(is_there, sentence)
    if not is_there then out[#out + 1] = name .. ": " .. sentence end
  end
  local head = head_of(source)
  local wire = head:match "Wire format:(.*)$" or ""
  if not spec.is_hidden and not is_excused(name, "wire") then
    want(wire:find "https?://%S+" or wire:find "[%w_.-]+/[%w_.-]+ %S+%.%w+", "the head names no document or fixture of the wire format")
    want(wire:find "read 20%d%d%-%d%d", "the head does not say when the wire format was read (read 2026-05)")
  end
  if not spec.is_hidden then
    want(steps_of(spec.connect) >= 3, "connect has fewer than three numbered steps")
    want(spec.connect:find "{{ url }}", "connect does not contain {{ url }}")
  end
  want(spec.is_hidden or has_state(spec, "resolved") or head:find "No resolve:", "no example is resolved, and the head does not say why (No resolve: …)")
  return out
end

-- What only code would write.
local LEAKS <const> = { "{'", "{%[", "%['", "': '", "<built%-in", "<bound method", "Template %a+:", "%f[%w]None%f[%W]", "%f[%w]True%f[%W]",
  "%f[%w]undefined%f[%W]", "{{", "{%%" }

local function leak_in(text)
  for _, pattern in ipairs(LEAKS) do
    local found = text:match(pattern)
    if found then return found end
  end
end

local function is_payload(message)
  local text = message:gsub("^%s*```%a*", ""):gsub("```%s*$", "")
  return text:find "^%s*[{%[]" ~= nil and select(2, json.decode(text)) == nil
end

local SEVERITIES <const> = { critical = true, error = true, warning = true, info = true }

-- Where a cut is the channel's nature: a notification shows how the message begins.
local CUTS <const> = { mobile_app = { message = true } }

local function check_channels(actual, want)
  for _, name in ipairs(channels.names) do
    local shows = actual.channels[name]
    want(shows.title ~= channels[name].fallback_title, name .. " shows no title of its own")
    for _, field in ipairs { "title", "message" } do
      local text = shows[field] or ""
      local leak = leak_in(text)
      want(not leak, ("%s.%s shows %q: %s"):format(name, field, leak or "", text))
      local is_cut = text:find "…%s*$" and not (actual[field] or ""):find "…%s*$"
      want(not is_cut or (CUTS[name] or {})[field], ("%s.%s is longer than the channel's limit: %s"):format(name, field, text))
    end
  end
end

--- What is wrong with one example of a file.
---@param name string
---@param example table
---@param actual table
---@return string[]
function house_rules.of_example(name, example, actual)
  local out = {}
  local function want(is_there, sentence)
    if not is_there then out[#out + 1] = ("%s, example %q: %s"):format(name, example[1], sentence) end
  end
  if not actual.state then
    want(example.expect.stored == 0 or (example.expect.status or 200) >= 300, "it is no alert, and expect does not say stored = 0")
    return out
  end
  for _, field in ipairs { "grouping_id", "state", "title" } do
    want(example.expect[field] ~= nil, "expect has no " .. field)
  end
  want((actual.title or ""):find "%S", "the title is empty")
  want(not (actual.title or ""):find "\n", "the title has more than one line")
  want(is_excused(name, "message") or not is_payload(actual.message or ""), "the message is only the payload as JSON")
  local severity = (actual.labels or {}).severity
  want(is_excused(name, "severity") or not severity or SEVERITIES[severity], "severity is no word of the house: " .. tostring(severity))
  check_channels(actual, want)
  return out
end

return house_rules
