--- `tocsin new integration NAME`: writes a starting file that loads, checks, and says what to change.
local json <const> = require("tocsin.json")
local gsub <const>, find <const>, upper <const>, sub <const> = string.gsub, string.find, string.upper, string.sub

local new = {}

local STARTING_FILE <const> = [==[
--- @TITLE@: what it is, in a few words.
--- Wire format: the address of its documentation (read on which date)
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

Writes integrations/NAME.lua (or NAME.lua where there is no such folder): a starting file with examples. Then:
  tocsin check --show integrations/NAME.lua
]]

--- The command. `words_json` holds the words after `new`.
---@param words_json string
---@return integer exit_code
function new.main(words_json)
  local console = require("tocsin.console")
  local words = json.decode(words_json)
  for _, word in ipairs(words) do
    if word == "--help" or word == "-h" then console.out(HELP) return 0 end
  end
  if words[1] ~= "integration" or not words[2] or words[3] then
    console.err("tocsin new: say `tocsin new integration NAME`\n")
    return 2
  end
  local text, why = new.integration(words[2])
  if not text then console.err("tocsin new: " .. why .. "\n") return 2 end
  local path = "integrations/" .. words[2] .. ".lua"
  local ok, sentence = console.write_new(path, text)
  if not ok and find(sentence, "No such file", 1, true) then
    path = words[2] .. ".lua"
    ok, sentence = console.write_new(path, text)
  end
  if not ok then console.err("tocsin new: " .. sentence .. "\n") return 1 end
  console.out(path .. "\nNow edit it and run: tocsin check --show " .. path .. "\n")
  return 0
end

return new
