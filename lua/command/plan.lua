--- `tocsin plan`: what `tocsin apply` would change, field by field.
local apply <const> = require("config.apply")
local config_folder <const> = require("command.config_folder")
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

local WORDS <const> = { same = "Nothing would change.", secrets = "Only secrets would change.",
  sum = "%d to add, %d to change, %d to remove." }

local function fail(sentence, code) return config_folder.fail("plan", sentence, code) end

--- main(words_json, now) → exit code
function plan.main(words_json, now)
  local given, code = config_folder.read("plan", words_json, HELP, 3)
  if not given then return code end
  local dir, f, desired, wrong = given.dir, given.flags, given.desired, given.wrong
  local found, why
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
