--- What the groups of an identity provider mean here: "GROUP=VALUE, …" of a setting, and the groups of a person.
local json = require("tocsin.json")

local group_mapping = {}

local RANK <const> = { viewer = 1, editor = 2, admin = 3 }

---The pairs {group, value} of a setting; a group may hold equals signs.
function group_mapping.pairs(text)
  local list = {}
  for one in string.gmatch(text, "[^,]+") do
    local group, value = string.match(one, "^%s*(.-)%s*=%s*([^=]-)%s*$")
    if group and group ~= "" and value ~= "" then list[#list + 1] = { group, value } end
  end
  return list
end

---The groups that a claim names, as a set: a list of texts, or one text.
function group_mapping.set(claim)
  local set = {}
  if type(claim) == "string" then set[claim] = true end
  if getmetatable(claim) == json.array_mt then
    for _, group in ipairs(claim) do
      if type(group) == "string" then set[group] = true end
    end
  end
  return set
end

---The highest role of the groups, or `standard`; nil when the setting says nothing.
function group_mapping.role(setting, groups, standard)
  local list, best = group_mapping.pairs(setting), nil
  if #list == 0 then return nil end
  for _, pair in ipairs(list) do
    if groups[pair[1]] and (not best or RANK[pair[2]] > RANK[best]) then best = pair[2] end
  end
  return best or standard
end

---Whether one of the groups leads to each team that the setting names: name → boolean.
function group_mapping.teams(setting, groups)
  local teams = {}
  for _, pair in ipairs(group_mapping.pairs(setting)) do
    teams[pair[2]] = teams[pair[2]] or groups[pair[1]] or false
  end
  return teams
end

return group_mapping
