--- Mattermost's API for posts. https://api.mattermost.com/#tag/posts,
--- https://developers.mattermost.com/integrate/plugins/interactive-messages/
local fake = require "fake_provider"

local text, required, object, list = fake.text, fake.required, fake.object, fake.list

local ID = text { pattern = "^[%l%d]+$", max = 26 }
local action = object {
  id = required(text { pattern = "^%w+$" }), name = required(text {}), type = fake.one_of("button", "select"),
  style = fake.one_of("default", "primary", "success", "danger", "warning", "good"),
  integration = required(object { url = required(fake.url()), context = required(fake.any) }),
}
local attachment = object {
  fallback = text {}, color = text { pattern = "^#%x+$" }, pretext = text {}, text = text { max = 7600 }, title = text { max = 1024 }, title_link = fake.url(),
  image_url = fake.url(), actions = list(action), fields = fake.any, footer = text {},
}
local post = {
  channel_id = required(ID), message = required(text { max = 16383, unit = "points", blank = true }), root_id = ID, file_ids = fake.any,
  props = object { attachments = list(attachment) }, metadata = fake.any,
}
local patch = { message = post.message.shape, props = post.props, is_pinned = fake.boolean, file_ids = fake.any, has_reactions = fake.boolean }

local function refusal(status, id, words)
  return fake.json(status, { id = id, message = words, detailed_error = "", request_id = "a8b9", status_code = status })
end

local function mentions(body, state)
  local t = body.message .. " " .. ((body.props or { attachments = { {} } }).attachments[1].text or "")
  for _, name in ipairs { "@all", "@here", "@channel" } do
    if t:find(name, 1, true) then table.insert(state.complaints, "the post mentions " .. name) end
  end
end

return {
  handle = fake.provider {
    routes = {
      { path = "(/api/v4/posts)", shape = object(post), answer = function(body, _, state)
        mentions(body, state)
        state.post = "8xk1ctb9ifn3fmmhgtjkkdpzbh"
        return fake.json(201, { id = state.post, create_at = 1767225600000, channel_id = body.channel_id, message = body.message })
      end },
      { method = "PUT", path = "/api/v4/posts/(%w+)/patch", shape = object(patch), answer = function(body, _, state, captures)
        mentions(body, state)
        if captures[1] ~= state.post then return refusal(404, "app.post.get.app_error", "Unable to get the post.") end
        return fake.json(200, { id = state.post, message = body.message })
      end },
    },
    is_allowed = function(r, state) return r.headers.authorization == "Bearer " .. state.account.token end,
    refusal = function(complaints) return refusal(400, "api.context.invalid_body_param.app_error", complaints[1]) end,
    faults = {
      unauthorized = function() return refusal(401, "api.context.session_expired.app_error", "Invalid or expired session, please login again.") end,
      limited = function() return fake.answer(429, "limit exceeded", { ["x-ratelimit-limit"] = "10", ["x-ratelimit-reset"] = "1" }) end,
      gone = function() return refusal(404, "app.channel.get.existing.app_error", "Unable to find the existing channel.") end,
      down = fake.down,
    },
  },
  limited_ms = 1000,
}
