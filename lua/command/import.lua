--- `tocsin import oncall`: takes over what a living Grafana OnCall has.
local apply <const> = require("config.apply")
local console <const> = require("tocsin.console")
local difference <const> = require("config.difference")
local flags <const> = require("command.flags")
local folder <const> = require("config.folder")
local json <const> = require("tocsin.json")
local kinds_of <const> = require("config.kinds")
local oncall <const> = require("config.oncall")
local remote <const> = require("config.remote")

local format <const> = string.format

local import = {}

local HELP <const> = [[
tocsin import oncall --url URL --token TOKEN --data DIR --plan|--apply [--keys FILE]
tocsin import oncall --url URL --token TOKEN --to FOLDER [--keys FILE]

Reads a living Grafana OnCall over its public API and takes over users with their rules, teams, schedules with shifts,
escalation chains, integrations with templates, routes and their keys, and webhooks: senders change one host name.
Says for each object whether it is the same, would be added or changed, or cannot be taken over, and why.
  --url URL             the address of the OnCall engine, like https://oncall.example.org
  --token TOKEN         an API key of an admin there (Settings, API keys); - reads it from standard input
  --data DIR            the data folder of this server, which may be running
  --plan                only shows it; ends with 0 when nothing would change, with 2 when something would
  --apply               does it, in one transaction; a second time it changes nothing
  --to FOLDER           writes files for `tocsin apply` instead; integrations have their keys in them
  --keys FILE           keys that the API does not tell: on each line the id or name of an integration, a space, its key
  --ca-file FILE        authorities to trust instead of the system's
  --integrations DIR    folder with integration files of your own, as of `tocsin serve`

  tocsin import oncall --url https://oncall.example.org --token - --data /var/lib/tocsin --plan < token
  tocsin import oncall --url https://oncall.example.org --token - --data /var/lib/tocsin --apply < token

Objects of the same name are changed to be as they are there; nothing is deleted but routes, steps, rules and shifts of
such objects. The role of a person who is here already stays. The address is yours to choose, in a private network too.
Phone numbers, passwords and labels are not told by that API; each is named.
]]

local FLAGS <const> = { url = "value", token = "value", data = "value", plan = "alone", apply = "alone", to = "value",
  keys = "value", ["ca-file"] = "value", integrations = "value" }

local function fail(sentence, code)
  console.err("tocsin import: " .. sentence .. "\n")
  return code
end

local function check(words)
  local name = table.remove(words, 1)
  if name == "--help" or name == "-h" then return { help = true } end
  local f, why = flags.parse("import", words, FLAGS)
  if f and f.help then return f end
  if name ~= "oncall" then return nil, "say what from: `tocsin import oncall`; see `tocsin import --help`" end
  if not f then return nil, why end
  if not f.url then return nil, "--url is missing: the address of the OnCall engine" end
  if not string.find(f.url, "^https?://[^/%s]+%S*$") then
    return nil, "--url must begin with http:// or https://, not '" .. f.url .. "'"
  end
  if not f.token then return nil, "--token is missing: an API key of an admin there" end
  local modes = (f.plan and 1 or 0) + (f.apply and 1 or 0) + (f.to and 1 or 0)
  if modes ~= 1 then return nil, "say one of --plan, --apply and --to FOLDER" end
  if not f.to and not f.data then return nil, "--data is missing: the data folder of this server" end
  return f
end

local function first_line(text) return string.match(text, "^%s*(%S+)") end

local function read_keys(path)
  local given, n = {}, 0
  if not path then return given end
  local text, why = console.read(path)
  if not text then return nil, why end
  for line in string.gmatch(text, "[^\r\n]+") do
    n = n + 1
    local name, key = string.match(line, "^%s*(.-)[%s,;]+([%w_-]+)%s*$")
    if name and name ~= "" then given[name] = key
    elseif string.find(line, "%S") and not string.find(line, "^%s*#") then
      return nil, format("%s:%d: expected the id or name of an integration, a space and its key", path, n)
    end
  end
  return given
end

-- Telling ------------------------------------------------------------------------------------------------------------------

local function each(desired, kinds, deed)
  for _, kind in ipairs(kinds) do
    for _, wanted in ipairs(desired.objects[kind.name] or {}) do deed(wanted) end
  end
end

local function tell_sentences(list)
  for _, one in ipairs(list or {}) do console.out(format("    cannot: %s\n", one.sentence)) end
end

local function by_path(list)
  local found = {}
  for _, one in ipairs(list) do
    found[one.path] = found[one.path] or {}
    table.insert(found[one.path], one)
  end
  return found
end

local function fields_text(one)
  return string.match(difference.text(one), "^[^\n]*\n(.*)$")
end

-- Each object with what becomes of it; gives the counts.
local function tell(plan, notes)
  local differences, wrong, noted = {}, by_path(plan.wrong), by_path(notes)
  for _, one in ipairs(plan.differences) do differences[one.id or one.path] = one end
  local counts = { same = 0, add = 0, change = 0, cannot = 0 }
  each(plan.desired, plan.kinds, function(wanted)
    local one = wanted.object and differences[wanted.object.id]
    local what = not wanted.object and "cannot" or one and one.what or "same"
    counts[what] = counts[what] + 1
    console.out(format("%-7s %s\n", what == "add" and "added" or what == "change" and "changed" or what, wanted.path))
    if one then console.out(fields_text(one)) end
    tell_sentences(wrong[wanted.path])
    tell_sentences(noted[wanted.path])
    wrong[wanted.path], noted[wanted.path] = nil, nil
  end)
  for _, one in ipairs(notes) do
    if noted[one.path] then console.out(format("note    %s: %s\n", one.path, one.sentence)) end
  end
  console.out(format("%d same, %d added, %d changed, %d not possible.\n", counts.same, counts.add, counts.change, counts.cannot))
  return counts
end

local function write_files(dir, desired, notes, kinds)
  local files = folder.files({ objects = {} }, {}, nil)
  each(desired, kinds, function(wanted) files[wanted.path] = folder.text(wanted.kind, wanted.document) end)
  local written, why = folder.write(dir, kinds, files)
  if not written then return fail(why, 1) end
  for _, one in ipairs(notes) do console.out(format("note    %s: %s\n", one.path, one.sentence)) end
  console.out(format("%s: %d files changed. They hold keys of integrations.\n", dir, written))
  return 0
end

-- The command ---------------------------------------------------------------------------------------------------------------

-- Their lists are read once, and made into what is desired again for each attempt.
local function kept(get)
  local lists = {}
  return function(path)
    if not lists[path] then
      local list, why = get(path)
      if not list then return nil, why end
      lists[path] = list
    end
    return lists[path]
  end
end

local function run(f, given, now)
  local kinds, notes = kinds_of.list(), nil
  local get = kept(remote.lists { url = f.url, token = f.token, ca_file = f["ca-file"], on_wait = function(seconds)
    console.err(format("OnCall asks for patience: going on in %d s.\n", seconds))
  end })
  local function fresh()
    local desired
    desired, notes = oncall.read(get, kinds, given, now)
    return desired
  end
  if f.to then return write_files(f.to, fresh(), notes, kinds) end
  local options = { now = now, is_partial = true, is_tolerant = true, integrations = f.integrations,
    who = { actor = { via = "command", by_name = console.user() } } }
  local desired = fresh() -- before anything is made here
  local plan, why
  if f.plan then plan, why = apply.plan(f.data, desired, options)
  else
    plan, why = apply.ensure(f.data)
    if plan then plan, why = apply.make(f.data, fresh, options) end
  end
  if not plan then return fail(why, 1) end
  local counts = tell(plan, notes)
  return f.plan and counts.add + counts.change > 0 and 2 or 0
end

--- main(words_json, now) → exit code
function import.main(words_json, now)
  local f, why = check(json.decode(words_json))
  if not f then return fail(why, 3) end
  if f.help then console.out(HELP) return 0 end
  if f.token == "-" then
    local text = console.read("-")
    f.token = text and first_line(text)
    if not f.token then return fail("no token came on standard input", 3) end
  end
  local given
  given, why = read_keys(f.keys)
  if not given then return fail(why, 1) end
  local ok, code = pcall(run, f, given, now)
  if ok then return code end
  return fail(tostring(code), 1)
end

return import
