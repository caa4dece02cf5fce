--- The channels by name, in the order in which people are shown them.
---
--- A channel is one file: `fields` it shows, `limit` of each in code points, `fallback_title`,
---   convert(text, field)  neutral text of an integration file → what is sent,
---   own(text, field)      text of a customised template, in the channel's own syntax → what is sent,
---   plain(text, field)    text without markup (an error) → what is sent.
--- `from_web` channels show the web default where they have no field of their own.
local channels = {
  names = { "web", "slack", "telegram", "sms", "phone_call", "email", "mobile_app", "mattermost", "msteams" },
}
for _, name in ipairs(channels.names) do channels[name] = require("channels." .. name) end
return channels
