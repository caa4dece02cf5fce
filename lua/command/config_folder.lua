--- What `tocsin plan` and `tocsin apply` are told, and the folder of files that they begin with.
local console = require("tocsin.console")
local flags = require("command.flags")
local folder = require("config.folder")
local json = require("tocsin.json")
local kinds = require("config.kinds")

local config_folder = {}

local FLAGS <const> = { data = "value", integrations = "value" }

--- Says on standard error why a command ends → its exit code.
function config_folder.fail(name, sentence, code)
  console.err("tocsin " .. name .. ": " .. sentence .. "\n")
  return code
end
local fail <const> = config_folder.fail

--- Reads the words and the folder. `usage`: the exit code of words that are wrong.
---@return table|nil given {dir=, flags=, desired=, wrong=}: what config.folder read; nil: the command is over
---@return integer? code its exit code then
function config_folder.read(name, words_json, help, usage)
  local words = json.decode(words_json)
  local dir = words[1] and string.sub(words[1], 1, 1) ~= "-" and table.remove(words, 1) or nil
  local f, why = flags.parse(name, words, FLAGS)
  if not f then return nil, fail(name, why, usage) end
  if f.help then console.out(help) return nil, 0 end
  if not dir then return nil, fail(name, "name the folder first: tocsin " .. name .. " FOLDER --data DIR", usage) end
  if not f.data then return nil, fail(name, "--data is missing: the server's data folder", usage) end
  local ok, desired, wrong = pcall(folder.read, dir, kinds.list())
  if not ok then return nil, fail(name, tostring(desired), 1) end
  return { dir = dir, flags = f, desired = desired, wrong = wrong }
end

return config_folder
