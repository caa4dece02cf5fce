--- A step of an escalation as a sentence: what it does, and to whom.
local json <const> = require("tocsin.json")

local format <const>, gsub <const>, concat <const>, ipairs <const> = string.format, string.gsub, table.concat, ipairs

local step_words = {}

local function listed(w, users)
  local names = {}
  for i, id in ipairs(json.decode(users or "[]")) do names[i] = w.users[id] or "a user who is gone" end
  return #names > 0 and concat(names, ", ") or "nobody"
end

local function quoted(name) return name and '"' .. name .. '"' or "one that is gone" end

local function length_text(ms)
  local s = ms // 1000
  if s % 3600 == 0 and s > 0 then return s // 3600 .. " h" end
  return s % 60 == 0 and s // 60 .. " min" or s .. " s"
end

local SENTENCES <const> = {
  wait = function(_, s) return "wait " .. (s.wait_ms and length_text(s.wait_ms) or "5 min") end,
  notify_persons = function(w, s) return "notify " .. listed(w, s.users) end,
  notify_person_next_each_time = function(w, s) return "notify the next in turn of " .. listed(w, s.users) end,
  notify_on_call_from_schedule = function(w, s) return "notify who is on call on " .. quoted(w.schedules[s.schedule_id]) end,
  notify_team_members = function(w, s) return "notify the team " .. quoted(w.teams[s.team_id]) end,
  notify_user_group = function(w, s) return "notify the user group " .. quoted(w.user_groups[s.user_group_id]) end,
  notify_whole_channel = function() return "notify the whole channel" end,
  notify_if_time_from_to = function(_, s)
    return format("go on between %s and %s", s.from_time or "?", s.to_time or "?")
  end,
  notify_if_num_alerts_in_window = function(_, s)
    return format("go on after more than %s alerts in %s min", s.num_alerts or "?", s.num_minutes or "?")
  end,
  trigger_webhook = function(w, s) return "send the webhook " .. quoted(w.webhooks[s.webhook_id]) end,
  repeat_escalation = function() return "begin again, five times at most" end,
  resolve = function() return "resolve" end,
}

--- The sentence of a row of `plan_step`, without a capital and a full stop.
---@param w {users: table, schedules: table, teams: table, user_groups: table, webhooks: table} names by the ids of rows
---@param step table?
---@return string
function step_words.sentence(w, step)
  if not step or not step.type then return "not configured" end
  local sentence = SENTENCES[step.type]
  return sentence and sentence(w, step) or gsub(step.type, "_", " ") .. ""
end

return step_words
