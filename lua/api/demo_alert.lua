--- POST /integrations/<id>/send_demo_alert/: an alert that a person has made, to see what an integration does with it.
---
--- It takes the way of every other: the functions of the integration's file, the templates, the routes, the escalation.
--- Only this is special: each of its alerts opens a group of its own, marked as a demo, and unless `mode` is "page"
--- nobody is called for it (mode "debug"): the group's log tells who would have been.
local auth = require("api.auth")
local body = require("api.body")
local change = require("api.change")
local errors = require("api.errors")
local fuel = require("tocsin.fuel")
local ids = require("tocsin.ids")
local integration = require("integration")
local json = require("tocsin.json")
local port = require("tocsin.port")
local receive = require("receive")
local store = require("tocsin.store")
local writer = require("api.writer")

local demo_alert = {}

local ALERTS_MAX <const> = 50
local MODES <const> = { debug = true, page = true }

-- Types whose alerts are the house's own.
local WITHOUT <const> = { direct_paging = true, manual = true, maintenance = true }

local SENT <const> = { object = { { "demo_alert_payload", "any", optional = true },
  { "mode", { choice = { "debug", "page" } }, optional = true, about = "page: people are called as for any other." } } }

-- The payload that was sent, in the order of the wire; nil: the example.
local function edited(request, sent)
  local v = sent.demo_alert_payload
  if v == nil or v == json.null then return nil end
  if type(v) ~= "table" then return nil, errors.field("demo_alert_payload", "Expected a JSON object or list.") end
  return json.encode(json.item(json.payload(request.body), "demo_alert_payload"))
end

local function example_of(spec)
  local example = spec and spec.examples and spec.examples[1]
  if not example then return nil, errors.field("demo_alert_payload", "This type has no example of its own: send a payload.") end
  return example.payload, example.headers
end

-- The alerts that a request with this body is, as JSON texts; or the refusal.
local function alerts_of(spec, text, headers, now)
  local list, why
  if spec and spec.receive then
    local sent = json.encode(headers or { ["content-type"] = "application/json" })
    local kind, parts, about = receive.apply(spec, "POST", "", sent, text, now)
    if kind == "answer" or kind == "ignore" then return {} end
    if kind == "alerts" then list = json.decode(parts) end
    why = kind and about or parts
  elseif spec then
    list, why = receive.parts(spec, text)
  end
  if why then return nil, errors.field("demo_alert_payload", "The integration's file cannot read it: " .. tostring(why)) end
  return list or { text }
end

---The alerts that the first example of a type is, as JSON texts; nil: it has none, or none that can be read.
---@return string[]|nil
function demo_alert.example_alerts(type_name, now)
  local spec = integration.load(type_name)
  local text, headers = example_of(spec)
  if not text then return nil end
  local ok, alerts = fuel.bounded(fuel.SLOW, fuel.MEMORY, alerts_of, spec, text, headers, now)
  return ok and alerts or nil
end

local function send(request, row, alerts, is_debug)
  local groups, by, by_id = {}, auth.by(request.actor)
  for i, text in ipairs(alerts) do
    local result, sentence, code = port.call("alert", { integration = row.id, payload = text, by = by, by_id = by_id,
      is_demo = true, is_debug = is_debug })
    if not result then return nil, change.port_error(sentence, code) end
    groups[i] = ids.encode("I", result.group)
  end
  return groups
end

-- What is to be sent, or the refusal.
local function take(request, row)
  local sent, refusal = body.object(request)
  if not sent then return nil, refusal end
  local mode = sent.mode == nil and "debug" or sent.mode
  if not MODES[mode] then return nil, errors.field("mode", "Must be one of: debug, page.") end
  local spec, headers = integration.load(row.type), nil
  local text
  text, refusal = edited(request, sent)
  if not text and not refusal then
    text, headers = example_of(spec)
    if not text then refusal = headers end
  end
  if refusal then return nil, refusal end
  local _, alerts, why = fuel.bounded(fuel.SLOW, fuel.MEMORY, alerts_of, spec, text, headers, request.now)
  if type(alerts) ~= "table" then
    return nil, why or errors.field("demo_alert_payload", "The integration's file cannot read it within its limits.")
  end
  if #alerts > ALERTS_MAX then
    return nil, errors.field("demo_alert_payload",
      string.format("These are %d alerts; a demo is at most %d.", #alerts, ALERTS_MAX))
  end
  return { alerts = alerts, is_debug = mode == "debug", mode = mode }
end

---{demo_alert_payload: JSON (default: the first example of the integration's type), mode: "debug" | "page"} →
---200 {mode, alert_group_ids}.
demo_alert.send = {
  about = "Sends an alert to see what the integration does with it: the first example of its type, or any payload.",
  takes = SENT, gives = { object = { { "mode", "text" }, { "alert_group_ids", { list = "id" } } } },
  answer = function(request)
    local id = ids.decode("C", request.id)
    local row = id and store.row("SELECT id, type FROM integration WHERE id = $1 AND deleted_at IS NULL", id)
    if not row then return errors.not_found() end
    if WITHOUT[row.type] then return errors.detail(400, "There is no demo alert for integrations of this type.") end
    local demo, refusal = take(request, row)
    if not demo then return refusal end
    local groups
    groups, refusal = send(request, row, demo.alerts, demo.is_debug)
    if not groups then return refusal end
    return { status = 200, value = writer.object("mode", demo.mode, "alert_group_ids", writer.list(groups)) }
  end,
}

return demo_alert
