--- The looks of alerts by channel, in the order in which people are shown them; README.md is the guide to these files.
---
--- A look: `fields` it shows, `limit` of each in code points, `fallback_title`,
---   convert(text, field)  neutral text of an integration file → what is sent,
---   own(text, field)      text of a customised template, in the channel's own syntax → what is sent,
---   plain(text, field)    text without markup (an error) → what is sent.
--- `from_web` channels show the web default where they have no field of their own. `plain` is the look of destinations
--- without one, `zulip` that of a Markdown unlike the others: no integration file has words for these.
local channels = {
  names = { "web", "slack", "telegram", "sms", "phone_call", "email", "mobile_app", "mattermost", "msteams" },
}
for _, name in ipairs(channels.names) do channels[name] = require("channels." .. name) end
channels.plain, channels.zulip = require("channels.plain"), require("channels.zulip")
return channels
