--- What a message looks like where people read it: words of a preview as the channel's own sender would put them, for
--- templates/looks.html.
---
--- Slack's blocks, the text of an SMS and what a voice says come from the files that send them, so a preview is what is sent.
local channel <const> = require "channel"
local encode <const> = require "sending.encode"
local html <const> = require "channels.html"
local json <const> = require "tocsin.json"
local mrkdwn <const> = require "web.mrkdwn"
local safe_html <const> = require "web.safe_html"
local sms_segments <const> = require "sms_segments"
local view <const> = require "web.view"

local looks <const> = {}

local function given(text) return type(text) == "string" and text or nil end

-- A message about a group that has just opened, or is over, to the sample account of a kind of provider.
local function send_of(kind, one, shown, context, name)
  local spec <const> = assert(channel.load(kind))
  return spec, { kind = "new", channel = name, account = channel.with_defaults(spec.settings, spec.sample.account),
    address = spec.sample.address, key = "preview", now = context.now,
    text = { title = shown.title, message = given(shown.message), image_url = given(shown.image_url),
      source_link = given(shown.source_link) },
    group = { number = 1, id = "I1", state = context.is_resolve and "resolved" or "firing", alerts_count = 1,
      integration = one.name, link = context.base_url .. "/alert-groups/I68T24C13IFW1" } }
end

local function markup(text) return text and view.html(text) or false end

-- Slack's blocks as rows of a template.
local function block_rows(blocks)
  local rows <const> = {}
  for _, block in ipairs(blocks) do
    if block.type == "section" then rows[#rows + 1] = { kind = "text", html = markup(mrkdwn.html(block.text.text)) }
    elseif block.type == "context" then rows[#rows + 1] = { kind = "context", html = markup(mrkdwn.html(block.elements[1].text)) }
    elseif block.type == "actions" then
      local labels <const> = {}
      for i, element in ipairs(block.elements) do labels[i] = (element.text or element.placeholder).text end
      rows[#rows + 1] = { kind = "actions", labels = labels }
    end
  end
  return rows
end

local SHOW <const> = {}

function SHOW.slack(one, shown, context)
  local slack <const>, send <const> = send_of("slack", one, shown, context, "slack")
  local body <const> = json.decode(slack.request(send).body)
  local boxes <const> = {}
  for i, box in ipairs(body.attachments) do
    boxes[i] = { colour = send.group.state, rows = block_rows(box.blocks or {}), image_url = box.image_url or false }
  end
  return { head = block_rows(body.blocks), boxes = boxes }
end

function SHOW.telegram(_, shown)
  local message <const> = given(shown.message)
  return { title = markup(safe_html.of(shown.title)), message = message and markup(safe_html.of(message)) or false,
    image_url = given(shown.image_url) or false }
end

local function twilio_form(one, shown, context, name)
  local twilio <const>, send <const> = send_of("twilio", one, shown, context, name)
  local request <const> = twilio.request(send)
  return request and encode.read_form(request.body) or {}
end

function SHOW.sms(one, shown, context)
  local text <const> = twilio_form(one, shown, context, "sms").Body or shown.title
  local count <const>, length <const>, encoding <const> = sms_segments.of(text)
  return { text = text, count = count, length = length, encoding = encoding }
end

local XML <const> = { ["&lt;"] = "<", ["&gt;"] = ">", ["&quot;"] = '"', ["&apos;"] = "'", ["&#39;"] = "'", ["&amp;"] = "&" }

function SHOW.phone_call(one, shown, context)
  local twiml <const> = twilio_form(one, shown, context, "phone_call").Twiml or ""
  local said <const> = string.match(twiml, "<Say[^>]*>(.-)</Say>")
  return { text = said and string.gsub(said, "&[#%w]+;", XML) or shown.title }
end

-- Both make of their words HTML that is safe: these are of one tongue, Markdown.
local function from_markdown(_, shown)
  return { title = shown.title, message = given(shown.message) and markup(html.from_markdown(shown.message)) or false,
    image_url = given(shown.image_url) or false }
end
SHOW.mattermost, SHOW.msteams = from_markdown, from_markdown

function SHOW.web(_, shown)
  return { title = markup(shown.title), message = markup(given(shown.message)), image_url = given(shown.image_url) or false }
end

function SHOW.email(_, shown) return { title = shown.title, message = markup(given(shown.message)) } end

function SHOW.mobile_app(_, shown) return { title = shown.title, message = given(shown.message) or false } end

---@param name string a channel
---@param one table the integration
---@param shown table { title, message, image_url, source_link } of the API's preview
---@param context { is_resolve: boolean, base_url: string, now: integer }
---@return table look what templates/looks.html shows under this name
function looks.of(name, one, shown, context)
  local look <const> = SHOW[name](one, shown, context)
  look.kind = name
  return look
end


return looks
