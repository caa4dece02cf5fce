--- Microsoft Teams: the Markdown of message cards, and cards posted through a workflow.
---
--- A workflow ("Post to a channel when a webhook request is received") takes an Adaptive Card and answers 202 before it has
--- posted it. It is one-way: buttons open the signed pages. Its address is the secret, and one workflow is one channel: a
--- route names the provider. A workflow dies with its owner's account, so two people should own it.
local json <const> = require("tocsin.json")
local mattermost <const> = require("channels.mattermost")
local sending <const> = require("sending")
local compose <const>, cut <const>, encode <const>, reply <const> = sending.compose, sending.cut, sending.encode, sending.reply
local syntax <const>, words <const> = sending.syntax, sending.words

local msteams = {
  fields = { "title", "message", "image_url" },
  fallback_title = "Incident",
  from_web = true,
  limit = mattermost.limit,
  convert = mattermost.convert,
  own = mattermost.own,
  plain = mattermost.plain,
}

msteams.name = "Microsoft Teams"
msteams.about = "Cards in a Teams channel or chat through a workflow"
msteams.docs = {
  "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using",
  "https://support.microsoft.com/en-us/office/create-incoming-webhooks-with-workflows-for-microsoft-teams-8ae491c7-0394-4861-ba59-055e33f75498",
  "https://adaptivecards.io/explorer/", "https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-format",
}
msteams.settings = {
  { "url", type = "url", required = true, secret = true, pattern = "^https://", hint = "A workflow's URL begins with https://.", about = "URL of the workflow" },
}
msteams.address = {}
msteams.room = { key = "id" }
msteams.limits = { per_provider = { 4, 1000 } }
msteams.sample = {
  account = { url = "https://prod-12.westeurope.logic.azure.com:443/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=AbCdEfGhIjKlMnOp" },
  address = {},
}

local BODY_MAX <const>, TEXT_MAX <const> = 28000, 6000 -- bytes of the request (Teams takes 28 KB), bytes of the words
local STYLES <const> = { firing = "attention", acknowledged = "warning", silenced = "default", resolved = "good" }
local S <const> = syntax.markdown

local function block(text, more)
  local out = { type = "TextBlock", text = text, wrap = true }
  for key, value in pairs(more or {}) do out[key] = value end
  return out
end

local function title_of(send)
  local group = send.group
  local prefix = group and S.escape(words.state(group) .. ": #" .. group.number .. " ") or ""
  return cut.keep_markup(prefix .. send.text.title, "", 1500, "bytes", S)
end

local function body_of(send, limit)
  local body = json.array { block(title_of(send), { size = "Large", weight = "Bolder", style = "heading" }) }
  if send.text.message then body[2] = block(cut.keep_markup(send.text.message, "", limit, "bytes", S)) end
  for _, line in ipairs(compose.footer(send, S, 1000, "bytes")) do body[#body + 1] = block(line, { isSubtle = true, spacing = "Small" }) end
  if send.text.image_url then body[#body + 1] = { type = "Image", url = send.text.image_url, altText = "Image" } end
  local style = STYLES[send.group and send.group.state or "resolved"]
  return json.array { { type = "Container", style = style, bleed = true, items = body } }
end

local function actions(send)
  local out = json.array()
  for i, action in ipairs(words.linked_actions(send)) do out[i] = { type = "Action.OpenUrl", title = action.label, url = action.url } end
  local link, source = send.group and send.group.link, send.text.source_link
  if link then out[#out + 1] = { type = "Action.OpenUrl", title = "Open", url = link } end
  if source then out[#out + 1] = { type = "Action.OpenUrl", title = "Source", url = source } end
  return out
end

local function request_of(send, limit)
  return encode.json_request("POST", send.account.url, {
    type = "message",
    attachments = json.array { { contentType = "application/vnd.microsoft.card.adaptive", contentUrl = json.null, content = {
      ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json", type = "AdaptiveCard", version = "1.2",
      body = body_of(send, limit), actions = actions(send), msteams = { width = "Full" },
    } } },
  })
end

function msteams.request(send)
  local limit = TEXT_MAX
  local request = request_of(send, limit)
  while #request.body > BODY_MAX and limit > 100 do
    limit = limit // 2
    request = request_of(send, limit)
  end
  return request
end

local NEW <const> = "Make a new workflow and put its URL into the settings"
local RULES <const> = {
  name = "Microsoft Teams", why = function(object) return reply.at(object, "error", "message") end,
  advice = { [400] = "See the workflow's run history", [401] = NEW, [403] = NEW, [404] = NEW .. ": this one was deleted or switched off", [410] = NEW },
  gone = { [404] = true, [410] = true },
}

function msteams.result(response, send)
  local refused = reply.refusal(response, send, RULES)
  return refused or { state = "sent", id = response.headers and response.headers["x-ms-workflow-run-id"] }
end

msteams.examples = {
  { "a page", send = {}, expect = { request = { method = "POST",
    url = "https://prod-12.westeurope.logic.azure.com:443/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=AbCdEfGhIjKlMnOp",
    json = { type = "message", attachments = { { contentType = "application/vnd.microsoft.card.adaptive", content = { type = "AdaptiveCard", version = "1.2",
      body = { { style = "attention", items = { { text = "Firing: \\#12 Disk of db-1 is full" }, { text = "97 % used." }, { text = "\\#12 · Firing · 3 alerts · Shop · production" } } } },
      actions = { { type = "Action.OpenUrl", title = "Acknowledge", url = "https://tocsin.example.org/act/ack1" }, {}, {}, { title = "Open" }, { title = "Source" } } } } } } } } },
  { "a group in its room, resolved", send = { kind = "post", group = { state = "resolved" } }, expect = { request = { has = { '"good"' }, lacks = { "act/ack1" } } } },
  { "taken", response = { status = 202, headers = { ["x-ms-workflow-run-id"] = "08584" } }, expect = { state = "sent", id = "08584" } },
  { "throttled", response = { status = 429, headers = { ["retry-after"] = "12" } }, expect = { state = "retry", after_ms = 12000 } },
  { "switched off", response = { status = 404, body = [[{"error":{"code":"WorkflowNotFound","message":"The workflow '0123' could not be found."}}]] },
    expect = { state = "failed", gone = true } },
}

return msteams
