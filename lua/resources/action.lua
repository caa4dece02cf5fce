--- A webhook under its deprecated name, with the names that its fields had then.
local webhook = require("resources.webhook")

local NAMES = { username = "user", team = "team_id", forward_all = "forward_whole_payload" }
local MISSING = { preset = true, signing_secret = true }

-- The same fields: only their names differ.
local function fields()
  local list = {}
  for _, f in ipairs(webhook.fields) do
    if not MISSING[f[1]] then
      local copy = {}
      for key, value in pairs(f) do copy[key] = value end
      copy[1], copy.column = NAMES[f[1]] or f[1], f.column or f[1]
      list[#list + 1] = copy
    end
  end
  return list
end

local action = {}
for key, value in pairs(webhook) do action[key] = value end
action.name, action.path, action.object = "action", "actions", "webhook"
action.fields = fields()
action.examples = { { name = "old", url = "https://x.test" } }

function action.before_write(request, c)
  if c.kind == "create" then
    c.values.http_method = c.values.http_method or "POST"
    c.values.trigger_type = c.values.trigger_type or "escalation"
  end
  return webhook.before_write(request, c)
end

return action
