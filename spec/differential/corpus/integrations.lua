--- Every template of every integration file over each of its example payloads.
local list <const> = require("differential").list()

local CONTEXT <const> = '{"payload":%s,"integration_name":"Ops","source_link":null,"labels":{"team":"db"},"web_title":"T",'
  .. '"web_message":"M","web_image_url":"web_image_url is not set","grafana_oncall_link":"https://x/a","title":"T","message":"M"}'
local NO_TEMPLATES <const> = { examples = true, name = true, about = true, connect = true, verify = true, challenge = true, heartbeat = true }

local function templates_of(t, found)
  for key, v in pairs(t) do
    if type(v) == "table" and not NO_TEMPLATES[key] then templates_of(v, found) end
    if type(v) == "string" and not NO_TEMPLATES[key] and string.find(v, "{[{%%]") then found[v] = true end
  end
  return found
end

local seen <const> = {} -- files share templates and examples
local pipe <const> = assert(io.popen "ls integrations/*.lua")
for path in pipe:lines() do
  local integration <const> = assert(loadfile(path, "t", {}))()
  local sorted <const> = {}
  for template in pairs(templates_of(integration, {})) do sorted[#sorted + 1] = template end
  table.sort(sorted)
  for _, example in ipairs(integration.examples or {}) do
    local payload <const> = example.payload
    if type(payload) == "string" and string.find(payload, "^%s*[{%[]") then
      -- A replacement string: what it says of percent signs is not wanted.
      local context <const> = string.gsub(CONTEXT, "%%s", function() return payload end)
      for _, template in ipairs(sorted) do
        if not seen[template .. context] then list:case(template, context) end
        seen[template .. context] = true
      end
    end
  end
end
pipe:close()

return list
