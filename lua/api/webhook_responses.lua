--- GET /webhooks/<id>/responses/: what came back, whatever the webhook's trigger is now.
local errors = require("api.errors")
local openapi = require("api.openapi")
local response = require("resources.webhook_response")
local rows = require("api.rows")
local webhook = require("resources.webhook")

local webhook_responses = {}

local OF_WEBHOOK = { "webhook_id", "t.webhook_id = ?" }

webhook_responses.list = {
  about = "What came back, newest first.", query = openapi.parameters(response),
  gives = { page = { ref = "WebhookResponse" } },
  answer = function(request)
    local row = rows.by_id(webhook, request.id)
    if not row then return errors.not_found() end
    return rows.list(response, request, { { OF_WEBHOOK, { row.id } } })
  end,
}

return webhook_responses
