--- An integration file: loaded in a closed environment, checked against the schema, returned as plain data.
---
--- One file integrations/<type>.lua is one alert source; integrations/README.md is the guide to writing one. Everything
--- a person can get wrong comes back as a list of sentences, each with its address:
---   integrations/x.lua: unknown field 'groupping_id' (did you mean 'grouping_id'?)
local asset <const> = require("tocsin.asset")
local sandbox <const> = require("tocsin.sandbox")
local sandbox_env <const> = require("sandbox_env")
local channels <const> = require("channels")
local json <const> = require("tocsin.json")
local schema <const> = require("schema")
local template <const> = require("template")
local type <const>, pairs <const>, ipairs <const>, sort <const> = type, pairs, ipairs, table.sort
local find <const>, match <const>, format <const>, sub <const> = string.find, string.match, string.format, string.sub
local gsub <const>, concat <const> = string.gsub, table.concat

local integration = {}

local FOLDER <const> = "integrations/"

--- The types that have a file, sorted.
---@return string[]
function integration.list()
  local out = {}
  for _, file in ipairs(asset.list("integrations")) do
    local name = match(file, "^(%a[%w_]*)%.lua$")
    if name ~= out[#out] then out[#out + 1] = name end
  end
  return out
end

--- The text of a type's file.
---@param name string
---@return string?
function integration.source(name) return asset.get(FOLDER .. name .. ".lua") end

local function read(options, name)
  if options and options.read then return options.read(name) end
  return integration.source(name)
end

local LOAD_LIMIT <const> = 1000000 -- instructions to build the file's table

local function at_address(address, sentence)
  sentence = tostring(sentence)
  return sub(sentence, 1, #address) == address and sentence or address .. ": " .. sentence
end

-- Runs the text in an environment of its own, so functions of two files share nothing.
local function load_table(source, address)
  if sub(source, 1, 1) == "\27" then return nil, address .. ": an integration file is text" end
  local chunk, why = sandbox.load(source, "=" .. address, sandbox_env.new())
  if not chunk then return nil, at_address(address, why) end
  local ok, data = sandbox.call(chunk, LOAD_LIMIT)
  if not ok then return nil, at_address(address, data) end
  if type(data) ~= "table" then return nil, address .. ": the file must return a table" end
  return data
end

-- Fields that a file takes from its base: all but what is its own story.
local NOT_INHERITED <const> = { name = true, about = true, connect = true, base = true, examples = true,
  has_door = true, has_keys = true, token_form = true }

local function take_missing(data, base)
  for field, v in pairs(base) do
    if data[field] == nil and not NOT_INHERITED[field] then data[field] = v end
  end
end

local function apply_base(data, options, address, problems)
  if type(data.base) ~= "string" then return end
  local source = find(data.base, "^[%a][%w_]*$") and read(options, data.base)
  if not source then
    problems[#problems + 1] = format("%s: base '%s' is not an integration", address, data.base)
    return
  end
  local base, why = load_table(source, FOLDER .. data.base .. ".lua")
  if not base then problems[#problems + 1] = why return end
  if base.base then
    problems[#problems + 1] = format("%s: base '%s' has a base itself; bases are one level deep", address, data.base)
  end
  take_missing(data, base)
end

--- Loads and checks one integration.
---@param name string its type: the file name without .lua
---@param options {source: string?, address: string?, read: (fun(name: string): string?)?}? source: the text instead of a file
---@return table|nil spec the file's table, with `type` and what it took from its base
---@return string[]|nil problems sentences, when spec is nil
---@return table|nil rest what the file returned all the same, when it could be run
function integration.load(name, options)
  local address = options and options.address or FOLDER .. name .. ".lua"
  local source = options and options.source or find(name, "^[%a][%w_]*$") and read(options, name)
  if not source then return nil, { address .. ": there is no such integration" } end
  local data, why = load_table(source, address)
  if not data then return nil, { why } end
  local problems = {}
  apply_base(data, options, address, problems)
  schema.check(data, address, problems)
  if #problems > 0 then return nil, problems, data end
  data.type = name
  return data
end

local BEHAVIOUR <const> = { "grouping_id", "resolve_condition", "acknowledge_condition", "source_link" }
local APPEARANCE <const> = { "title", "message", "image_url" }

--- The templates that are copied into an integration when it is created: flat, field to text. `title`, `message` and
--- `image_url` are neutral and serve every channel that has no `<channel>_<field>` of its own.
---@param spec table
---@return table<string, string>
function integration.templates(spec)
  local out = {}
  for _, field in ipairs(BEHAVIOUR) do out[field] = spec[field] end
  for _, field in ipairs(APPEARANCE) do out[field] = spec[field] end
  for _, channel in ipairs(channels.names) do
    for field, text in pairs(spec[channel] or {}) do out[channel .. "_" .. field] = text end
  end
  return out
end

--- The dynamic labels that are copied with them, by key.
---@param spec table
---@return {key: string, template: string}[]
function integration.labels(spec)
  local out = {}
  for key, text in pairs(spec.labels or {}) do out[#out + 1] = { key = key, template = text } end
  sort(out, function(a, b) return a.key < b.key end)
  return out
end

--- What an integration of this type would be created with, in one call.
---@param name string
---@return {name: string, templates: table<string, string>, labels: table[]}|nil defaults
---@return string[]|nil problems
function integration.defaults(name)
  local spec, problems = integration.load(name)
  if not spec then return nil, problems end
  return { name = spec.name, templates = integration.templates(spec), labels = integration.labels(spec) }
end

--- What is copied into an integration for requests that are signed, and for questions of its sender: JSON, or nil.
---@param spec table
---@return string|nil
function integration.rule(spec)
  if not spec.verify and not spec.challenge then return nil end
  return json.encode { verify = spec.verify, challenge = spec.challenge }
end

--- Does a secret do anything for this type?
---@param spec table
---@return boolean
function integration.takes_secret(spec)
  return spec.verify ~= nil or spec.challenge ~= nil and find(spec.challenge.answer, "{hmac}", 1, true) ~= nil
end

local flags_of, flags_at = {}, 0
local BROKEN <const> = 8

local function is_there(name)
  for _, known in ipairs(integration.list()) do
    if known == name then return true end
  end
  return false
end

--- What C must do for a type before its alerts are rendered, as its file is now: 1 `receive`, 2 `split`, 16 `accepts_get`,
--- 32 a door. A type without a file has none: it goes on with the copy of its templates. 8: the file is broken, and either has
--- functions or nobody can tell; nothing may be read as if it had none.
---@param name string
---@return integer flags
---@return string|nil why the first sentence about a file that is not right
function integration.look(name)
  local spec, problems, rest = integration.load(name)
  local has = spec or rest
  if has and (spec or not (has.receive or has.split or has.has_door)) then
    return (has.receive and 1 or 0) | (has.split and 2 or 0) | (has.accepts_get and 16 or 0) | (has.has_door and 32 or 0),
      problems and problems[1]
  end
  if not is_there(name) then return 0 end
  return BROKEN, problems[1]
end

--- Grows when a file of one's own has changed; what was made of files before is old then.
---@return integer
function integration.generation() return asset.generation() end

--- `integration.look` at the first call in this Lua state: a file's functions are loaded once, until files change.
---@param name string
---@return integer flags
---@return string|nil why
function integration.flags(name)
  if flags_at ~= asset.generation() then flags_of, flags_at = {}, asset.generation() end
  local known = flags_of[name]
  if not known then
    local flags, why = integration.look(name)
    known = { flags = flags, why = why }
    flags_of[name] = known
  end
  return known.flags, known.why
end

--- Sentences about every file that is not right, a line each; "" when all are.
---@return string
function integration.problems()
  local lines = {}
  for _, name in ipairs(integration.list()) do
    local _, why = integration.look(name)
    if why then lines[#lines + 1] = (gsub(why, "%c", " ")) end
  end
  return concat(lines, "\n")
end

--- What people put into `signing_secret`, in words; nil: a secret does nothing for this type.
---@param spec table
---@return string|nil
function integration.secret_words(spec)
  if not integration.takes_secret(spec) then return nil end
  return spec.verify and spec.verify.secret or spec.challenge.secret
end

-- Who takes fields from a base that is about to change.
local function is_based_on(name, base)
  local data = load_table(integration.source(name) or "", name)
  return data and data.base == base
end

--- What is wrong when a file gets this text: with itself, or with one that has it as its base.
---@param name string
---@param source string
---@return string|nil sentence the first; nil: it may be used
function integration.judge(name, source)
  local spec, problems = integration.load(name, { source = source })
  if not spec then return problems[1] end
  for _, other in ipairs(integration.list()) do
    if other ~= name and is_based_on(other, name) then
      local ok, why = integration.load(other, { read = function(of) return of == name and source or integration.source(of) end })
      if not ok then return FOLDER .. other .. ".lua has it as its base, and would be broken: " .. why[1] end
    end
  end
end

--- The text that explains how to connect, with the address filled in.
---@param spec table
---@param variables {url: string, name: string}
---@return string
function integration.connect(spec, variables)
  local text <const> = template.render(template.compile(spec.connect), variables)
  local words <const> = integration.secret_words(spec)
  if not words then return text end
  return text .. "\nThis source proves who it is. Set the integration's `signing_secret` to " .. words ..
    "; what does not go with it is refused. Without it the key in the address is the secret.\n"
end

return integration
