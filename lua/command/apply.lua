--- `tocsin apply`: makes the configuration be what a folder of files says.
local config_folder <const> = require("command.config_folder")
local telling <const> = require("config.telling")

local command = {}

local HELP <const> = [[
tocsin apply FOLDER --data DIR
tocsin apply FOLDER --url URL --token TOKEN

Makes the configuration be what the files say, as `tocsin plan FOLDER` shows it, in one transaction: all or nothing.
Works while the server runs; a second time it changes nothing. From then on these objects are managed by their files:
the API refuses to change them, and one whose file is gone is deleted. What files never held is left alone.
]] .. config_folder.HELP .. [[

  tocsin export --data /var/lib/tocsin --to ./tocsin-config     what there is, as files
  $EDITOR ./tocsin-config/integrations/alertmanager.yaml
  tocsin plan ./tocsin-config --data /var/lib/tocsin            what would change
  tocsin apply ./tocsin-config --data /var/lib/tocsin
  tocsin apply ./tocsin-config --url https://tocsin.example.org --token - < token.txt      from elsewhere, as in CI

A text, list or object that a file does not name is emptied; switches and numbers stay as they are. Lists of parts
(routes, steps, own_shifts, overrides, contact_methods, notification_rules) that a file does not name are left alone.
A `token:` of 8 to 128 characters may be written into a new integration to give it a known key.
]]

local WORDS <const> = { same = "Nothing has changed.", secrets = "Secrets have changed.",
  sum = "%d added, %d changed, %d removed." }

--- main(words_json, now) → exit code
function command.main(words_json, now)
  local done, code = config_folder.run("apply", words_json, now, HELP, 2)
  if not done then return code end
  telling.differences(done)
  telling.sum(done, WORDS)
  return 0
end

return command
