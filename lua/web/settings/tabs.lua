--- The links between the pages of settings.
local rights <const> = require "api.rights"
local texts <const> = require "web.texts"

local ROWS <const> = { { "/settings", texts.settings.channels, "providers", "read" },
  { "/settings/columns", texts.settings.columns, "settings", "write" },
  { "/settings/server", texts.settings.server, "settings", "write" },
  { "/audit", texts.audit.title, "audit", "read" } }

local tabs <const> = {}

---Those that who asks may look at.
function tabs.of(request)
  local list <const> = {}
  for _, row in ipairs(ROWS) do
    if rights.may(request.actor, row[3], row[4]) then
      list[#list + 1] = { path = row[1], text = row[2], is_here = request.path == row[1] }
    end
  end
  return list
end

return tabs
