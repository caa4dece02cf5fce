--- What the fields of a payload probably mean: title, place, key, state, link, severity, message; each with the reason. Pure.
---
--- A guess to start from, not an answer: names of fields and the look of values are all there is to go by.
local json <const> = require("tocsin.json")
local keys <const> = require("keys")
local find <const>, format <const>, lower <const>, gsub <const> = string.find, string.format, string.lower, string.gsub
local ipairs <const>, type <const>, tostring <const> = ipairs, type, tostring

local guess = {}

local DEPTH <const>, LEAVES_MAX <const> = 5, 2000

-- The expression of a member, which prints nothing when what it is a member of is not there.
local function step(path, name, is_list)
  if path ~= "payload" then path = format("(%s or %s)", path, is_list and "[{}]" or "{}") end
  if type(name) == "number" then return format("%s[%d]", path, name - 1) end
  if find(name, "^[%a_][%w_]*$") and name ~= "items" and name ~= "keys" and name ~= "values" and name ~= "get" and name ~= "copy"
    and name ~= "update" and name ~= "pop" and name ~= "clear" then
    return path .. "." .. name
  end
  return format("%s[%q]", path, name)
end

-- Every text, number and boolean: {path, name, value, depth}, the shallow ones first.
local function leaves_of(value, path, name, depth, out)
  if type(value) == "table" then
    if depth >= DEPTH then return out end
    local is_list = getmetatable(value) == json.array_mt
    for i, key in ipairs(is_list and { 1 } or keys.sorted(value)) do
      local here, called = step(path, key, is_list), is_list and name or key
      if value[key] ~= nil and i <= 200 then leaves_of(value[key], here, called, depth + 1, out) end
    end
  elseif value ~= json.null and #out < LEAVES_MAX then
    out[#out + 1] = { path = path, name = lower(tostring(name)), value = value, depth = depth }
  end
  return out
end

-- "alertName", "alert-name" and "ALERT_NAME" are one word.
local function plain(name) return (gsub(lower(name), "[^%w]", "")) end

-- The leaf whose name comes first in the list, the shallowest of those; `fits(leaf)` may refuse.
local function pick(leaves, names, fits)
  for _, name in ipairs(names) do
    local found
    for _, leaf in ipairs(leaves) do
      if plain(leaf.name) == name and (not found or leaf.depth < found.depth) and (not fits or fits(leaf)) then found = leaf end
    end
    if found then return found, name end
  end
end

local function is_text(leaf) return type(leaf.value) == "string" and leaf.value ~= "" end
local function is_word(leaf)
  return is_text(leaf) and #leaf.value <= 200 and not find(leaf.value, "^https?://") and not find(leaf.value, "\n")
end
local function is_address(leaf) return is_text(leaf) and find(leaf.value, "^https?://[^%s]+$") ~= nil end
local function is_key(leaf) return (is_text(leaf) and #leaf.value <= 200 or math.type(leaf.value) == "integer") end

local TITLES <const> = {
  "title", "summary", "subject", "alertname", "rulename", "checkname", "problem", "alert", "rule", "check", "name", "event",
  "eventname", "monitor", "monitorname", "message", "description", "text" }
local PLACES <const> = {
  "host", "hostname", "instance", "node", "nodename", "server", "device", "service", "servicename", "resource", "entity",
  "target", "site", "cluster", "application", "app", "monitorurl", "region" }
local IDS <const> = {
  "dedupkey", "incidentkey", "alias", "fingerprint", "groupkey", "alertuid", "alertid", "incidentid", "problemid", "issueid",
  "monitorid", "checkid", "ruleid", "triggerid", "uid", "key", "id" }
local STATES <const> = {
  "state", "status", "alertstate", "alertstatus", "eventaction", "eventtype", "action", "transition", "currentstate",
  "newstate", "conclusion", "type", "event", "level", "firing", "resolved" }
local LINKS <const> = {
  "url", "link", "href", "permalink", "alerturl", "incidenturl", "dashboardurl", "weburl", "htmlurl", "externalurl" }
local SEVERITIES <const> = { "severity", "priority", "level", "urgency", "criticality" }
local MESSAGES <const> = {
  "message", "description", "details", "text", "body", "output", "reason", "info", "note", "msg", "summary" }

-- A word of a state, and how its opposite is called. Of the first column: something is wrong.
local OPPOSITES <const> = {
  { "firing", "resolved" }, { "alerting", "ok" }, { "alert", "ok" }, { "alarm", "ok" }, { "down", "up" },
  { "problem", "recovery" }, { "critical", "ok" }, { "crit", "ok" }, { "warning", "ok" }, { "error", "ok" },
  { "open", "closed" }, { "opened", "closed" }, { "triggered", "resolved" }, { "trigger", "resolve" },
  { "failed", "success" }, { "failure", "success" }, { "failing", "passing" }, { "unhealthy", "healthy" },
  { "active", "resolved" }, { "raised", "cleared" }, { "new", "closed" }, { "degraded", "operational" },
  { "offline", "online" }, { "breached", "ok" }, { "unresolved", "resolved" }, { "created", "closed" } }

-- What a value of a state says: whether all is well, and the opposite in its own case.
local function reading_of(value)
  if type(value) == "boolean" then return { opposite = not value } end
  if type(value) ~= "string" then return nil end
  local word = lower(value)
  for column = 1, 2 do
    for _, pair in ipairs(OPPOSITES) do
      if word == pair[column] then
        local other = pair[3 - column]
        if value == string.upper(value) then other = string.upper(other)
        elseif value == string.upper(string.sub(value, 1, 1)) .. string.sub(value, 2) then
          other = string.upper(string.sub(other, 1, 1)) .. string.sub(other, 2)
        end
        return { is_well = column == 2, opposite = other }
      end
    end
  end
end

local function state_of(leaves)
  local leaf = pick(leaves, STATES, function(l) return reading_of(l.value) ~= nil end)
  if not leaf then return nil end
  local r = reading_of(leaf.value)
  if type(leaf.value) == "boolean" then
    r.is_well = (plain(leaf.name) == "resolved") == leaf.value
  end
  local well = r.is_well and leaf.value or r.opposite
  return { path = leaf.path, value = leaf.value, well = well, bad = r.is_well and r.opposite or leaf.value,
    why = format("`%s` is %s, and its end is probably %s", leaf.path, json.encode(leaf.value), json.encode(well)) }
end

-- Ids of a single message are new each time; of such names only those that no other field is better than.
local function key_of(leaves, state)
  local leaf, name = pick(leaves, IDS, function(l) return is_key(l) and not (state and l.path == state.path) end)
  if not leaf then return nil end
  local is_vague = name == "id" or name == "uid" or name == "key"
  local doubt = is_vague and "; make sure that the recovery carries the same, or use the host and the check" or ""
  return { path = leaf.path, value = leaf.value, why = format("`%s` looks like the number of one problem%s", leaf.path, doubt) }
end

local function seconds_of(found, sentence)
  return found and { path = found.path, value = found.value, why = format(sentence, found.path) } or nil
end

--- What a decoded payload probably says.
---@param payload table as json.decode gives it
---@return table guesses title, place, key, state, link, severity, message: each {path, value, why} or nil
function guess.fields(payload)
  local leaves = leaves_of(payload, "payload", "payload", 0, {})
  table.sort(leaves, function(a, b) return a.depth ~= b.depth and a.depth < b.depth or a.depth == b.depth and a.path < b.path end)
  local out = { state = state_of(leaves) }
  local function other_than(...)
    local taken = {}
    for _, one in ipairs { ... } do taken[one.path or one] = true end
    return function(leaf) return is_word(leaf) and not taken[leaf.path] end
  end
  out.title = seconds_of(pick(leaves, TITLES, other_than(out.state or {})), "`%s` reads like what is wrong")
  out.place = seconds_of(pick(leaves, PLACES, other_than(out.state or {}, out.title or {})), "`%s` says where")
  out.key = key_of(leaves, out.state)
  out.link = seconds_of(pick(leaves, LINKS, is_address), "`%s` is an address")
  out.severity = seconds_of(pick(leaves, SEVERITIES, function(l)
    return is_word(l) and not (out.state and l.path == out.state.path and reading_of(l.value).is_well)
  end), "`%s` says how bad it is")
  out.message = seconds_of(pick(leaves, MESSAGES, function(l)
    return is_text(l) and not (out.title and l.path == out.title.path)
  end), "`%s` says more")
  return out
end

return guess
