--- The pages about accounts: which path is which, and what is refused before any of them is asked.
local json = require("tocsin.json")
local crypto = require("tocsin.crypto")
local page = require("api.page")
local page_account = require("api.page_account")
local page_link = require("api.page_link")
local page_oidc = require("api.page_oidc")
local page_sign_in = require("api.page_sign_in")
local port = require("tocsin.port")
local query_string = require("api.query")
local session = require("api.session")
local writer = require("api.writer")

local pages = {}

local BODY_MAX <const> = 32768

-- Pattern of the path, and what answers by method.
local ROUTES <const> = {
  { "^/sign%-in$", GET = page_sign_in.show, POST = page_sign_in.take },
  { "^/sign%-in/oidc$", GET = page_oidc.go },
  { "^/sign%-in/oidc/callback$", GET = page_oidc.come_back },
  { "^/sign%-out$", GET = page_sign_in.show_out, POST = page_sign_in.sign_out },
  { "^/account$", GET = page_account.show },
  { "^/account/password$", POST = page_account.change_password },
  { "^/account/totp$", POST = page_account.change_totp },
  { "^/account/sessions$", POST = page_account.end_session },
  { "^/invite/[^/]+$", GET = page_link.show, POST = page_link.take },
  { "^/reset$", GET = page_link.show_ask, POST = page_link.ask },
  { "^/reset/[^/]+$", GET = page_link.show, POST = page_link.take },
}

local function find(path)
  if #path > 1 then path = string.gsub(path, "/$", "") end
  for _, route in ipairs(ROUTES) do
    if string.find(path, route[1]) then return route end
  end
end

-- The fields that were sent, or nil and the answer that refuses them.
local function read_body(request)
  local kind = string.match(request.headers["content-type"] or "", "^%s*([^;%s]*)")
  request.is_json = string.lower(kind or "") == "application/json"
  if #request.body > BODY_MAX then return nil, page.refuse(request, 413, "This is more than a form of ours can hold.") end
  if request.is_json then
    local value = json.decode(request.body)
    if type(value) ~= "table" or getmetatable(value) == json.array_mt then
      return nil, page.refuse(request, 400, "Expected a JSON object.")
    end
    return value
  end
  local sent = {}
  for _, pair in ipairs(query_string.parse(request.body)) do sent[pair[1]] = pair[2] end
  return sent
end

-- A form of another site may not sign anybody in or out. A program that sends JSON says nothing of where it comes from,
-- and no page can send JSON elsewhere without being asked first.
local function is_welcome(request)
  local says = request.headers.origin or request.headers["sec-fetch-site"]
  return session.is_from_us(request) or request.is_json and not says
end

local function answer(request)
  local route = find(request.path)
  if not route then return page.message(404, "Not found", "There is no such page.") end
  local handler = route[request.method]
  if not handler then
    return page.message(405, "Not allowed", "This page cannot be asked so.", nil, "Allow: " ..
      (route.GET and route.POST and "GET, HEAD, POST" or route.GET and "GET, HEAD" or "POST") .. "\r\n")
  end
  if request.method ~= "POST" then return handler(request) end
  local sent, refusal = read_body(request)
  if not sent then return refusal end
  if not is_welcome(request) then
    return page.refuse(request, 403, "This request does not come from a page of this server. Open the page anew and try again.")
  end
  return handler(request, sent)
end

-- What a write said when it could not be done is thrown as {code, sentence}.
local function failure(request, problem)
  local code = type(problem) == "table" and problem.code
  if code == "FULL" or code == "DISK_FULL" or code == "IO" or code == "BUSY" or code == "CLOSED" then
    return page.refuse(request, 503, "Nothing can be written just now. Try again.", "Retry-After: 5\r\n")
  end
  local id = crypto.hex(crypto.random_bytes(6))
  local text = type(problem) == "table" and (problem.sentence or problem.message) or problem
  port.call("log", { level = "error", message = "A page failed, id " .. id .. ": " .. tostring(text) })
  return page.refuse(request, 500, "Something went wrong here. The log has the reason under id " .. id .. ".")
end

---Is this the path of a page about accounts?
function pages.has(path) return find(path) ~= nil end

---Answers one request. Called by `web.handle`, with what a worker thread told that.
---@param client string address
---@param person string whom a believed proxy names; empty: nobody
---@return integer status
---@return string content_type
---@return string body
---@return string extra_headers
function pages.handle(method, path, query, headers_json, body, now, base_url, client, person)
  local request = {
    method = method, path = path, query = query_string.parse(query), headers = json.decode(headers_json),
    body = body or "", now = now, base_url = string.gsub(base_url, "/+$", ""),
    client = { address = client, person = person ~= "" and person or nil },
  }
  local ok, a = pcall(answer, request)
  if not ok then a = failure(request, a) end
  a = page.under(a, string.match(request.base_url, "^%a+://[^/]+(.*)$") or "")
  return a.status, a.content_type or "application/json", a.text or writer.text(a.value), a.headers or ""
end

return pages
