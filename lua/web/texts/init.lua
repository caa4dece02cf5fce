--- Every text of the pages. Each file here has an area's, a table of named parts; here they are one: templates say
--- `t.groups.title`.
local asset <const> = require "tocsin.asset"

local texts <const> = {}
for _, file in ipairs(asset.list "lua/web/texts") do
  local area <const> = string.match(file, "^(%l[%w_]*)%.lua$")
  for name, part in pairs(area and area ~= "init" and require("web.texts." .. area) or {}) do
    if texts[name] then error("lua/web/texts/" .. file .. ": `" .. name .. "` stands in another file already", 0) end
    texts[name] = part
  end
end

return texts
