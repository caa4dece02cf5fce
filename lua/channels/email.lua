--- E-mail: the title is the subject line, the message an HTML body. A customised message is Markdown, as it was in OnCall.
local html <const> = require("channels.html")
local plain <const> = require("channels.plain")

local email = {
  fields = { "title", "message" },
  fallback_title = "Incident",
  from_web = true, -- without a field of its own it shows the web default
  limit = { title = 500 },
}

--- Neutral text to a subject (plain, one line: a subject must not hold a line break) or a body.
---@param text string
---@param field "title"|"message"
---@return string
function email.convert(text, field)
  if field == "title" then return plain.cut(plain.one_line(text), email.limit.title) end
  return html.from_markdown(text)
end

email.own = email.convert

---@param text string
---@param field "title"|"message"
---@return string
function email.plain(text, field)
  return field == "title" and plain.one_line(text) or html.escape(text)
end

return email
