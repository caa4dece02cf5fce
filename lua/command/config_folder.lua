--- What `tocsin plan` and `tocsin apply` are told: the folder of files, and the server that they are for, here or elsewhere.
local apply = require("config.apply")
local console = require("tocsin.console")
local flags = require("command.flags")
local folder = require("config.folder")
local json = require("tocsin.json")
local kinds = require("config.kinds")
local remote = require("config.remote")
local telling = require("config.telling")

local config_folder = {}

local FLAGS <const> = { data = "value", integrations = "value", url = "value", token = "value", ["ca-file"] = "value" }

config_folder.HELP = [[
  --data DIR            the server's data folder
  --integrations DIR    folder with integration files of your own, as of `tocsin serve`
  --url URL             instead: the address of a server elsewhere, asked over its API
  --token TOKEN         an API token of an admin there; - reads it from standard input
  --ca-file FILE        authorities to trust instead of the system's
]]

local function fail(name, sentence, code)
  console.err("tocsin " .. name .. ": " .. sentence .. "\n")
  return code
end

---Which server is meant → nil, or the sentence about what is wrong with the flags.
function config_folder.wrong_place(f)
  if (f.data ~= nil) == (f.url ~= nil) then return "name the server's data folder by --data, or its address by --url" end
  if f.url and not f.token then return "--token is missing: an API token of an admin there" end
end

---What a client of that server is made of (config.remote).
function config_folder.client_options(f)
  local token = f.token ~= "-" and f.token or string.match(console.read("-") or "", "^%s*(%S+)") or ""
  return { url = f.url, token = token, ca_file = f["ca-file"], on_wait = function(seconds)
    console.err(string.format("The server asks for patience: going on in %d s.\n", seconds))
  end }
end

local function read_words(name, words_json, help, usage)
  local words = json.decode(words_json)
  local dir = words[1] and string.sub(words[1], 1, 1) ~= "-" and table.remove(words, 1) or nil
  local f, why = flags.parse(name, words, FLAGS)
  if f and f.help then console.out(help) return nil, 0 end
  why = why or not dir and "name the folder first: tocsin " .. name .. " FOLDER --data DIR" or config_folder.wrong_place(f)
  if why then return nil, fail(name, why, usage) end
  f.dir = dir
  return f
end

local function here(name, f, now)
  local function fresh() return (folder.read(folder.on_disk(f.dir), kinds.list())) end
  local desired, wrong = folder.read(folder.on_disk(f.dir), kinds.list())
  local options = { now = now, is_marking = true, integrations = f.integrations,
    who = { actor = { via = "files", by_name = console.user() } } }
  if #wrong > 0 then return { wrong = wrong } end
  if name == "plan" then return apply.plan(f.data, desired, options) end
  local is_there, why = apply.ensure(f.data)
  if not is_there then return nil, why end
  return apply.make(f.data, fresh, options)
end

local function elsewhere(name, f)
  local files, wrong = folder.texts(f.dir)
  if #wrong > 0 then return { wrong = wrong } end
  return remote.configuration(config_folder.client_options(f), name, files)
end

---Reads the words and the folder, and has the files planned or applied. What is wrong with them is told.
---@param name "plan"|"apply"
---@param usage integer the exit code of words that are wrong
---@return table|nil plan of config.apply; nil: the command is over
---@return integer? code its exit code then
function config_folder.run(name, words_json, now, help, usage)
  local f, code = read_words(name, words_json, help, usage)
  if not f then return nil, code end
  local ok, plan, why = pcall(f.url and elsewhere or here, name, f, now)
  if not ok then return nil, fail(name, tostring(plan), 1) end
  if not plan then return nil, fail(name, why, 1) end
  telling.wrong(f.dir .. "/", plan.wrong)
  if #plan.wrong > 0 and name == "apply" then console.err("Nothing was changed.\n") end
  if #plan.wrong > 0 then return nil, 1 end
  return plan
end

return config_folder
