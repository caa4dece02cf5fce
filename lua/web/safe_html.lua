--- HTML of people's own templates as HTML that a page may hold: a few tags without attributes, links that lead outside, and
--- everything else as text. Pure.
local html <const> = require "channels.html"
local markdown <const> = require "markdown"
local plain <const> = require "channels.plain"

local safe_html <const> = {}

local TAGS <const> = { b = "b", strong = "b", i = "i", em = "i", u = "u", ins = "u", s = "s", strike = "s", del = "s",
  code = "code", pre = "pre", blockquote = "blockquote", a = "a" }

-- Text between tags: its entities are what they stand for, once.
local function text_of(text) return html.escape((string.gsub(text, "&#?%w+;", plain.from_markup))) end

local function open_link(attributes)
  local url <const> = string.match(attributes, 'href%s*=%s*"([^"]*)"') or string.match(attributes, "href%s*=%s*'([^']*)'")
  local safe <const> = url and markdown.safe_url((string.gsub(url, "&amp;", "&")))
  return safe and '<a href="' .. html.escape(safe) .. '" rel="noopener nofollow" target="_blank">'
end

-- Closes what is open down to a tag; nothing when it is not open.
local function close(open, tag, out)
  local from
  for i = #open, 1, -1 do
    if open[i] == tag then from = i break end
  end
  for i = #open, from or #open + 1, -1 do
    out[#out + 1] = "</" .. open[i] .. ">"
    open[i] = nil
  end
  return from ~= nil
end

local function put_tag(open, out, whole, slash, name, attributes)
  local tag <const> = TAGS[string.lower(name)]
  if not tag then out[#out + 1] = text_of(whole) return end
  if slash == "/" then close(open, tag, out) return end
  local start <const> = tag == "a" and open_link(attributes) or tag ~= "a" and "<" .. tag .. ">"
  if not start then return end
  open[#open + 1] = tag
  out[#out + 1] = start
end

---@param text string
---@return string html
function safe_html.of(text)
  local out <const>, open <const> = {}, {}
  local at = 1
  while true do
    local from, to, slash, name, attributes = string.find(text, "<(/?)(%a+)([^<>]*)>", at)
    if not from then break end
    out[#out + 1] = text_of(string.sub(text, at, from - 1))
    put_tag(open, out, string.sub(text, from, to), slash, name, attributes)
    at = to + 1
  end
  out[#out + 1] = text_of(string.sub(text, at))
  for i = #open, 1, -1 do out[#out + 1] = "</" .. open[i] .. ">" end
  return (string.gsub(table.concat(out), "\n", "<br>"))
end

return safe_html
