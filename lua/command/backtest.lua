--- `tocsin backtest`: what changed templates, labels or routes would have made of an integration's stored alerts.
---
--- The running server does it on its own thread for that, or this process when no server runs; either way nothing is
--- written. Interrupted, the server gives the run up by itself.
local console <const> = require("tocsin.console")
local flags <const> = require("command.flags")
local json <const> = require("tocsin.json")
local port <const> = require("tocsin.port")

local find <const>, format <const>, gsub <const> = string.find, string.format, string.gsub

local backtest = {}

local HELP <const> = [[
tocsin backtest --data DIR --integration NAME|ID --changes FILE [--last N] [--json]

Renders the stored alerts of an integration twice, as it is and with the changes, and shows what would have differed:
groups merged or split, resolves missed, routes, texts. Nothing is changed. Works while the server runs.
  --data DIR            the server's data folder
  --integration NAME    the integration, by its name or its id
  --changes FILE        JSON as of POST /api/v1/integrations/<id>/backtest/, like
                        {"templates": {"grouping_key": "{{ payload.host }}"}}; - is standard input
  --last N              how many of its last alerts (1 to 100000, default 10000)
  --json                a JSON object a line: how far it is, then the report
]]

local FLAGS <const> = { data = "value", integration = "value", changes = "value", last = "value", json = "alone" }
local WAIT_MS <const> = 1000  -- for news of a run, at most
local LEASE_MS <const> = 10000 -- after which the server gives up a run that nobody looks at

local MISSING <const> = { { "data", "the server's data folder" }, { "integration", "its name or its id" },
  { "changes", "a file with what would be changed, or - for standard input" } }

local function parse(list)
  local f, why = flags.parse("backtest", list, FLAGS)
  if not f or f.help then return f, why end
  for _, pair in ipairs(MISSING) do
    if not f[pair[1]] then return nil, format("--%s is missing: %s", pair[1], pair[2]) end
  end
  if f.last and not find(f.last, "^[1-9]%d?%d?%d?%d?%d?$") then
    return nil, "--last must be a number from 1 to 100000, not '" .. f.last .. "'"
  end
  return f
end

-- The changes as they were sent, with --last put in, in the bytes of a request.
local function request_of(f, text)
  local changes = json.decode(text)
  if type(changes) ~= "table" or getmetatable(changes) == json.array_mt then return nil, f.changes .. ": not a JSON object" end
  if f.last then changes.last = math.tointeger(tonumber(f.last)) end
  return json.encode { integration = f.integration, changes = changes }
end

-- Words ------------------------------------------------------------------------------------------------------------------

local function one_line(text)
  if text == nil or text == json.null then return "nothing" end
  return '"' .. gsub(text, "[%c\127]+", " ") .. '"'
end

local function show_samples(t)
  for _, s in ipairs(t.samples) do
    console.out(format("    %s of %s: %s -> %s\n", s.alert_id, s.alert_group_id, one_line(s.old), one_line(s.new)))
  end
end

local function show_counted(name, t)
  console.out(format("  %s: %d\n", name, t.count))
  show_samples(t)
end

local function show_flags(name, t)
  console.out(format("%s: %d, would be %d\n", name, t.old, t.new))
  show_counted("missed", t.missed)
  show_counted("new", t.added)
  if t.without_group then
    console.out(format("  with nothing open: %d, would be %d\n", t.without_group.old, t.without_group.new))
  end
end

local function show(report)
  console.out(format("%d alerts%s\n", report.payloads,
    report.unreadable > 0 and format(", %d more that cannot be read any more", report.unreadable) or ""))
  if report.groups then
    console.out(format("groups: %d, would be %d\n", report.groups.old, report.groups.new))
    show_counted("merged", report.groups.merged)
    show_counted("split", report.groups.split)
    show_flags("resolves", report.resolves)
    show_flags("acknowledges", report.acknowledges)
    for _, r in ipairs(report.routes) do console.out(format("route %s -> %s: %d\n", r.from, r.to, r.count)) end
  end
  for _, d in ipairs(report.renderings) do
    console.out(format("%s: %d differ%s\n", d.field, d.count,
      d.errors_old + d.errors_new > 0 and format("; errors %d, would be %d", d.errors_old, d.errors_new) or ""))
    show_samples(d)
  end
end

-- Running ----------------------------------------------------------------------------------------------------------------

local function tell(f, run)
  if f.json then
    local report = run.report
    run.report = nil
    local line = json.encode(run)
    if report then line = string.sub(line, 1, -2) .. ',"report":' .. report .. "}" end
    console.out(line .. "\n")
  elseif run.total and run.total ~= json.null then
    console.err(format("\r%d of %d", run.done, run.total))
  end
end

local OVER <const> = { done = true, stopped = true, failed = true }

local function follow(f, request)
  local run, why = port.call("backtest", { data = f.data, start = request, lease_ms = LEASE_MS })
  while run and not OVER[run.state] do
    local before <const> = run
    run, why = port.call("backtest", { data = f.data, id = run.id, wait_ms = WAIT_MS, state = run.state, done = run.done })
    if run and not OVER[run.state] and (run.done ~= before.done or run.state ~= before.state) then
      tell(f, run)
    end
  end
  return run, why
end

--- The command. `words_json` holds the words after `backtest`.
---@param words_json string
---@return integer exit_code
function backtest.main(words_json)
  local function fail(sentence, code)
    console.err("tocsin backtest: " .. sentence .. "\n")
    return code
  end
  local f, why = parse(json.decode(words_json))
  if not f then return fail(why, 2) end
  if f.help then console.out(HELP) return 0 end
  local text, request, run
  text, why = console.read(f.changes)
  if not text then return fail(why, 1) end
  request, why = request_of(f, text)
  if not request then return fail(why, 1) end
  run, why = follow(f, request)
  if not run then return fail(why, 1) end
  if run.state == "failed" then return fail(run.error, 1) end
  local report = run.report
  tell(f, run)
  if not f.json then
    console.err("\n")
    show(json.decode(report))
  end
  return run.state == "done" and 0 or 1
end

return backtest
