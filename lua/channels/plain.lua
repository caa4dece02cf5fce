--- Words without markup: the look of channels that have none of their own, and what all of those share.
local markdown <const> = require("markdown")
local gsub <const>, concat <const>, find <const>, sub <const> = string.gsub, table.concat, string.find, string.sub

local plain = {
  fields = { "title", "message", "image_url" },
  fallback_title = "Incident",
  from_web = true,
  limit = { title = 500, message = 20000 }, -- each destination cuts further, in its own unit
}

local function same(text) return text end

plain.writer = {
  between = "\n",
  text = same, code = same, strong = same, em = same,
  link = function(inner, url) return inner == url and url or inner .. " (" .. url .. ")" end,
  paragraph = function(lines) return concat(lines, "\n") end,
  heading = function(lines) return concat(lines) end,
  list = markdown.items("- "),
  quote = function(lines) return concat(lines, "\n") end,
  block = same,
}

--- Neutral Markdown as words.
---@param text string
---@return string
function plain.from_markdown(text)
  return markdown.write(text, plain.writer)
end

local ENTITIES <const> = { amp = "&", lt = "<", gt = ">", quot = '"', ["#39"] = "'", nbsp = " " }

--- Text in another channel's syntax (tags, Slack links, emphasis marks) as words, as well as can be told.
---@param text string
---@return string
function plain.from_markup(text)
  text = gsub(text, "<(https?://[^|<>\n]*)|([^<>\n]*)>", "%2")
  text = gsub(text, "</?%a[^<>\n]*>", "")
  text = gsub(text, "%[([^%[%]\n]*)%]%(https?://[^%s()]*%)", "%1")
  text = gsub(text, "```", "")
  text = gsub(text, "%*%*([^*\n]+)%*%*", "%1")
  return (gsub(text, "&(#?%w+);", ENTITIES))
end

--- One line: newlines and runs of blanks become one blank, none at the ends.
---@param text string
---@return string
function plain.one_line(text)
  local out = gsub(text, "%s+", " ")
  local from = find(out, "^ ") and 2 or 1
  return sub(out, from, find(out, "^ ", #out) and -2 or -1)
end

--- At most `limit` code points, the last one "…" when something was cut.
---@param text string
---@param limit integer
---@return string
function plain.cut(text, limit)
  if #text <= limit then return text end
  local past = utf8.offset(text, limit + 1)
  if not past or past > #text then return text end
  return sub(text, 1, utf8.offset(text, limit) - 1) .. "…"
end

---@param text string
---@param field "title"|"message"
---@return string
function plain.convert(text, field)
  if field == "title" then return plain.cut(plain.one_line(text), plain.limit.title) end
  return plain.cut(plain.from_markdown(text), plain.limit.message)
end

plain.own = plain.convert

---@param text string
---@param field "title"|"message"
---@return string
function plain.plain(text, field) return field == "title" and plain.one_line(text) or text end

return plain
