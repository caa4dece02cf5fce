--- Outgoing webhooks, `/webhooks`: what each is sent for, where to, and what came back last.
local ask <const> = require "web.ask"
local clock <const> = require "web.clock"
local page <const> = require "web.page"
local rights <const> = require "api.rights"
local texts <const> = require "web.texts"
local times <const> = require "web.times"

local PATH <const> = "/api/v1/webhooks/"

local function last_of(request, id)
  local found <const> = ask.get(request, PATH .. id .. "/responses/", { perpage = 1 })
  local last <const> = found and found.results[1]
  if not last then return texts.webhooks.never, false end
  local when <const> = times.apart(clock.read(last.timestamp), request.now)
  if math.type(last.status_code) == "integer" then
    return string.format(texts.webhooks.answered, last.status_code, when), last.status_code >= 400
  end
  return string.format(texts.webhooks.failed, when), true
end

local function show(request)
  local list <const> = {}
  for i, hook in ipairs(ask.list(request, PATH) or {}) do
    local last <const>, is_bad <const> = last_of(request, hook.id)
    list[i] = { id = hook.id, name = hook.name, url = hook.url, trigger = texts.webhooks.triggers[hook.trigger_type] or
      hook.trigger_type,
      is_off = not hook.is_webhook_enabled, last = last, is_bad = is_bad }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return page.answer(request, "webhooks.html", { webhooks = list, may_write = rights.may(request.actor, "webhooks", "write"),
    work_css = page.static_url(request, "work.css") })
end

return {
  nav = { text = texts.webhooks.title, path = "/webhooks", right = "webhooks:read" },
  routes = { { "/webhooks", "GET", show, "webhooks:read" } },
}
