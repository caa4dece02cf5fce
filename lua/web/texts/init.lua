--- Every text of the pages. Each area has its own file, a table of named parts; here they are one: templates say
--- `t.groups.title`.
local AREAS <const> = { "common", "groups", "integrations", "account", "outside" }

local texts <const> = {}
for _, area in ipairs(AREAS) do
  for name, part in pairs(require("web.texts." .. area)) do
    if texts[name] then error("lua/web/texts/" .. area .. ".lua: `" .. name .. "` stands in another file already", 0) end
    texts[name] = part
  end
end

return texts
