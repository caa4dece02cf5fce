--- The words that the channels share: states, colours, what can be done, and what stands below a message.
---
--- Plain text all of it; names of people and integrations are data, so a channel escapes what it takes from here.
local format <const>, concat <const> = string.format, table.concat

local words = {}

--- The colours of OnCall's messages.
words.COLOURS = { firing = "#a30200", silenced = "#dddddd", acknowledged = "#daa038", resolved = "#2eb886" }

local STATES <const> = { firing = "Firing", silenced = "Silenced", acknowledged = "Acknowledged", resolved = "Resolved" }

--- How long a group can be silenced from a message.
words.SILENCES = {
  { "30 minutes", 1800000 }, { "1 hour", 3600000 }, { "4 hours", 14400000 }, { "12 hours", 43200000 },
  { "24 hours", 86400000 },
}

local LABELS <const> = {
  acknowledge = "Acknowledge", unacknowledge = "Unacknowledge", resolve = "Resolve", unresolve = "Unresolve",
  silence = "Silence", unsilence = "Unsilence", confirm = "I still have it",
}

local VERBS <const> = {
  firing = { "acknowledge", "resolve", "silence" },
  acknowledged = { "unacknowledge", "resolve" },
  silenced = { "acknowledge", "resolve", "unsilence" },
  resolved = { "unresolve" },
}

---@param verb string
---@return string
function words.label(verb) return LABELS[verb] end

---@param verb any
---@return boolean
function words.is_verb(verb) return LABELS[verb] ~= nil end

--- What can be done about a group in this state, in order.
---@param state group_state
---@return string[]
function words.verbs(state) return VERBS[state] or {} end

local ONLY_INFORMS <const> = { thread = true, test = true, cancel = true }

--- What can be done about the group in its state, in order; nothing without a group or for a message that only informs.
---@param send table
---@return {verb: string, label: string, url: string?}[]
function words.actions(send)
  local out = {}
  if not send.group or ONLY_INFORMS[send.kind] then return out end
  if send.is_reminder then out[1] = { verb = "confirm", label = LABELS.confirm, url = send.links and send.links.confirm } end
  for _, verb in ipairs(words.verbs(send.group.state)) do
    out[#out + 1] = { verb = verb, label = LABELS[verb], url = send.links and send.links[verb] }
  end
  return out
end

--- The actions that have a signed link.
---@param send table
---@return {verb: string, label: string, url: string}[]
function words.linked_actions(send)
  local out = {}
  for _, action in ipairs(words.actions(send)) do
    if action.url then out[#out + 1] = action end
  end
  return out
end

--- "Acknowledged by Ann".
---@param group table
---@return string
function words.state(group)
  local by = group.state == "acknowledged" and group.acknowledged_by or group.state == "resolved" and group.resolved_by
  return STATES[group.state] .. (by and " by " .. by or "")
end

--- "5 alerts · Shop · production", after what a room must know of a group that calls nobody.
---@param group table
---@return string
function words.facts(group)
  local parts = { group.is_debug and "Debug: nobody is called" or nil }
  local count = group.alerts_count
  if count then parts[#parts + 1] = format(count == 1 and "%d alert" or "%d alerts", count) end
  parts[#parts + 1] = group.integration
  parts[#parts + 1] = group.route
  return concat(parts, " · ")
end

--- The line below a message: "#12 · Firing · 5 alerts · Shop".
---@param group table
---@return string
function words.footer(group)
  local facts = words.facts(group)
  return format("#%d · %s%s", group.number, words.state(group), facts == "" and "" or " · " .. facts)
end

--- What a person must know beside the alert: bundled groups, and how much is left of a daily limit.
---@param send table
---@return string[]
function words.notes(send)
  local out = {}
  if send.more and send.more > 0 then
    out[1] = format(send.more == 1 and "And %d more alert group." or "And %d more alert groups.", send.more)
  end
  if send.remaining then
    out[#out + 1] = format(send.remaining == 1 and "%d message left today." or "%d messages left today.", send.remaining)
  end
  return out
end

--- Where a person reads on: the group's page, else the source's.
---@param send table
---@return string?
function words.link(send)
  return send.group and send.group.link or send.text and send.text.source_link
end

--- Lines of plain text after a plain message: notes, actions with their links, the group's page. "" when there are none.
---@param send table
---@return string
function words.tail(send)
  local lines = words.notes(send)
  for _, action in ipairs(words.linked_actions(send)) do lines[#lines + 1] = action.label .. ": " .. action.url end
  local link = words.link(send)
  if link then lines[#lines + 1] = link end
  return concat(lines, "\n")
end

--- "Acknowledged #12 Disk is full" for a title of plain text: the group's number, and its state unless it fires.
---@param send table
---@return string
function words.title(send)
  local group, title = send.group, send.text.title
  if not group then return title end
  local state = send.is_reminder and "Still yours? " or group.state ~= "firing" and STATES[group.state] .. ": " or ""
  return format("%s#%d %s", state, group.number, title)
end

return words
