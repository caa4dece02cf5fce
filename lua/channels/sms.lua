--- SMS: one line of plain words, short enough for one message.
local plain <const> = require("channels.plain")

local sms = { fields = { "title" }, fallback_title = "Incident", limit = { title = 160 } }

---@param text string neutral title
---@return string
function sms.convert(text)
  return plain.cut(plain.one_line(text), sms.limit.title)
end

--- A customised template may be copied from a channel with markup: its marks are taken away.
---@param text string
---@return string
function sms.own(text)
  return plain.cut(plain.one_line(plain.from_markup(text)), sms.limit.title)
end

---@param text string
---@return string
function sms.plain(text) return text end

return sms
