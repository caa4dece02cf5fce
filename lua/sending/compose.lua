--- A whole message in a markup: title with its link, the alert's words, what stands below, and links that act.
---
--- Within a limit the words give way: title, state, link and how to acknowledge are always there.
local cut <const> = require("sending.cut")
local words <const> = require("sending.words")
local find <const>, format <const>, concat <const> = string.find, string.format, table.concat

local compose = {}

local LINK_MAX <const> = 500 -- a source's link that is longer is left out: the group's page has it

--- The title as a bold link to the group; with a line of its own for the link where the title has markup itself.
---@param send table
---@param s syntax
---@param limit integer
---@param unit string
---@return string
function compose.headline(send, s, limit, unit)
  local group, title = send.group, cut.keep_markup(send.text.title, "", limit, unit, s)
  local url = group and group.link
  if not group then return s.is_marked(title) and title or s.bold(title) end
  local number = s.escape(format("#%d", group.number))
  if s.is_marked(title) then return number .. " " .. title .. (url and s.br .. s.link(url, s.escape("Open")) or "") end
  local label = s.bold(number .. " " .. title)
  return url and s.link(url, label) or label
end

--- State, facts and notes; a line each.
---@param send table
---@param s syntax
---@param limit integer
---@param unit string
---@return string[]
function compose.footer(send, s, limit, unit)
  local lines = {}
  if send.group then lines[1] = s.escape(words.footer(send.group)) end
  if lines[1] and cut.size(lines[1], unit) > limit then
    lines[1] = cut.keep_markup(lines[1], "", limit, unit, s)
  end
  for _, note in ipairs(words.notes(send)) do lines[#lines + 1] = s.escape(note) end
  return lines
end

--- The actions that have links, and the source, in one line; nil without any.
---@param send table
---@param s syntax
---@param is_without_actions boolean? the message has buttons
---@return string?
function compose.links(send, s, is_without_actions)
  local parts = {}
  for _, action in ipairs(is_without_actions and {} or words.linked_actions(send)) do
    parts[#parts + 1] = s.link(action.url, s.escape(action.label))
  end
  local source = send.text.source_link
  if source and #source <= LINK_MAX then parts[#parts + 1] = s.link(source, s.escape("Source")) end
  return #parts > 0 and concat(parts, s.separator or " · ") or nil
end

---@param send table
---@param s syntax
---@param limit integer
---@param unit "points"|"utf16"|"bytes"
---@param o {buttons: boolean?, without_title: boolean?, without_mention: boolean?}? the last: it stands elsewhere
---@return string
function compose.text(send, s, limit, unit, o)
  o = o or {}
  if send.kind == "thread" then send = { kind = "thread", text = send.text } end -- the thread says what it is about
  local head = o.without_title and "" or compose.headline(send, s, limit // 4, unit)
  if send.mention and not o.without_mention then head = send.mention .. s.br .. head end
  local below = compose.footer(send, s, limit // 8, unit)
  below[#below + 1] = compose.links(send, s, o.buttons)
  local tail = concat(below, s.br)
  if tail ~= "" and (head ~= "" or send.text.message) then tail = s.gap .. tail end
  local message = send.text.message
  if not message or not find(message, "%S") then return head .. tail end
  local between = head ~= "" and s.br or ""
  local room = limit - cut.size(head, unit) - cut.size(between, unit) - cut.size(tail, unit)
  if room < 20 then return head .. tail end
  return head .. between .. cut.keep_markup(message, "", room, unit, s) .. tail
end

return compose
