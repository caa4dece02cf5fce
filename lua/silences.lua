--- Silences by matchers, as Alertmanager has them: matchers checked, read from text, and made into a template's condition.
local json <const> = require("tocsin.json")
local regex <const> = require("tocsin.regex")
local ipairs <const>, type <const> = ipairs, type
local format <const>, match <const>, concat <const> = string.format, string.match, table.concat

local silences = {}

local MATCHERS_MAX <const>, TEXT_MAX <const> = 50, 1000

local function literal(text) return (json.encode(text)) end
local function whole(pattern) return "^(?:" .. pattern .. ")\\Z" end

-- One matcher as an expression over the labels `l`; a label that is missing is empty.
local function expression(m)
  local value = format("l.get(%s, '')", literal(m.name))
  local test = m.isRegex and format("(%s | regex_match(%s))", value, literal(whole(m.value)))
    or format("(%s == %s)", value, literal(m.value))
  return m.isEqual == false and "not " .. test or test
end

--- A template that is true for payloads whose labels have all of the matchers.
---@param matchers {name: string, value: string, isRegex: boolean, isEqual: boolean}[]
---@return string
function silences.condition(matchers)
  local parts = {}
  for i, m in ipairs(matchers) do parts[i] = expression(m) end
  return "{% set l = payload.labels or {} %}{{ " .. (#parts > 0 and concat(parts, " and ") or "false") .. " }}"
end

local function is_match(m, value)
  local found
  if m.isRegex then found = regex.match(whole(m.value), value) == true else found = value == m.value end
  return found == (m.isEqual ~= false)
end

--- Whether plain labels have all of the matchers.
function silences.covers(matchers, labels)
  for _, m in ipairs(matchers) do
    local value = labels[m.name]
    if not is_match(m, type(value) == "string" and value or "") then return false end
  end
  return true
end

-- What is wrong with one matcher.
local function problem_of(m)
  if type(m) ~= "table" or type(m.name) ~= "string" or type(m.value) ~= "string" then return "a matcher needs name and value" end
  if not match(m.name, "^[%a_][%w_]*$") then return format("invalid label name %q", m.name) end
  if #m.value > TEXT_MAX then return "a matcher's value has up to 1000 characters" end
  for _, name in ipairs { "isRegex", "isEqual" } do
    if m[name] ~= nil and m[name] ~= json.null and type(m[name]) ~= "boolean" then return name .. " must be true or false" end
  end
  if m.isRegex == true then
    local found, why, message = regex.match(whole(m.value), "")
    if found == nil and why then return "invalid regular expression: " .. (message or m.value) end
  end
end

--- Matchers as they are stored, or nil and what is wrong with them.
function silences.check(list)
  if type(list) ~= "table" or #list == 0 then return nil, "invalid silence: at least one matcher required" end
  if #list > MATCHERS_MAX then return nil, "invalid silence: up to 50 matchers" end
  local out, is_narrow = {}, false
  for i, m in ipairs(list) do
    local why = problem_of(m)
    if why then return nil, "invalid silence: " .. why end
    out[i] = { name = m.name, value = m.value, isRegex = m.isRegex == true, isEqual = m.isEqual ~= false }
    is_narrow = is_narrow or not is_match(out[i], "")
  end
  if not is_narrow then return nil, "invalid silence: at least one matcher must not match the empty string" end
  return out
end

local function unquoted(text)
  return match(text, '^%s*"(.*)"%s*$') or match(text, "^%s*(.-)%s*$")
end

local OPERATORS <const> = { ["="] = { false, true }, ["!="] = { false, false }, ["=~"] = { true, true }, ["!~"] = { true,
  false } }

--- A matcher written as `name="value"`, with = != =~ or !~; nil when it is none.
function silences.parse(text)
  local name, operator, value = match(text, '^%s*"?([%a_][%w_]*)"?%s*([=!][=~]?)(.*)$')
  local kind = OPERATORS[operator or ""]
  if not kind then return nil end
  local m = { name = name, value = unquoted(value), isRegex = kind[1], isEqual = kind[2] }
  return not problem_of(m) and m or nil
end

--- active, pending or expired.
function silences.state(silence, now)
  if silence.ends_at <= now then return "expired" end
  return silence.starts_at > now and "pending" or "active"
end

--- What signals need of an integration's silences: `prepare` compiles a template.
function silences.prepare(list, prepare)
  if type(list) ~= "table" or #list == 0 then return nil end
  local out = {}
  for i, s in ipairs(list) do
    out[i] = { starts_at = s.starts_at, ends_at = s.ends_at, template = prepare(silences.condition(s.matchers)) }
  end
  return out
end

--- Until when what is asked for is covered: the latest end of those for which `is_covered` says so; nil: it is not.
function silences.until_of(prepared, now, is_covered)
  local until_at
  for _, s in ipairs(prepared) do
    local counts = s.starts_at <= now and s.ends_at > now and s.ends_at > (until_at or 0)
    if counts and is_covered(s.template) then until_at = s.ends_at end
  end
  return until_at
end

return silences
