--- POST /integrations/<id>/file/: the integration as a file of its own, with its templates as they are or as they would be, and
--- payloads that it got as examples.
local backtest_plan <const> = require "api.backtest_plan"
local body <const> = require "api.body"
local draft <const> = require "command.draft"
local errors <const> = require "api.errors"
local ids <const> = require "tocsin.ids"
local integration <const> = require "integration"
local json <const> = require "tocsin.json"
local keys <const> = require "keys"
local source_health <const> = require "api.source_health"
local writer <const> = require "api.writer"

local integration_file <const> = {}

local EXAMPLES_MAX <const> = 4
local NEWEST <const> = "JOIN alert AS a ON a.id = g.last_alert_id WHERE g.wiped_at IS NULL AND g.is_demo = 0 " ..
  "ORDER BY a.id DESC LIMIT " .. EXAMPLES_MAX

-- The name of the file's type: the integration's as one word.
local function type_of(name)
  local word = string.gsub(string.gsub(string.lower(name), "[^%l%d]+", "_"), "^[%d_]+", "")
  word = string.gsub(string.sub(word, 1, 60), "_+$", "")
  return word ~= "" and word or "source"
end

local function merged(config)
  local texts <const> = {}
  for _, set in ipairs { config.templates_default, config.templates_custom } do
    for _, name in ipairs(keys.sorted(set)) do
      if type(set[name]) == "string" then texts[name] = set[name] end
    end
  end
  return texts
end

-- Payloads that came, the oldest first: those that are JSON, each once.
local function payloads_of(key)
  local list <const>, seen <const> = {}, {}
  for _, row in ipairs(source_health.newest(key, "SELECT a.payload", NEWEST)) do
    if json.is_valid(row.payload) and not seen[row.payload] then table.insert(list, 1, row.payload) end
    seen[row.payload] = true
  end
  return list
end

local SENT <const> = { object = {} }
for _, member in ipairs(backtest_plan.SHAPE.object) do
  if member[1] == "templates" or member[1] == "dynamic_labels" then table.insert(SENT.object, member) end
end

integration_file.create = {
  about = "The integration as a file of a type of its own: its templates as they are, or with changes, and payloads that it got.",
  takes = SENT, gives = { object = { { "name", "text" }, { "text", "text" } } },
  answer = function(request)
    local key <const> = ids.decode("C", request.id)
    local row <const> = key and backtest_plan.find(request.id)
    if not row or row.id ~= key then return errors.not_found() end
    local sent <const>, refusal <const> = body.object(request)
    if not sent then return refusal end
    local config <const>, wrong <const> = backtest_plan.changed(row, sent)
    if not config then return errors.fields(wrong) end
    local name <const> = type_of(row.name)
    local made <const> = draft.from_integration(name, { name = row.name, type = row.type, templates = merged(config),
      labels = config.dynamic_labels }, (integration.load(row.type)), payloads_of(key))
    return { status = 200, value = writer.object("name", name .. ".lua", "text", draft.text(made)) }
  end,
}

return integration_file
