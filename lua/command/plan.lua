--- `tocsin plan`: what `tocsin apply` would change, field by field.
local apply <const> = require("config.apply")
local console <const> = require("tocsin.console")
local flags <const> = require("command.flags")
local folder <const> = require("config.folder")
local json <const> = require("tocsin.json")
local kinds <const> = require("config.kinds")
local telling <const> = require("config.telling")

local plan = {}

local HELP <const> = [[
tocsin plan FOLDER --data DIR

Shows what `tocsin apply FOLDER` would change, field by field: + is added, ~ is changed, - is removed. The changes are
tried out on a copy, with every check of the API; nothing is changed. Works while the server runs.
Ends with 0 when nothing would change, with 2 when something would, and with 1 when files are wrong.
  --data DIR            the server's data folder
  --integrations DIR    folder with integration files of your own, as of `tocsin serve`

  tocsin plan ./tocsin-config --data /var/lib/tocsin
]]

local FLAGS <const> = { data = "value", integrations = "value" }
local WORDS <const> = { same = "Nothing would change.", secrets = "Only secrets would change.",
  sum = "%d to add, %d to change, %d to remove." }

local function fail(sentence, code)
  console.err("tocsin plan: " .. sentence .. "\n")
  return code
end

--- main(words_json, now) → exit code
function plan.main(words_json, now)
  local words = json.decode(words_json)
  local dir = words[1] and string.sub(words[1], 1, 1) ~= "-" and table.remove(words, 1) or nil
  local f, why = flags.parse("plan", words, FLAGS)
  if not f then return fail(why, 3) end
  if f.help then console.out(HELP) return 0 end
  if not dir then return fail("name the folder first: tocsin plan FOLDER --data DIR", 3) end
  if not f.data then return fail("--data is missing: the server's data folder", 3) end
  local ok, desired, wrong = pcall(folder.read, dir, kinds.list())
  if not ok then return fail(tostring(desired), 1) end
  local found
  if #wrong == 0 then
    found, why = apply.plan(f.data, desired, { now = now, is_marking = true, integrations = f.integrations })
    if not found then return fail(why, 1) end
    wrong = found.wrong
  end
  telling.wrong(dir .. "/", wrong)
  if #wrong > 0 then return 1 end
  telling.differences(found)
  telling.sum(found, WORDS)
  return #found.differences == 0 and not found.has_secrets and 0 or 2
end

return plan
