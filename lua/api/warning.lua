--- What is wrong with a schedule ahead, as the API says it.
local ids = require("tocsin.ids")
local time = require("api.time")
local writer = require("api.writer")

local warning = {}

---What it looks like.
warning.SHAPE = { object = { { "kind", "text" }, { "start", "time?" }, { "end", "time?" }, { "shift", "id?" }, { "user", "id?" },
  { "text", "text?" } } }

---@param w schedule_warning
function warning.show(w)
  return writer.object("kind", w.kind, "start", time.text(w.from), "end", time.text(w.to),
    "shift", w.shift and ids.encode("O", w.shift), "user", w.user and ids.encode("U", w.user), "text", w.text)
end

---@param list schedule_warning[]
function warning.show_list(list)
  local out = {}
  for i, w in ipairs(list) do out[i] = warning.show(w) end
  return writer.list(out)
end

return warning
