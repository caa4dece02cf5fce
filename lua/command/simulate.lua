--- `tocsin simulate`: who would be called when, by what and why, if nobody answered.
---
--- The engine itself runs, on a copy of the configuration and a virtual clock; timeline.lua shows what it wrote.
local console <const> = require("tocsin.console")
local crypto <const> = require("tocsin.crypto")
local engine <const> = require("tocsin.engine")
local flags <const> = require("command.flags")
local json <const> = require("tocsin.json")
local time <const> = require("api.time")
local timeline <const> = require("command.timeline")

local find <const>, match <const>, format <const> = string.find, string.match, string.format

local simulate = {}

local HELP <const> = [[
tocsin simulate --data DIR --integration NAME|ID --payload FILE [--at TIME] [--for LENGTH] [--json]
tocsin simulate --data DIR --group NUMBER [--at TIME] [--for LENGTH] [--json]

Shows what an alert would lead to if nobody answered: who is called when, by what, and why. The engine runs on a copy
of the configuration and on virtual time; nothing is sent, the data folder stays as it is. Works while the server runs.
Maintenance windows count as they stand: those that run, and those that are planned for the time that is looked at.
  --data DIR            the server's data folder
  --integration NAME    the integration that gets the alert, by its name or its id
  --payload FILE        the bytes that the source would post; - is standard input
  --content-type TYPE   of the payload; default: application/json, or text/plain when it does not look like JSON
  --group NUMBER        instead of both: the last alert of this alert group once more, as a new group
  --at TIME             when the alert comes: 2026-05-19T12:30, in UTC or with an offset (+02:00); default: now
  --for LENGTH          how long to look at most: 90s, 30m, 24h, 7d (default 24h)
  --integrations DIR    folder with integration files of your own, as of `tocsin serve`
  --json                one JSON object a line: at, after_ms, group, event, …
]]

local FLAGS <const> = { data = "value", integration = "value", payload = "value", ["content-type"] = "value", group = "value",
  at = "value", ["for"] = "value", integrations = "value", json = "alone" }
local UNITS <const> = { s = 1000, m = 60000, h = 3600000, d = 86400000 }
local LONGEST_MS <const> = 366 * 86400000
local LONGEST_AHEAD_US <const> = 100 * 366 * 86400000000
local STEPS_MAX <const> = 100000 -- moments; an escalation has a few thousand at most
local KINDS <const> = "('escalate', 'page', 'watch_answer', 'release')"
-- When what calls is to come: of a window's end, as long as it keeps a group.
local DUE <const> = "SELECT min(due_at) AS at FROM (SELECT due_at FROM job WHERE kind IN " .. KINDS ..
  " OR (kind = 'maintenance' AND EXISTS (SELECT 1 FROM alert_group WHERE maintenance_id IS NOT NULL AND resolved_at IS NULL)) " ..
  "UNION ALL SELECT due_at FROM outbox_queue) AS d"

-- Words ---------------------------------------------------------------------------------------------------------------

local function length_of(text)
  local count, unit = match(text, "^(%d%d?%d?%d?%d?%d?%d?)([smhd])$")
  local ms = count and math.tointeger(tonumber(count)) * UNITS[unit]
  if ms and ms > 0 and ms <= LONGEST_MS then return ms end
  return nil, "--for must be a length of at most 366d, like 90s, 30m, 24h or 7d, not '" .. text .. "'"
end

local function what_of(f)
  if f.group then
    if f.integration or f.payload then return nil, "--group stands instead of --integration and --payload" end
    f.group = find(f.group, "^[1-9]%d*$") and #f.group <= 18 and math.tointeger(tonumber(f.group)) or nil
    if not f.group then return nil, "--group must be the number of an alert group, like 17" end
  elseif not f.integration then return nil, "--integration is missing: the name or id of what gets the alert"
  elseif not f.payload then return nil, "--payload is missing: a file with what the source posts, or - for standard input" end
  return f
end

local function parse(list, now)
  local f, why = flags.parse("simulate", list, FLAGS)
  if not f or f.help then return f, why end
  if not f.data then return nil, "--data is missing: the server's data folder" end
  f, why = what_of(f)
  if not f then return nil, why end
  f.start = f.at and time.parse_moment(f.at) or not f.at and now
  if not f.start or f.start < 0 or f.start > LONGEST_AHEAD_US then
    return nil, "--at must be a moment like 2026-05-19T12:30 or 2026-05-19T12:30:00+02:00, not '" .. f.at .. "'"
  end
  f.length, why = length_of(f["for"] or "24h")
  if not f.length then return nil, why end
  return f
end

-- The core ------------------------------------------------------------------------------------------------------------

local function query_of(core)
  return function(sql, ...)
    local text, why = engine.port_text(core, "write",
      json.encode { statements = json.array { { sql = sql, args = json.array { ... } } } })
    if not text then error(why, 0) end
    local rows = json.decode(text).rows
    for _, row in ipairs(rows) do
      for name, v in pairs(row) do
        if v == json.null then row[name] = nil end
      end
    end
    return rows
  end
end

-- The API of the copy knows what an id means; the token lives and dies with the copy.
local function by_id(core, query, id)
  if not find(id, "^%w+$") then return nil end
  local secret = crypto.random_bytes(32)
  local token = crypto.hex(secret)
  query("INSERT INTO api_token (name, role, token_key, digest, created_at) VALUES ('simulate', 'admin', $1, $2, 1)",
    string.sub(token, 1, 8), crypto.sha512_hex(secret))
  local status, body = engine.request(core, "GET", "/api/v1/integrations/" .. id .. "/", { authorization = token })
  return status == 200 and match(json.decode(body).link, "//[^/]*(/.*)$") or nil
end

local function path_of(row) return "/integrations/v1/" .. row.type .. "/" .. row.token .. "/" end

local function integration_path(core, query, name)
  local rows = query("SELECT type, token FROM integration WHERE name = $1 AND deleted_at IS NULL LIMIT 2", name)
  if #rows == 1 then return path_of(rows[1]) end
  if #rows > 1 then return nil, "several integrations have the name '" .. name .. "': name it by its id" end
  local path = by_id(core, query, name)
  if path then return path end
  return nil, "there is no integration with the name or id '" .. name .. "'"
end

local function looks_like_json(bytes) return find(bytes, "^%s*[{%[]") ~= nil end

-- → path, bytes, content type of the alert; nil and a sentence
local function alert_of(core, query, f)
  if not f.group then
    local path, why = integration_path(core, query, f.integration)
    if not path then return nil, why end
    local kind = f["content-type"] or looks_like_json(f.bytes) and "application/json" or "text/plain"
    return path, f.bytes, kind
  end
  local row = query("SELECT i.type, i.token, i.deleted_at, CAST(a.payload AS TEXT) AS payload, a.parsed " ..
    "FROM alert_group AS g LEFT JOIN integration AS i ON i.id = g.integration_id " ..
    "LEFT JOIN alert AS a ON a.id = g.last_alert_id WHERE g.id = $1", f.group)[1]
  if not row then return nil, "there is no alert group with the number " .. f.group end
  if not row.token or row.deleted_at then return nil, "the integration of the alert group is deleted" end
  if not row.payload then return nil, "the alert group has no alerts any more" end
  local form = row.parsed and find(row.parsed, "^{") and "application/x-www-form-urlencoded"
  return path_of(row), row.payload, form or row.parsed and "text/plain" or "application/json"
end

-- Maintenance windows as they stand at the moment of the alert; looked back, their times alone say when they ran.
local function settle_windows(core, query, start)
  query("UPDATE maintenance SET state = 'planned', planned_at = NULL WHERE started_at > $1 OR planned_at > $1 " ..
    "OR (state <> 'running' AND end_at > $1)", start)
  for _, window in ipairs(query("SELECT id FROM maintenance")) do
    local done, why = engine.port_text(core, "maintenance", json.encode { window = window.id, by = "system" })
    if not done then error(why, 0) end
  end
end

-- Moves the clock from one moment to the next until nothing that calls is to come, or the time is over.
local function run(core, query, stop)
  for _ = 1, STEPS_MAX do
    local due = query(DUE)[1].at
    if not due then return true end
    local now = engine.now(core)
    if due > stop or now >= stop then break end
    engine.advance(core, math.max(1, (due - now + 999) // 1000))
  end
  return false
end

local function sentence_of(body)
  local ok, answer = pcall(json.decode, body)
  return ok and type(answer) == "table" and type(answer.detail) == "string" and answer.detail or body
end

local function rehearse(core, f)
  local query = query_of(core)
  local path, bytes, kind = alert_of(core, query, f)
  if not path then return nil, bytes end
  settle_windows(core, query, f.start)
  local status, body = engine.request(core, "POST", path, { ["content-type"] = kind }, bytes)
  if status ~= 200 then return nil, format("the alert is refused with %d: %s", status, sentence_of(body)) end
  local is_over = run(core, query, f.start + f.length * 1000)
  local events = timeline.events(query, f.group or 0)
  if #events == 0 then return nil, "the alert opens no alert group" end
  return events, is_over
end

local function show(events, f, is_over)
  local first, has_groups = events[1].group, false
  for _, event in ipairs(events) do has_groups = has_groups or event.group ~= first end
  for _, event in ipairs(events) do
    local line = f.json and timeline.json_line(event, f.start) or timeline.line(event, f.start, has_groups)
    if line then console.out(line) end
  end
  if f.json then return end
  if not is_over then console.out("It would go on after " .. (f["for"] or "24h") .. "; see --for.\n") end
  console.out(timeline.summary(events))
end

--- The command. `words_json` holds the words after `simulate`.
---@param words_json string
---@param now integer microseconds since 1970
---@return integer exit_code
function simulate.main(words_json, now)
  local function fail(sentence, code)
    console.err("tocsin simulate: " .. sentence .. "\n")
    return code
  end
  local f, why = parse(json.decode(words_json), now)
  if not f then return fail(why, 2) end
  if f.help then console.out(HELP) return 0 end
  if f.payload then
    f.bytes, why = console.read(f.payload)
    if not f.bytes then return fail(why, 1) end
  end
  local core, sentence = engine.open { copy_of = f.data, copy_group = f.group, is_rehearsal = true, start_at = f.start,
    integrations = f.integrations }
  if not core then return fail(sentence, 1) end
  local ok, events, more = pcall(rehearse, core, f)
  engine.close(core)
  if not ok then return fail(tostring(events), 1) end
  if not events then return fail(more, 1) end
  show(events, f, more)
  return 0
end

return simulate
