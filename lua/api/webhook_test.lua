--- POST /webhooks/<id>/test/: the request that a webhook would send, about an alert group or about none; shown, or sent too.
local body = require("api.body")
local errors = require("api.errors")
local group_resource = require("resources.alert_group")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local port = require("tocsin.port")
local rights = require("api.rights")
local store = require("tocsin.store")
local webhook = require("webhook")
local writer = require("api.writer")

local webhook_test = {}

local TIMEOUT_MS, KEEP <const> = 10000, 50000
local FIELDS <const> = {
  { "alert_group_id", type = "text", max = 64, nullable = true, blank_null = true,
    about = "Without one it is about nothing real." },
  { "is_sent", type = "boolean", about = "false: only show what would be sent." },
}
local SHOWN <const> = { object = { { "verdict", { choice = { "sent", "shown", "skipped", "failed" } } }, { "reason", "text?" },
  { "url", "text?" }, { "request_headers", "text?" }, { "request_data", "text?" }, { "event_data", "text?" }, { "status_code",
    "integer?" },
  { "content", "text?" } } }

local SKIPPED <const> = { webhook_gone = "The webhook is switched off.",
  trigger_template = "The trigger template does not let it go: it printed neither true nor 1." }

-- What it is about: a group's row, or nil for a test; then the refusal.
local function group_of(sent, actor)
  if not sent.alert_group_id then return nil end
  local key = rights.find(actor, group_resource, sent.alert_group_id)
  local row = key and store.row("SELECT * FROM alert_group WHERE id = $1", key)
  return row, not row and errors.field("alert_group_id", "There is no such alert group.") or nil
end

-- What came back, or the sentence why nothing did.
local function send(asked, text)
  local answer, sentence = port.call("fetch", { method = asked.method, url = asked.url, headers = json.array(asked.headers),
    body = text or "",
    timeout_ms = TIMEOUT_MS, keep = KEEP, is_guarded = true })
  if not answer then return nil, sentence end
  if answer.failure then return nil, answer.failure end
  return answer
end

local function shown(verdict, reason, record, answer)
  record, answer = record or {}, answer or {}
  local function text(v) return type(v) == "string" and v or nil end
  return { status = 200, value = writer.object("verdict", verdict, "reason", text(reason), "url", text(record.url),
    "request_headers",
    text(record.headers), "request_data", text(record.data), "event_data", text(record.event), "status_code", answer.status,
    "content", text(answer.body)) }
end

webhook_test.send = {
  about = "Sends it once, outside of any escalation, and tells what came back; or only shows what would be sent.",
    takes = FIELDS, gives = SHOWN,
  answer = function(request)
    local sent, refusal = body.fields(request, FIELDS)
    if not sent then return refusal end
    local g
    g, refusal = group_of(sent, request.actor)
    if refusal then return refusal end
    local id = ids.decode("WH", request.id)
    local row = store.row("SELECT trigger_type FROM webhook WHERE id = $1", id)
    local detail = { webhook = id, trigger = row.trigger_type, user = request.actor.user_id or 0 }
    local public_url = port.call("settings", { names = json.array { "public_url" } }).public_url
    local verdict, asked, text, record = webhook.prepare({ key = "test" }, detail, g, request.now, public_url)
    record = record and json.decode(record)
    if verdict == "skip" then return shown("skipped", SKIPPED[asked] or asked) end
    if verdict == "fail" then return shown("failed", asked, record) end
    if sent.is_sent == 0 then return shown("shown", nil, record) end
    local answer, why = send(asked, text)
    if not answer then return shown("failed", why, record) end
    return shown(answer.status < 400 and "sent" or "failed", answer.status >= 400 and "It answered " .. answer.status .. "." or
      nil, record, answer)
  end,
}

return webhook_test
