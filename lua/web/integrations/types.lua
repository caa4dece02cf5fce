--- The sources that an integration can be of, for people who choose one: their files, read once in each Lua state and
--- again when one of one's own changes.
local integration <const> = require "integration"

local types <const> = {}

local loaded, loaded_at

local function load_all()
  loaded, loaded_at = {}, integration.generation()
  for _, name in ipairs(integration.list()) do
    local spec <const> = integration.load(name)
    if spec and not spec.is_hidden then
      loaded[#loaded + 1] = { type = name, name = spec.name, about = spec.about, spec = spec }
    end
  end
  table.sort(loaded, function(a, b) return string.lower(a.name) < string.lower(b.name) end)
end

---Every source by name: { type, name, about, spec }.
function types.list()
  if loaded_at ~= integration.generation() then load_all() end
  return loaded
end

---One of them, or nil.
function types.get(name)
  for _, one in ipairs(types.list()) do
    if one.type == name then return one end
  end
end

---What people call a type; of one without a file its own name.
function types.name(name)
  local one <const> = types.get(name)
  if one then return one.name end
  local spec <const> = integration.load(name)
  return spec and spec.name or name
end

local function is_like(one, words)
  local text <const> = string.lower(one.name .. " " .. one.type .. " " .. one.about)
  for _, word in ipairs(words) do
    if not string.find(text, word, 1, true) then return false end
  end
  return true
end

---Those that have every word of a text in name or description.
function types.find(text)
  local words <const>, list <const> = {}, {}
  for word in string.gmatch(string.lower(text), "%S+") do words[#words + 1] = word end
  for _, one in ipairs(types.list()) do
    if is_like(one, words) then list[#list + 1] = one end
  end
  return list
end

return types
