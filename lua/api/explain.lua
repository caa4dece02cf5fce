--- The page behind GET on an ingestion URL: what the integration is, how to connect it, and a first alert to send.
local asset = require("tocsin.asset")
local crypto = require("tocsin.crypto")
local html = require("channels.html")
local integration = require("integration")
local jinja = require("jinja")
local keys = require("keys")
local store = require("tocsin.store")

local explain = {}

-- The address of the page holds the integration's key: it is neither cached nor passed on as a referrer.
local HEADERS = "Content-Security-Policy: default-src 'none'; style-src 'nonce-%s'; base-uri 'none'; " ..
  "form-action 'none'; frame-ancestors 'none'\r\n" ..
  "Referrer-Policy: no-referrer\r\nCache-Control: no-store\r\n"

local TEXT, HTML = "text/plain; charset=utf-8", "text/html; charset=utf-8"

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
    return "The file of this type is broken, so alerts are stored as they come, without its templates: " .. why ..
      ". Mend it (`tocsin check` shows more) and start the server again."
  elseif why then
    return "There is a problem in the file of this type; its templates go on working: " .. why
  end
  return "There is no file for this type any more; its templates go on working."
end

local function page(row, spec, url, nonce)
  local example = spec and spec.examples[1]
  local source = asset.get("lua/web/explain.html")
  local template = assert(jinja.new({}):compile(source))
  return assert(template:render({
    nonce = nonce, source = spec and spec.name or row.type, name = row.name, url = url,
    about = spec and spec.about or what_is_missing(row.type),
    connect = spec and html.from_markdown(integration.connect(spec, { url = url, name = row.name })) or "",
    example = example and curl_line(example, url) or "", example_name = example and example[1] or "",
  }))
end

---Answers GET /integrations/v1/<type>/<token>/. Refusals are those of POST.
---@return integer status
---@return string content_type
---@return string body
---@return string|nil extra_headers
function explain.page(type_name, token, base_url)
  local row = find(token)
  if not row then return 403, TEXT, "Integration key was not found. Permission denied." end
  if row.type ~= type_name then
    return 400, TEXT, string.format("This url is for integration with %s. Key is for %s", type_name, row.type)
  end
  local url = string.format("%s/integrations/v1/%s/%s/", string.gsub(base_url, "/+$", ""), row.type, row.token)
  local nonce = crypto.hex(crypto.random_bytes(16))
  return 200, HTML, page(row, (integration.load(row.type)), url, nonce), string.format(HEADERS, nonce)
end

return explain
