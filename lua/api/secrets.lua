--- Secrets: sealed in the database, sixteen asterisks in every answer. The asterisks sent back keep what is stored.
local channel = require("channel")
local field = require("api.field")
local json = require("tocsin.json")
local keys = require("keys")
local seal = require("tocsin.seal")
local writer = require("api.writer")

local secrets = {}

secrets.MASK = seal.MASK

local NOTHING_STORED <const> = "The asterisks stand for a stored value, and there is none."

-- Does a sealed text hold this one? To send what is stored is no change.
local function holds(sealed, text)
  return type(sealed) == "string" and string.find(sealed, "^sealed:") ~= nil and seal.open(sealed) == text
end

---A resource's field for one secret text in a column of its own.
function secrets.field(name, max)
  local text = { name, type = "text", max = max }
  return {
    name, type = "text", nullable = true, blank_null = true,
    show = function(row) return row[name] and secrets.MASK end,
    store = function(value, _, c)
      if value == json.null then return { [name] = value } end
      if value == secrets.MASK then
        if c.old and c.old[name] then return {} end
        return nil, NOTHING_STORED
      end
      local checked, why = field.check_of(text)(text, value)
      if not checked then return nil, why end
      if c.old and holds(c.old[name], checked) then return {} end
      return { [name] = assert(seal.seal(checked)) }
    end,
  }
end

---The fields of a channel's file as an object of an answer, in the file's order.
---@param fields table[] of lua/channels/<type>.lua: settings or address
---@param stored table<string, any>
---@param is_hidden? fun(field: table): boolean what else the asker may not see
function secrets.show(fields, stored, is_hidden)
  local object = writer.object()
  for _, f in ipairs(fields) do
    local value = stored[f[1]]
    if value ~= nil and (f.secret or is_hidden and is_hidden(f)) then value = secrets.MASK end
    writer.put(object, f[1], value)
  end
  return object
end

---The values of a column, the secret ones opened.
---@param fields table[]
---@param text string JSON
---@return table<string, any>|nil
---@return string|nil why
function secrets.open(fields, text)
  local values = json.decode(text)
  for name in pairs(channel.secrets(fields)) do
    local v = values[name]
    if type(v) == "string" and string.find(v, "^sealed:") then
      local clear, why = seal.open(v)
      if not clear then return nil, why end
      values[name] = clear
    end
  end
  return values
end

---Lays values that were sent over the stored ones by a list of fields: what is not sent stays, null and "" take away.
---@param fields table[]
---@param sent table<string, any>
---@param stored table<string, any> the decoded column
---@return table laid {values = what is new, kept = what stays, stored = all that was, unknown = asterisks that stand for nothing}
function secrets.merge(fields, sent, stored)
  local laid, known = { values = {}, kept = {}, unknown = {}, stored = stored }, {}
  for _, f in ipairs(fields) do
    local name, value = f[1], sent[f[1]]
    known[name] = true
    if f.secret and value == secrets.MASK then
      value = nil
      if stored[name] == nil then laid.unknown[name] = NOTHING_STORED end
    end
    if value == nil then laid.kept[name] = stored[name]
    elseif value ~= json.null and value ~= "" then laid.values[name] = value end
  end
  -- Unknown names are left for the check, which knows what was meant.
  for name, value in pairs(sent) do
    if not known[name] then laid.values[name] = value end
  end
  return laid
end

---What is wrong with laid values by a list of fields: a list of {name, sentence}. What stays is not looked at again.
function secrets.problems(fields, laid)
  local wrong = {}
  for _, name in ipairs(keys.sorted(laid.unknown)) do wrong[#wrong + 1] = { name, laid.unknown[name] } end
  for _, problem in ipairs(channel.check_values(fields, laid.values)) do
    local name = problem[1]
    if laid.kept[name] == nil and not laid.unknown[name] then wrong[#wrong + 1] = problem end
  end
  return wrong
end

---JSON for the column: secrets sealed, names in order.
function secrets.text(fields, laid)
  local is_secret, all = channel.secrets(fields), {}
  for name, value in pairs(laid.kept) do all[name] = value end
  for name, value in pairs(laid.values) do
    if not is_secret[name] then all[name] = value
    else all[name] = holds(laid.stored[name], value) and laid.stored[name] or assert(seal.seal(value)) end
  end
  local object = writer.object()
  for _, name in ipairs(keys.sorted(all)) do writer.put(object, name, all[name]) end
  return writer.text(object)
end

return secrets
