--- What the channels that speak HTML share: escaping, and neutral Markdown as safe HTML.
---
--- Everything is escaped; the only tags are the ones written here, the only attributes href and rel.
local markdown <const> = require("markdown")
local gsub <const>, concat <const>, format <const> = string.gsub, table.concat, string.format

local html = {}

local ESCAPES <const> = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

---@param text string
---@return string
function html.escape(text)
  return (gsub(text, "[&<>\"']", ESCAPES))
end
local escape <const> = html.escape

local function tagged(name)
  return function(inner) return concat { "<", name, ">", inner, "</", name, ">" } end
end

html.writer = {
  between = "\n",
  text = escape,
  code = function(text) return "<code>" .. escape(text) .. "</code>" end,
  strong = tagged("strong"),
  em = tagged("em"),
  link = function(inner, url)
    return format('<a href="%s" rel="noopener nofollow" target="_blank">%s</a>', escape(url), inner)
  end,
  paragraph = function(lines) return "<p>" .. concat(lines, "<br>\n") .. "</p>" end,
  heading = function(lines, level)
    local name = "h" .. math.min(level + 2, 6)
    return concat { "<", name, ">", concat(lines), "</", name, ">" }
  end,
  list = function(lines, first)
    local name = first and "ol" or "ul"
    local start = first and first ~= 1 and format(' start="%d"', first) or ""
    return concat { "<", name, start, "><li>", concat(lines, "</li>\n<li>"), "</li></", name, ">" }
  end,
  quote = function(lines) return "<blockquote>" .. concat(lines, "<br>\n") .. "</blockquote>" end,
  block = function(text) return "<pre><code>" .. escape(text) .. "</code></pre>" end,
}

--- Neutral Markdown as HTML that is safe to put into a page.
---@param text string
---@return string
function html.from_markdown(text)
  return markdown.write(text, html.writer)
end

return html
