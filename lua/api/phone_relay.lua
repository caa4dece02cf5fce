--- POST /make_call and /send_sms: another OnCall installation has people called or texted through this one, by e-mail address.
local body = require("api.body")
local contact_check = require("api.contact_check")
local store = require("tocsin.store")
local user = require("resources.user")
local writer = require("api.writer")

local phone_relay = {}

local MESSAGES_MAX <const>, MINUTE <const> = 60, 60000000 -- to one person on one channel, as the reference counts a minute

local FIELDS <const> = {
  { "email", type = "text", max = 254, required = true, check_text = user.check_email },
  { "message", type = "text", max = 1024, required = true },
}

local ERROR <const> = { object = { { "error", "text" } } }

local FOUND <const> = "SELECT m.id, m.user_id, m.channel, m.address, m.provider_id FROM contact_method AS m " ..
  "JOIN user AS u ON u.id = m.user_id WHERE u.deleted_at IS NULL AND lower(u.email) = lower($1) AND m.channel = $2 " ..
  "AND m.verified_at IS NOT NULL AND m.is_enabled = 1 ORDER BY m.id LIMIT 1"

local SENT <const> = "SELECT count(*) AS n FROM notification WHERE user_id = $1 AND channel = $2 AND kind = 'test' " ..
  "AND created_at > $3"

local function refused(status, why) return { status = status, value = writer.object("error", why) } end

local function relay(channel, about)
  return { about = about, takes = FIELDS, gives = { object = {} }, refusals = { [400] = ERROR, [404] = ERROR, [503] = ERROR },
    answer = function(request)
    local sent, refusal = body.fields(request, FIELDS)
    if not sent then return refusal end
    local row = store.row(FOUND, sent.email, channel)
    if not row then return refused(404, "user-not-found") end
    if store.row(SENT, row.user_id, channel, request.now - MINUTE).n >= MESSAGES_MAX then
      return refused(400, "limit-exceeded")
    end
    local key, failed = contact_check.put { contact_check.message(row, request.now, { title = sent.message }) }
    if not key then return failed.status == 503 and refused(503, "failed") or failed end
    return { status = 200, value = writer.object() }
  end }
end

phone_relay.call = relay("phone_call", "Calls whoever has this e-mail address, for another installation.")
phone_relay.text = relay("sms", "Texts whoever has this e-mail address, for another installation.")

return phone_relay
