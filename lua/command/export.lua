--- `tocsin export`: writes the configuration as a folder of files.
local apply <const> = require("config.apply")
local config_folder <const> = require("command.config_folder")
local console <const> = require("tocsin.console")
local flags <const> = require("command.flags")
local folder <const> = require("config.folder")
local json <const> = require("tocsin.json")
local remote <const> = require("config.remote")

local export = {}

local HELP <const> = [[
tocsin export --data DIR --to FOLDER
tocsin export --url URL --token TOKEN --to FOLDER

Writes the whole configuration as YAML files: one file an object, in a folder for each kind. Secrets and the keys of
integrations are left out. The same configuration gives the same bytes; files of objects that are gone are removed.
Works while the server runs, and changes nothing there.
  --data DIR            the server's data folder
  --url URL             instead: the address of a server elsewhere, read over its API
  --token TOKEN         an API token of an admin there; - reads it from standard input
  --ca-file FILE        authorities to trust instead of the system's
  --to FOLDER           where to; made when it is not there. One with other files in it is refused
  --integrations DIR    folder with integration files of your own, as of `tocsin serve`

  tocsin export --data /var/lib/tocsin --to ./tocsin-config && git -C ./tocsin-config diff

See `tocsin plan --help` and `tocsin apply --help` for the way back.
]]

local FLAGS <const> = { data = "value", url = "value", token = "value", ["ca-file"] = "value",
  to = "value", integrations = "value" }

local function fail(sentence, code)
  console.err("tocsin export: " .. sentence .. "\n")
  return code
end

local function read_remote(f, now)
  local client = remote.client(config_folder.client_options(f))
  local ok, state, kinds, columns = pcall(apply.read_by, client, now)
  if ok then return state, kinds, columns end
  return nil, tostring(state)
end

--- main(words_json, now) → exit code
function export.main(words_json, now)
  local f, why = flags.parse("export", json.decode(words_json), FLAGS)
  if not f then return fail(why, 2) end
  if f.help then console.out(HELP) return 0 end
  why = config_folder.wrong_place(f) or not f.to and "--to is missing: the folder to write"
  if why then return fail(why, 2) end
  local state, kinds, columns
  if f.url then state, kinds, columns = read_remote(f, now)
  else state, kinds, columns = apply.read(f.data, now, f.integrations) end
  if not state then return fail(kinds, 1) end
  local files = folder.files(state, kinds, columns)
  local written
  written, why = folder.write(f.to, kinds, files)
  if not written then return fail(why, 1) end
  local count = 0
  for _ in pairs(files) do count = count + 1 end
  console.out(string.format("%s: %d files, %d of them changed.\n", f.to, count, written))
  return 0
end

return export
