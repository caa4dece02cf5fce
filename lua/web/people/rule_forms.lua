--- The forms about notification rules: one added, moved, deleted.
local form <const> = require "web.form"
local page <const> = require "web.page"
local person <const> = require "web.people.person"
local rules <const> = require "web.people.rules"

-- POST /people/<id>/rules: type, minutes, important
local function add(request)
  local told <const> = rules.add(request, request.id, form.read(request))
  if told then return person.show(request, request.id, { rule = told }) end
  return page.see_other(request, person.path(request, request.id) .. "#rules")
end

-- POST /notification-rules/<id>: do = up, down, delete
local function act(request)
  local id <const>, problem <const> = rules.act(request, request.id, form.read(request)["do"])
  if not id then return nil end
  if problem then return person.show(request, id, { rule = { problem = problem } }) end
  return page.see_other(request, person.path(request, id) .. "#rules")
end

return { routes = {
  { "/people/:id/rules", "POST", add, "notification_settings:write", "user" },
  { "/notification-rules/:id", "POST", act, "notification_settings:write", "notification_rule" },
} }
