--- The web pages: path → page. They are rendered on the server, and each can be read and acted on without a script.
---
--- A worker thread calls `require("web").handle(…)` as it calls the API. Who asks, and what they may do, is `api.auth`'s to
--- say; what is shown and done goes through the API's own handlers. A new page is a row of PAGES, a file and a template.
local account_page <const> = require "api.page"
local auth <const> = require "api.auth"
local crypto <const> = require "tocsin.crypto"
local group <const> = require "web.group"
local groups <const> = require "web.groups"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local pages <const> = require "api.pages"
local port <const> = require "tocsin.port"
local query_string <const> = require "api.query"
local rights <const> = require "api.rights"
local texts <const> = require "web.texts"

local web <const> = {}

-- Path, method, what answers, and the right that it needs, as the routes of the API say it. A page that answers nil is not
-- there.
local PAGES <const> = {
  { "/", "GET", groups.table, "alerts:read" },
  { "/alert-groups/act", "POST", group.act, "alerts:write" },
  { "/alert-groups/:id", "GET", group.page, "alerts:read", "alert_group" },
}
for _, row in ipairs(PAGES) do
  rights.read_route(row)
  row.pattern = "^" .. string.gsub(string.gsub(row[1], "%-", "%%-"), ":id", "(%%w+)") .. "$"
end

local function failed(request, status, heading, text)
  return page.answer("error.html", { me = request.actor and request.actor.name, path = request.path,
    status = status, heading = heading, text = text }, status)
end

local function not_found(request) return failed(request, 404, texts.errors.not_found) end

local function find(request)
  for _, row in ipairs(PAGES) do
    local found = row[2] == request.method and string.match(request.path, row.pattern)
    if found then return row, row.resource and found end
  end
end

local function sign_in(request)
  local query <const> = request.query_text ~= "" and "?" .. request.query_text or ""
  local back <const> = request.method == "GET" and request.path .. query or "/"
  return page.see_other("/sign-in?" .. query_string.text { { "next", back } })
end

local function answer(request)
  local static <const> = request.method == "GET" and page.static(request)
  if static then return static end
  local row <const>, id <const> = find(request)
  if not row then return not_found(request) end
  local actor <const>, refusal <const> = auth.of(request)
  if not actor then
    local is_ours <const> = request.method == "GET" or not request.headers.cookie
    return is_ours and sign_in(request) or failed(request, refusal.status, texts.errors.forbidden)
  end
  request.actor, request.id = actor, id
  local no <const> = rights.check_route(actor, row, id)
  if no then return no.status == 404 and not_found(request) or failed(request, no.status, texts.errors.forbidden) end
  return row[3](request) or not_found(request)
end

-- What went wrong inside stays in the log; the person gets a number to ask about.
local function failure(request, problem)
  local id <const> = crypto.hex(crypto.random_bytes(6))
  port.call("log", { level = "error", message = "page failed, id " .. id .. ": " .. tostring(problem) })
  return failed(request, 500, texts.errors.failed .. " " .. id .. ".")
end

---Answers one request for a page. Called by a worker thread; arguments and results are those of `api.handle`.
function web.handle(method, path, query, headers_json, body, now, base_url, client, person)
  if pages.has(path) then
    return pages.handle(method, path, query, headers_json, body, now, base_url, client, person)
  end
  local request <const> = { method = method, path = path, query_text = query, query = query_string.parse(query),
    headers = json.decode(headers_json), body = body or "", now = now, base_url = string.gsub(base_url, "/+$", "") }
  local ok, a = pcall(answer, request)
  if not ok then a = failure(request, a) end
  a = account_page.under(a, string.match(request.base_url, "^%a+://[^/]+(.*)$") or "")
  return a.status, a.content_type, a.text, a.headers
end

return web
