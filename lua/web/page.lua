--- Pages and parts of pages: a template of `lua/web/templates/` rendered by our own Jinja2, with autoescape on, and the
--- headers that every page has.
local asset <const> = require "tocsin.asset"
local crypto <const> = require "tocsin.crypto"
local jinja <const> = require "jinja"
local texts <const> = require "web.texts"
local view <const> = require "web.view"

local page <const> = {}

local FOLDER <const> = "lua/web/"
local HTML <const> = "text/html; charset=utf-8"
-- Nothing but our own files is loaded, and no script or style stands in a page.
local POLICY <const> = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; " ..
  "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; " ..
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
local HEADERS <const> = "Content-Security-Policy: " .. POLICY .. "\r\nReferrer-Policy: same-origin\r\n" ..
  "Cache-Control: no-store\r\n"

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

--- The address of a static file: it changes with the file, so that browsers may keep it.
function page.static_url(name)
  local bytes <const> = bytes_of(name)
  return "/static/" .. (bytes and digest_of(name, bytes) or "0") .. "/" .. name
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

--- The text of a template. `context`: name → plain Lua value, or what `web.view` made; `me` (who looks, if anybody) and `path`
--- are what the layout needs. What is nil prints nothing.
function page.render(name, context)
  for key, v in pairs(context) do context[key] = view.of(v) end
  context.css, context.js, context.icon = page.static_url "style.css", page.static_url "app.js", page.static_url "icon.svg"
  local text, e = template_of(name):render(context)
  if not text then error((e.template or name) .. ":" .. (e.line or 0) .. ": " .. e.message, 0) end
  return text
end

--- The answer that is a page.
function page.answer(name, context, status)
  return { status = status or 200, content_type = HTML, text = page.render(name, context), headers = HEADERS }
end

--- The answer that leads elsewhere with GET, after a form.
function page.see_other(where)
  return { status = 303, content_type = HTML, text = "", headers = "Location: " .. where .. "\r\n" .. HEADERS }
end

return page
