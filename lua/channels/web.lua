--- Web pages: titles are text, messages safe HTML.
---
--- What people customise for the web is Markdown too, so it takes the same way as the file's neutral text.
local html <const> = require("channels.html")
local plain <const> = require("channels.plain")

local web = { fields = { "title", "message", "image_url" }, fallback_title = "Alert", limit = {} }

--- Neutral Markdown to what the page holds. A title is escaped text, one line.
---@param text string
---@param field "title"|"message"
---@return string
function web.convert(text, field)
  if field == "title" then return html.escape(plain.one_line(text)) end
  return html.from_markdown(text)
end

--- Text in the channel's own syntax (a customised template) to what the page holds.
web.own = web.convert

--- Text that is no markup, such as an error.
---@param text string
---@return string
function web.plain(text) return html.escape(text) end

return web
