--- Telegram's Bot API. https://core.telegram.org/bots/api#sendmessage, #editmessagetext, #html-style
local fake = require "fake_provider"

local text, required, object, list = fake.text, fake.required, fake.object, fake.list

local button = object { text = required(text {}), callback_data = text { max = 64, unit = "bytes" }, url = fake.url() }
local markup = object { inline_keyboard = required(list(list(button, 8), 100)) }
local preview = object { is_disabled = fake.boolean, url = fake.url(), prefer_small_media = fake.boolean, prefer_large_media = fake.boolean, show_above_text = fake.boolean }

local TAGS = { b = true, strong = true, i = true, em = true, u = true, ins = true, s = true, strike = true, del = true, a = true, code = true, pre = true,
  blockquote = true, ["tg-spoiler"] = true }

-- Entities as Telegram parses them: what is shown, or what is wrong.
local function parse(html)
  local stack, out, at = {}, {}, 1
  while at <= #html do
    local words, after = html:match("^([^<&]+)()", at)
    if words then out[#out + 1] = words at = after goto continue end
    local entity, past = html:match("^&(#?%w+);()", at)
    if entity then
      local shown = ({ lt = "<", gt = ">", amp = "&", quot = '"' })[entity] or entity:find "^#%d+$" and utf8.char(tonumber(entity:sub(2)))
      if not shown then return nil, "unknown entity " .. entity end
      out[#out + 1] = shown
      at = past
      goto continue
    end
    local close, name, rest, last = html:match("^<(/?)([%a-]+)([^<>]*)>()", at)
    if not name or not TAGS[name] then return nil, "Unsupported start tag at byte offset " .. at end
    if close == "/" then
      if table.remove(stack) ~= name then return nil, "Unmatched end tag at byte offset " .. at end
    else
      if name == "a" and not rest:find '^ href="[^"]*"$' or name ~= "a" and rest ~= "" then return nil, "attributes of " .. name end
      stack[#stack + 1] = name
    end
    at = last
    ::continue::
  end
  if #stack > 0 then return nil, "Can't find end tag" end
  return table.concat(out)
end

local function refusal(status, description, parameters)
  return fake.json(status, { ok = false, error_code = status, description = description, parameters = parameters })
end

local function message(v, where, complain)
  local shown, why = parse(v)
  if not shown then return complain(where, "can't parse entities: " .. why) end
  text { max = 4096 } (shown, where, complain)
  if shown:find "^%s*$" then complain(where, "is empty") end
end

local shapes = {
  sendMessage = object { chat_id = required(text { pattern = "^[-@]?[%w_]+$" }), message_thread_id = fake.integer(1), text = required(message), parse_mode = text { same = "HTML" },
    link_preview_options = preview, disable_notification = fake.boolean, protect_content = fake.boolean, reply_markup = markup,
    reply_parameters = object { message_id = required(fake.integer(1)), chat_id = text {}, allow_sending_without_reply = fake.boolean } },
  editMessageText = object { chat_id = required(text {}), message_id = required(fake.integer(1)), text = required(message), parse_mode = text { same = "HTML" },
    link_preview_options = preview, reply_markup = markup },
  -- #getupdates, #answercallbackquery
  getUpdates = object { offset = fake.integer(), limit = fake.integer(1, 100), timeout = fake.integer(0, 50),
    allowed_updates = list(fake.one_of("message", "callback_query")) },
  answerCallbackQuery = object { callback_query_id = required(text {}), text = text { max = 200 }, show_alert = fake.boolean, url = text {},
    cache_time = fake.integer(0) },
}

-- What was acknowledged by an offset is forgotten.
local function updates(body, _, state)
  if state.webhook then return refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first") end
  local left = fake.array {}
  for _, update in ipairs(state.updates or {}) do
    if update.update_id >= (body.offset or 0) then left[#left + 1] = update end
  end
  state.updates = left
  local answer = { ok = true, result = left }
  return #left == 0 and fake.nothing_yet(answer, body.timeout or 0) or fake.json(200, answer)
end

local function sent(body, number)
  return fake.json(200, { ok = true, result = { message_id = number, from = { id = 123456, is_bot = true, first_name = "Tocsin" },
    chat = { id = tonumber(body.chat_id), type = "supergroup" }, date = 1767225600, text = parse(body.text) } })
end

return {
  handle = fake.provider {
    routes = {
      { path = "/bot[^/]+/(getUpdates)", shape = shapes.getUpdates, answer = updates },
      { path = "/bot[^/]+/(answerCallbackQuery)", shape = shapes.answerCallbackQuery, answer = function() return fake.json(200, { ok = true, result = true }) end },
      { path = "/bot[^/]+/(sendMessage)", shape = shapes.sendMessage, answer = function(body, _, state)
        state.count = (state.count or 0) + 1
        return sent(body, state.count)
      end },
      { path = "/bot[^/]+/(editMessageText)", shape = shapes.editMessageText, answer = function(body, _, state)
        if body.message_id > (state.count or 0) then return refusal(400, "Bad Request: message to edit not found") end
        if state.shown == body.text then return refusal(400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same") end
        state.shown = body.text
        return sent(body, body.message_id)
      end },
    },
    is_allowed = function(r, state) return r.path:find("/bot" .. state.account.token .. "/", 1, true) ~= nil end,
    refusal = function(complaints) return refusal(400, "Bad Request: " .. complaints[1]) end,
    faults = {
      unauthorized = function() return refusal(401, "Unauthorized") end,
      limited = function() return refusal(429, "Too Many Requests: retry after 35", { retry_after = 35 }) end,
      gone = function() return refusal(400, "Bad Request: chat not found") end,
      down = fake.down,
    },
  },
  limited_ms = 35000,
}
