--- Microsoft Teams: the Markdown of message cards, written like Mattermost's.
local mattermost <const> = require("channels.mattermost")

return {
  fields = { "title", "message", "image_url" },
  fallback_title = "Incident",
  from_web = true,
  limit = mattermost.limit,
  convert = mattermost.convert,
  own = mattermost.own,
  plain = mattermost.plain,
}
