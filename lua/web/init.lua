--- The web pages: path → page. They are rendered on the server, and each can be read and acted on without a script.
---
--- A worker thread calls `require("web").handle(…)` as it calls the API. Who asks, and what they may do, is `api.auth`'s and
--- `api.rights`'s to say. A page is a row of `routes` in one of the modules below: README.md tells how one is made.
local auth <const> = require "api.auth"
local crypto <const> = require "tocsin.crypto"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local port <const> = require "tocsin.port"
local query_string <const> = require "api.query"
local rights <const> = require "api.rights"
local session <const> = require "api.session"
local texts <const> = require "web.texts"
local writer <const> = require "api.writer"

local web <const> = {}

-- In the order of the navigation.
local MODULES <const> = {
  "web.guide.guide", "web.groups.table", "web.groups.columns", "web.groups.labels", "web.groups.group", "web.groups.act",
  "web.integrations.list", "web.integrations.gallery", "web.integrations.overview", "web.integrations.routes",
  "web.integrations.settings", "web.integrations.labelling", "web.integrations.beat", "web.integrations.windows",
  "web.integrations.editor", "web.integrations.backtests",
  "web.chains.list", "web.chains.chain",
  "web.schedules.list", "web.schedules.shifts", "web.schedules.schedule",
  "web.webhooks.list", "web.webhooks.webhook",
  "web.people.list", "web.people.person", "web.people.reach", "web.people.rule_forms", "web.people.tokens", "web.people.teams",
  "web.insights.insights",
  "web.settings.channels", "web.settings.columns", "web.settings.server", "web.settings.audit",
  "web.account.sign_in", "web.account.oidc", "web.account.link", "web.account.own",
  "web.outside.act", "web.outside.explain", "web.outside.docs", "web.outside.installed",
}

local ROUTES <const>, AREAS <const> = {}, {}
for _, name in ipairs(MODULES) do
  local module <const> = require(name)
  AREAS[#AREAS + 1] = module.nav
  for _, row in ipairs(module.routes) do
    rights.read_route(row)
    row.is_of_one = string.find(row[1], ":", 1, true) ~= nil
    row.pattern = "^" .. string.gsub(string.gsub(string.gsub(row[1], "[%-.]", "%%%0"), ":id", "(%%w+)"),
      ":token", "([^/]+)") .. "/?$"
    ROUTES[#ROUTES + 1] = row
  end
end

-- The row of a path and what its pattern caught; or nil and the methods that the path has.
local function find(request)
  local methods <const> = {}
  for _, row in ipairs(ROUTES) do
    local caught <const> = string.match(request.path, row.pattern)
    if caught and row[2] == request.method then return row, row.is_of_one and caught or nil end
    if caught then methods[#methods + 1] = row[2] == "GET" and "GET, HEAD" or row[2] end
  end
  return nil, methods
end

local function sign_in(request)
  local query <const> = request.query_text ~= "" and "?" .. request.query_text or ""
  local back <const> = request.method == "GET" and request.path .. query or "/"
  return page.see_other(request, "/sign-in?" .. query_string.text { { "next", back } })
end

local function is_within(path, area)
  return path == area or area ~= "/" and string.sub(path, 1, #area + 1) == area .. "/"
end

-- The areas that this actor may look at.
local function nav_of(request)
  local list <const> = {}
  for _, area in ipairs(AREAS) do
    local is_here <const> = is_within(request.path, area.path) or area.also and is_within(request.path, area.also)
    if rights.may(request.actor, string.match(area.right, "^(.-):(.*)$")) then
      list[#list + 1] = { text = area.text, path = area.path, is_here = is_here == true }
    end
  end
  return list
end

-- A form of another site may do nothing here. What is sent with a token no other page can send; and a program that sends JSON
-- says nothing of where it comes from, while a page can send none elsewhere without being asked first.
local function is_welcome(request, row)
  if request.method == "GET" or row.is_for_other_sites then return true end
  local says <const> = request.headers.origin or request.headers["sec-fetch-site"]
  return request.headers.authorization ~= nil or request.is_json and not says or session.is_from_us(request)
end

-- Who asks, in `request.actor`; or the answer that they get instead.
local function stranger(request, row)
  local actor <const>, refusal <const> = auth.of(request)
  request.actor = actor
  request.nav = actor and nav_of(request)
  if row[4] == "open" then return nil end
  if not actor then
    local is_ours <const> = request.method == "GET" or not request.headers.cookie
    return is_ours and sign_in(request) or page.failed(request, refusal.status, texts.errors.forbidden)
  end
  local no <const> = rights.check_route(actor, row, request.id)
  return no and page.failed(request, no.status, no.status == 404 and texts.errors.not_found or texts.errors.forbidden)
end

local function not_there(request, methods)
  if #methods == 0 then return page.failed(request, 404, texts.errors.not_found) end
  return page.failed(request, 405, texts.errors.method, nil, "Allow: " .. table.concat(methods, ", ") .. "\r\n")
end

local function answer(request)
  local static <const> = request.method == "GET" and page.static(request)
  if static then return static end
  local row <const>, caught <const> = find(request)
  if not row then return not_there(request, caught) end
  request.id = caught
  if not is_welcome(request, row) then return page.failed(request, 403, texts.errors.other_site) end
  return stranger(request, row) or row[3](request) or not_there(request, {})
end

local NOT_NOW <const> = { FULL = true, DISK_FULL = true, IO = true, BUSY = true, CLOSED = true }

-- What went wrong inside stays in the log; the person gets a number to ask about. What a write said when it could not be done
-- is thrown as {code, sentence}.
local function failure(request, problem)
  local code <const> = type(problem) == "table" and problem.code
  if code == "TIMEOUT" then return page.failed(request, 503, texts.errors.too_long) end
  if NOT_NOW[code] then return page.failed(request, 503, texts.errors.not_now, nil, "Retry-After: 5\r\n") end
  local id <const> = crypto.hex(crypto.random_bytes(6))
  local text <const> = type(problem) == "table" and (problem.sentence or problem.message) or problem
  port.call("log", { level = "error", message = "page failed, id " .. id .. ": " .. tostring(text) })
  return page.failed(request, 500, texts.errors.failed .. " " .. id .. ".")
end

local function is_json(headers)
  return string.lower(string.match(headers["content-type"] or "", "^%s*([^;%s]*)")) == "application/json"
end

---Answers one request for a page. Called by a worker thread.
---@param headers_json string JSON object: lower-case name → value
---@param now integer µs UTC
---@param base_url string scheme, host and path that answers name
---@param client string address of who asks, behind proxies that are believed
---@param person string whom a believed proxy names; empty: nobody
---@return integer status
---@return string content_type
---@return string body
---@return string extra_headers complete lines
function web.handle(method, path, query, headers_json, body, now, base_url, client, person)
  local request <const> = { method = method, path = path, query_text = query, query = query_string.parse(query),
    headers = json.decode(headers_json), body = body or "", now = now, base_url = string.gsub(base_url, "/+$", ""),
    client = { address = client, person = person ~= "" and person or nil } }
  request.is_json = is_json(request.headers)
  request.root = string.match(request.base_url, "^%a+://[^/]+(.*)$") or ""
  local ok, a = pcall(answer, request)
  if not ok then a = failure(request, a) end
  return a.status, a.content_type or "application/json", a.text or writer.text(a.value), a.headers or ""
end

return web
