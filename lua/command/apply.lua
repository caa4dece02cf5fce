--- `tocsin apply`: makes the configuration be what a folder of files says.
local apply <const> = require("config.apply")
local console <const> = require("tocsin.console")
local folder <const> = require("config.folder")
local kinds <const> = require("config.kinds")
local config_folder <const> = require("command.config_folder")
local telling <const> = require("config.telling")

local command = {}

local HELP <const> = [[
tocsin apply FOLDER --data DIR

Makes the configuration be what the files say, as `tocsin plan FOLDER` shows it, in one transaction: all or nothing.
Works while the server runs; a second time it changes nothing. From then on these objects are managed by their files:
the API refuses to change them, and one whose file is gone is deleted. What files never held is left alone.
  --data DIR            the server's data folder
  --integrations DIR    folder with integration files of your own, as of `tocsin serve`

  tocsin export --data /var/lib/tocsin --to ./tocsin-config     what there is, as files
  $EDITOR ./tocsin-config/integrations/alertmanager.yaml
  tocsin plan ./tocsin-config --data /var/lib/tocsin            what would change
  tocsin apply ./tocsin-config --data /var/lib/tocsin

A text, list or object that a file does not name is emptied; switches and numbers stay as they are. Lists of parts
(routes, steps, own_shifts, overrides, contact_methods, notification_rules) that a file does not name are left alone.
A `token:` of 8 to 128 characters may be written into a new integration to give it a known key.
]]

local WORDS <const> = { same = "Nothing has changed.", secrets = "Secrets have changed.",
  sum = "%d added, %d changed, %d removed." }

local function fail(sentence, code) return config_folder.fail("apply", sentence, code) end

--- main(words_json, now) → exit code
function command.main(words_json, now)
  local given, code = config_folder.read("apply", words_json, HELP, 2)
  if not given then return code end
  local dir, f, wrong = given.dir, given.flags, given.wrong
  telling.wrong(dir .. "/", wrong)
  if #wrong > 0 then return 1 end
  local done, why
  done, why = apply.ensure(f.data)
  if not done then return fail(why, 1) end
  done, why = apply.make(f.data, function() return (folder.read(dir, kinds.list())) end,
    { now = now, is_marking = true, integrations = f.integrations })
  if not done then return fail(why, 1) end
  telling.wrong(dir .. "/", done.wrong)
  if #done.wrong > 0 then
    console.err("Nothing was changed.\n")
    return 1
  end
  telling.differences(done)
  telling.sum(done, WORDS)
  return 0
end

return command
