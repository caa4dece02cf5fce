--- Slack's Web API, as far as messages go.
--- https://docs.slack.dev/reference/methods/chat.postMessage, …/chat.update, https://docs.slack.dev/reference/block-kit/blocks
local fake = require "fake_provider"

local text, required, object, list = fake.text, fake.required, fake.object, fake.list

local plain_text = fake.typed { plain_text = object { text = required(text { max = 75 }), emoji = fake.boolean } }
local any_text = fake.typed {
  mrkdwn = object { text = required(text { max = 3000 }), verbatim = fake.boolean },
  plain_text = object { text = required(text { max = 3000 }), emoji = fake.boolean },
}
local option = object { text = required(plain_text), value = required(text { max = 150 }), description = plain_text }
local element = fake.typed {
  button = object { action_id = text { max = 255 }, text = required(plain_text), value = text { max = 2000 }, url = fake.url(3000),
    style = fake.one_of("primary", "danger"), confirm = fake.any },
  static_select = object { action_id = text { max = 255 }, placeholder = plain_text, options = required(list(option, 100)) },
}
local block = fake.typed {
  section = object { text = required(any_text), block_id = text { max = 255 }, fields = fake.any, accessory = fake.any },
  context = object { elements = required(list(any_text, 10)), block_id = text { max = 255 } },
  actions = object { elements = required(list(element, 25)), block_id = text { max = 255 } },
  divider = object {},
}
local attachment = object {
  color = text { pattern = "^#%x%x%x%x%x%x$" }, blocks = list(block, 50), fallback = text {}, image_url = fake.url(),
}

local message = {
  channel = required(text { pattern = "^[CDGUW][A-Z0-9]+$" }), text = text { max = 4000 }, blocks = list(block, 50),
  attachments = list(attachment, 20), unfurl_links = fake.boolean, unfurl_media = fake.boolean, thread_ts = text { pattern = "^%d+%.%d+$" },
  metadata = fake.any, mrkdwn = fake.boolean, reply_broadcast = fake.boolean,
}
local update = {
  channel = required(text { pattern = "^[CDG][A-Z0-9]+$" }), ts = required(text { pattern = "^%d+%.%d+$" }), text = text { max = 4000 },
  blocks = list(block, 50), attachments = list(attachment, 20), metadata = fake.any, reply_broadcast = fake.boolean,
}

local function refused(error) return fake.json(200, { ok = false, error = error }) end

-- Every text anywhere in a message: none may mention somebody.
local function no_mentions(v, where, complain)
  if type(v) == "string" and v:find "<[!@#]" then complain(where, "mentions somebody: " .. v:sub(1, 200)) end
  if type(v) ~= "table" then return end
  for key, value in pairs(v) do no_mentions(value, where .. "." .. tostring(key), complain) end
end

local function post(body, _, state)
  local channel = body.channel:find "^U" and "D024BE91L" or body.channel
  if state.channels and not state.channels[channel] then return refused "channel_not_found" end
  no_mentions(body, "body", function(where, what) table.insert(state.complaints, where .. " " .. what) end)
  state.count = (state.count or 0) + 1
  local ts = ("1503435956.%06d"):format(state.count)
  state.messages = state.messages or {}
  state.messages[channel .. "/" .. ts] = body
  return fake.json(200, { ok = true, channel = channel, ts = ts, message = { text = body.text or "", type = "message", ts = ts } })
end

local function change(body, _, state)
  local id = body.channel .. "/" .. body.ts
  if not (state.messages or {})[id] then return refused "message_not_found" end
  state.messages[id] = body
  return fake.json(200, { ok = true, channel = body.channel, ts = body.ts, text = body.text or "", message = {} })
end

-- Lists. https://docs.slack.dev/reference/methods/conversations.list, …/usergroups.list, …/conversations.members
local page = { limit = fake.integer(1, 1000), cursor = text {} }
local listing = { exclude_archived = fake.one_of("true", "false"), types = text { pattern = "^[%l_,]+$" }, limit = page.limit, cursor = page.cursor }
local in_channel = { channel = required(text { pattern = "^[CDG][A-Z0-9]+$" }), limit = page.limit, cursor = page.cursor }

-- Two items a page, so that whoever asks has to go on.
local function paged(all, field, r)
  local from = tonumber((r.args.cursor or ""):match "^at:(%d+)$" or 1)
  local items, more = fake.array {}, all[from + 2] and "at:" .. from + 2 or ""
  table.move(all, from, math.min(from + 1, #all), 1, items)
  return fake.json(200, { ok = true, [field] = items, response_metadata = { next_cursor = more } })
end

return {
  handle = fake.provider {
    routes = {
      { method = "GET", path = "(/api/conversations%.list)", body = "none", query = listing, answer = function(_, r, state)
        return paged(state.rooms or {}, "channels", r)
      end },
      { method = "GET", path = "(/api/conversations%.members)", body = "none", query = in_channel, answer = function(_, r, state)
        local members = (state.members or {})[r.args.channel]
        return members and paged(members, "members", r) or refused "channel_not_found"
      end },
      { method = "GET", path = "(/api/usergroups%.list)", body = "none", query = { include_users = fake.one_of("true", "false") },
        answer = function(_, _, state) return fake.json(200, { ok = true, usergroups = fake.array(state.groups or {}) }) end },
      -- https://docs.slack.dev/reference/methods/usergroups.users.update
      { path = "(/api/usergroups%.users%.update)", shape = object { usergroup = required(text { pattern = "^S[A-Z0-9]+$" }),
        users = required(text { pattern = "^[UW][A-Z0-9,]+$" }), include_count = fake.boolean, team_id = text {} },
        answer = function(body) return fake.json(200, { ok = true, usergroup = { id = body.usergroup } }) end },
      { path = "(/api/chat%.postMessage)", shape = object(message), answer = post },
      { path = "(/api/chat%.update)", shape = object(update), answer = change },
    },
    is_allowed = function(r, state) return r.headers.authorization == "Bearer " .. state.account.token end,
    refusal = function() return refused "invalid_blocks" end,
    faults = {
      unauthorized = function() return refused "invalid_auth" end,
      limited = function() return fake.json(429, { ok = false, error = "ratelimited" }, { ["retry-after"] = "17" }) end,
      gone = function() return refused "is_archived" end,
      down = fake.down,
    },
  },
  limited_ms = 17000,
}
