--- What makes the pages an app that can be installed: the manifest, the service worker under the path that it serves, and the
--- page for when there is no network.
local asset <const> = require "tocsin.asset"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local texts <const> = require "web.texts"

-- GET /manifest.webmanifest
local function manifest(request)
  local icon <const> = page.static_url(request, "icon.svg")
  local text <const> = json.encode { name = texts.product, short_name = texts.product,
    description = texts.installed.about, id = request.root .. "/", start_url = request.root .. "/",
    scope = request.root .. "/", display = "standalone", background_color = "#f6f7f9", theme_color = "#b3261e",
    icons = json.array { { src = icon, sizes = "any", type = "image/svg+xml", purpose = "any" },
      { src = icon, sizes = "any", type = "image/svg+xml", purpose = "maskable" } } }
  return { status = 200, content_type = "application/manifest+json", text = text, headers = "Cache-Control: no-cache\r\n" }
end

-- GET /service-worker.js: it may serve what lies below its own path only, so it does not lie under /static/. Its policy is what
-- it may fetch itself.
local WORKER_POLICY <const> = "default-src 'none'; connect-src 'self'; img-src 'self'"
local function worker()
  return { status = 200, content_type = "text/javascript; charset=utf-8", text = asset.get "lua/web/static/service-worker.js",
    headers = "Content-Security-Policy: " .. WORKER_POLICY .. "\r\nCache-Control: no-cache\r\n" }
end

-- GET /offline
local function offline(request)
  request.actor, request.nav = nil, nil -- it is kept on the device
  return page.answer(request, "message.html", { heading = texts.installed.offline, sentence = texts.installed.why,
    link = { path = "/", text = texts.installed.again } })
end

return { routes = {
  { "/manifest.webmanifest", "GET", manifest, "open" },
  { "/service-worker.js", "GET", worker, "open" },
  { "/offline", "GET", offline, "open" },
} }
