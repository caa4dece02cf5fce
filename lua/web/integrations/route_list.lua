--- The routes of an integration as people read them: the condition, who is called, where it is posted.
local ask <const> = require "web.ask"
local channel <const> = require "channel"
local json <const> = require "tocsin.json"
local route_channels <const> = require "api.route_channels"
local shared <const> = require "web.integrations.shared"

local route_list <const> = {}

local TERM_SHOWN <const> = 200

---What people call a chat.
function route_list.chat_name(name)
  local spec <const> = channel.load(name)
  return spec and spec.name or name
end

local function chats_of(route)
  local names <const> = {}
  for _, one in ipairs(route_channels.CHANNELS) do
    local block <const> = route[one[1]]
    local room <const> = type(block) == "table" and block[one.address]
    if type(block) == "table" and block.enabled and (type(room) == "string" or one.whole) then
      names[#names + 1] = route_list.chat_name(one[1]) .. (type(room) == "string" and " " .. room or "")
    end
  end
  return names
end

local function condition_of(route)
  if route.routing_type == "labels" then return shared.lines_of(route.routing_labels) end
  local text <const> = type(route.routing_regex) == "string" and route.routing_regex or ""
  local past <const> = utf8.offset(text, TERM_SHOWN + 1)
  return past and past <= #text and string.sub(text, 1, past - 1) .. "…" or text
end

---Every route of an integration, in order, the default one last.
function route_list.of(request, integration_id)
  local chains <const>, list <const> = {}, {}
  for _, chain in ipairs(ask.list(request, "/api/v1/escalation_chains/") or {}) do chains[chain.id] = chain.name end
  for i, route in ipairs(ask.list(request, "/api/v1/routes/", { integration_id = integration_id }) or {}) do
    list[i] = { id = route.id, number = i, is_default = route.is_the_last_route, kind = route.routing_type,
      condition = condition_of(route), chain = chains[route.escalation_chain_id] or false,
      chain_id = route.escalation_chain_id ~= json.null and route.escalation_chain_id or false, chats = chats_of(route),
      position = route.position }
  end
  return list
end

return route_list
