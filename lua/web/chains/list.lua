--- Escalation chains, `/escalation-chains`: all of them with who uses them, and making one.
local ask <const> = require "web.ask"
local form <const> = require "web.form"
local page <const> = require "web.page"
local rights <const> = require "api.rights"
local texts <const> = require "web.texts"

local PATH <const> = "/api/v1/escalation_chains/"

-- How many rows of a list name each chain.
local function counted(rows)
  local counts <const> = {}
  for _, row in ipairs(rows or {}) do counts[row.escalation_chain_id] = (counts[row.escalation_chain_id] or 0) + 1 end
  return counts
end

local function steps_text(n) return n == 1 and texts.chains.step or string.format(texts.chains.steps, n) end

local function used_text(n)
  if n == 0 then return texts.chains.unused end
  return n == 1 and texts.chains.used_once or string.format(texts.chains.used, n)
end

local function show(request, sent, problem)
  local steps <const> = counted(ask.list(request, "/api/v1/escalation_policies/"))
  local used <const> = counted(ask.list(request, "/api/v1/routes/"))
  local teams <const> = form.choices(ask.list(request, "/api/v1/teams/") or {})
  local team_names <const>, list <const> = {}, {}
  for _, team in ipairs(teams) do team_names[team.value] = team.text end
  for i, chain in ipairs(ask.list(request, PATH) or {}) do
    list[i] = { id = chain.id, name = chain.name, team = team_names[chain.team_id] or false,
      steps = steps_text(steps[chain.id] or 0),
      used = used_text(used[chain.id] or 0) }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return page.answer(request, "chains.html", { chains = list, teams = teams, work_css = page.static_url(request, "work.css"),
    may_write = rights.may(request.actor, "chains", "write"), form = form.state(sent or {}, problem), is_open = problem ~= nil },
    problem and form.status(problem) or 200)
end

local function create(request)
  local sent <const> = form.read(request)
  local made <const>, problem <const> = ask.send(request, "POST", PATH, { name = sent.name,
    team_id = form.text_or_null(sent.team_id) })
  if not made then return show(request, sent, problem) end
  return page.see_other(request, "/escalation-chains/" .. made.id)
end

return {
  nav = { text = texts.chains.title, path = "/escalation-chains", right = "chains:read" },
  routes = {
    { "/escalation-chains", "GET", function(request) return show(request) end, "chains:read" },
    { "/escalation-chains", "POST", create, "chains:write" },
  },
}
