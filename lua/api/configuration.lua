--- POST /configuration/plan/ and /configuration/apply/: files of configuration that come from elsewhere, as from CI. What
--- `tocsin plan` and `tocsin apply` do beside the data folder, done here.
local apply = require("config.apply")
local body = require("api.body")
local errors = require("api.errors")
local folder = require("config.folder")
local json = require("tocsin.json")
local kinds = require("config.kinds")
local port = require("tocsin.port")
local writer = require("api.writer")

local configuration = {}

local BUSY_S <const> = 5
-- One at a time: each keeps a worker busy. The mark is in memory and forgotten at the end; should that be missed, by itself.
local UNDER_WAY <const> = { { key = "configuration", burst = 1, every_ms = 600000 } }

local FILES <const> = { object = { { "files", { map = "text" },
  about = "Path in the folder → text, as `escalation_chains/day.yaml`. A path that ends in / is a folder without files." } } }
local WRONG <const> = { list = { object = { { "path", "text?" }, { "line", "integer?" }, { "sentence", "text" } } } }
local FIELD <const> = { object = { { "field", "text" }, { "old", "any" }, { "new", "any" } } }
local DIFFERENCE <const> = { object = { { "what", { choice = { "add", "change", "remove" } } }, { "path", "text" },
  { "is_marked", "boolean", about = "It is managed by its file from then on." }, { "fields", { list = FIELD } } } }
local PLAN <const> = { object = { { "wrong", WRONG }, { "differences", { list = DIFFERENCE } },
  { "has_secrets", "boolean", about = "Nothing but secrets differs." } } }
local REFUSALS <const> = { [400] = { object = { { "wrong", WRONG } } } }

local function show_wrong(list)
  local out = {}
  for i, one in ipairs(list) do out[i] = writer.object("path", one.path, "line", one.line, "sentence", one.sentence) end
  return writer.list(out)
end

local function plain(value) return value ~= nil and writer.raw(json.encode(value)) or nil end

local function show_difference(one)
  local fields = {}
  for i, f in ipairs(one.fields) do fields[i] = writer.object("field", f[1], "old", plain(f[2]), "new", plain(f[3])) end
  return writer.object("what", one.what, "path", one.path, "is_marked", one.is_marked or false, "fields", writer.list(fields))
end

local function show(plan)
  local list = {}
  for i, one in ipairs(plan.differences) do list[i] = show_difference(one) end
  return { status = 200, value = writer.object("wrong", writer.list {}, "differences", writer.list(list), "has_secrets",
    plan.has_secrets or false) }
end

local function wrong_files(list) return { status = 400, value = writer.object("wrong", show_wrong(list)) } end

-- The files that were sent, or the refusal.
local function files_of(request)
  local sent, refusal = body.object(request)
  if not sent then return nil, refusal end
  if not body.is_object(sent.files) then return nil, errors.field("files", "Expected an object of texts by their paths.") end
  for path, text in pairs(sent.files) do
    if type(text) ~= "string" then return nil, errors.field("files", "Expected an object of texts by their paths.") end
    if #path > 1000 then return nil, errors.field("files", "A path is longer than 1000 bytes.") end
  end
  return sent.files
end

local function run(request, files, make)
  local list = kinds.list()
  local function fresh() return folder.read(folder.in_memory(files), list) end
  local ok, desired, wrong = pcall(fresh)
  if not ok then return errors.field("files", tostring(desired)) end
  if #wrong > 0 then return wrong_files(wrong) end
  local settings = port.call("settings", { names = { "data", "integrations" } })
  local options = { now = request.now, is_marking = true, who = { actor = request.actor, client = request.client } }
  if settings.integrations ~= "" then options.integrations = settings.integrations end
  local plan, why = make(settings.data, desired, fresh, options)
  if not plan then return errors.detail(409, why) end
  return #plan.wrong > 0 and wrong_files(plan.wrong) or show(plan)
end

-- Who may do this may do everything: a token that is for some things only may not.
local function answer(request, make)
  if request.actor.scopes and not request.actor.scopes.write then return errors.forbidden() end
  local files, refusal = files_of(request)
  if not files then return refusal end
  request.actor.via = "files"
  if port.call("attempt", { keys = UNDER_WAY }).wait > 0 then return errors.throttled(BUSY_S) end
  local ok, result = pcall(run, request, files, make)
  port.call("attempt", { keys = UNDER_WAY, forget = true })
  if not ok then error(result, 0) end
  return result
end

configuration.plan = {
  about = "What files of configuration would change: `tocsin plan` over the API.",
  takes = FILES, gives = PLAN, refusals = REFUSALS,
  answer = function(request)
    return answer(request, function(data, desired, _, options) return apply.plan(data, desired, options) end)
  end,
}

configuration.apply = {
  about = "Makes the configuration be what files say, all of it or nothing: `tocsin apply` over the API.",
  takes = FILES, gives = PLAN, refusals = REFUSALS,
  answer = function(request)
    return answer(request, function(data, _, fresh, options) return apply.make(data, fresh, options) end)
  end,
}

return configuration
