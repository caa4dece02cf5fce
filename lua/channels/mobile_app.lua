--- Mobile push: plain words, 200 characters of each.
local plain <const> = require("channels.plain")

local mobile_app = {
  fields = { "title", "message" },
  fallback_title = "Incident",
  from_web = true,
  limit = { title = 200, message = 200 },
}

---@param text string
---@param field "title"|"message"
---@return string
function mobile_app.convert(text, field)
  if field == "title" then return plain.cut(plain.one_line(text), mobile_app.limit.title) end
  return plain.cut(plain.from_markdown(text), mobile_app.limit.message)
end

---@param text string
---@param field "title"|"message"
---@return string
function mobile_app.own(text, field)
  return plain.cut(plain.from_markup(text), mobile_app.limit[field])
end

---@param text string
---@return string
function mobile_app.plain(text) return text end

return mobile_app
