--- A Matrix homeserver, as far as sending goes.
--- https://spec.matrix.org/v1.11/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid, …#event-replacements, …#threading, …#size-limits
local fake = require "fake_provider"

local text, required, object = fake.text, fake.required, fake.object

local TAGS = {}
for name in ("p br strong em code pre a ul ol li blockquote h3 h4 h5 h6"):gmatch "%w+" do TAGS[name] = true end

local function html(v, where, complain)
  text {} (v, where, complain)
  for name in v:gmatch "</?([^%s<>/]*)" do
    if not TAGS[name] then complain(where, "has the tag " .. name) end
  end
end

local mentions = object { user_ids = fake.list(text {}), room = fake.boolean }
local fields = { msgtype = required(fake.one_of("m.text", "m.notice")), body = required(text {}), ["m.mentions"] = required(mentions),
  format = required(text { same = "org.matrix.custom.html" }), formatted_body = required(html) }
local new_content = object(fields)
local event = {
  ["m.relates_to"] = fake.typed({ ["m.replace"] = object { event_id = required(text { pattern = "^%$" }) }, ["m.thread"] = object { event_id = required(text { pattern = "^%$" }),
    is_falling_back = fake.boolean } }, "rel_type"),
  ["m.new_content"] = new_content,
}
for name, shape in pairs(fields) do event[name] = shape end

local function refusal(status, code, words, more)
  local body = { errcode = code, error = words }
  for key, value in pairs(more or {}) do body[key] = value end
  return fake.json(status, body)
end

return {
  handle = fake.provider {
    routes = { { method = "PUT", path = "/_matrix/client/v3/rooms/([^/]+)/send/m%.room%.message/([^/]+)", max = 65000, shape = object(event),
      answer = function(_, _, state, captures)
      if captures[1] ~= "%21636q39766251%3Aexample.org" then return refusal(404, "M_NOT_FOUND", "no such room") end
      state.transactions = state.transactions or {} -- the same transaction is the same event
      state.transactions[captures[2]] = state.transactions[captures[2]] or "$YUwRidLecu" .. tostring(#captures[2])
      return fake.json(200, { event_id = state.transactions[captures[2]] })
    end } },
    is_allowed = function(r, state) return r.headers.authorization == "Bearer " .. state.account.token end,
    refusal = function(complaints) return refusal(400, "M_BAD_JSON", complaints[1]) end,
    faults = {
      unauthorized = function() return refusal(401, "M_UNKNOWN_TOKEN", "Unrecognised access token", { soft_logout = false }) end,
      limited = function() return refusal(429, "M_LIMIT_EXCEEDED", "Too many requests", { retry_after_ms = 2000 }) end,
      gone = function() return refusal(403, "M_FORBIDDEN", "User not in room") end,
      down = fake.down,
    },
  },
  limited_ms = 2000,
}
