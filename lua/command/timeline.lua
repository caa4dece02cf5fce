--- A rehearsed escalation as `tocsin simulate` shows it: rows that the engine wrote become events, and events lines.
---
--- Nothing is decided here: what is shown has happened in the core, on its virtual clock. `query(sql, …)` reads rows,
--- with null as nil.
local json <const> = require("tocsin.json")
local step_words <const> = require("step_words")
local time <const> = require("api.time")

local format <const>, gsub <const>, concat <const> = string.format, string.gsub, table.concat
local ipairs <const>, pairs <const> = ipairs, pairs

local timeline = {}

-- Rows to events ------------------------------------------------------------------------------------------------------

local function decoded(text) return text and json.decode(text) or {} end

local function names_of(query, table_name, column)
  local out = {}
  for _, row in ipairs(query(format("SELECT id, %s AS name FROM %s", column, table_name))) do out[row.id] = row.name end
  return out
end

local function world_of(query)
  return { query = query, users = names_of(query, "user", "username"), schedules = names_of(query, "schedule", "name"),
    teams = names_of(query, "team", "name"), user_groups = names_of(query, "user_group", "handle"),
    webhooks = names_of(query, "webhook", "name"), plans = {} }
end

-- The steps that a group's escalation began with, by their number.
local function steps_of(w, group)
  if not w.plans[group] then
    w.plans[group] = {}
    for _, row in ipairs(w.query("SELECT s.* FROM plan_step AS s JOIN escalation AS e ON e.plan_id = s.plan_id " ..
      "WHERE e.alert_group_id = $1", group)) do
      w.plans[group][row.position] = row
    end
  end
  return w.plans[group]
end

local function quoted(name) return name and '"' .. name .. '"' or "one that is gone" end

local function words(value) return (gsub(value, "_", " ")) end

local function rules_text(is_important) return is_important and "important rules" or "default rules" end

local CALLS <const> = { notify_persons = true, notify_person_next_each_time = true, notify_on_call_from_schedule = true,
  notify_team_members = true, notify_user_group = true, notify_whole_channel = true }

local function step_event(w, row, detail)
  local step = steps_of(w, row.alert_group_id)[detail.step]
  local event = { event = "step", step = detail.step + 1, type = step and step.type, text = step_words.sentence(w, step) }
  if step and step.type and CALLS[step.type] then event.rules = rules_text(step.is_important == 1) end
  if row.action ~= "escalation_step" then event.event, event.problem = row.action, row.reason end
  return event
end

-- What maintenance does to a group. The window is known by the words of the group that collects.
local function collected(w, row, detail)
  local root = w.query("SELECT title FROM alert_group WHERE id = $1", detail.root or 0)[1]
  local title = root and root.title or row.reason
  return { event = "collected", window = title, text = format('collected by the maintenance "%s": nobody is called', title) }
end

local function debugged(w, row, detail)
  local window = w.query("SELECT words FROM maintenance WHERE id = $1", detail.maintenance or 0)[1]
  local title = window and json.decode(window.words).title or row.reason
  return { event = "debug", window = title, text = format('debug by "%s": nobody is called', title) }
end

local function released() return { event = "released", text = "the maintenance has ended: the group is called for" } end

local LINES <const> = {
  attached = collected,
  debug = debugged,
  released = released,
  resolved = function(_, row)
    local is_ended = row.reason == "maintenance_ended"
    return { event = "resolved", text = is_ended and "resolved, as the maintenance has ended" or "resolved" }
  end,
  unattached = released,
  page_withheld = function(w, _, detail)
    local rules = rules_text(detail.important)
    return { event = "page_withheld", user = w.users[detail.user], rules = rules,
      text = format("  %s would have been called (%s)", w.users[detail.user] or "a user who is gone", rules) }
  end,
  escalation_step = step_event,
  escalation_failed = step_event,
  escalation_paused = step_event,
  escalation_finished = function() return { event = "escalation_finished", text = "the escalation has no more steps" } end,
  unanswered = function() return { event = "unanswered", text = "nobody answered" } end,
  page_started = function(w, _, detail)
    return { event = "page", user = w.users[detail.user], user_id = detail.user, rules = rules_text(detail.important) }
  end,
  room_called = function(_, _, detail)
    return { event = "room_called", channel = detail.channel, text = "  everybody in the room  " .. (detail.channel or "") }
  end,
  room_withheld = function(_, _, detail)
    return { event = "page_withheld", channel = detail.channel, text = "  everybody in the room would have been called" }
  end,
  page_failed = function(w, row, detail)
    return { event = "page_failed", user = w.users[detail.user] or "a user who is gone", channel = detail.channel,
      problem = row.reason }
  end,
}

local function line_event(w, row)
  local make = LINES[row.action]
  local event = make and make(w, row, decoded(row.detail)) or { event = row.action, text = words(row.action) }
  event.at, event.group, event.reason = row.at, row.alert_group_id, row.reason
  return event
end

local function opening_event(w, row)
  local g = w.query("SELECT g.title, i.name AS integration, r.is_default, r.position, c.name AS chain FROM alert_group AS g " ..
    "JOIN integration AS i ON i.id = g.integration_id LEFT JOIN route AS r ON r.id = g.route_id " ..
    "LEFT JOIN escalation_chain AS c ON c.id = r.escalation_chain_id WHERE g.id = $1", row.alert_group_id)[1]
  local route = g.is_default == 1 and "default route" or "route " .. (g.position or 0) + 1
  return { at = row.at, group = row.alert_group_id, event = "opened", reason = row.reason, title = g.title,
    integration = g.integration, route = route, chain = g.chain,
    text = format('"%s" of %s, %s, %s', g.title, g.integration, route,
      g.chain and 'escalation chain "' .. g.chain .. '"' or "no escalation chain: nobody is called") }
end

local WHYS <const> = { step_due = "first rule", rule_due = "next rule, after its wait",
  rule_before_failed = "next rule at once, the one before failed" }

local function notification_event(w, n)
  local event = { at = n.created_at, group = n.alert_group_id, event = "notification", kind = n.kind, user_id = n.user_id,
    user = n.user_id and (w.users[n.user_id] or "a user who is gone"), channel = n.channel, contact = n.address,
    state = n.state, problem = n.error, reason = n.reason, why = WHYS[n.reason] or words(n.reason) }
  if n.kind == "page" then event.rules = rules_text(n.is_important == 1) end
  if n.kind == "webhook" then event.webhook = w.webhooks[decoded(n.detail).webhook] end
  return event
end

-- The first rules of a page follow the line that began it; what else leaves at a moment follows the lines of the moment.
local function woven(lines, sent)
  local out, next_sent, taken = {}, 1, {}
  local function flush(before)
    while sent[next_sent] and sent[next_sent].at < before do
      if not taken[next_sent] then out[#out + 1] = sent[next_sent] end
      next_sent = next_sent + 1
    end
  end
  for _, line in ipairs(lines) do
    flush(line.at)
    out[#out + 1] = line
    for i = next_sent, line.event == "page" and #sent or 0 do
      local n = sent[i]
      if n.at > line.at then break end
      if n.user_id == line.user_id and n.group == line.group then
        out[#out + 1], taken[i] = n, true
      end
    end
  end
  flush(math.maxinteger)
  return out
end

-- Not those that windows collect in.
local OWN <const> = "alert_group_id IN (SELECT g.id FROM alert_group AS g JOIN integration AS i ON i.id = g.integration_id " ..
  "WHERE g.id > $1 AND i.type <> 'maintenance')"

--- Everything that happened to the groups that are younger than `after`, in order.
---@param query fun(sql: string, ...): table[]
---@param after integer number of a group
---@return table[] events {at, group, event, …}
function timeline.events(query, after)
  local w, lines, sent = world_of(query), {}, {}
  for i, row in ipairs(query("SELECT alert_group_id, at, action, reason, detail FROM group_log " ..
    "WHERE " .. OWN .. " AND action NOT LIKE 'webhook%' ORDER BY at, alert_group_id, seq", after)) do
    lines[i] = row.action == "registered" and opening_event(w, row) or line_event(w, row)
  end
  for i, row in ipairs(query("SELECT n.*, (SELECT address FROM delivery AS d WHERE d.notification_id = n.id ORDER BY d.id " ..
    "DESC LIMIT 1) AS address FROM notification AS n WHERE " .. OWN .. " ORDER BY n.created_at, n.id", after)) do
    sent[i] = notification_event(w, row)
  end
  return woven(lines, sent)
end

-- Events to lines -----------------------------------------------------------------------------------------------------

local function clock(us)
  local s = us // 1000000
  return format("%02d:%02d:%02d", s // 3600, s // 60 % 60, s % 60)
end

-- What the source, a person or a template wrote may hold anything: one line stays one line.
local function plain(text) return (gsub(text, "%c+", " ")) end

local PROBLEMS <const> = {
  no_contact_method = "has no contact method for it",
  user_gone = "the user is gone", role_may_not_be_notified = "their role may not be notified",
  no_room = "the route posts to no room",
  no_one_on_call = "nobody is on call", no_one_to_notify = "there is nobody to notify",
}

local function problem_text(value) return PROBLEMS[value] or words(value) end

local function described(event)
  if event.event == "opened" then return event.text end
  if event.step then
    local line = format("escalation step %d: %s", event.step, event.text)
    if event.problem then
      return line .. (event.event == "escalation_failed" and " – FAILED: " or " – ") .. problem_text(event.problem)
    end
    return event.rules and format("%s (%s)", line, event.rules) or line
  end
  if event.event == "page_failed" then
    return format("  %s  %sFAILED: %s", event.user, event.channel and event.channel .. "  " or "", problem_text(event.problem))
  end
  if event.event ~= "notification" then return event.text end
  local to = event.webhook and "webhook " .. quoted(event.webhook) or concat({ event.user or event.kind, event.channel,
    event.contact ~= "" and event.contact or nil }, "  ")
  local line = format("  %s  (%s)", to, event.why)
  if event.state == "sent" then return line end
  return line .. (event.state == "failed" and "  FAILED: " or "  " .. event.state .. ": ") .. (event.problem or "?")
end

--- One line for people, or nil for what another line says: a page begins with its first message, and ends with a failed one.
---@param event table
---@param start integer µs of the alert
---@param has_groups boolean several groups were opened: each line names its own
---@return string?
function timeline.line(event, start, has_groups)
  if event.event == "page" or event.problem == "not_delivered" then return nil end
  local text = described(event)
  if not text then return nil end
  return format("%s  %s  %s%s\n", clock(event.at - start), gsub(string.sub(time.text(event.at), 1, 19), "T", " "),
    has_groups and "#" .. event.group .. "  " or "", plain(text))
end

--- One JSON line.
---@param event table
---@param start integer
---@return string
function timeline.json_line(event, start)
  local out = {}
  for name, value in pairs(event) do out[name] = value end
  out.at, out.after_ms, out.user_id = time.text(event.at), (event.at - start) // 1000, nil
  return json.encode(out) .. "\n"
end

--- What it comes to, in a sentence.
---@param events table[]
---@return string
function timeline.summary(events)
  local people, count, pages, problems, withheld = {}, 0, 0, 0, 0
  for _, event in ipairs(events) do
    if event.kind == "page" and event.state == "sent" then
      pages = pages + 1
      if not people[event.user] then people[event.user], count = true, count + 1 end
    end
    if event.event == "page_withheld" then withheld = withheld + 1 end
    if event.event == "escalation_failed" or event.event == "page_failed" then problems = problems + 1 end
  end
  local rest = format("problems: %d%s.\n", problems, withheld > 0 and format(", calls withheld: %d", withheld) or "")
  if pages == 0 then return "Nobody would have been called; " .. rest end
  return format("People called: %d, messages to them: %d, %s", count, pages, rest)
end

return timeline
