--- What the server was started with, /settings/server: read here, changed in its file, its environment or its flags.
local ask <const> = require "web.ask"
local page <const> = require "web.page"
local tabs_of <const> = require("web.settings.tabs").of
local texts <const> = require "web.texts"

-- Settings that belong together, by the beginning of their names; the rest is what is left.
local PARTS <const> = {
  { "sign_in", { "oidc", "header_sign", "header_create", "password_sign_in", "session" } },
  { "retention", { "audit_days" } },
  { "address", { "public_url", "path_prefix", "listen", "tls", "trusted", "cors" } },
  { "calling", { "acknowledge", "unacknowledge", "room_links", "resolution_note", "daily", "deliver", "outbound",
    "provider_refresh", "calendar_refresh", "allow_private", "outgoing" } },
}

local function part_of(name)
  for _, part in ipairs(PARTS) do
    for _, start in ipairs(part[2]) do
      if string.sub(name, 1, #start) == start then return part[1] end
    end
  end
  return "rest"
end

-- GET /settings/server
local function show(request)
  local by_part <const>, parts <const> = {}, {}
  for _, one in ipairs(ask.get(request, "/api/v1/settings/")) do
    local part <const> = part_of(one.name)
    by_part[part] = by_part[part] or {}
    table.insert(by_part[part], { name = one.name, value = tostring(one.value), about = one.about,
      is_changed = tostring(one.value) ~= tostring(one.default), default = tostring(one.default) })
  end
  for _, name in ipairs { "sign_in", "retention", "calling", "address", "rest" } do
    parts[#parts + 1] = { title = texts.settings.parts[name], rows = by_part[name] or {} }
  end
  return page.answer(request, "server.html", { tabs = tabs_of(request), parts = parts })
end

return { routes = { { "/settings/server", "GET", show, "settings:write" } } }
