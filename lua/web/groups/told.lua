--- What happened for an alert group and what comes next, as pages tell it: items of the API's timeline and plan as lines.
local clock <const> = require "web.clock"
local texts <const> = require "web.texts"
local times <const> = require "web.times"

local told <const> = {}

local function words(text) return (string.gsub(text, "_", " ")) end

-- "Sent", and what the phone company or the server said then: "rang at 03:12:07, no answer".
local function delivery_of(item, on)
  local last <const> = item.last_delivery
  if type(last) ~= "table" then return false end
  local parts <const> = { string.format(texts.group.attempt, words(last.state), on:time(clock.read(last.at))) }
  if type(last.error) == "string" and not string.find(item.text, last.error, 1, true) then parts[#parts + 1] = last.error end
  if (item.attempts or 1) > 1 then parts[#parts + 1] = string.format(texts.group.attempts, item.attempts) end
  return table.concat(parts, ", ")
end

---The items of a timeline, newest first.
---@param items table[] of GET /alert_groups/<id>/timeline/
---@param on Clock
function told.timeline(items, on)
  local list <const> = {}
  for i, item in ipairs(items) do
    local at <const> = clock.read(item.at)
    list[#items + 1 - i] = { at = item.at, time = on:time(at), day = on:day(at), text = item.text, realm = item.realm,
      type = item.type, is_bad = item.state == "failed" or string.find(item.type, "failed", 1, true) ~= nil,
      delivery = delivery_of(item, on), author = item.realm == "resolution_note" and type(item.author) == "table" and
        item.author.username or false }
  end
  for i, item in ipairs(list) do item.is_new_day = i == 1 or list[i - 1].day ~= item.day end
  return list
end

local function names_of(users)
  local names <const> = {}
  for i, user in ipairs(users or {}) do names[i] = user.username end
  return table.concat(names, ", ")
end

local function step_text(event, on)
  local names <const> = names_of(event.users)
  local text <const> = string.format(texts.plan.step, event.step, texts.steps[event.type] or words(event.type))
  if event["until"] then return text .. string.format(texts.plan["until"], on:moment(clock.read(event["until"]))) end
  return names ~= "" and text .. ": " .. names or text
end

local SENTENCES <const> = {
  step = step_text,
  notification = function(event)
    return string.format(texts.plan.by_channel[event.channel] or texts.plan.call, event.user.username, words(event.channel))
  end,
  page_failed = function(event) return string.format(texts.plan.page_failed, event.user.username) end,
  page_withheld = function(event) return string.format(texts.plan.page_withheld, event.user.username) end,
}

---The events of a plan in order of time: what calls is `is_call`, the rest says why.
---@param events table[] of GET …/escalation_plan/ or …/plan/
---@param on Clock
---@param from integer|nil µs UTC: times are told as lengths from then on; nil: as times of day and how far away
function told.plan(events, on, from)
  local list <const> = {}
  for i, event in ipairs(events) do
    local at <const> = clock.read(event.at)
    local sentence <const> = SENTENCES[event.event]
    list[i] = { at = event.at, time = on:time(at), when = from and "+ " .. times.span((at - from) // 1000000) or
      times.apart(at, on.now), text = sentence and sentence(event, on) or texts.plan[event.event] or words(event.event),
      is_call = event.event == "notification", kind = event.event,
      problem = type(event.problem) == "string" and words(event.problem) }
  end
  return list
end

return told
