--- `tocsin plan`: what `tocsin apply` would change, field by field.
local config_folder <const> = require("command.config_folder")
local telling <const> = require("config.telling")

local plan = {}

local HELP <const> = [[
tocsin plan FOLDER --data DIR
tocsin plan FOLDER --url URL --token TOKEN

Shows what `tocsin apply FOLDER` would change, field by field: + is added, ~ is changed, - is removed. The changes are
tried out on a copy, with every check of the API; nothing is changed. Works while the server runs.
Ends with 0 when nothing would change, with 2 when something would, and with 1 when files are wrong.
]] .. config_folder.HELP .. [[

  tocsin plan ./tocsin-config --data /var/lib/tocsin
  tocsin plan ./tocsin-config --url https://tocsin.example.org --token - < token.txt
]]

local WORDS <const> = { same = "Nothing would change.", secrets = "Only secrets would change.",
  sum = "%d to add, %d to change, %d to remove." }

--- main(words_json, now) → exit code
function plan.main(words_json, now)
  local found, code = config_folder.run("plan", words_json, now, HELP, 3)
  if not found then return code end
  telling.differences(found)
  telling.sum(found, WORDS)
  return #found.differences == 0 and not found.has_secrets and 0 or 2
end

return plan
