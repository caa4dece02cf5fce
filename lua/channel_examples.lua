--- Runs the examples of a channel's file: what is sent, what an answer means, what comes in.
---
--- An example of something sent overrides the sample below; `expect.request` lists what matters of the request.
local channel <const> = require("channel")
local encode <const> = require("sending.encode")
local json <const> = require("tocsin.json")
local keys <const> = require("keys")
local type <const>, ipairs <const>, tostring <const> = type, ipairs, tostring
local find <const>, format <const> = string.find, string.format

local channel_examples = {}

local function sample_send()
  return {
    kind = "page", now = 1767225600000000, key = "n-41", is_important = false,
    text = { title = "Disk of db-1 is full", message = "97 % used.", source_link = "https://grafana.example.org/d/1" },
    group = { number = 12, id = "I4ZQ7", state = "firing", link = "https://tocsin.example.org/alert-groups/I4ZQ7",
      alerts_count = 3, integration = "Shop", route = "production", started_at = 1767225540000000 },
    links = { acknowledge = "https://tocsin.example.org/act/ack1", resolve = "https://tocsin.example.org/act/res1",
      silence = "https://tocsin.example.org/act/sil1", inbound = "https://tocsin.example.org/inbound/p1" },
    user = { name = "Ann", username = "ann" },
  }
end

-- `over` laid over `base`, deep; false takes a field away.
local function laid_over(base, over)
  for key, value in pairs(over) do
    if value == false and base[key] ~= nil and type(base[key]) ~= "boolean" then base[key] = nil
    elseif type(value) == "table" and type(base[key]) == "table" and #value == 0 then laid_over(base[key], value)
    else base[key] = value end
  end
  return base
end

--- A complete `send` for a kind of provider: the sample, the file's own account and address, and what `over` changes.
---@param name string
---@param over table?
---@return table
function channel_examples.send(name, over)
  local spec = assert(channel.load(name))
  local send = sample_send()
  send.channel = spec.sample.channel or channel.carries(name)[1]
  send.account, send.address = laid_over({}, spec.sample.account), laid_over({}, spec.sample.address)
  return laid_over(send, over or {})
end

local function shown(v)
  return type(v) == "string" and format("%q", v) or type(v) == "table" and (json.encode(v) or "a table") or tostring(v)
end

-- Where `actual` lacks what is expected; tables are compared field by field, lists item by item.
local function differ(expected, actual, where, out)
  if type(expected) ~= "table" then
    if expected ~= actual then out[#out + 1] = format("%s is %s, expected %s", where, shown(actual), shown(expected)) end
    return
  end
  if type(actual) ~= "table" then
    out[#out + 1] = format("%s is %s, expected %s", where, shown(actual), shown(expected))
    return
  end
  if #expected > 0 and #expected ~= #actual then
    out[#out + 1] = format("%s has %d items, expected %d: %s", where, #actual, #expected, shown(actual))
  end
  for _, key in ipairs(keys.sorted(expected)) do
    differ(expected[key], actual[key], type(key) == "number" and format("%s[%d]", where, key) or where .. "." .. key, out)
  end
end

local function headers_of(request)
  local out = {}
  for _, header in ipairs(request.headers or {}) do out[header[1]] = header[2] end
  return out
end

local function check_parts(text, parts, is_wanted, out)
  for _, part in ipairs(parts or {}) do
    if (find(text, part, 1, true) ~= nil) ~= is_wanted then
      out[#out + 1] = format("the body %s %q: %s", is_wanted and "lacks" or "has", part, text)
    end
  end
end

local function check_request(expect, request, out)
  local body = request.body or request.mail and request.mail.data or ""
  for _, key in ipairs { "method", "url" } do
    if expect[key] then differ(expect[key], request[key], key, out) end
  end
  differ(expect.headers or {}, headers_of(request), "headers", out)
  if expect.json then differ(expect.json, json.decode(body), "json", out) end
  if expect.form then differ(expect.form, (encode.read_form(body)), "form", out) end
  if expect.mail then differ(expect.mail, request.mail, "mail", out) end
  check_parts(body, expect.has, true, out)
  check_parts(body, expect.lacks, false, out)
end

local function check_refused(expect, value, why, out)
  if value then
    out[#out + 1] = "this should be refused"
  elseif not find(why, expect.refused, 1, true) then
    out[#out + 1] = format("refused with %q, expected %q", why, expect.refused)
  end
end

local RUN <const> = {}

function RUN.send(name, example, out)
  local request, why = channel.request(name, channel_examples.send(name, example.send))
  if example.expect.refused then return check_refused(example.expect, request, why, out) end
  if not request then out[#out + 1] = "refused: " .. why return end
  check_request(example.expect.request, request, out)
end

function RUN.response(name, example, out)
  local r = example.response
  local response = { status = r.status, headers = r.headers or {}, body = r.body or "" }
  differ(example.expect, channel.result(name, response, channel_examples.send(name, example.send)), "result", out)
end

-- An inbound example says its account's part that matters; the rest is the sample's.
function RUN.inbound(name, example, out)
  local request = laid_over({ method = "POST", url = "https://tocsin.example.org/inbound/p1", headers = {}, body = "",
    now = 1767225600000000 }, example.inbound)
  local account = laid_over(channel_examples.send(name).account, example.account or {})
  local events, why = channel.inbound(name, request, account)
  if example.expect.refused then return check_refused(example.expect, events, why, out) end
  if not events then out[#out + 1] = "refused: " .. why return end
  if example.expect.events then
    differ(#example.expect.events, #events, "number of events", out)
    differ(example.expect.events, events, "events", out)
  end
  differ(example.expect.answer or {}, events.answer or {}, "answer", out)
  differ(example.expect.requests or {}, events.requests or {}, "requests", out)
end

function RUN.poll(name, example, out)
  local read = channel.poll_read(name, example.poll, channel_examples.send(name).account)
  differ(#(example.expect.events or {}), #read, "number of events", out)
  differ(example.expect.events or {}, read, "events", out)
  differ(example.expect.next, read.next, "next", out)
  differ(example.expect.requests or {}, read.requests or {}, "requests", out)
end

function RUN.list(name, example, out)
  local account = channel_examples.send(name).account
  if example.expect.request then
    local request, why = channel.list_request(name, example.list, account, example.at, example.room)
    if not request then out[#out + 1] = "refused: " .. why return end
    return check_request(example.expect.request, request, out)
  end
  local r = example.response
  local response = { status = r.status, headers = r.headers or {}, body = r.body or "" }
  differ(example.expect, channel.list_read(name, example.list, response, account, 1767225600000000), "page", out)
end

--- Runs one example.
---@param name string
---@param example table
---@return string[] problems empty when all is as expected
function channel_examples.run(name, example)
  local out = {}
  local how = "send"
  for _, other in ipairs { "inbound", "poll", "response", "list" } do
    if example[other] then how = other end
  end
  RUN[how](name, example, out)
  return out
end

return channel_examples
