--- The first steps on a new server, on top of the table of alert groups until they are done: an integration, a demo alert, a way
--- to reach oneself, a page to oneself. For who may set things up, and can be put away.
local ask <const> = require "web.ask"
local ids <const> = require "tocsin.ids"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local rights <const> = require "api.rights"
local session <const> = require "api.session"
local texts <const> = require "web.texts"

local guide <const> = {}

local COOKIE <const>, YEAR_S <const> = "guide", 31536000

local function first_of(request, path, filters)
  local asked <const> = { perpage = 1 }
  for name, v in pairs(filters or {}) do asked[name] = v end
  local found <const> = ask.get(request, path, asked)
  return found and found.results[1]
end

-- Is there a way that the rules of this person lead to? Without rules an e-mail is sent.
local function is_reached(request, id)
  local has, has_any = {}, false
  for _, method in ipairs(ask.list(request, "/api/v1/contact_methods/", { user_id = id }) or {}) do
    has[method.channel], has_any = true, true
  end
  local rules <const> = has_any and ask.list(request, "/api/v1/personal_notification_rules/", { user_id = id,
    important = "false" }) or {}
  for _, rule in ipairs(rules) do
    if has[string.match(rule.type, "^notify_by_(.*)$") or ""] then return true, has_any end
  end
  return #rules == 0 and has.email == true, has_any
end

-- The first integration that is no direct paging.
local function source_of(request)
  for _, one in ipairs(ask.list(request, "/api/v1/integrations/", { perpage = 5 }) or {}) do
    if one.type ~= "direct_paging" then return one end
  end
end

-- The steps: { text, hint, link or is_page, is_done }.
local function steps(request, id, has_groups)
  local t <const>, source <const> = texts.guide, source_of(request)
  local has_provider <const> = first_of(request, "/api/v1/providers/") ~= nil
  local reached <const>, has_method <const> = is_reached(request, id)
  local has_alert <const> = has_groups or first_of(request, "/api/v1/alert_groups/") ~= nil
  return {
    { text = t.admin, is_done = true },
    { text = t.integration, hint = t.integration_hint, link = "/integrations/new", is_done = source ~= nil },
    { text = t.demo, hint = t.demo_hint, link = source and "/integrations/" .. source.id, is_done = has_alert },
    { text = t.channel, hint = t.channel_hint, link = "/settings/channels/new", is_done = has_provider },
    { text = t.me, hint = has_method and t.me_rules or t.me_hint,
      link = has_provider and (has_method and "/profile#rules" or "/profile#contact"), is_done = reached },
    { text = t.page, hint = t.page_hint, is_page = reached, is_done = false },
  }
end

---What the table shows of it, or false when there is nothing left to do.
---@param has_groups boolean whether there is a group already; false: perhaps
function guide.of(request, has_groups)
  local is_for <const> = request.actor.session_id and rights.may(request.actor, "integrations", "write") and
    session.own_cookie(request, COOKIE) ~= "off"
  if not is_for or first_of(request, "/api/v1/integrations/", { type = "direct_paging" }) then return false end
  local list <const> = steps(request, ids.encode("U", request.actor.user_id), has_groups)
  for _, step in ipairs(list) do
    if not step.is_done then
      step.is_next = true
      break
    end
  end
  return { steps = list }
end

-- POST /guide/page: pages who asks.
local function page_me(request)
  local id <const> = request.actor.user_id and ids.encode("U", request.actor.user_id)
  local made <const>, problem <const> = ask.send(request, "POST", "/api/v1/escalation/", { title = texts.guide.title_of_page,
    message = texts.guide.message_of_page, users = json.array { { id = id, important = false } } })
  if made then return page.see_other(request, "/alert-groups/" .. made.id) end
  local _, why <const> = next(problem.fields)
  return page.failed(request, problem.status, texts.errors.not_done, why or problem.detail)
end

-- POST /guide/hide
local function hide(request)
  return page.see_other(request, "/", session.set_cookie(request, COOKIE, "off", YEAR_S))
end

guide.routes = {
  { "/guide/page", "POST", page_me, "alerts:page" },
  { "/guide/hide", "POST", hide, "alerts:read" },
}

return guide
