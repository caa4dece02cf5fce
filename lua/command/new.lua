--- `tocsin new`: writes a starting file of an integration, from nothing, a captured body or an integration that is there; and
--- what contributors need beside it.
local asset <const> = require("tocsin.asset")
local check <const> = require("command.check")
local draft <const> = require("command.draft")
local flags <const> = require("command.flags")
local integration <const> = require("integration")
local json <const> = require("tocsin.json")
local stored <const> = require("command.stored")
local gsub <const>, find <const>, upper <const> = string.gsub, string.find, string.upper
local sub <const>, match <const> = string.sub, string.match
local type <const>, pairs <const>, ipairs <const>, tonumber <const> = type, pairs, ipairs, tonumber

local new = {}

local STARTING_FILE <const> = [==[
--- @TITLE@: what it is, in a few words.
--- Wire format: the address of its documentation (read on which date)
---@type tocsin.integration
return {
  name  = "@TITLE@",
  about = "Alarms of @TITLE@",
  connect = [[
1. In @TITLE@ open the settings for webhooks.
2. Paste this address and send JSON to it on every change:

   `{{ url }}`
]],

  -- Which problem is it? The same text for every alert of one problem, also for its recovery.
  grouping_id       = "{{ payload.host }}/{{ payload.check }}",
  -- Does this alert say that the problem is over?
  resolve_condition = "{{ payload.state == 'ok' }}",
  source_link       = "{{ payload.url or '' }}",

  -- What is broken, and where. Every channel converts this; `slack = { message = … }` would override it there.
  title   = "{{ payload.check }}: {{ payload.host }}",
  message = "{{ payload.output or '' }}",

  labels = { severity = "{{ payload.severity }}" },

  -- Paste real bodies. `tocsin check --show FILE` prints the `expect` that they give now.
  examples = {
    { "a problem opens a group",
      payload = [[
{"host": "db-1", "check": "disk full", "state": "critical", "severity": "critical", "output": "98% used on /var",
 "url": "https://@TYPE@.example.org/db-1"}]],
      expect  = { grouping_id = "db-1/disk full", state = "firing", groups = 1, title = "disk full: db-1",
                  message = "98% used on /var", source_link = "https://@TYPE@.example.org/db-1",
                  labels = { severity = "critical" } } },
    { "another host is another problem",
      payload = [[
{"host": "db-2", "check": "disk full", "state": "critical", "severity": "critical", "output": "97% used on /var"}]],
      expect  = { grouping_id = "db-2/disk full", state = "firing", groups = 2 } },
    { "the recovery resolves the first group",
      payload = [[{"host": "db-1", "check": "disk full", "state": "ok", "output": "41% used on /var"}]],
      expect  = { grouping_id = "db-1/disk full", state = "resolved", groups = 2 } },
  },
}
]==]

--- The text of a starting file.
---@param type_name string its type, which is its file's name: lower-case letters, digits and _
---@return string|nil text
---@return string|nil sentence
function new.integration(type_name)
  if not find(type_name, "^%l[%l%d_]*$") or #type_name > 60 then
    return nil, "'" .. type_name .. "' is no name for an integration: "
      .. "use lower-case letters, digits and _, starting with a letter"
  end
  local title = gsub(upper(sub(type_name, 1, 1)) .. sub(type_name, 2), "_", " ")
  return (gsub(gsub(STARTING_FILE, "@TITLE@", title), "@TYPE@", (gsub(type_name, "_", "-"))))
end

local HELP <const> = [[
tocsin new integration NAME
tocsin new integration NAME --from FILE
tocsin new integration NAME --from-integration NAME|ID --data DIR [--count N] [--alerts ID,ID…]
tocsin new types
tocsin new spec

Writes integrations/NAME.lua (or NAME.lua where there is no such folder): a starting file with examples. Then:
  tocsin check --show integrations/NAME.lua
  --from FILE              a captured body: title, key, state, link and severity are guessed, and the file says why;
                           - is standard input
  --from-integration NAME  an integration of the server, with the templates that people have edited, and payloads
                           that it got
  --data DIR               the server's data folder; works while it runs
  --count N                how many of its newest payloads, of each group two at most (default 4)
  --alerts ID,ID…          these alerts' payloads instead
`tocsin new types` writes tocsin_types.lua: what editors with a Lua language server need to complete and check fields.
`tocsin new spec` writes spec/integrations_spec.lua: your files, one busted test each, for your own CI.
]]

local FLAGS <const> = { from = "value", ["from-integration"] = "value", data = "value", count = "value", alerts = "value" }

-- Drafts ---------------------------------------------------------------------------------------------------------------

local function from_payload(f, name, console)
  local body, why = console.read(f.from)
  if not body then return nil, why end
  return draft.from_payload(name, (gsub(body, "%s+$", "")))
end

-- The edited templates over those that were copied; an empty one is meant.
local function merged(row)
  local texts = json.decode(row.templates_default or "{}")
  for field, text in pairs(json.decode(row.templates or "{}")) do
    if type(text) == "string" then texts[field] = text end
  end
  return texts
end

local function alert_ids(f, coder)
  if not f.alerts then return nil end
  local out = {}
  for id in string.gmatch(f.alerts, "[^,%s]+") do
    out[#out + 1] = coder.decode("A", id)
    if not out[#out] then return nil, "'" .. id .. "' is no id of an alert" end
  end
  return out
end

local function from_integration(f, name)
  if not f.data then return nil, "--data is missing: the server's data folder" end
  local row, why = stored.integration(f.data, f["from-integration"])
  if not row then return nil, why end
  local wanted, sentence = alert_ids(f, stored.ids(f.data))
  if sentence then return nil, sentence end
  local found, problem = stored.payloads(f.data, row.id, wanted and #wanted or tonumber(f.count or 4), wanted)
  if not found then return nil, problem end
  if #found == 0 then return nil, "the integration '" .. row.name .. "' has no such alerts: send it some, for the examples" end
  local payloads = {}
  for i = #found, 1, -1 do payloads[#payloads + 1] = found[i].payload end
  return draft.from_integration(name, { name = row.name, type = row.type, templates = merged(row),
    labels = json.decode(row.dynamic_labels or "[]") }, (integration.load(row.type)), payloads)
end

-- What the examples lead to now, so that the file holds from its first minute; nil when the file cannot be loaded.
local function expects_of(path, type_name, text)
  local spec = integration.load(type_name, { source = text, address = path })
  if not spec then return nil end
  local core = require("command.core").new { integrations = match(path, "^(.*)/") or "." }
  local out = {}
  for i, actual in ipairs(check.actuals(core, spec)) do out[i] = check.expect_text(actual) end
  core:close()
  return out
end

-- Commands ---------------------------------------------------------------------------------------------------------------

local function fail(console, sentence, code)
  console.err("tocsin new: " .. sentence .. "\n")
  return code or 1
end

-- Writes a file that is not there yet, in its folder or, where there is no such folder, here → its path.
local function write_new(console, folder, name, text)
  local path = folder .. "/" .. name
  local ok, sentence = console.write_new(path, text)
  if not ok and find(sentence, "No such file", 1, true) then
    path = name
    ok, sentence = console.write_new(path, text)
  end
  return ok and path, sentence
end

local function write_file(console, name, of)
  local path, why = write_new(console, of.folder, name, of.text)
  if not path then return fail(console, why) end
  console.out(path .. "\n" .. of.hint)
  return 0
end

local OTHERS <const> = {
  types = function(console)
    return write_file(console, "tocsin_types.lua", { folder = ".", text = asset.get("integrations/contributing/types.lua"),
      hint = "Put `---@type tocsin.integration` above `return {` in your files; the file only has to lie in the workspace.\n" })
  end,
  spec = function(console)
    return write_file(console, "integrations_spec.lua", { folder = "spec",
      text = asset.get("integrations/contributing/integrations_spec.lua"),
      hint = "Now run: TOCSIN=/path/to/tocsin busted spec\n" })
  end,
}

local function write_integration(console, name, f)
  local d, text, why
  if f.from then d, why = from_payload(f, name, console)
  elseif f["from-integration"] then d, why = from_integration(f, name)
  else text, why = new.integration(name) end
  if d then text = draft.text(d) end
  if not text then return fail(console, why, f.from and 1 or 2) end
  local path, sentence = write_new(console, "integrations", name .. ".lua", text)
  if not path then return fail(console, sentence) end
  local expects = d and expects_of(path, name, text)
  if expects then console.write(path, draft.text(d, expects)) end
  console.out(path .. "\nNow edit it and run: tocsin check --show " .. path .. "\n")
  return 0
end

--- The command. `words_json` holds the words after `new`.
---@param words_json string
---@return integer exit_code
function new.main(words_json)
  local console = require("tocsin.console")
  local words = json.decode(words_json)
  local what, name = words[1], words[2]
  for _, word in ipairs(words) do
    if word == "--help" or word == "-h" then console.out(HELP) return 0 end
  end
  if OTHERS[what] and not name then return OTHERS[what](console) end
  if what ~= "integration" or not name or find(name, "^%-") then return fail(console, "say `tocsin new integration NAME`", 2) end
  local f, why = flags.parse("new", table.move(words, 3, #words, 1, {}), FLAGS)
  if not f then return fail(console, why, 2) end
  if f.count and not find(f.count, "^[1-9]%d?$") then return fail(console, "--count must be a number from 1 to 99", 2) end
  local ok, sentence = new.integration(name)
  if not ok then return fail(console, sentence, 2) end
  return write_integration(console, name, f)
end

return new
