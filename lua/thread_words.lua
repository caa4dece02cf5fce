--- What happened to a group, as sentences for the thread below its message: plain text, one sentence a line of the log.
---
--- The actions are those of NEWS in core/store/message_rows.c; what has no words here is passed over.
local group_state <const> = require("group_state")
local json <const> = require("tocsin.json")
local keys <const> = require("keys")
local concat <const>, format <const>, gsub <const> = table.concat, string.format, string.gsub
local ipairs <const>, type <const> = ipairs, type

local thread_words = {}

---@class log_line
---@field action string
---@field reason string
---@field by string
---@field by_id integer?
---@field detail string? JSON

local function detail_of(line)
  local v = line.detail and json.decode(line.detail)
  return type(v) == "table" and v or {}
end

local function person(names, id) return names(id) or "a person who is gone" end

local function by(line, names)
  local actor = group_state.who(line.by, line.by_id, names)
  return actor and " by " .. actor or ""
end

-- Why a person was not reached, after "Ann could not be called by sms: ".
local WHYS <const> = {
  no_contact_method = "there is no contact method for it", user_gone = "the person is gone",
  not_delivered = "the message was not delivered", undelivered = "the message did not arrive",
  daily_limit = "there were too many messages today", team_gone = "the team is gone",
  team_is_empty = "nobody is in the team", role_may_not_be_notified = "their role may not be notified",
  no_one_on_call = "nobody is on call", no_one_to_notify = "there is nobody to notify", no_room = "the route posts to no room",
}

local function why(line) return WHYS[line.reason] or (gsub(line.reason, "_", " ")) end

local function deed(words)
  return function(line, names) return words .. by(line, names) .. "." end
end

local SENTENCES <const> = {
  acknowledged = deed "Acknowledged", unacknowledged = deed "The acknowledge was taken back", resolved = deed "Resolved",
  unresolved = deed "Opened again", silenced = deed "Silenced", unsilenced = deed "The silence was ended",
  attached = deed "Attached to another alert group", unattached = deed "Detached from the other alert group",
  unanswered = function() return "Nobody has answered." end,
  debug = function() return "Debug mode: nobody is called." end,
  released = function() return "The maintenance is over: people are called." end,
  page_withheld = function(line, names)
    local id = detail_of(line).user
    return (id and names(id) or "A person who is gone") .. " would have been called."
  end,
  escalation_failed = function(line) return format("A step of the escalation failed: %s.", why(line)) end,
  page_failed = function(line, names)
    local detail = detail_of(line)
    local who = detail.user and person(names, detail.user) or "Somebody"
    local how = type(detail.channel) == "string" and " by " .. gsub(detail.channel, "_", " ") or ""
    return format("%s could not be called%s: %s.", who, how, why(line))
  end,
}

--- The actions that have words here, sorted.
thread_words.ACTIONS = keys.sorted(SENTENCES)
table.insert(thread_words.ACTIONS, "page_started")
table.sort(thread_words.ACTIONS)

--- The sentence for one line; nil when it has none here.
---@param line log_line
---@param names fun(id: integer?, by: string?): string? the name of a user, or of a room (group_state.who)
---@return string?
function thread_words.sentence(line, names)
  local sentence = SENTENCES[line.action]
  return sentence and sentence(line, names)
end

-- Several who are called at once are one sentence.
local function called(list)
  if #list == 1 then return "Calling " .. list[1] .. "." end
  return format("Calling %s and %s.", concat(list, ", ", 1, #list - 1), list[#list])
end

--- The sentences for lines of a log.
---@param lines log_line[]
---@param names fun(id: integer?, by: string?): string? the name of a user, or of a room (group_state.who)
---@return string[]
function thread_words.sentences(lines, names)
  local out, calling = {}, {}
  local function end_calling()
    if #calling > 0 then out[#out + 1], calling = called(calling), {} end
  end
  for _, line in ipairs(lines) do
    if line.action == "page_started" then calling[#calling + 1] = person(names, detail_of(line).user)
    else
      end_calling()
      out[#out + 1] = thread_words.sentence(line, names)
    end
  end
  end_calling()
  return out
end

return thread_words
