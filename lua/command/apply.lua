--- `tocsin apply`: makes the configuration be what a folder of files says.
local apply <const> = require("config.apply")
local console <const> = require("tocsin.console")
local flags <const> = require("command.flags")
local folder <const> = require("config.folder")
local json <const> = require("tocsin.json")
local kinds <const> = require("config.kinds")
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

local FLAGS <const> = { data = "value", integrations = "value" }
local WORDS <const> = { same = "Nothing has changed.", secrets = "Secrets have changed.",
  sum = "%d added, %d changed, %d removed." }

local function fail(sentence, code)
  console.err("tocsin apply: " .. sentence .. "\n")
  return code
end

--- main(words_json, now) → exit code
function command.main(words_json, now)
  local words = json.decode(words_json)
  local dir = words[1] and string.sub(words[1], 1, 1) ~= "-" and table.remove(words, 1) or nil
  local f, why = flags.parse("apply", words, FLAGS)
  if not f then return fail(why, 2) end
  if f.help then console.out(HELP) return 0 end
  if not dir then return fail("name the folder first: tocsin apply FOLDER --data DIR", 2) end
  if not f.data then return fail("--data is missing: the server's data folder", 2) end
  local ok, desired, wrong = pcall(folder.read, dir, kinds.list())
  if not ok then return fail(tostring(desired), 1) end
  telling.wrong(dir .. "/", wrong)
  if #wrong > 0 then return 1 end
  local done
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
