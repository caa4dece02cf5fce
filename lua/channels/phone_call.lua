--- Phone calls: text that a voice reads. No quotes, no markup, no addresses, and names apart that code writes together.
local plain <const> = require("channels.plain")
local gsub <const> = string.gsub

local phone_call = { fields = { "title" }, fallback_title = "Incident", limit = { title = 300 } }

-- What a voice would stumble over: "InstanceDown", "disk_full", "web-1.example.org:9100".
local function spoken(text)
  text = gsub(text, "https?://([^/%s]*)[^%s]*", "%1")
  text = gsub(text, "(%l)(%u)", "%1 %2")
  text = gsub(text, "(%u)(%u%l)", "%1 %2")
  text = gsub(text, "[_/|#~*`\\{}%[%]<>=]", " ")
  text = gsub(text, "(%w)%-%f[%w]", "%1 ")
  return (gsub(text, "(%w):(%d)", "%1 port %2"))
end

local function speakable(text)
  return plain.cut(plain.one_line((gsub(text, '"', ""))), phone_call.limit.title)
end

---@param text string neutral title
---@return string
function phone_call.convert(text)
  return speakable(spoken(text))
end

--- A customised template: markup and quotes go, words stay as they were written.
---@param text string
---@return string
function phone_call.own(text)
  return speakable(plain.from_markup(text))
end

---@param text string
---@return string
function phone_call.plain(text) return speakable(text) end

return phone_call
