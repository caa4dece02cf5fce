--- The links between the pages about people, and between those about oneself.
local rights <const> = require "api.rights"
local texts <const> = require "web.texts"

local tabs <const> = {}

local function list_of(request, rows)
  local list <const> = {}
  for _, row in ipairs(rows) do
    if not row[3] or rights.may(request.actor, row[3], row[4]) then
      list[#list + 1] = { path = row[1], text = row[2], is_here = request.path == row[1] }
    end
  end
  return list
end

---People and teams.
function tabs.people(request)
  return list_of(request, { { "/people", texts.people.title }, { "/teams", texts.teams.title, "teams", "read" } })
end

---One's own pages.
function tabs.own(request)
  return list_of(request, { { "/profile", texts.person.mine }, { "/account", texts.account.tab },
    { "/profile/tokens", texts.tokens.title, "tokens", "read" } })
end

return tabs
