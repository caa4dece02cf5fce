--- `tocsin check [FILE…]`: loads integration files, renders their examples and runs them through the core.
---
--- An example is posted as it stands and then compared with its `expect`: the renderings of the alert, and the group it
--- went to. What no example expects is reported too, because a template that nobody tests can break unseen.
local channels <const> = require("channels")
local integration <const> = require("integration")
local json <const> = require("tocsin.json")
local keys <const> = require("keys")
local receive <const> = require("receive")
local render <const> = require("render")
local schema <const> = require("schema")
local ipairs <const>, pairs <const>, tostring <const>, type <const> = ipairs, pairs, tostring, type
local format <const>, find <const>, rep <const>, gsub <const> = string.format, string.find, string.rep, string.gsub
local match <const>, concat <const> = string.match, table.concat

local check = {}

local NEUTRAL <const> = { "title", "message", "image_url", "source_link" }
local GROUP_NUMBER <const> = 1

-- Writing -------------------------------------------------------------------------------------------------------------

-- A text as a Lua literal that reads well in a file.
local function literal(v)
  if type(v) ~= "string" then return tostring(v) end
  if find(v, "\n", 1, true) and not find(v, "]]", 1, true) and not find(gsub(v, "\n", ""), "%c") then
    return "[[\n" .. v .. "]]"
  end
  return (gsub(format("%q", v), "\\\n", "\\n"))
end

local ORDER <const> = { "stored", "grouping_id", "state", "groups", "alerts", "title", "message", "image_url", "source_link" }

local function write_block(lines, name, t, indent)
  local inner = {}
  for _, key in ipairs(keys.sorted(t)) do
    inner[#inner + 1] = format("%s = %s", find(key, "^[%a_][%w_]*$") and key or format("[%q]", key), literal(t[key]))
  end
  if #inner > 0 then lines[#lines + 1] = format("%s%s = { %s },", indent, name, concat(inner, ", ")) end
end

--- An `expect` table as text to paste into a file.
---@param actual table
---@return string
function check.expect_text(actual)
  local lines, indent = { "expect = {" }, "  "
  for _, key in ipairs(ORDER) do
    if actual[key] ~= nil then lines[#lines + 1] = format("%s%s = %s,", indent, key, literal(actual[key])) end
  end
  write_block(lines, "labels", actual.labels or {}, indent)
  lines[#lines + 1] = "}"
  return concat(lines, "\n")
end

-- Comparing -----------------------------------------------------------------------------------------------------------

local function shown(v)
  if v == nil or v == false then return "nothing" end
  return type(v) == "string" and format("%q", v) or tostring(v)
end

-- Where two texts part, so that a long message need not be read twice.
local function first_difference(want, got)
  local at = 1
  while at <= #want and string.byte(want, at) == string.byte(got, at) do at = at + 1 end
  local line = select(2, gsub(string.sub(want, 1, at - 1), "\n", "")) + 1
  return format("they part in line %d: …%q, not …%q", line, string.sub(got, math.max(1, at - 10), at + 30),
    string.sub(want, math.max(1, at - 10), at + 30))
end

local function compare(report, field, want, got)
  if want == false then want = nil end
  if got == false then got = nil end
  if want == got then return end
  local sentence = format("%s is %s, expected %s", field, shown(got), shown(want))
  if type(want) == "string" and type(got) == "string" and #want + #got > 200 then
    sentence = sentence .. "\n      " .. first_difference(want, got)
  end
  report(sentence)
end

local function compare_blocks(report, expect, actual)
  for _, channel in ipairs(channels.names) do
    for _, field in ipairs(keys.sorted(expect[channel] or {})) do
      compare(report, channel .. "." .. field, expect[channel][field], (actual.channels[channel] or {})[field])
    end
  end
  for _, key in ipairs(keys.sorted(expect.labels or {})) do
    compare(report, "label " .. key, expect.labels[key], (actual.labels or {})[key])
  end
end

local function compare_all(report, expect, actual)
  for _, key in ipairs(ORDER) do
    if expect[key] ~= nil then compare(report, key, expect[key], actual[key]) end
  end
  compare(report, "status of the answer", expect.status or 200, actual.status)
  compare_blocks(report, expect, actual)
  for _, key in ipairs(keys.sorted(actual.errors)) do report(format("%s: %s", key, actual.errors[key])) end
end

-- Running -------------------------------------------------------------------------------------------------------------

-- What each channel shows of one payload, the neutral texts, and every template error by field.
local function render_all(spec, defaults, text, labels)
  local o = { integration = { name = spec.name, type = spec.type }, defaults = defaults, payload_text = text,
    labels = labels, variables = { number = GROUP_NUMBER, link = "https://tocsin.example.org/alert-groups/1" } }
  local out, errors = { channels = {} }, {}
  local neutral = render.neutral(o)
  for _, field in ipairs(NEUTRAL) do
    out[field] = neutral[field]
    if out[field] == "" then out[field] = nil end
  end
  for field, why in pairs(neutral.errors or {}) do errors[field] = why end
  for _, name in ipairs(channels.names) do
    o.channel = name
    local shows = render.alert(o)
    out.channels[name] = shows
    for field, why in pairs(shows.errors or {}) do
      if not errors[field] then errors[name .. "." .. field] = why end
    end
  end
  return out, errors
end

-- The group that took the last alert: of those that grew, the youngest. And how many alerts there are more.
local function grown(before, after)
  local counts, stored, found = {}, 0, nil
  for _, group in ipairs(before) do counts[group.id] = group.alerts_count end
  for _, group in ipairs(after) do
    local more = group.alerts_count - (counts[group.id] or 0)
    stored = stored + more
    if more > 0 then found = group end
  end
  return found, stored
end

-- What went wrong in a function of the file. The core takes the request as it is then, so it would go unnoticed; a form
-- that failed has become one alert.
local function failure_of(spec, example, headers, group)
  if not spec.receive then
    local body = json.payload(example.payload) ~= nil and example.payload or group and group.payload
    return "split", body and select(2, receive.parts(spec, body)) or nil
  end
  local method, query = example.method or "POST", example.query or ""
  local kind, why, why_split = receive.apply(spec, method, query, json.encode(headers), example.payload, 0)
  if not kind then return "receive", why end
  return "split", kind == "alerts" and why_split or nil
end

-- Posts one example and gathers all that an `expect` can speak of.
local function run_example(run, example)
  local before = run.core:groups()
  local headers = example.headers or { ["content-type"] = "application/json" }
  local status = run.core:post(run.spec.type, run.token, example.payload, headers, example.query, example.method)
  local after = run.core:groups()
  local group, stored = grown(before, after)
  local actual, errors = { channels = {} }, {}
  if group then
    actual, errors = render_all(run.spec, run.defaults, group.payload, group.labels)
    actual.grouping_id, actual.state = group.grouping_id or false, group.state
    actual.labels, actual.alerts, actual.payload = group.labels, group.alerts_count, group.payload
    for field, problem in pairs(group.problems or {}) do errors[field] = errors[field] or problem end
  end
  local name, why = failure_of(run.spec, example, headers, group)
  errors[name] = why
  actual.errors, actual.status, actual.stored, actual.groups = errors, status, stored, #after
  return actual
end

local function show(write, actual)
  for _, name in ipairs(actual.state and channels.names or {}) do
    local shows = actual.channels[name]
    write(format("    %-10s %s\n", name, shows.title))
    for _, field in ipairs { "message", "image_url" } do
      if shows[field] then
        local pad = rep(" ", 15)
        write(format("%s%s\n", pad, (gsub(shows[field], "\n", "\n" .. pad))))
      end
    end
  end
  write("    " .. gsub(check.expect_text(actual), "\n", "\n    ") .. "\n")
end

--- Posts a file's examples, in order, and says what became of each.
---@param core table what they run through
---@param spec table a loaded file
---@return table[] actual for each example: all that an `expect` can speak of, `channels`, `errors` by field, and
---  the JSON text `payload` of its last alert
function check.actuals(core, spec)
  core:reset()
  local defaults = integration.templates(spec)
  local run = { core = core, spec = spec, defaults = defaults,
    token = core:create { type = spec.type, name = spec.name, templates = defaults, dynamic_labels = integration.labels(spec),
      rule = integration.rule(spec) } }
  local out = {}
  for i, example in ipairs(spec.examples) do out[i] = run_example(run, example) end
  return out
end

local function run_examples(options, spec, address)
  local failures = 0
  local actuals = check.actuals(options.core_for and options.core_for(address) or options.core, spec)
  for i, example in ipairs(spec.examples) do
    local actual, lines = actuals[i], {}
    compare_all(function(sentence) lines[#lines + 1] = sentence end, example.expect, actual)
    options.write(format("  %d. %s\n     %s\n", i, example[1],
      actual.state and actual.state .. ": " .. actual.channels.web.title or "no alert"))
    for _, line in ipairs(lines) do options.write(format("    %s: %s\n", address, line)) end
    if options.show then show(options.write, actual) end
    failures = failures + (#lines > 0 and 1 or 0)
  end
  return failures
end

local function check_file(options, file)
  local name = match(file, "([^/]+)%.lua$") or file
  local source, why
  if find(file, "%.lua$") then
    source, why = options.read(file)
    if not source then options.write(why .. "\n") return false end
  elseif find(file, "/", 1, true) then
    options.write(file .. ": an integration's file ends in .lua\n")
    return false
  end
  local address = source and file or "integrations/" .. file .. ".lua"
  local function read_base(base)
    return source and options.read((match(file, "^(.*/)") or "") .. base .. ".lua") or integration.source(base)
  end
  local spec, problems = integration.load(name, { source = source, address = address, read = read_base })
  if not spec then
    for _, sentence in ipairs(problems) do options.write(sentence .. "\n") end
    return false
  end
  options.write(address .. "\n")
  local failures = run_examples(options, spec, address)
  local untested = schema.untested(spec, address)
  for _, sentence in ipairs(untested) do options.write(sentence .. "\n") end
  options.write(format("%s: %d of %d examples as expected%s\n", address, #spec.examples - failures, #spec.examples,
    #untested > 0 and ", something untested" or ""))
  return failures == 0 and #untested == 0
end

---@class check_options
---@field files string[] paths ending in .lua, or names of built-in integrations
---@field show boolean? print every rendering and an `expect` to paste
---@field core table? what the examples run through: reset, create, post, groups
---@field core_for fun(file: string): table? a core for one file, instead of `core`
---@field write fun(text: string)
---@field read fun(path: string): string?, string?

--- Checks files.
---@param options check_options
---@return integer exit_code 0 when everything is as expected
function check.run(options)
  local is_ok = true
  for _, file in ipairs(options.files) do
    if not check_file(options, file) then is_ok = false end
  end
  return is_ok and 0 or 1
end

local LOOK_MS <const> = 200

-- The bytes of a file and of those beside it that it may have as its base, as one text; "" while it is not there.
local function looks_like(read, file)
  local text = read(file) or ""
  local base = match(text, "%f[%w]base%s*=%s*[\"'](%a[%w_]*)[\"']")
  return text .. (base and read((match(file, "^(.*/)") or "") .. base .. ".lua") or "")
end

--- Checks each file again whenever it has changed, until interrupted.
---@param options check_options
---@param console {sleep: fun(ms: integer), out: fun(text: string)}
---@param is_over fun(): boolean? nil: never
function check.watch(options, console, is_over)
  local seen = {}
  for _, file in ipairs(options.files) do seen[file] = looks_like(options.read, file) end
  console.out("Watching; save a file to check it again.\n")
  while not (is_over and is_over()) do
    console.sleep(LOOK_MS)
    for _, file in ipairs(options.files) do
      local now = looks_like(options.read, file)
      -- A file that is being written is empty for a moment.
      if now ~= seen[file] and now ~= "" then
        seen[file] = now
        console.out("\n")
        check_file(options, file)
      end
    end
  end
end

local HELP <const> = [[
tocsin check [--show] [--watch] [FILE…]

Loads integration files, renders their examples on every channel and runs them through the core.
Without FILE it checks the built-in integrations. A FILE is a path ending in .lua or a built-in integration's name.
  --show   print what each channel shows, and an `expect` table to paste
  --watch  go on, and check a FILE again whenever it is saved
Exits with 1 when an example is not as expected or something is left untested.
]]

local function parse(words)
  local files, is_show = {}, { show = false, watch = false }
  for _, word in ipairs(words) do
    if word == "--help" or word == "-h" then return nil end
    if word == "--show" or word == "--watch" then is_show[string.sub(word, 3)] = true
    elseif find(word, "^%-") then return nil, "unknown option '" .. word .. "'; see `tocsin check --help`"
    else files[#files + 1] = word end
  end
  return files, is_show
end

--- The command. `words_json` holds the words after `check`.
---@param words_json string
---@return integer exit_code
function check.main(words_json)
  local console = require("tocsin.console")
  local new_core = require("command.core").new
  local files, asked = parse(json.decode(words_json))
  if not files then
    if not asked then console.out(HELP) return 0 end
    console.err("tocsin check: " .. asked .. "\n")
    return 2
  end
  local cores = {}
  local function core_for(address)
    local folder = match(address, "^(.*)/[^/]+$") or "."
    if #files == 0 or not find(address, "%.lua$") then folder = "" end
    cores[folder] = cores[folder] or new_core { integrations = folder ~= "" and folder or nil }
    return cores[folder]
  end
  local options = { files = #files > 0 and files or integration.list(), show = asked.show, core_for = core_for,
    write = console.out, read = console.read }
  local code = check.run(options)
  if asked.watch then check.watch(options, console) end
  for _, core in pairs(cores) do core:close() end
  return code
end

return check
