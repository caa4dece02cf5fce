--- A Teams workflow that is started by a webhook.
--- https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using,
--- elements of https://adaptivecards.io/explorer/ up to version 1.2 (style of a TextBlock: 1.5, ignored before)
local fake = require "fake_provider"

local text, required, object, list = fake.text, fake.required, fake.object, fake.list
local one_of = fake.one_of

local element
local function elements(v, where, complain) list(element)(v, where, complain) end
element = fake.typed {
  TextBlock = object { text = required(text {}), wrap = fake.boolean, size = one_of("Small", "Default", "Medium", "Large", "ExtraLarge"),
    weight = one_of("Lighter", "Default", "Bolder"),
    isSubtle = fake.boolean, spacing = one_of("None", "Small", "Default", "Medium", "Large"),
    style = one_of("default", "heading"), color = text {}, maxLines = fake.integer(1) },
  Image = object { url = required(fake.url()), altText = text {}, size = text {} },
  Container = object { items = required(elements), style = one_of("default", "emphasis", "good", "attention", "warning", "accent"), bleed = fake.boolean },
}
local action = fake.typed { ["Action.OpenUrl"] = object { title = required(text {}), url = required(fake.url()) } }
local card = object {
  ["$schema"] = text { same = "http://adaptivecards.io/schemas/adaptive-card.json" }, type = required(text { same = "AdaptiveCard" }), version = required(text { same = "1.2" }),
  body = required(elements), actions = list(action, 6), msteams = object { width = one_of("Full") },
}
local message = object {
  type = required(text { same = "message" }),
  attachments = required(list(object { contentType = required(text { same = "application/vnd.microsoft.card.adaptive" }), contentUrl = fake.any, content = required(card) })),
}

local function refusal(status, code, words) return fake.json(status, { error = { code = code, message = words } }) end

return {
  handle = fake.provider {
    routes = { { path = "/workflows/(%x+)/triggers/manual/paths/invoke", max = 28 * 1024, shape = message,
      query = { ["api-version"] = text {}, sp = text {}, sv = text {}, sig = text {} },
      answer = function() return fake.answer(202, "", { ["x-ms-workflow-run-id"] = "08584" }) end } },
    is_allowed = function(r) return r.args.sig == "AbCdEfGhIjKlMnOp" end,
    refusal = function(complaints) return refusal(400, "TriggerInputSchemaMismatch", complaints[1]) end,
    faults = {
      unauthorized = function() return refusal(401, "DirectApiAuthorizationRequired", "The request must be authenticated only by Shared Access scheme.") end,
      limited = function() return fake.answer(429, "", { ["retry-after"] = "12" }) end,
      gone = function() return refusal(404, "WorkflowNotFound", "The workflow could not be found.") end,
      down = fake.down,
    },
  },
  limited_ms = 12000,
}
