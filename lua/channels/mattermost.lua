--- Mattermost: Markdown much like the neutral one. A customised template is sent as it is.
---
--- Data can mention people by a bare `@name` there, so an at sign of neutral text before a word gets a zero-width
--- joiner behind it.
local markdown <const> = require("markdown")
local plain <const> = require("channels.plain")
local syntax <const> = require("sending.syntax")
local gsub <const>, concat <const>, find <const> = string.gsub, table.concat, string.find

local mattermost = {
  fields = { "title", "message", "image_url" },
  fallback_title = "Incident",
  from_web = true,
  limit = { title = 500, message = 8000 },
}

-- Marks that the neutral dialect leaves alone and Mattermost would not.
local escape <const> = syntax.markdown.escape

local writer <const> = {
  between = "\n\n",
  text = escape,
  code = function(text)
    local mark = find(text, "`", 1, true) and "``" or "`"
    return concat { mark, text, mark }
  end,
  strong = function(inner) return "**" .. inner .. "**" end,
  em = function(inner) return "*" .. inner .. "*" end,
  link = function(inner, url) return concat { "[", inner, "](", (gsub(url, "[()]", { ["("] = "%28", [")"] = "%29" })), ")" } end,
  paragraph = function(lines) return concat(lines, "\n") end,
  heading = function(lines) return "**" .. concat(lines) .. "**" end,
  list = markdown.items("- "),
  quote = function(lines) return "> " .. concat(lines, "\n> ") end,
  block = function(text) return "````\n" .. text .. "\n````" end,
}

local function to_markdown(text) return markdown.write(text, writer) end

---@param text string
---@param field "title"|"message"
---@return string
function mattermost.convert(text, field)
  if field == "title" then return escape(plain.cut(plain.one_line(text), mattermost.limit.title)) end
  return markdown.fit(text, to_markdown, mattermost.limit.message, "\n…")
end

---@param text string
---@param field "title"|"message"
---@return string
function mattermost.own(text, field)
  return plain.cut(text, mattermost.limit[field])
end

---@param text string
---@return string
function mattermost.plain(text) return escape(text) end

return mattermost
