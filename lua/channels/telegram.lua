--- Telegram: the HTML subset of the Bot API. A customised template is that HTML already.
---
--- A message holds 4,096 characters; the sender puts title, message and buttons together, so the message keeps room.
local html <const> = require("channels.html")
local markdown <const> = require("markdown")
local plain <const> = require("channels.plain")
local gsub <const>, concat <const>, format <const> = string.gsub, table.concat, string.format

local telegram = {
  fields = { "title", "message", "image_url" },
  fallback_title = "Incident",
  limit = { title = 500, message = 3500 },
  -- Customised templates were written for payloads whose strings are escaped before they are rendered.
  escapes_payload = true,
}

local ESCAPES <const> = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }
local function escape(text) return (gsub(text, '[&<>"]', ESCAPES)) end
telegram.escape = escape

local writer <const> = setmetatable({
  text = escape,
  code = function(text) return "<code>" .. escape(text) .. "</code>" end,
  strong = function(inner) return "<b>" .. inner .. "</b>" end,
  em = function(inner) return "<i>" .. inner .. "</i>" end,
  link = function(inner, url) return format('<a href="%s">%s</a>', escape(url), inner) end,
  paragraph = function(lines) return concat(lines, "\n") end,
  heading = function(lines) return "<b>" .. concat(lines) .. "</b>" end,
  list = markdown.items("• "),
  quote = function(lines) return "<i>" .. concat(lines, "\n") .. "</i>" end,
  block = function(text) return "<pre>" .. escape(text) .. "</pre>" end,
}, { __index = html.writer })

local function to_html(text) return markdown.write(text, writer) end

--- Neutral Markdown to Telegram's HTML.
---@param text string
---@param field "title"|"message"
---@return string
function telegram.convert(text, field)
  if field == "title" then return escape(plain.cut(plain.one_line(text), telegram.limit.title)) end
  return markdown.fit(text, to_html, telegram.limit.message, "\n…")
end

--- A customised template's HTML. What is too long loses its tags, because a torn tag would be refused.
---@param text string
---@param field "title"|"message"
---@return string
function telegram.own(text, field)
  local limit = telegram.limit[field]
  if utf8.len(text) and utf8.len(text) <= limit then return text end
  return escape(plain.cut(plain.from_markup(text), limit))
end

---@param text string
---@return string
function telegram.plain(text) return escape(text) end

return telegram
