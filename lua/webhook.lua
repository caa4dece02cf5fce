--- An outgoing webhook: the request that tells another system what happened to an alert group, and what is remembered of it.
---
--- The words are templates over a context of facts. In `headers` and `data` every text is escaped for JSON, so that a
--- template can put it between quotes. What is forwarded whole is the context itself.
local crypto <const> = require("tocsin.crypto")
local ids <const> = require("tocsin.ids")
local json <const> = require("tocsin.json")
local alert_group <const> = require("resources.alert_group")
local encode <const> = require("sending.encode")
local keys <const> = require("keys")
local preview <const> = require("tocsin.preview")
local reply <const> = require("sending.reply")
local render <const> = require("render")
local rows <const> = require("api.rows")
local seal <const> = require("tocsin.seal")
local store <const> = require("tocsin.store")
local template <const> = require("template")
local time <const> = require("api.time")
local writer <const> = require("api.writer")
local pairs <const>, ipairs <const>, type <const>, tostring <const> = pairs, ipairs, type, tostring
local find <const>, format <const>, sub <const>, lower <const>, upper <const> = string.find, string.format, string.sub,
  string.lower, string.upper
local concat <const> = table.concat

local webhook = {}

local PERSONAL <const> = "personal notification"
local FUEL <const>, TEXT_MAX <const> = 5000000, 1000000
local KEEP <const>, REDIRECTS <const> = 50000, 5 -- bytes of an answer; hops
local HAS_BODY <const> = { POST = true, PUT = true, PATCH = true }
local MASK <const> = seal.MASK
local MASKED <const> = { authorization = true, ["x-tocsin-signature"] = true }

-- Facts ---------------------------------------------------------------------------------------------------------------

local function person(id)
  local user = id and store.row("SELECT id, username, email FROM user WHERE id = $1", id)
  return user and writer.object("id", ids.encode("U", user.id), "username", user.username, "email", user.email) or nil
end

local function people(ids_of)
  local out = {}
  for _, id in ipairs(ids_of) do out[#out + 1] = person(id) end
  return writer.list(out)
end

local function notified(group_id)
  local list = {}
  for i, row in ipairs(store.rows("SELECT DISTINCT user_id FROM notification WHERE alert_group_id = $1 AND kind = 'page' " ..
    "AND state IN ('sent', 'delivered') AND user_id IS NOT NULL ORDER BY user_id", group_id)) do
    list[i] = row.user_id
  end
  return people(list)
end

-- When what the trigger names happened.
local TIMES <const> = { ["alert group created"] = "started_at", acknowledge = "acknowledged_at", resolve = "resolved_at",
  silence = "silenced_at" }

local function event(detail, g, now)
  local at = g and TIMES[detail.trigger] and g[TIMES[detail.trigger]]
  if not g or detail.trigger == "escalation" or detail.trigger == PERSONAL then at = now end
  local out = writer.object("type", detail.trigger)
  if at then writer.put(out, "time", time.text(at)) end
  if detail.context then writer.put(out, "user", writer.raw(detail.context)) end
  if g and detail.trigger == "silence" then writer.put(out, "until", time.text(g.silenced_until)) end
  return out
end

local function payload_of(g)
  local row = g.first_alert_id and store.row("SELECT payload, parsed FROM alert WHERE id = $1", g.first_alert_id)
  local text = row and (row.parsed or row.payload)
  return text and text ~= "" and writer.raw(text) or ""
end

-- The latest answer of each webhook to this group, by public id: parsed where it is JSON.
local function responses(group_id)
  local out, is_any = writer.object(), false
  for _, row in ipairs(store.rows("SELECT webhook_id, content FROM webhook_response WHERE id IN (SELECT MAX(id) FROM " ..
    "webhook_response WHERE alert_group_id = $1 AND content IS NOT NULL GROUP BY webhook_id)", group_id)) do
    is_any = true
    writer.put(out, ids.encode("WH", row.webhook_id), json.decode(row.content) ~= nil and writer.raw(row.content) or row.content)
  end
  return is_any and out or nil
end

-- Labels are plain objects here: {"team": "db"}.
local function labels_object(labels)
  local out = writer.object()
  for _, name in ipairs(keys.sorted(labels)) do writer.put(out, name, labels[name]) end
  return out
end

local function listed_labels(stored)
  local labels = {}
  for _, label in ipairs(json.decode(stored)) do labels[label.key] = label.value end
  return labels_object(labels)
end

local function integration_of(g)
  local row = store.row("SELECT i.id, i.type, i.name, i.labels, t.name AS team FROM integration AS i " ..
    "LEFT JOIN team AS t ON t.id = i.team_id WHERE i.id = $1", g.integration_id)
  if not row then return nil end
  return writer.object("id", ids.encode("C", row.id), "type", row.type, "name", row.name, "team", row.team,
    "labels", listed_labels(row.labels))
end

local function group_of(g, public_url)
  local row = rows.by_key(alert_group, g.id)
  local shown = row and rows.show(alert_group, row, { base_url = public_url })
  if shown then writer.set(shown, "labels", labels_object(g.labels and json.decode(g.labels) or {})) end
  return shown
end

-- Name and value of everything that a template can say, in the order in which it is forwarded.
local function facts_of(w, detail, g, now, public_url)
  return {
    { "event", event(detail, g, now) },
    { "user", person(detail.user ~= 0 and detail.user or nil) or json.null },
    { "alert_group", group_of(g, public_url) or json.null },
    { "alert_group_id", ids.encode("I", g.id) },
    { "alert_payload", payload_of(g) },
    { "integration", integration_of(g) or json.null },
    { "notified_users", notified(g.id) },
    { "users_to_be_notified", people(preview.users(g.id, now) or {}) },
    { "alert_group_acknowledged_by", person(g.acknowledged_by == "user" and g.acknowledged_by_id or nil) or json.null },
    { "alert_group_resolved_by", person(g.resolved_by == "user" and g.resolved_by_id or nil) or json.null },
    { "responses", responses(g.id) },
    { "webhook", writer.object("id", ids.encode("WH", w.id), "name", w.name, "labels", listed_labels(w.labels)) },
  }
end

-- The same for a test, which is about no alert.
local function test_facts(w, detail, now)
  local nobody, title = people {}, "Test notification"
  return {
    { "event", event(detail, nil, now) },
    { "user", person(detail.user) or json.null },
    { "alert_group", writer.object("id", "TEST", "title", title, "state", "firing", "alerts_count", 1,
      "created_at", time.text(now),
      "labels", writer.object(), "permalinks", writer.object()) },
    { "alert_group_id", "TEST" },
    { "alert_payload", writer.object("title", title, "message", "If you can read this, notifications reach you here.") },
    { "integration", writer.object("id", "TEST", "type", "test", "name", "Tocsin", "team", json.null,
      "labels", writer.object()) },
    { "notified_users", nobody }, { "users_to_be_notified", nobody },
    { "alert_group_acknowledged_by", json.null }, { "alert_group_resolved_by", json.null },
    { "webhook", writer.object("id", ids.encode("WH", w.id), "name", w.name, "labels", listed_labels(w.labels)) },
  }
end

local function object_of(facts)
  local out = writer.object()
  for _, fact in ipairs(facts) do
    if fact[2] ~= nil then writer.put(out, fact[1], fact[2]) end
  end
  return writer.text(out)
end

local function json_words(text) return sub(json.encode(text), 2, -2) end

-- The same as a template sees it: as it is, and with every text escaped for JSON.
local function contexts_of(facts)
  local plain, escaped = {}, {}
  for _, fact in ipairs(facts) do
    if fact[2] ~= nil then
      plain[fact[1]] = assert(json.payload(writer.text(fact[2])))
      escaped[fact[1]] = render.escaped(assert(json.payload(writer.text(fact[2]))), json_words)
    end
  end
  return plain, escaped
end

-- The request ---------------------------------------------------------------------------------------------------------

local function words(source, context, what)
  local text, failed = template.render(template.get(source), context, TEXT_MAX, FUEL)
  if failed then return nil, what .. " - " .. text end
  return text
end

local function opened(text)
  if not text or not find(text, "^sealed:") then return text end
  local clear, why = seal.open(text)
  return clear or error(why, 0)
end

local function add_headers(w, escaped, headers)
  if not w.headers or w.headers == "" then return true end
  local text, why = words(w.headers, escaped, "Headers")
  if not text then return nil, why end
  local object = json.decode(text)
  if type(object) ~= "table" then return nil, "Headers - the template did not make a JSON object" end
  for name, v in pairs(object) do headers[#headers + 1] = { tostring(name), tostring(v) } end
  table.sort(headers, function(a, b) return a[1] < b[1] end)
  return true
end

-- A header of this name is there already, however it is written.
local function put_header(headers, name, v)
  for _, header in ipairs(headers) do
    if lower(header[1]) == lower(name) then
      header[2] = v
      return
    end
  end
  headers[#headers + 1] = { name, v }
end

-- What is wrong with an address; nil: nothing. One that leads back here would tell us of what it caused, without end.
local function why_not_url(url, public_url)
  if not find(url, "^[Hh][Tt][Tt][Pp][Ss]?://[^/%s]%S*$") or find(url, "[%c<>\"]") then
    return "URL - not an address that begins with http:// or https://"
  end
  if public_url ~= "" and find(lower(url), lower(public_url), 1, true) then return "URL - it leads back to this server" end
end

local function body_of(w, facts, escaped)
  if not HAS_BODY[w.http_method] then return nil end
  if w.forward_all == 1 then return object_of(facts), "application/json" end
  if not w.data or w.data == "" then return nil end
  local text, why = words(w.data, escaped, "Data")
  if not text then return nil, nil, why end
  return text, json.decode(text) ~= nil and "application/json" or "text/plain; charset=utf-8"
end

local function sign(w, n, headers, body, now)
  put_header(headers, "X-Tocsin-Delivery", n.key)
  local secret = opened(w.signing_secret)
  if not secret then return end
  local at = now // 1000000
  local digest = crypto.hmac("sha256", secret, format("%d.%s", at, body or ""))
  local hex = string.gsub(digest, ".", function(c) return format("%02x", string.byte(c)) end)
  put_header(headers, "X-Tocsin-Signature", format("t=%d,v1=%s", at, hex))
end

local function all_headers(w, n, escaped, kind, body, now)
  local headers = {}
  local ok, why = add_headers(w, escaped, headers)
  if not ok then return nil, why end
  if kind then put_header(headers, "Content-Type", kind) end
  if w.username then put_header(headers, "Authorization", encode.basic(w.username, opened(w.password) or "")[2]) end
  if w.authorization_header then put_header(headers, "Authorization", opened(w.authorization_header)) end
  sign(w, n, headers, body, now)
  for _, header in ipairs(headers) do
    if not find(header[1], "^[%w%-_]+$") or find(header[2], "[%z\1-\31\127]") then
      return nil, "Headers - a name or value holds characters that a request cannot carry"
    end
  end
  return headers
end

-- What people see of it later: secrets are stars.
local function remembered(headers)
  local lines = {}
  for i, header in ipairs(headers) do
    lines[i] = header[1] .. ": " .. (MASKED[lower(header[1])] and MASK or header[2])
  end
  return concat(lines, "\n")
end

local function record_of(detail, fields)
  return writer.text(writer.object("webhook", detail.webhook, "trigger", detail.trigger, "url", fields.url,
    "headers", fields.headers, "data", fields.data, "result", fields.result, "event", fields.event))
end

-- Whether the trigger template lets it go; text that it printed.
local function is_wanted(w, plain)
  if not w.trigger_template or w.trigger_template == "" then return true end
  local text, why = words(w.trigger_template, plain, "Trigger")
  if not text then return nil, why end
  return lower(text) == "true" or text == "1", text
end

--- What a row of the outbox of kind "webhook" sends, or a page by a webhook.
---@param n table its row: key
---@param detail table { webhook, trigger, user, at }; of a page also context: JSON text
---@param g table? the group's row; nil for a test
---@param now integer µs
---@param public_url string
---@return "send"|"skip"|"fail" verdict
---@return table|string request { method, url, headers, keep, redirects }, the reason, or the error
---@return string? body
---@return string? record JSON for `webhook_response`
function webhook.prepare(n, detail, g, now, public_url)
  local w = store.row("SELECT * FROM webhook WHERE id = $1 AND deleted_at IS NULL", detail.webhook)
  if not w or w.is_enabled ~= 1 then return "skip", "webhook_gone" end
  local facts = g and facts_of(w, detail, g, now, public_url) or test_facts(w, detail, now)
  local plain, escaped = contexts_of(facts)
  local event_data = not detail.context and object_of(facts) or nil
  local function fail(why, url) return "fail", why, nil, record_of(detail, { url = url, result = why, event = event_data }) end

  local wanted, result = true, nil
  if g then wanted, result = is_wanted(w, plain) end -- a test has no alert to be judged by
  if wanted == false then return "skip", "trigger_template" end
  if wanted == nil then return fail(result) end
  local url, why = words(w.url or "", plain, "URL")
  if not url then return fail(why) end
  why = why_not_url(url, public_url)
  if why then return fail(why, url) end
  local body, kind, wrong = body_of(w, facts, escaped)
  if wrong then return fail(wrong, url) end
  local headers, bad = all_headers(w, n, escaped, kind, body, now)
  if not headers then return fail(bad, url) end
  local shown = detail.context and body and MASK or body -- it may hold what is private
  local request = { method = upper(w.http_method), url = url, headers = headers, keep = KEEP, redirects = REDIRECTS,
    name = w.name }
  return "send", request, body, record_of(detail, { url = url, headers = remembered(headers), data = shown, result = result,
    event = event_data })
end

--- What is wrong with a webhook as a person's own, in a sentence; nil: nothing.
---@param public_id any
---@return string? why
---@return integer? id of the row
function webhook.why_not_personal(public_id)
  local id = type(public_id) == "string" and ids.decode("WH", public_id)
  local w = id and store.row("SELECT trigger_type, is_enabled FROM webhook WHERE id = $1 AND deleted_at IS NULL", id)
  if not w then return "There is no such webhook." end
  if w.trigger_type ~= PERSONAL then return 'The webhook is not one with the trigger "' .. PERSONAL .. '".' end
  if w.is_enabled ~= 1 then return "The webhook is switched off." end
  return nil, id
end

--- The same for a page or a test of one: a person's contact method names the webhook, and the private context that its
--- templates see.
---@param n table its row: key, user_id
---@param address {webhook: string, context: string?} opened
---@return "send"|"skip"|"fail" verdict
function webhook.prepare_personal(n, address, g, now, public_url)
  local why, id = webhook.why_not_personal(address.webhook)
  if why then return "fail", why end
  local detail = { webhook = id, trigger = PERSONAL, user = n.user_id, context = address.context or "{}" }
  return webhook.prepare(n, detail, g, now, public_url)
end

--- What the answer means: what may get better by itself is tried again.
---@return table { state, after_ms, error }
function webhook.result(response, now)
  local status = response.status
  if status < 400 then return { state = "sent" } end
  local is_temporary = status >= 500 or status == 429 or status == 408
  return { state = is_temporary and "retry" or "failed", error = format("answered %d", status),
    after_ms = is_temporary and reply.retry_after(response, now) or nil }
end

return webhook
