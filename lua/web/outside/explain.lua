--- The page behind GET on an ingestion URL: what the integration is, how to connect it, and a first alert to send.
local crypto = require("tocsin.crypto")
local html = require("channels.html")
local integration = require("integration")
local keys = require("keys")
local mail_address = require("api.mail_address")
local page = require("web.page")
local store = require("tocsin.store")
local texts = require("web.texts")
local view = require("web.view")

-- The address of the page holds the integration's key: it is not passed on as a referrer.
local HEADERS <const> = "Referrer-Policy: no-referrer\r\n"
local TEXT <const> = "text/plain; charset=utf-8"

-- All keys are looked at, each in time that does not depend on how much of it is right.
local function find(token)
  local found
  for _, row in ipairs(store.rows("SELECT token, type, name FROM integration WHERE deleted_at IS NULL")) do
    if crypto.equal(row.token, token) then found = row end
  end
  return found
end

local function quote_for_shell(text)
  return "'" .. string.gsub(text, "'", "'\\''") .. "'"
end

-- The first example as a line for a shell.
local function curl_line(example, url)
  local headers = example.headers or { ["Content-Type"] = "application/json" }
  local line = "curl -X " .. (example.method or "POST")
  for _, name in ipairs(keys.sorted(headers)) do
    line = line .. " -H " .. quote_for_shell(name .. ": " .. headers[name])
  end
  return line .. " " .. quote_for_shell(example.query and url .. "?" .. example.query or url) ..
    " --data-binary " .. quote_for_shell(example.payload)
end

local function what_is_missing(type_name)
  local flags, why = integration.look(type_name)
  if flags & 8 ~= 0 then
    return string.format(texts.explain.broken, why)
  elseif why then
    return string.format(texts.explain.problem, why)
  end
  return texts.explain.no_file
end

local function shows_of(row, url)
  local spec = integration.load(row.type)
  local example = spec and spec.examples[1]
  local source = spec and spec.name or row.type
  return { heading = string.format(texts.explain.title, source), source = source, name = row.name, url = url,
    about = spec and spec.about or what_is_missing(row.type),
    connect = spec and view.html(html.from_markdown(integration.connect(spec, { url = url, name = row.name,
      email = mail_address.of(row.token) }))) or "",
    example = example and curl_line(example, url) or false, example_name = example and example[1] }
end

local function refused(status, text) return { status = status, content_type = TEXT, text = text } end

-- GET /integrations/v1/<type>/<token>/. Refusals are those of POST.
local function answer(request)
  local type_name, token = string.match(request.path, "^/integrations/v1/([^/]+)/([^/]+)")
  local row = find(token)
  if not row then return refused(403, texts.explain.no_key) end
  if row.type ~= type_name then return refused(400, string.format(texts.explain.other_type, type_name, row.type)) end
  local url = string.format("%s/integrations/v1/%s/%s/", request.base_url, row.type, row.token)
  return page.answer(request, "explain.html", shows_of(row, url), 200, HEADERS)
end

return { routes = { { "/integrations/v1/:token/:token", "GET", answer, "open" } } }
