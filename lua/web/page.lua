--- Pages and parts of pages: a template of `lua/web/templates/` rendered by our own Jinja2, with autoescape on, and the
--- headers that every page has.
local asset <const> = require "tocsin.asset"
local crypto <const> = require "tocsin.crypto"
local jinja <const> = require "jinja"
local texts <const> = require "web.texts"
local view <const> = require "web.view"
local writer <const> = require "api.writer"

local page <const> = {}

local FOLDER <const> = "lua/web/"
local OWN_PATH_MAX <const> = 2000
local HTML <const> = "text/html; charset=utf-8"
-- Nothing but our own files is loaded, and no script or style stands in a page.
local POLICY <const> = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; " ..
  "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; " ..
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
local HEADERS <const> = "Content-Security-Policy: " .. POLICY .. "\r\nX-Frame-Options: DENY\r\n" ..
  "X-Robots-Tag: noindex, nofollow\r\nCache-Control: no-store\r\n"
-- So addresses with tokens in them stay from others, and forms tell where they come from.
local REFERRER <const> = "Referrer-Policy: same-origin\r\n"

local TYPES <const> = { css = "text/css; charset=utf-8", js = "text/javascript; charset=utf-8", svg = "image/svg+xml",
  txt = "text/plain; charset=utf-8" }

-- Static files ---------------------------------------------------------------------------------------------------------

-- Our own, and what the build made of others' libraries (vendor/browser.sh).
local function bytes_of(name) return asset.get(FOLDER .. "static/" .. name) or asset.get("browser/" .. name) end

local digests <const> = {}

-- A file that was changed on disk (`--lua DIR`) has another one.
local function digest_of(name, bytes)
  local known = digests[name]
  if not known or known.bytes ~= bytes then
    known = { bytes = bytes, digest = string.sub(crypto.sha256_hex(bytes), 1, 12) }
    digests[name] = known
  end
  return known.digest
end

---The address of a static file: it changes with the file, so that browsers may keep it.
function page.static_url(request, name)
  local bytes <const> = bytes_of(name)
  return request.root .. "/static/" .. (bytes and digest_of(name, bytes) or "0") .. "/" .. name
end

--- Answers GET /static/<digest>/<name>, or nil when there is no such file. Compressed by the build, where the browser takes that.
function page.static(request)
  local digest <const>, name <const> = string.match(request.path, "^/static/(%x+)/([%w_.-]+)$")
  local kind <const> = name and TYPES[string.match(name, "%.(%w+)$")]
  local bytes <const> = kind and bytes_of(name)
  if not bytes then return nil end
  local current <const> = digest_of(name, bytes)
  local small <const> = string.find(request.headers["accept-encoding"] or "", "gzip", 1, true) and
    asset.get("browser/" .. current .. ".gz")
  return { status = 200, content_type = kind, text = small or bytes, headers = "Vary: Accept-Encoding\r\nCache-Control: " ..
    (digest == current and "public, max-age=31536000, immutable" or "no-cache") .. "\r\n" ..
    (small and "Content-Encoding: gzip\r\n" or "") }
end

-- Templates ------------------------------------------------------------------------------------------------------------

local environment <const> = jinja.new {
  autoescape = true, trim_blocks = true, lstrip_blocks = true,
  loader = function(name) return asset.get(FOLDER .. "templates/" .. name) end,
  globals = { t = view.of(texts) },
}

local compiled <const> = {}

-- A page that was changed on disk (`--lua DIR`) is compiled anew.
local function template_of(name)
  local source = assert(asset.get(FOLDER .. "templates/" .. name), name)
  local known = compiled[name]
  if known and known.source == source then return known.template end
  local template, e = environment:compile(source)
  if not template then error(name .. ":" .. (e.line or 0) .. ": " .. e.message, 0) end
  compiled[name] = { source = source, template = template }
  return template
end

--- The text of a template. `context`: name → plain Lua value, or what `web.view` made. What is nil prints nothing. Besides,
--- every template sees `root` (the path that our links begin with), `path`, `me` (the name of who looks, if anybody), `nav`
--- and `t`, the texts.
function page.render(request, name, context)
  local values <const> = {}
  for key, v in pairs(context) do values[key] = view.of(v) end
  values.root, values.path = request.root, request.path
  values.me = request.actor and (request.actor.full_name or request.actor.name)
  values.nav = view.of(request.nav or {})
  values.css, values.js, values.icon = page.static_url(request, "style.css"),
    page.static_url(request, "app.js"), page.static_url(request, "icon.svg")
  values.htmx, values.push_js = page.static_url(request, "htmx.js"), page.static_url(request, "push.js")
  local text, e = template_of(name):render(values)
  if not text then error((e.template or name) .. ":" .. (e.line or 0) .. ": " .. e.message, 0) end
  return text
end

local function headers_of(more)
  return HEADERS .. (string.find(more or "", "Referrer-Policy:", 1, true) and "" or REFERRER) .. (more or "")
end

--- The answer that is a page.
---@param name string a file of templates/
---@param status integer|nil 200
---@param headers string|nil further lines
function page.answer(request, name, context, status, headers)
  return { status = status or 200, content_type = HTML, text = page.render(request, name, context),
    headers = headers_of(headers) }
end

--- The answer that is plain text, for a script or as a file to keep.
---@param file string|nil the name under which a browser keeps it
function page.text(text, file)
  local keep <const> = file and 'Content-Disposition: attachment; filename="' .. file .. '"\r\n' or nil
  return { status = 200, content_type = "text/plain; charset=utf-8", text = text, headers = headers_of(keep) }
end

--- The answer that leads to another of our pages with GET, after a form.
---@param where string path without the prefix
function page.see_other(request, where, headers)
  return page.lead_to(request.root .. where, headers)
end

--- The answer that leads to any address with GET.
function page.lead_to(address, headers)
  return { status = 303, content_type = HTML, text = "", headers = "Location: " .. address .. "\r\n" .. headers_of(headers) }
end

--- A page with a heading and a sentence, and perhaps a link: { path, text }.
function page.message(request, status, heading, sentence, link, headers)
  return page.answer(request, "message.html", { heading = heading, sentence = sentence, link = link }, status, headers)
end

--- The answer that says why something is not so, as JSON to who sent JSON.
function page.failed(request, status, heading, sentence, headers)
  if request.is_json then
    return { status = status, value = writer.object("detail", sentence or heading),
      headers = "Cache-Control: no-store\r\n" .. (headers or "") }
  end
  return page.message(request, status, heading, sentence, { path = "/", text = texts.errors.home }, headers)
end

--- Where a `next` or `back` leads: a path here, or the alert groups for anything else. A browser takes `//host` and
--- `/\host` for another host, and drops tabs and newlines before it looks.
---@param text any
---@return string
function page.own_path(text)
  local is_good <const> = type(text) == "string" and #text <= OWN_PATH_MAX and
    string.find(text, "^/[%w%-._~!$&'()*+,;=:@%%/?]*$") and not string.find(text, "^//")
  return is_good and text or "/"
end

return page
