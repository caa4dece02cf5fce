--- Slack: mrkdwn. A customised template is mrkdwn already and is sent as it is.
---
--- `&`, `<` and `>` of data are escaped, so data can make no link, no mention (`<@U…>`, `<!channel>`) and no tag. Bare
--- `@here` stays text because messages are sent without link_names.
local markdown <const> = require("markdown")
local plain <const> = require("channels.plain")
local gsub <const>, concat <const> = string.gsub, table.concat

local slack = {
  fields = { "title", "message", "image_url" },
  fallback_title = "Incident",
  limit = { title = 500, message = 2800 }, -- a section block holds 3,000
}

local ESCAPES <const> = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }
local function escape(text) return (gsub(text, "[&<>]", ESCAPES)) end

local writer <const> = {
  between = "\n",
  text = escape,
  code = function(text) return "`" .. escape(text) .. "`" end,
  strong = function(inner) return "*" .. inner .. "*" end,
  em = function(inner) return "_" .. inner .. "_" end,
  link = function(inner, url) return concat { "<", (gsub(escape(url), "|", "%%7C")), "|", (gsub(inner, "|", "¦")), ">" } end,
  paragraph = function(lines) return concat(lines, "\n") end,
  heading = function(lines) return "*" .. concat(lines) .. "*" end,
  list = markdown.items("• "),
  quote = function(lines) return "> " .. concat(lines, "\n> ") end,
  block = function(text) return "```\n" .. escape((gsub(text, "```", "'''"))) .. "\n```" end,
}

local function to_mrkdwn(text) return markdown.write(text, writer) end

--- Neutral Markdown to mrkdwn, within Slack's limits.
---@param text string
---@param field "title"|"message"
---@return string
function slack.convert(text, field)
  if field == "title" then return escape(plain.cut(plain.one_line(text), slack.limit.title)) end
  return markdown.fit(text, to_mrkdwn, slack.limit.message, "\n…")
end

--- A customised template's mrkdwn: a title is one line, a message is cut.
---@param text string
---@param field "title"|"message"
---@return string
function slack.own(text, field)
  if field == "title" then return plain.one_line(text) end
  return plain.cut(text, slack.limit.message)
end

---@param text string
---@return string
function slack.plain(text) return escape(text) end

return slack
