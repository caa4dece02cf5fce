--- The settings of an integration, and deleting it.
local ask <const> = require "web.ask"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local shared <const> = require "web.integrations.shared"
local texts <const> = require "web.texts"

local settings <const> = {}

local function given_of(one)
  return { name = one.name, description_short = one.description_short, team_id = one.team_id, rate_limit = one.rate_limit,
    labels = shared.lines_of(one.labels), allow_resolve = one.allow_resolve, auto_resolve_after = one.auto_resolve_after }
end

local function shown(request, one, given, problem, status)
  return shared.answer_of(request, one, "settings", "integration_settings.html", { form = form.state(given, problem),
    teams = form.choices(shared.teams(request)), has_secret = one.signing_secret ~= json.null },
    status or problem and form.status(problem))
end

---GET /integrations/<id>/settings
local function show(request)
  local one <const> = shared.get(request)
  return one and shown(request, one, given_of(one))
end

-- The labels that were typed keep their switches: what is not sent stays as it was.
local function taken(sent)
  local labels <const>, why <const> = shared.labels_of(sent.labels or "")
  if not labels then return nil, { status = 400, fields = { labels = why }, detail = texts.form.look } end
  local secret <const> = sent.signing_secret or ""
  return { name = sent.name, description_short = form.text_or_null(sent.description_short), labels = labels,
    team_id = form.text_or_null(sent.team_id), rate_limit = form.number_or_null(sent.rate_limit),
    allow_resolve = form.is_ticked(sent, "allow_resolve"), auto_resolve_after = form.number_or_null(sent.auto_resolve_after),
    signing_secret = form.is_ticked(sent, "no_secret") and json.null or secret ~= "" and secret or nil }
end

---POST /integrations/<id>/settings
local function save(request)
  local one <const>, sent <const> = shared.get(request), form.read(request)
  if not one then return nil end
  local object, problem = taken(sent)
  local saved
  if object then saved, problem = ask.send(request, "PUT", shared.api(one.id), object) end
  if saved then return page.see_other(request, "/integrations/" .. one.id) end
  sent.signing_secret = nil -- shown to nobody
  return shown(request, one, sent, problem)
end

---POST /integrations/<id>/delete
local function delete(request)
  local one <const> = shared.get(request)
  if not one then return nil end
  if not form.is_ticked(form.read(request), "sure") then
    return shown(request, one, given_of(one), { fields = { sure = texts.setup.delete_needed }, detail = false }, 422)
  end
  local gone <const>, problem <const> = ask.send(request, "DELETE", shared.api(one.id))
  if gone then return page.see_other(request, "/integrations") end
  return shown(request, one, given_of(one), problem)
end

settings.routes = {
  { "/integrations/:id/settings", "GET", show, "integrations:read", "integration" },
  { "/integrations/:id/settings", "POST", save, "integrations:write", "integration" },
  { "/integrations/:id/delete", "POST", delete, "integrations:write", "integration" },
}

return settings
