--- Mails that a provider has taken in and brings by a webhook: Mailgun, SES through SNS, Postmark, SendGrid, Mailjet.
---
--- A worker reads them: a mail may be long, and what SNS signs needs a certificate.
local wire = require("api.doors.wire")

local NAME <const> = "mail_providers"

local function worker() return require("api.doors.mail_providers_rows") end

-- Some providers look whether anybody is there.
local function arrive(request)
  if request.method == "HEAD" then return wire.answer(NAME, 200, wire.TEXT, "") end
end

-- GoAlert's address for Mailgun, which has the same form.
local PATHS <const> = { "/integrations/v1/inbound_email_webhook", "/integrations/v1/inbound_email_webhook/",
  "/api/v2/mailgun/incoming", "/v1/webhooks/mailgun" }

local mail_providers = { paths = {}, rows = {} }

for _, path in ipairs(PATHS) do
  mail_providers.paths[path] = arrive
  mail_providers.rows[path] = function(request) return worker().take(request) end
end

return mail_providers
