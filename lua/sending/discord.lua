--- A Discord message: what a webhook's and a bot's have in common.
---
--- allowed_mentions says whom a message may call, whatever its words are: nobody, or everybody.
local json <const> = require("tocsin.json")
local compose <const> = require("sending.compose")
local cut <const> = require("sending.cut")
local reply <const> = require("sending.reply")
local syntax <const> = require("sending.syntax")
local words <const> = require("sending.words")
local match <const> = string.match

local discord = {}

--- What calls everybody in a channel, where the message's allowed_mentions let it. (Escaped data never says it.)
discord.EVERYONE = "@everyone"

local DESCRIPTION_MAX <const>, CONTENT_MAX <const> = 4000, 2000 -- characters; an embed's description holds 4,096

local function colour(send)
  return tonumber(string.sub(words.COLOURS[send.group and send.group.state or "resolved"], 2), 16)
end

--- The body of a message.
---@param send table
---@param has_buttons boolean? it needs no links
---@return table
function discord.body(send, has_buttons)
  local shown = { buttons = has_buttons, without_mention = true }
  local embed = { description = compose.text(send, syntax.markdown, DESCRIPTION_MAX, "utf16", shown),
    color = colour(send) }
  if send.text.image_url then embed.image = { url = send.text.image_url } end
  -- What a phone shows of the message; the embed has it all.
  local state = send.group and syntax.markdown.escape(words.state(send.group) .. ": ") or ""
  local content = cut.keep_markup(state .. send.text.title, "", CONTENT_MAX - #discord.EVERYONE - 1, "utf16", syntax.markdown)
  if send.mention then content = send.mention .. " " .. content end
  return { content = content, embeds = json.array { embed },
    allowed_mentions = { parse = json.array { send.mention and "everyone" } } }
end

--- The rules for a refusal (sending.reply), with this advice.
---@param advice table<integer, string>
---@return table
function discord.rules(advice)
  return { name = "Discord", why = function(object) return reply.at(object, "message") end, advice = advice,
    after = function(object) return (tonumber(reply.at(object, "retry_after")) or -0.001) * 1000 end,
    gone = { [404] = true, [401] = true } }
end

--- The id of the message that an answer repeats, which may be cut.
---@param response table
---@param object table
---@return string?
function discord.id(response, object)
  return reply.at(object, "id") or match(response.body or "", '"id"%s*:%s*"(%d+)"%s*,%s*"channel_id"')
end

return discord
