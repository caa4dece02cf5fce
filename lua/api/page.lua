--- Pages as answers: a template of lua/web with the headers that belong to every page about accounts.
local asset = require("tocsin.asset")
local crypto = require("tocsin.crypto")
local jinja = require("jinja")
local json = require("tocsin.json")
local writer = require("api.writer")

local page = {}

local HTML <const> = "text/html; charset=utf-8"

-- Neither cached nor indexed nor framed; no script runs. `same-origin` keeps addresses with tokens in them from others and
-- lets forms tell where they come from.
local HEADERS <const> = "Content-Security-Policy: default-src 'none'; style-src 'nonce-%s'; base-uri 'none'; " ..
  "form-action 'self'; frame-ancestors 'none'\r\nX-Frame-Options: DENY\r\n" ..
  "Referrer-Policy: same-origin\r\nCache-Control: no-store\r\nX-Robots-Tag: noindex, nofollow\r\n"

local NO_PAGE_LENGTH <const> = 2000

local env <const> = jinja.new { autoescape = true, loader = function(name) return asset.get("lua/web/" .. name) end }

---An answer with a page.
---@param name string lua/web/<name>.html
---@param shows table what the template sees
---@param headers string|nil more complete lines
function page.answer(status, name, shows, headers)
  local nonce = crypto.hex(crypto.random_bytes(16))
  local values = { nonce = nonce }
  for key, value in pairs(shows) do values[key] = type(value) == "table" and json.payload(json.encode(value)) or value end
  local template = assert(env:compile('{% extends "' .. name .. '.html" %}'))
  local text, why = template:render(values)
  if not text then error(why.message, 0) end
  return { status = status, content_type = HTML, text = text, headers = string.format(HEADERS, nonce) .. (headers or "") }
end

---A page with a heading and a sentence, and perhaps a link.
function page.message(status, heading, sentence, link, headers)
  return page.answer(status, "message", { heading = heading, sentence = sentence, link = link }, headers)
end

---A refusal, as JSON to who sent JSON.
function page.refuse(request, status, sentence, headers)
  if request.is_json then
    return { status = status, value = writer.object("detail", sentence),
      headers = "Cache-Control: no-store\r\n" .. (headers or "") }
  end
  return page.message(status, status >= 500 and "Try again" or "Not done", sentence, nil, headers)
end

---Sends the browser elsewhere by GET.
function page.see(path, headers)
  return { status = 303, content_type = "text/plain; charset=utf-8", text = "", headers = "Location: " .. path ..
    "\r\nCache-Control: no-store\r\nReferrer-Policy: same-origin\r\n" .. (headers or "") }
end

---An answer as it is under a path of its proxy: what its links, forms and redirects name on this server lies there. Templates
---escape quotes in what they are given, so only their own attributes begin like this.
---@param answer table
---@param prefix string path without a final slash
function page.under(answer, prefix)
  if prefix == "" then return answer end
  local as_text = string.gsub(prefix, "%%", "%%%%")
  answer.headers = answer.headers and string.gsub(answer.headers, "Location: /", "Location: " .. as_text .. "/")
  if answer.content_type == HTML then
    answer.text = string.gsub(answer.text, '(%f[%w]%l+=")/', function(name)
      return (name == 'href="' or name == 'action="' or name == 'src="') and name .. prefix .. "/" or nil
    end)
  end
  return answer
end

---Where a `next` leads: a path here, or the alert groups for anything else. A browser takes `//host` and
---`/\host` for another host, and drops tabs and newlines before it looks.
---@param text any
---@return string
function page.next(text)
  local is_good = type(text) == "string" and #text <= NO_PAGE_LENGTH and string.find(text, "^/[%w%-._~!$&'()*+,;=:@%%/?]*$")
    and not string.find(text, "^//")
  return is_good and text or "/"
end

return page
